# SPDX-License-Identifier: Apache-2.0
"""What a results folder bears: a sweep that grows, a beginning, damage, a full disk."""
import fcntl
import json
import math
import os
import re
import resource
import shutil
import signal

import h5py
import pytest
from conftest import SOURCE, dovetail, launch, launched, make_tiny_sweep

# objective, template, tuning and seeds of the smallest sweep
SMALL = {
    'objective = ["none", "span_corruption", "prefix_lm"]': 'objective = ["span_corruption"]',
    'template = ["mapping", "masked_prompting"]': 'template = ["mapping"]',
    'tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 4 }]': 'tuning = ["full"]',
    "seed = [1, 2]": "seed = [1]",
    "steps = { fixed = 20 }": "steps = { fixed = 3 }",
    "steps = 20": "steps = 3",
    "warmup = 5": "warmup = 1",
}


def changed(sweep, old, new):
    text = sweep.read_text()
    assert old in text, old
    sweep.write_text(text.replace(old, new))


def make_small_sweep(folder):
    sweep = make_tiny_sweep(folder)
    for old, new in SMALL.items():
        changed(sweep, old, new)
    return sweep


def run(folder, *args, out="out", **options):
    return dovetail("run", "tiny.toml", "--out", out, *args, cwd=folder, **options)


def jobs(folder, out="out"):
    return json.loads(dovetail("status", out, "--json", cwd=folder).stdout)["jobs"]


def reused(result):
    return int(re.search(r"(\d+) of \d+ jobs were there already", result.stderr).group(1))


def losses(folder, out="out"):
    """Of the cells that have one: baselines of counts have none."""
    with h5py.File(folder / out / "results.h5") as file:
        pairs = zip(file["cells/name"].asstr()[:], file["cells/loss"][:])
        return {name: loss for name, loss in pairs if not math.isnan(loss)}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder with the small sweep, run into out/ with the store shared/."""
    folder = tmp_path_factory.mktemp("finished")
    make_small_sweep(folder)
    result = run(folder, "--store", "shared")
    assert result.returncode == 0, result
    return folder


@pytest.fixture
def copy(finished, tmp_path):
    """The same, to be changed; the run of the copy is the one that it remembers."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    last_run = tmp_path / "out/logs/last_run.json"
    last_run.write_text(last_run.read_text().replace(str(finished), str(tmp_path)))
    return tmp_path


def test_a_sweep_grows_in_its_folder(copy):
    sweep = copy / "tiny.toml"
    before, text_before = losses(copy), sweep.read_text()
    total_before = jobs(copy)["total"]
    changed(sweep, "seed = [1]", "seed = [1, 2]")
    changed(sweep, 'template = ["mapping"]', 'template = ["mapping", "prompting"]')

    # a run that is killed early leaves an extended plan, and the same command goes on
    part = run(copy, "--store", "shared", "--filter", "*/mapping/*/seed2")
    result = run(copy, "--store", "shared")

    assert part.returncode == 0 and result.returncode == 0, (part, result)
    assert "seed 2" in part.stderr and "template prompting" in part.stderr
    assert "sweep has changed" not in result.stderr
    assert reused(result) > total_before
    after = losses(copy)
    assert len(after) > len(before) and jobs(copy)["missing"] == 0
    assert all(after[name] == loss for name, loss in before.items())
    # 2 seeds x 2 templates tuned
    assert sum("/full/" in name for name in after) == 4
    assert (copy / "out/sweep.toml").read_text() == sweep.read_text()
    assert (copy / "out/history/1/sweep.toml").read_text() == text_before
    assert json.loads((copy / "out/history/1/plan.json").read_text())["sweep_text"] == text_before
    assert not (copy / "out/history/2").exists()
    status = dovetail("status", "out", cwd=copy).stdout
    assert "added seed 2; template prompting" in status
    report = json.loads((copy / "out/report/decision.json").read_text())
    assert "prompting" in json.dumps(report)


@pytest.mark.parametrize("old, new, said", [
    ("learning_rate = 1e-2 }\n\n[evaluate]", "learning_rate = 2e-2 }\n\n[evaluate]",
     "[tune] optimizer.learning_rate is 0.01 there and 0.02 here"),
    ("steps = 3\nbatch_tokens", "steps = 4\nbatch_tokens",
     "[pretrain] steps is 3 there and 4 here"),
    ('metrics = ["rouge_l", "exact_match"]', 'metrics = ["exact_match"]', "[evaluate] metrics is"),
    ("seed = [1]", "seed = [2]", "seed 1"),
])
def test_what_is_finished_neither_changes_nor_goes(copy, old, new, said):
    changed(copy / "tiny.toml", old, new)
    plan = (copy / "out/plan.json").read_bytes()

    result = run(copy)  # without --store: the advice names the one that was used

    assert result.returncode == 2, result
    message = result.stderr.strip()
    assert said in message and message.count("\n") == 0
    assert "--store shared to reuse" in message and "--out" in message
    assert (copy / "out/plan.json").read_bytes() == plan and not (copy / "out/history").exists()


