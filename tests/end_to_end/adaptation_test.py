# SPDX-License-Identifier: Apache-2.0
"""A small sweep from sentences to adapted checkpoints, probes, other decodings and a claim."""

import json
import re

import h5py
import numpy as np
import pytest
import xarray
from conftest import dovetail, launch, make_tiny_sweep

SENTENCES = """\
The old pot {n} is used for cooking beans
A red stone {n} is made of iron and dust
You can use ruler {n} to measure long things
The girl took bread {n} because she was hungry
He wanted to leave house {n} and then he ran away
Nobody says anything of note {n} here
"""

EXTRA = """
[adapt]
text = ["sentences.txt"]
graph = "graph.toml"
rows = 40
graph_rows = 20
steps = { per_epoch = 2 }
batch_size = 8
max_source_length = 64
max_target_length = 48
optimizer = { name = "adamw", learning_rate = 1e-2 }

[select]
examples = 8
adaptations = ["none", "denoising"]
shots = 4
shot_steps = 3
race_examples = 8
race_steps = 3

[[claim]]
name = "a gap helps"
source = "nobody"
metric = "rouge_l"
better = { template = "masked_prompting" }
worse = { template = "mapping" }
where = { adaptation = "denoising" }
"""

ADAPTATIONS = [
    "none",
    "lm",
    "denoising",
    "mixed",
    "lm_random_split",
    "lm_random_text",
    "mixed_learned",
    "continued",
]
AXIS = """adaptation = ["none", "lm", "denoising", "mixed",
              { name = "lm", split = "random", label = "lm_random_split" },
  { name = "lm", sentences = "random", label = "lm_random_text" },
  { name = "mixed", group = "learned", label = "mixed_learned" }, "continued"]
"""


