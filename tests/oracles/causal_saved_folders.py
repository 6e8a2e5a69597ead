# SPDX-License-Identifier: Apache-2.0
"""Loads the causal folders that our program saved with the reference implementation.

Usage: causal_saved_folders.py SAVED_FOLDER ORACLE_FOLDER
Every folder must load as the class it was, without a missing or unexpected tensor, with the same
special ids, and give the same logits as the oracle's, bit for bit.
"""
import pathlib
import sys

import safetensors.torch
import torch
import transformers


def load(folder):
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        folder, output_loading_info=True, dtype=torch.float32)
    return model.eval(), {key: value for key, value in info.items() if value}


def check(saved, original):
    model, problems = load(saved)
    assert not problems, (saved.name, problems)
    theirs, _ = load(original)
    assert type(model) is type(theirs), (saved.name, type(model))
    for key in ("bos_token_id", "eos_token_id", "pad_token_id"):
        assert (getattr(model.generation_config, key)
                == getattr(theirs.generation_config, key)), (saved.name, key)
    source = safetensors.torch.load_file(original / "expected.safetensors")["source"].long()
    with torch.no_grad():
        assert torch.equal(model(source).logits, theirs(source).logits), saved.name


if __name__ == "__main__":
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    transformers.logging.set_verbosity_error()
    folders = sorted(pathlib.Path(sys.argv[1]).iterdir())
    assert folders, f"{sys.argv[1]} is empty: run causal_parity first"
    for one in folders:
        check(one, pathlib.Path(sys.argv[2]) / one.name)
    print(f"{len(folders)} folders")
