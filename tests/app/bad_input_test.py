# SPDX-License-Identifier: Apache-2.0
"""Bad input: exit code 2, a message that names file and line and what to do, nothing written."""
import json
import os
import re
import resource
import signal
import struct

import pytest
from conftest import dovetail, launch, tree


def refused(folder, *args):
    """The message with which the program refuses; fails if it did not, or wrote anything."""
    before = tree(folder)
    result = dovetail(*args, cwd=folder)
    assert result.returncode == 2, result
    assert result.stdout == ""
    assert tree(folder) == before
    assert "Traceback" not in result.stderr and "terminate called" not in result.stderr
    return result.stderr


def replaced(file, old, new):
    """Puts `new` for `old` and returns the 1-based line where it stands."""
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return text[:text.index(old)].count("\n") + 1


@pytest.mark.parametrize("old, new, said", [
    ("steps = 20", "stesp = 20", 'did you mean "steps"?'),
    ('"prefix_lm"', '"prefix_ml"', 'did you mean "prefix_lm"?'),
    ('"rouge_l"', '"rogue_l"', 'did you mean "rouge_l"?'),
    ('name = "soft_prompt"', 'name = "soft_promt"', 'did you mean "soft_prompt"?'),
    ("[16]", "[]", "train_size"),
    ('"adamw"', '"adamv"', 'did you mean "adamw"?'),
    ("learning_rate = 1e-2", 'learning_rate = "1e-2"', "number"),
    ('["card.toml"]', '["crad.toml"]', "crad.toml"),
    ('["text.txt"]', '["texts.txt"]', "texts.txt"),
])
def test_sweep_file(tiny_sweep, old, new, said):
    line = replaced(tiny_sweep, old, new)

    message = refused(tiny_sweep.parent, "run", "tiny.toml")

    assert re.search(rf"tiny\.toml:{line}:\d+: ", message), message
    assert said in message


def test_missing_sweep_file(tiny_sweep):
    assert "tony.toml" in refused(tiny_sweep.parent, "run", "tony.toml")


def test_task_file_with_a_missing_column(tiny_sweep):
    """A bad row is counted and left out, or refused where the card says so; both name its line."""
    folder = tiny_sweep.parent
    replaced(folder / "train.tsv", "\t", " ")
    counted = dovetail("data", "verify", "card.toml", cwd=folder)
    assert counted.returncode == 0 and "train.tsv:1:" in counted.stdout, counted
    (folder / "card.toml").write_text((folder / "card.toml").read_text() + 'bad_rows = "refuse"\n')

    message = refused(folder, "run", "tiny.toml")

    assert "train.tsv:1:" in message


def test_unreadable_task_file(tiny_sweep):
    (tiny_sweep.parent / "test.tsv").unlink()

    message = refused(tiny_sweep.parent, "run", "tiny.toml")

    assert re.search(r"card\.toml:4:\d+: .*test\.tsv", message), message


def write_checkpoint(folder, data_bytes):
    """A checkpoint whose header promises one tensor of 400 bytes."""
    folder.mkdir()
    config = {"d_model": 32, "d_kv": 16, "d_ff": 64, "num_layers": 1, "num_heads": 2,
              "vocab_size": 100, "model_type": "t5"}
    (folder / "config.json").write_text(json.dumps(config))
    header = json.dumps({"shared.weight": {"dtype": "F32", "shape": [10, 10],
                                           "data_offsets": [0, 400]}}).encode()
    (folder / "model.safetensors").write_bytes(
        struct.pack("<Q", len(header)) + header + bytes(data_bytes))


@pytest.mark.parametrize("damage", ["truncated", "no weights", "garbage", "no config"])
def test_checkpoint_that_cannot_be_read(tiny_sweep, damage):
    folder = tiny_sweep.parent / "model"
    write_checkpoint(folder, data_bytes=100)
    weights = folder / "model.safetensors"
    if damage == "no weights":
        weights.unlink()
    if damage == "garbage":
        weights.write_bytes(b"not safetensors at all")
    if damage == "no config":
        (folder / "config.json").unlink()
    replaced(tiny_sweep, '"prefix_lm"', '{ checkpoint = "model", label = "mine" }')

    message = refused(tiny_sweep.parent, "run", "tiny.toml")

    assert "model" in message