def make_adapted_sweep(folder):
    sweep = make_tiny_sweep(folder)
    (folder / "sentences.txt").write_text(
        "".join(SENTENCES.replace("{n}", chr(97 + i % 26) * (1 + i // 26)) for i in range(40))
    )
    relations = ["AtLocation", "ObjectUse", "xNeed", "xIntent"]
    rows = [
        f"{'head' if r < 2 else 'PersonX does'} {i}\t{relation}\tto tail {i}\n"
        for r, relation in enumerate(relations)
        for i in range(30)
    ]
    (folder / "graph-train.tsv").write_text("".join(rows))
    (folder / "graph-test.tsv").write_text(
        "".join(row.replace("head", "thing").replace("does", "saw") for row in rows)
        + "x 1\tisFilledBy\ty\n"
    )
    (folder / "graph.toml").write_text(
        'kind = "kg-tsv"\nname = "graph"\ntrain = "graph-train.tsv"\ntest = "graph-test.tsv"\n'
        'relation = "*"\nverbalizer = "atomic2020"\n'
    )
    text = sweep.read_text().replace('objective = ["none", "span_corruption", "prefix_lm"]',
                                     'objective = ["span_corruption"]\n' + AXIS.rstrip())
    text = text.replace(
        'tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 4 }]', 'tuning = ["full"]'
    )
    text = text.replace(
        'metrics = ["rouge_l", "exact_match"]',
        'metrics = ["rouge_l", "exact_match", "depth_rank", "best_of_k_rouge_l"]\n'
        'also = ["as_published"]',
    )
    sweep.write_text(text + EXTRA)


@pytest.fixture(scope="module")
def adapted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapted")
    make_adapted_sweep(folder)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert result.returncode == 0, result
    return folder


def plan_of(folder):
    return json.loads((folder / "out" / "plan.json").read_text())


def cell_table(folder, out="out"):
    with h5py.File(folder / out / "results.h5") as file:
        return {
            name: item[()] for name, item in file["cells"].items() if isinstance(item, h5py.Dataset)
        }


def job_metrics(folder, name):
    """What a job that is no cell has measured: from its record in the store."""
    key = next(job["key"] for job in plan_of(folder)["jobs"] if job["name"] == name)
    return folder / "out" / "artefacts" / key


def test_every_adaptation_is_a_start_of_its_own(adapted):
    table = cell_table(adapted)
    names = [name.decode() for name in table["name"]]
    losses = {}
    for adaptation in ADAPTATIONS:
        places = [
            i
            for i, name in enumerate(names)
            if f"/{adaptation}/" in name and "/baseline/" not in name
        ]
        assert len(places) == 2 * 2
        assert np.isfinite(table["rouge_l"][places]).all()
        losses[adaptation] = tuple(table["depth_rank"][places])
    losses.pop(
        "mixed_learned"
    )  # a classifier that has learned nothing may put all rows into one group
    assert len(set(losses.values())) == len(ADAPTATIONS) - 1


def test_rows_are_cut_where_the_lexicon_says(adapted):
    rows = [
        json.loads(line)
        for line in (job_metrics(adapted, "adapt/split/matching-phrases") / "rows.jsonl")
        .read_text()
        .splitlines()
    ]
    assert len(rows) == 40
    for row in rows:
        assert row["source"] and row["target"] and row["group"] in ("Filling", "Mapping"), row
    assert any(
        row["source"].endswith("is used for") and row["target"] == "cooking beans" for row in rows
    ), rows[:5]


def test_a_splitter_that_learned_nothing_fails_alone(tmp_path):
    make_adapted_sweep(tmp_path)
    text = (tmp_path / "tiny.toml").read_text()
    (tmp_path / "tiny.toml").write_text(
        text.replace(
            'name = "mixed", group = "learned", label = "mixed_learned"',
            'name = "lm", split = "learned", label = "learned"',
        )
    )
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert result.returncode == 1, result
    failed = dovetail("status", "out", cwd=tmp_path).stdout
    assert "none of the 240 lines of the adaptation text could be cut" in failed
    assert re.search(r"cells +69 +61 +8 ", failed), failed


def test_another_decoding_has_metrics_of_its_own(adapted):
    table = cell_table(adapted)
    tuned = [i for i, name in enumerate(table["name"]) if b"/baseline/" not in name]
    assert np.isfinite(table["rouge_l@as_published"][tuned]).all()
    assert (
        table["best_of_k_rouge_l@as_published"][tuned] >= table["rouge_l@as_published"][tuned]
    ).all()
    assert np.isnan(
        table["best_of_k_rouge_l"][tuned]
    ).all(), "greedy answers have no samples to take the best of"


def test_probes_look_at_training_examples_only(adapted):
    plan = plan_of(adapted)
    kinds = {probe["name"].split("/")[2] for probe in plan["probes"]}
    assert kinds == {"zero_shot", "shots4", "race", "filling"}
    starts = {probe["coordinates"][1] for probe in plan["probes"] if probe["baseline"] != "filling"}
    assert starts == {"none", "denoising"}
    with xarray.open_dataset(adapted / "out" / "results.h5", group="probes") as probes:
        assert len(probes.probe) == len(plan["probes"])
        zero_shot = probes.where(probes.kind == "zero_shot", drop=True)
        assert np.isfinite(zero_shot.probe_loss).all() and (zero_shot.probe_depth_rank >= 1).all()
        assert np.isnan(zero_shot.race_score).all()
        assert (
            (probes.probe_filling.dropna("probe") >= 0)
            & (probes.probe_filling.dropna("probe") <= 1)
        ).all()


def test_the_report_judges_the_claim_and_scores_selectors(adapted):
    result = dovetail("report", "out", cwd=adapted)
    assert result.returncode == 0, result
    decision = json.loads((adapted / "out" / "report" / "decision.json").read_text())
    claim = decision["claims"][0]
    assert claim["verdict"] in ("holds", "does_not_hold", "undecided"), claim
    assert claim["registered"]["added_later"] is False and claim["family_size"] == 1
    assert decision["selectors"] is not None
    page = (adapted / "out" / "report" / "index.html").read_text()
    assert "a gap helps" in page


def test_advice_on_a_task_that_was_not_swept(adapted):
    lines = [
        {"source": noun, "target": noun + "s"}
        for noun in "kabado tifo mumu lor sen pim dap rudo bex wilt oms fet".split()
    ]
    (adapted / "new.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    advice = dovetail(
        "advise",
        "out",
        "--examples",
        "new.jsonl",
        "--phrase",
        "The plural of {source} is",
        cwd=adapted,
    )

    assert advice.returncode == 0, advice
    assert "12 examples of a task that was not swept" in advice.stdout
    assert re.search(
        r"template_likelihood +any objective.*confidence \d\.\d\d", advice.stdout
    ), advice.stdout
    assert "probing: shots span_corruption denoising mapping" in advice.stderr
    for probe, said in (
        ("maskability", "a template and its masked form"),
        ("racing", "validation score"),
        ("relation_classifier", "are classified as filling"),
    ):
        assert re.search(rf"^  {probe} .*(\n.*)?{said}", advice.stdout, re.M), advice.stdout
    (adapted / "few.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines[:3]))
    few = dovetail("advise", "out", "--examples", "few.jsonl", cwd=adapted)
    assert few.returncode == 0 and "is skipped: it needs 4 examples" in few.stderr, few
    neither = dovetail("advise", "out", cwd=adapted)
    assert neither.returncode == 2 and "either --task" in neither.stderr, neither


def test_an_interrupted_adaptation_goes_on_to_the_same_result(adapted, tmp_path):
    make_adapted_sweep(tmp_path)
    halves = launch(
        2,
        "run",
        "tiny.toml",
        "--out",
        "out",
        "--filter",
        "*/denoising/*",
        "--checkpoint-seconds",
        "0.01",
        cwd=tmp_path,
    )
    assert halves.returncode == 0, halves
    whole = launch(2, "run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert whole.returncode == 0, whole
    assert int(re.search(r"(\d+) of \d+ jobs were there already", whole.stderr).group(1)) > 0
    a, b = cell_table(adapted), cell_table(tmp_path)
    for metric in ("rouge_l", "depth_rank", "rouge_l@as_published"):
        assert np.array_equal(a[metric], b[metric], equal_nan=True), metric
