# SPDX-License-Identifier: Apache-2.0
"""A sweep of a decoder-only model: language modelling, tuning, evaluation, export; and what plan
refuses."""
import json

import h5py
import numpy as np
import pytest
from conftest import dovetail, make_tiny_sweep

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

OBJECTIVES = """objective = [
  "none",
  "language_modelling",
  { name = "language_modelling", pack_sequences = false, pack_pairs = true, \
label = "documents", accumulate = 2 },
  "prefix_lm",
]"""
TUNINGS = """tuning = [
  "full", "last_layers", "norms", "bitfit", "lora",
  { name = "soft_prompt", num_virtual_tokens = 4 },
  { name = "dept", num_virtual_tokens = 4, r = 2 },
  { name = "full", learning_rate = 1e-3, label = "whole" },
  { name = "full", learning_rate = 1e-3, accumulate = 2, label = "in_parts" },
  { name = "full", learning_rate = 1e-3, activation_checkpointing = true, label = "again" },
  { name = "full", learning_rate = 1e-3, precision = "bfloat16", label = "half" },
]"""


def causal_sweep(folder, model="llama-tiny", **changes):
    sweep = make_tiny_sweep(folder)
    text = sweep.read_text()
    pieces = {"config = { d_model = 32, d_kv = 16, d_ff = 64, num_layers = 1, num_heads = 2 }":
              f'config = "{model}"',
              'objective = ["none", "span_corruption", "prefix_lm"]': OBJECTIVES,
              'template = ["mapping", "masked_prompting"]': 'template = ["mapping"]',
              'tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 4 }]': TUNINGS,
              "batch_size = 8": "batch_size = 8\nkeep_model = true",
              "seed = [1, 2]": "seed = [1]"} | changes
    for old, new in pieces.items():
        assert old in text, old
        text = text.replace(old, new)
    sweep.write_text(text)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("causal")
    causal_sweep(folder)
    run = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert run.returncode == 0, run
    with h5py.File(folder / "out" / "results.h5") as file:
        table = file["cells"]
        names = [name.decode() for name in table["name"][:]]
        cells = {name: {column: table[column][i] for column in ("loss", "rouge_l")}
                 for i, name in enumerate(names) if "/baseline/" not in name}
    return folder, cells


def test_every_cell_ends_well(results):
    _, cells = results
    assert len(cells) == 4 * 11, "objectives and tunings"
    assert all(np.isfinite(cell["loss"]) for cell in cells.values())
    tuned = {name: cell["loss"] for name, cell in cells.items() if "/full/" in name}
    # twenty steps of pre-training teach the alphabet
    start = next(loss for name, loss in tuned.items() if "/none/" in name)
    assert next(loss for name, loss in tuned.items() if "/language_modelling/" in name) < start


@pytest.mark.parametrize("label, most", [("in_parts", 1e-3), ("again", 0), ("half", 0.1)])
def test_what_saves_memory_learns_the_same(results, label, most):
    _, cells = results
    for name, cell in cells.items():
        if "/whole/" in name:
            other = cells[name.replace("whole", label)]
            assert abs(other["loss"] - cell["loss"]) <= most, name