def test_results_folder_of_a_different_sweep(tiny_sweep):
    folder = tiny_sweep.parent
    one_cell = ("--filter", "*/none/*/mapping/full/*/seed1", "--out", "out")
    assert dovetail("run", "tiny.toml", *one_cell, cwd=folder).returncode == 0
    replaced(tiny_sweep, "learning_rate = 1e-2 }\n\n[evaluate]",
             "learning_rate = 2e-2 }\n\n[evaluate]")

    message = refused(folder, "run", "tiny.toml", *one_cell)

    assert "learning_rate is 0.01 there and 0.02 here" in message
    assert "--out" in message and "--store out/artefacts" in message


def test_out_that_is_no_results_folder(tiny_sweep):
    mine = tiny_sweep.parent / "mine"
    mine.mkdir()
    (mine / "thesis.tex").write_text("years of work")

    assert "--out" in refused(tiny_sweep.parent, "run", "tiny.toml", "--out", "mine")
    assert "thesis.tex" in refused(
        tiny_sweep.parent, "run", "tiny.toml", "--out", "mine/thesis.tex"
    )
    for command in ("status", "report"):
        assert "plan.json" in refused(tiny_sweep.parent, command, "mine")


def test_filter_that_matches_nothing(tiny_sweep):
    message = refused(tiny_sweep.parent, "run", "tiny.toml", "--filter", "*/electra/*")

    assert "electra" in message


@pytest.mark.parametrize("args, said", [
    (["rnu", "tiny.toml"], 'did you mean "run"?'),
    (["run", "tiny.toml", "--treads", "2"], 'did you mean "--threads"?'),
    (["run", "tiny.toml", "--threads", "two"], "--threads"),
    (["run", "tiny.toml", "--threads", "0"], "--threads"),
    (["run", "tiny.toml", "--device", "tpu"], "--device"),
    (["run"], "SWEEP"),
    (["list", "objective"], 'did you mean "objectives"?'),
    (["data", "show", "wordnet/antonim"], "wordnet/antonym"),
    ([], "--help"),
])
def test_command_line(tiny_sweep, args, said):
    assert said in refused(tiny_sweep.parent, *args)


def test_under_mpi_the_users_mistake_is_still_exit_code_2(tiny_sweep):
    line = replaced(tiny_sweep, "steps = 20", "stesp = 20")

    result = launch(2, "run", "tiny.toml", cwd=tiny_sweep.parent)

    assert result.returncode == 2, result
    assert result.stderr.count(f"tiny.toml:{line}:") == 1
    assert not (tiny_sweep.parent / "results").exists()


def write_model(folder, vocab_size=60):
    """A T5 of two layers with zeros for weights, and no vocabulary."""
    config = {"model_type": "t5", "vocab_size": vocab_size, "d_model": 8, "d_kv": 4, "d_ff": 8,
              "num_layers": 1, "num_decoder_layers": 1, "num_heads": 2,
              "relative_attention_num_buckets": 4, "feed_forward_proj": "relu"}
    shapes = {"shared.weight": [vocab_size, 8]}
    for stack, attentions in (("encoder", ["SelfAttention"]),
                              ("decoder", ["SelfAttention", "EncDecAttention"])):
        layer = f"{stack}.block.0.layer."
        for place, attention in enumerate(attentions):
            for name in "qkvo":
                shapes[f"{layer}{place}.{attention}.{name}.weight"] = [8, 8]
            shapes[f"{layer}{place}.layer_norm.weight"] = [8]
        shapes[f"{layer}0.SelfAttention.relative_attention_bias.weight"] = [4, 2]
        last = f"{layer}{len(attentions)}."
        shapes |= {
            f"{last}DenseReluDense.wi.weight": [8, 8],
            f"{last}DenseReluDense.wo.weight": [8, 8],
            f"{last}layer_norm.weight": [8],
            f"{stack}.final_layer_norm.weight": [8],
        }
    header, end = {}, 0
    for name, shape in shapes.items():
        begin, end = end, end + 4 * (shape[0] * shape[1] if len(shape) == 2 else shape[0])
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


GOOD_IDS = '{"source_ids": [5, 1], "target_ids": [6, 1]}'


