# SPDX-License-Identifier: Apache-2.0
"""Every key that other programs write is declared, and docs/models.md shows the declarations."""
import json
import re

import pytest
from conftest import SOURCE, dovetail
from transformers import (GenerationConfig, GPT2Config, LlamaConfig, MT5Config, T5Config,
                          UMT5Config)

LISTS = SOURCE / "tests" / "oracles" / "foreign_keys"   # of versions that are not installed here
BEGIN, END = "<!-- dovetail list foreign_keys -->\n", "<!-- end of foreign_keys -->\n"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    result = dovetail("list", "foreign_keys", cwd=tmp_path_factory.mktemp("list"))
    assert result.returncode == 0, result
    return result.stdout


@pytest.fixture(scope="module")
def declared(table):
    """For each file the use of each key."""
    files = {}
    for line in table.splitlines():
        if heading := re.fullmatch(r"### (.+)", line):
            keys = files.setdefault(heading[1], {})
        elif row := re.fullmatch(r"\| `(.+?)` \| (\w+)[^|]* \| (.+) \|", line):
            assert row[1] not in keys, f"{row[1]} is declared twice"
            assert row[2] in ("used", "harmless", "refused") and row[3].strip(), line
            keys[row[1]] = row[2]
    return files


def test_the_page_shows_the_declarations(table):
    page = (SOURCE / "docs" / "models.md").read_text()
    shown = page[page.index(BEGIN) + len(BEGIN):page.index(END)].strip()
    assert shown == table.strip(), "put the output of dovetail list foreign_keys between the marks"


@pytest.mark.parametrize("path", sorted(LISTS.iterdir()), ids=lambda path: path.stem)
def test_keys_of_other_versions_are_declared(declared, path):
    names = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    missing = sorted(set(names) - set(declared[path.stem]))
    assert not missing, missing


@pytest.mark.parametrize("config", [T5Config, MT5Config, UMT5Config])
def test_keys_of_the_models_are_declared(declared, config, tmp_path):
    default = config(d_model=48, num_decoder_layers=3)
    default.save_pretrained(tmp_path)
    other = config(d_kv=3, dropout_rate=0.2, eos_token_id=[2, 3], pad_token_id=4, bos_token_id=5,
                   decoder_start_token_id=6, feed_forward_proj="gated-silu", is_decoder=True,
                   classifier_dropout=0.3, num_labels=5, dtype="float16", use_cache=False,
                   problem_type="regression", chunk_size_feed_forward=7, name_or_path="somewhere",
                   output_hidden_states=True, return_dict=False, tie_word_embeddings=False,
                   attn_implementation="eager", architectures=["X"])
    written = (set(json.loads((tmp_path / "config.json").read_text())) | set(default.to_dict())
               | set(json.loads(other.to_json_string(use_diff=False))) | set(other.to_diff_dict()))
    assert not written - set(declared["config.json"])


@pytest.mark.parametrize("config", [LlamaConfig, GPT2Config])
def test_keys_of_decoder_only_models_are_declared(declared, config, tmp_path):
    default = config()
    default.save_pretrained(tmp_path)
    other = config(eos_token_id=[2, 3], pad_token_id=4, num_labels=5, dtype="float16",
                   use_cache=False, problem_type="regression", name_or_path="somewhere",
                   output_hidden_states=True, return_dict=False, tie_word_embeddings=False,
                   attn_implementation="eager", architectures=["X"])
    written = (set(json.loads((tmp_path / "config.json").read_text())) | set(default.to_dict())
               | set(json.loads(other.to_json_string(use_diff=False))) | set(other.to_diff_dict()))
    # of transformers 4
    written |= {"rope_theta", "rope_scaling", "head_dim", "_attn_implementation_autoset",
                "n_ctx", "torch_dtype", "task_specific_params"}
    known = set(declared[f"config.json of {config.model_type}"])
    assert not written - known - {"head_dim" if config is GPT2Config else "n_ctx"}


def test_keys_of_generation_are_declared(declared):
    attributes = set(GenerationConfig().to_dict()) | set(vars(GenerationConfig()))
    # set on load and never written
    attributes -= {"_original_object_hash"}
    assert not attributes - set(declared["generation_config.json"])


def folder_with(tmp_path, config, generation=None):
    (tmp_path / "config.json").write_text(json.dumps(
        {"model_type": "t5", "d_model": 8, "d_kv": 4, "d_ff": 8, "num_layers": 1, "num_heads": 2,
         "vocab_size": 30} | config))
    if generation is not None:
        (tmp_path / "generation_config.json").write_text(json.dumps(generation))
    (tmp_path / "in.jsonl").write_text('{"source_ids": [3, 1]}\n')
    return dovetail("generate", "--model", tmp_path, "--input", "in.jsonl", cwd=tmp_path)


@pytest.mark.parametrize("key, value", [("tie_encoder_decoder", True), ("pruned_heads", {"0": [1]}),
                                        ("is_encoder_decoder", False),
                                        ("quantization_config", {"bits": 4})])
def test_a_refused_key_of_the_model_is_named(tmp_path, key, value):
    result = folder_with(tmp_path, {key: value})
    assert result.returncode == 2 and f'"{key}"' in result.stderr, result
    assert "config.json" in result.stderr