def test_the_same_again(results, tmp_path):
    folder, cells = results
    causal_sweep(tmp_path)
    run = dovetail("run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert run.returncode == 0, run
    one, other = ((f / "out" / "results.h5") for f in (folder, tmp_path))
    with h5py.File(one) as a, h5py.File(other) as b:
        for column in ("loss", "rouge_l"):
            assert np.array_equal(a["cells"][column][:], b["cells"][column][:], equal_nan=True)


def export(folder, cell, to, *more):
    result = dovetail("export", "out", "--cell", cell, "--to", to, *more, cwd=folder)
    assert result.returncode == 0, result
    return folder / to


def test_an_exported_model_answers_as_transformers_does(results):
    folder, _ = results
    model_folder = export(folder, "tiny/language_modelling/*/full/*", "exported")
    model = transformers.AutoModelForCausalLM.from_pretrained(model_folder).eval()
    assert type(model).__name__ == "LlamaForCausalLM"
    sources = [[100, 101, 102], [110, 111]]
    lines = "".join(json.dumps({"source_ids": ids}) + "\n" for ids in sources)
    result = dovetail("generate", "--model", model_folder, "--input", "-", "--max-new-tokens", "6",
                      cwd=folder, input=lines)
    assert result.returncode == 0, result
    for ids, line in zip(sources, result.stdout.splitlines()):
        with torch.no_grad():
            theirs = model.generate(torch.tensor([ids]), max_new_tokens=6, do_sample=False)
        theirs = theirs[0, len(ids):].tolist()
        end = model.generation_config.eos_token_id
        assert json.loads(line)["ids"] == (theirs[:theirs.index(end)] if end in theirs else theirs)


def scores_as_in_peft(folder):
    """The LoRA adapter of the folder's sweep, beside PEFT."""
    peft = pytest.importorskip("peft")
    adapter = export(folder, "tiny/language_modelling/*/lora/*", "adapter", "--with-base")
    model = peft.AutoPeftModelForCausalLM.from_pretrained(adapter).eval()
    pair = {"source_ids": [100, 101, 102], "target_ids": [103, 104, 1]}
    result = dovetail("score", "--model", adapter / "base", "--adapter", adapter, "--input", "-",
                      cwd=folder, input=json.dumps(pair) + "\n")
    assert result.returncode == 0, result
    ids = torch.tensor([pair["source_ids"] + pair["target_ids"]])
    with torch.no_grad():
        logprobs = model(input_ids=ids).logits.log_softmax(-1)[0, 2:-1]
    theirs = logprobs.gather(1, ids[0, 3:, None]).squeeze(1)
    ours = json.loads(result.stdout)
    assert np.allclose(ours["token_logprobs"], theirs.numpy(), atol=1e-4)
    assert abs(ours["logprob"] - theirs.sum().item()) < 1e-4


def test_an_exported_adapter_is_pefts(results):
    scores_as_in_peft(results[0])


@pytest.mark.parametrize("change, words", [
    ({OBJECTIVES: 'objective = ["span_corruption"]'}, ["span_corruption", "language_modelling"]),
    ({TUNINGS: 'tuning = ["prefix"]'}, ["prefix", "decoder-only llama", "soft_prompt"]),
    ({TUNINGS: 'tuning = ["linear_probe"]'}, ["linear_probe"]),
    ({"[axes]": '[select]\nexamples = 8\n[axes]'}, ["[select]", "decoder-only"]),
])
def test_plan_refuses_what_does_not_go_together(tmp_path, change, words):
    causal_sweep(tmp_path, **change)
    result = dovetail("plan", "tiny.toml", cwd=tmp_path)
    assert result.returncode == 2, result
    assert all(word in result.stderr for word in words), result.stderr


def test_gpt2_runs_too(tmp_path):
    causal_sweep(tmp_path, "gpt2-tiny",
                 **{OBJECTIVES: 'objective = ["language_modelling"]',
                    TUNINGS: 'tuning = ["full", "lora"]'})
    run = dovetail("run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert run.returncode == 0, run
    scores_as_in_peft(tmp_path)


def refusal(tmp_path, **config):
    (tmp_path / "config.json").write_text(json.dumps(
        {"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2, "num_hidden_layers": 1,
         "intermediate_size": 8, "vocab_size": 30} | config))
    (tmp_path / "in.jsonl").write_text('{"source_ids": [3, 4]}\n')
    result = dovetail("generate", "--model", tmp_path, "--input", "in.jsonl", cwd=tmp_path)
    assert result.returncode == 2, result
    return result.stderr


@pytest.mark.parametrize("config, word", [
    ({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}}, "rope_scaling"),
    ({"rope_parameters": {"rope_type": "yarn", "factor": 2.0}}, "rope_parameters"),
    ({"hidden_act": "gelu"}, "hidden_act"), ({"sliding_window": 16}, "sliding_window"),
    ({"quantization_config": {"bits": 4}}, "quantization_config")])
def test_what_a_folder_asks_for_and_is_not_here_is_refused(tmp_path, config, word):
    assert word in refusal(tmp_path, **config)