@pytest.mark.parametrize("command, line, said", [
    ("score", "{", "f.jsonl:2: expected a JSON object"),
    ("generate", "[1]", "f.jsonl:2: expected a JSON object"),
    ("score", '{"source_ids": [5]}', 'f.jsonl:2: "target"'),
    ("generate", '{"target_ids": [5]}', 'f.jsonl:2: "source"'),
    ("score", '{"source_ids": [5], "target_ids": []}', 'f.jsonl:2: "target_ids"'),
    ("score", '{"source_ids": [5], "target": ""}', 'f.jsonl:2: "target" is empty'),
    ("score", '{"source_ids": [60], "target_ids": [1]}', "60 is no id"),
    ("generate", '{"source_ids": [-1]}', "-1 is no id"),
    ("generate", '{"source_ids": ["a"]}', "is no id"),
    ("generate", '{"source_ids": [18446744073709551615]}', "is no id"),
    ("score", '{"source": "a", "target": "b"}', "spiece.model"),
    ("generate", '{"source": "a"}', "spiece.model"),
    ("score", json.dumps({"source_ids": [5] * 9, "target_ids": [1]}),
     "f.jsonl:2: the source has 9 tokens, more than --max-source-length 8"),
])
def test_model_input_line(tmp_path, command, line, said):
    write_model(tmp_path / "m")
    (tmp_path / "f.jsonl").write_text("\n" + line + "\n")   # a blank line is counted

    message = refused(tmp_path, command, "--model", "m", "--input", "f.jsonl",
                      "--max-source-length", "8")

    assert said in message, message


@pytest.mark.parametrize("command", ["score", "generate"])
@pytest.mark.parametrize("args, said", [
    (["--model", "nowhere", "--input", "f.jsonl"], "nowhere"),
    (["--model", "empty", "--input", "f.jsonl"], "config.json"),
    (["--model", "bytes", "--input", "f.jsonl"], "vocab_size is 60"),
    (["--model", "m", "--input", "g.jsonl"], "g.jsonl"),
    (["--model", "m", "--input", "empty"], "empty"),
    (["--model", "m", "--input", "none.jsonl"], "no line"),
    (["--model", "m", "--input", "f.jsonl", "--threads", "0"], "--threads"),
    (["--model", "m"], "--input"),
])
def test_model_command(tmp_path, command, args, said):
    write_model(tmp_path / "m")
    write_model(tmp_path / "bytes")   # ByT5's ids do not fit into 60 rows
    (tmp_path / "bytes" / "tokenizer_config.json").write_text(
        '{"tokenizer_class": "ByT5Tokenizer"}'
    )
    (tmp_path / "empty").mkdir()
    (tmp_path / "none.jsonl").write_text("")
    (tmp_path / "f.jsonl").write_text('{"source": "a", "target": "b"}\n')

    assert said in refused(tmp_path, command, *args)


@pytest.mark.parametrize("args, said", [
    (["--num-beams", "0"], "num_beams"),
    (["--num-return-sequences", "2"], "num_return_sequences"),
    (["--num-beams", "2", "--num-return-sequences", "3"], "num_return_sequences"),
    (["--min-new-tokens", "21"], "min_new_tokens"),
    (["--do-sample", "--temperature", "0"], "temperature"),
    (["--forced-bos-token-id", "60"], "forced_bos_token_id"),
    (["--early-stopping", "always"], "--early-stopping"),
    (["--num-beam", "2"], 'did you mean "--num-beams"?'),
])
def test_generation_settings(tmp_path, args, said):
    write_model(tmp_path / "m")
    (tmp_path / "f.jsonl").write_text(GOOD_IDS + "\n")

    assert said in refused(tmp_path, "generate", "--model", "m", "--input", "f.jsonl", *args)


def limit_file_size(size):
    """As on a full disk, what goes past the limit cannot be written."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return limit


def test_full_disk_loses_nothing(tiny_sweep):
    folder = tiny_sweep.parent
    options = ("--filter", "*/none/*/full/*", "--out", "out")

    # enough for the plan and the journal, not for results.h5
    full = dovetail("run", "tiny.toml", *options, cwd=folder, preexec_fn=limit_file_size(80_000))
    assert full.returncode == 75, full
    assert os.strerror(27) in full.stderr or "No space" in full.stderr   # EFBIG stands for ENOSPC
    assert not list(folder.rglob("*.tmp"))
    status = dovetail("status", "out", "--json", cwd=folder)
    finished = json.loads(status.stdout)["jobs"]["finished"]

    again = dovetail("run", "tiny.toml", *options, cwd=folder)
    assert again.returncode == 0, again
    reused = int(re.search(r"(\d+) of \d+ jobs were there already", again.stderr).group(1))
    assert reused >= finished