def test_changed_data_are_named(copy):
    with open(copy / "train.tsv", "a") as file:
        file.write("zebra\tzebras\n")

    result = run(copy)

    assert result.returncode == 2 and "the content of card is another" in result.stderr, result


def test_a_process_that_dies_between_history_and_plan_harms_nothing(copy):
    text = (copy / "out/sweep.toml").read_text()
    (copy / "out/history/1").mkdir(parents=True)
    for name in ("sweep.toml", "plan.json"):
        (copy / "out/history/1" / name).write_bytes((copy / "out" / name).read_bytes())
    (copy / "out/history/1/change.json").write_text("{}")
    (copy / "out/sweep.toml").write_text(text.replace("seed = [1]", "seed = [1, 9]"))

    result = run(copy, "--store", "shared")

    assert result.returncode == 0, result
    assert (copy / "out/sweep.toml").read_text() == text
    assert not (copy / "out/history/1").exists()


def begin_folder(folder):
    """What a run leaves that was killed in its first instant."""
    (folder / "out/journal").mkdir(parents=True)
    (folder / "out/journal/lock").write_text("")
    (folder / "out/sweep.toml").write_text("")


def test_a_folder_in_its_first_instant_is_told_from_a_foreign_one(tmp_path):
    make_small_sweep(tmp_path)
    begin_folder(tmp_path)
    singleton = {**os.environ, "SLURM_NTASKS": "3", "SLURM_PROCID": "1"}
    with open(tmp_path / "out/journal/lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = run(tmp_path)
        third = run(tmp_path, env=singleton)
    (tmp_path / "out/thesis.tex").write_text("years of work")
    foreign = run(tmp_path)
    (tmp_path / "out/thesis.tex").unlink()
    after_death = run(tmp_path)

    assert other.returncode == 2 and "another run is writing to out" in other.stderr
    assert "SLURM" not in other.stderr
    assert third.returncode == 2 and "another run is writing to out" in third.stderr
    assert "SLURM_NTASKS=3" in third.stderr and "srun --mpi=pmix" in third.stderr
    assert foreign.returncode == 2 and "no results folder" in foreign.stderr
    assert after_death.returncode == 0, after_death


def test_tasks_that_are_not_connected_are_refused(tmp_path):
    make_small_sweep(tmp_path)

    for name in ("PMI_SIZE", "SLURM_STEP_NUM_TASKS"):
        result = run(tmp_path, env={**os.environ, name: "3"})
        assert result.returncode == 2 and f"{name}=3" in result.stderr, result
        assert "jobs/launch -n 3" in result.stderr and not (tmp_path / "out").exists()


def limit_file_size(size):
    """As on a full disk, what goes past the limit cannot be written."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def test_a_full_disk_stops_the_run_and_fails_no_job(finished, tmp_path):
    make_small_sweep(tmp_path)

    # enough for plan and journal, not for a checkpoint
    full = run(tmp_path, preexec_fn=limit_file_size(60_000))
    status = json.loads(dovetail("status", "out", "--json", cwd=tmp_path).stdout)
    again = run(tmp_path)

    assert full.returncode == 75, full
    assert os.strerror(27) in full.stderr   # EFBIG stands for ENOSPC
    typed = " ".join(launched(0, "run", "tiny.toml", "--out", "out"))
    assert f"Go on with the same command: {typed}\n" in full.stderr
    assert status["jobs"]["failed"] == 0 and status["failures"] == []
    assert not list(tmp_path.rglob("*.tmp"))
    assert again.returncode == 0, again
    assert losses(tmp_path) == losses(finished)


def test_status_names_the_command_that_goes_on(copy):
    (copy / "out/journal/journal.bin").unlink()

    here = dovetail("status", "out", cwd=copy).stdout
    elsewhere = dovetail("status", copy / "out", cwd=copy.parent).stdout

    assert "run tiny.toml --out out --store shared" in here and "cd " not in here
    assert f"cd {copy} && " in elsewhere


def newest(pattern, folder):
    return max(folder.glob(pattern), key=lambda path: path.stat().st_size)


def cut(path):
    os.truncate(path, path.stat().st_size // 3)


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip])
def test_damaged_caches_and_artefacts_are_made_again(copy, damage):
    sweep = copy / "tiny.toml"
    changed(sweep, "seed = [1]", "seed = [1, 2]")
    changed(sweep, '["span_corruption"]', '["span_corruption", "prefix_lm"]')
    whole = run(copy, "--store", "unharmed", out="unharmed-out")
    damage(newest("cache/*.tokens", copy / "shared"))
    checkpoint = newest("*/model.safetensors", copy / "shared").parent
    damage(checkpoint / "model.safetensors")

    first = run(copy, "--store", "shared")
    # a cut is seen at the start, a flipped byte where the file is used
    again = run(copy, "--store", "shared") if damage is flip else first

    assert whole.returncode == 0, whole
    assert first.returncode == (75 if damage is flip else 0), first
    assert again.returncode == 0, again
    assert losses(copy) == losses(copy, "unharmed-out")
    logs = "".join(log.read_text() for log in (copy / "out/logs").glob("rank-*.log"))
    assert "made again" in logs
    assert (copy / "shared" / f"{checkpoint.name}.damaged").exists()


def test_a_damaged_text_cache_is_made_again(tmp_path):
    make_small_sweep(tmp_path)
    changed(tmp_path / "tiny.toml", 'corpus = ["text.txt"]', 'corpus = ["text.txt", "more.txt"]')
    (tmp_path / "more.txt").write_text("one more line of text\n" * 20)
    assert run(tmp_path).returncode == 0
    before = losses(tmp_path)
    for tokens in (tmp_path / "out/artefacts/cache").glob("*.tokens"):
        tokens.unlink()
    cut(newest("*.txt", tmp_path / "out/artefacts/cache"))
    (tmp_path / "more").mkdir()
    for key in (tmp_path / "out/artefacts").glob("*/record.cbor"):
        key.unlink()

    again = run(tmp_path, "--store", "out/artefacts", out="second")

    assert again.returncode == 0, again
    assert losses(tmp_path, "second") == before


def test_folders_without_slash_are_found_or_the_message_says_how(tmp_path):
    sweep = make_small_sweep(tmp_path)
    shutil.copytree(SOURCE / "data/checkpoints/prefix_lm", tmp_path / "mymodel")
    text = sweep.read_text()
    sweep.write_text(text.replace('["span_corruption"]', '["mymodel"]'))
    found = dovetail("plan", "tiny.toml", "--cells", cwd=tmp_path)
    sweep.write_text(text.replace('["span_corruption"]', '["mymodle"]'))
    near = dovetail("plan", "tiny.toml", cwd=tmp_path)
    sweep.write_text(text.replace('"bytes"', '"mymodel"'))
    vocabulary = dovetail("plan", "tiny.toml", cwd=tmp_path)
    sweep.write_text(text.replace('"card.toml"', '"card"'))
    card = dovetail("plan", "tiny.toml", cwd=tmp_path)
    config = json.loads((tmp_path / "mymodel/config.json").read_text())
    (tmp_path / "mymodel/config.json").write_text(json.dumps({**config, "model_type": "bart"}))
    sweep.write_text(text.replace('["span_corruption"]', '["mymodel"]'))
    bart = dovetail("plan", "tiny.toml", cwd=tmp_path)

    assert found.returncode == 0 and "tiny/mymodel/card/mapping" in found.stdout, found
    assert near.returncode == 2 and 'did you mean "mymodel"?' in near.stderr
    assert vocabulary.returncode == 2 and '{ file = "mymodel" }' in vocabulary.stderr
    assert card.returncode == 2 and '"card.toml"' in card.stderr and "wordnet" not in card.stderr
    assert bart.returncode == 2 and 'holds a model of type "bart"' in bart.stderr


def test_settings_of_one_decoding_stand_beside_each_other(copy):
    changed(copy / "tiny.toml", "max_new_tokens = 8", "max_new_tokens = 8\n"
            'also = [{ name = "beam", num_beams = 2, label = "beam2" },'
            ' { name = "beam", num_beams = 3, label = "beam3" }]')
    with open(copy / "tiny.toml", "a") as file:
        file.write('\n[[claim]]\nname = "wider"\nsource = "none"\nmetric = "rouge_l"\n'
                   'better = { tuning = "full", metric = "rouge_l@beam3" }\n'
                   'worse = { tuning = "full", metric = "rouge_l@beam2" }\n')
    both = run(copy, "--store", "shared", out="decodings")
    changed(copy / "tiny.toml", 'label = "beam3"', 'label = "beam2"')
    twice = dovetail("plan", "tiny.toml", cwd=copy)

    assert both.returncode == 0, both
    with h5py.File(copy / "decodings/results.h5") as file:
        assert {"rouge_l@beam2", "rouge_l@beam3"} <= set(file["cells"])
    assert twice.returncode == 2 and 'two decodings are called "beam2"' in twice.stderr


def test_a_claim_that_is_added_after_its_results_says_so(copy):
    stated = ('\n[[claim]]\nname = "{}"\nsource = "none"\nbetter = {{ metric = "rouge_l" }}\n'
              'worse = {{ metric = "exact_match" }}\n')
    for name in ("first", "second"):
        with open(copy / "tiny.toml", "a") as file:
            file.write(stated.format(name))
        result = run(copy, out="claims")
        assert result.returncode == 0, result
    claims = json.loads((copy / "claims/report/decision.json").read_text())["claims"]

    early, late = (claim["registered"] for claim in claims)
    assert not early["added_later"] and late["added_later"]
    assert late["results_before"] == claims[1]["cells"]


def test_the_launcher_is_part_of_the_command(tmp_path):
    make_small_sweep(tmp_path)

    result = launch(2, "run", "tiny.toml", "--out", "it's out", cwd=tmp_path)

    assert result.returncode == 0, result
    told = json.loads((tmp_path / "it's out/logs/last_run.json").read_text())["command"]
    words = launched(2, "run", "tiny.toml", "--out")
    assert told == " ".join(words) + r" 'it'\''s out'"
