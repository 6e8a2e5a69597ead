# SPDX-License-Identifier: Apache-2.0
"""A folder made by the reference implementation, tuned here, exported, and read there again."""
import json
import logging
import shutil
import warnings

import pytest
import safetensors.torch
import torch
from conftest import SOURCE, dovetail, make_tiny_sweep
from transformers import T5Config, T5ForConditionalGeneration

KINDS = {
    "v1_0": dict(feed_forward_proj="relu", tie_word_embeddings=True),
    "v1_1": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
}
EMBEDDED = SOURCE / "data" / "checkpoints" / "prefix_lm"   # for its vocabulary


def make_folder(folder, kind):
    torch.manual_seed(5)
    vocab_size = json.loads((EMBEDDED / "config.json").read_text())["vocab_size"]
    model = T5ForConditionalGeneration(T5Config(
        vocab_size=vocab_size, d_model=32, d_kv=8, num_heads=4, d_ff=64, num_layers=2,
        decoder_start_token_id=0, **KINDS[kind]))
    if kind == "v1_1":
        model.lm_head.weight = torch.nn.Parameter(torch.randn(vocab_size, 32))
    model.save_pretrained(folder)
    for name in ("spiece.model", "tokenizer_config.json"):
        shutil.copy(EMBEDDED / name, folder)


def tune(folder, kind):
    make_tiny_sweep(folder)
    make_folder(folder / "published", kind)
    text = (folder / "tiny.toml").read_text()
    text = text[:text.index("[text]")] + text[text.index("[tune]"):]
    text = text.replace("[tune]\n", "[tune]\nkeep_model = true\n").replace("[model]", "").replace(
        "config = { d_model = 32, d_kv = 16, d_ff = 64, num_layers = 1, num_heads = 2 }", "")
    text = text[:text.index("[axes]")] + """[axes]
objective = [{ checkpoint = "published", label = "published" }]
task = ["card.toml"]
template = ["mapping"]
tuning = ["full", "lora"]
train_size = [16]
seed = [1]
"""
    (folder / "tiny.toml").write_text(text)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert result.returncode == 0, result
    for tuning in ("full", "lora"):
        result = dovetail(
            "export", "out", "--cell", f"tiny/published/*/{tuning}/*", "--to", tuning, cwd=folder
        )
        assert result.returncode == 0, result


def loaded(folder, caplog):
    """The model as the reference reads it, and what it says while it does."""
    caplog.clear()
    with warnings.catch_warnings(), caplog.at_level(logging.WARNING):
        warnings.simplefilter("error")
        model, told = T5ForConditionalGeneration.from_pretrained(folder, output_loading_info=True)
    assert not told["missing_keys"] and not told["unexpected_keys"], told
    return model.eval(), [record.getMessage() for record in caplog.records]


ROWS = [{"source_ids": [17, 30, 5, 1], "target_ids": [40, 12, 1]},
        {"source_ids": [9, 1], "target_ids": [250, 3, 77, 8, 1]}]


def assert_scores_are_those_of(model, folder, *options):
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    scored = dovetail("score", *options, "--input", "rows.jsonl", cwd=folder)
    assert scored.returncode == 0, scored
    for row, line in zip(ROWS, scored.stdout.splitlines(), strict=True):
        labels = torch.tensor([row["target_ids"]])
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([row["source_ids"]]), labels=labels).logits
        expected = logits.log_softmax(-1).gather(2, labels.unsqueeze(2)).flatten()
        assert torch.allclose(torch.tensor(json.loads(line)["token_logprobs"]), expected, atol=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_a_tuned_folder_says_the_same_here_and_there(tmp_path, kind, caplog):
    tune(tmp_path, kind)
    model, said = loaded(tmp_path / "full", caplog)
    # of an untied head the reference complains even in folders of its own
    assert said == loaded(tmp_path / "published", caplog)[1]
    assert_scores_are_those_of(model, tmp_path, "--model", "full")


def test_an_adapter_is_what_it_adds_to_the_weights(tmp_path, caplog):
    tune(tmp_path, "v1_0")
    model, _ = loaded(tmp_path / "published", caplog)
    config = json.loads((tmp_path / "lora" / "adapter_config.json").read_text())
    tensors = safetensors.torch.load_file(tmp_path / "lora" / "adapter_model.safetensors")
    weights = dict(model.named_parameters())
    for name, b in tensors.items():
        if name.endswith(".lora_B.weight"):
            a = tensors[name.replace("lora_B", "lora_A")]
            weight = weights[name.removeprefix("base_model.model.").replace(".lora_B", "")]
            weight.data += b @ a * config["lora_alpha"] / config["r"]
            assert (b @ a).abs().max() > 0
    assert_scores_are_those_of(model, tmp_path, "--model", "published", "--adapter", "lora")
    wrong = dovetail(
        "score",
        "--model",
        "published",
        "--adapter",
        "published",
        "--input",
        "rows.jsonl",
        cwd=tmp_path,
    )
    assert wrong.returncode == 2 and "no adapter_config.json" in wrong.stderr, wrong


def test_an_adapter_has_the_names_and_shapes_that_peft_reads(tmp_path):
    tune(tmp_path, "v1_0")
    config = json.loads((tmp_path / "lora" / "adapter_config.json").read_text())
    assert (
        config["peft_type"] == "LORA"
        and config["r"] == 8
        and set(config["target_modules"]) == {"q", "v"}
    )
    tensors = safetensors.torch.load_file(tmp_path / "lora" / "adapter_model.safetensors")
    base = safetensors.torch.load_file(tmp_path / "published" / "model.safetensors")
    wanted = [name for name in base if name.endswith((".q.weight", ".v.weight"))]
    assert len(tensors) == 2 * len(wanted)
    for name in wanted:
        module = "base_model.model." + name.removesuffix(".weight")
        assert tensors[module + ".lora_A.weight"].shape == (8, base[name].shape[1])
        assert tensors[module + ".lora_B.weight"].shape == (base[name].shape[0], 8)


def test_what_was_not_kept_is_said(tmp_path):
    sweep = make_tiny_sweep(tmp_path)
    sweep.write_text(
        sweep.read_text().replace(
            'objective = ["none", "span_corruption", "prefix_lm"]', 'objective = ["none"]'
        )
    )
    assert (
        dovetail(
            "run", "tiny.toml", "--out", "out", "--filter", "*/mapping/full/*/seed1", cwd=tmp_path
        ).returncode
        == 0
    )
    result = dovetail(
        "export", "out", "--cell", "*/mapping/full/*/seed1", "--to", "model", cwd=tmp_path
    )
    assert result.returncode == 2 and "keep_model = true" in result.stderr, result
    assert not (tmp_path / "model").exists()
