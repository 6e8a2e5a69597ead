# SPDX-License-Identifier: Apache-2.0
"""Loads the folders that our program saved with the reference implementation.

Usage: t5_saved_folders.py SAVED_FOLDER ORACLE_FOLDER
Every folder must load without a warning, as the class it was, and give the same logits as before. A
model with a head of its own is told so by transformers 5 whoever wrote it (the sentence cannot be
silenced by any key of config.json): that one sentence is expected there, and nothing else.
"""
import logging
import pathlib
import sys
import warnings

import safetensors.torch
import torch
import transformers

OWN_HEAD = "so we will NOT tie them"


class Collector(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def load(folder):
    """The model, and everything that was said while it was loaded."""
    collector = Collector()
    logging.getLogger().addHandler(collector)
    transformers.logging.get_logger("transformers").addHandler(collector)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model, info = transformers.AutoModelForSeq2SeqLM.from_pretrained(
            folder, output_loading_info=True)
    transformers.logging.get_logger("transformers").removeHandler(collector)
    logging.getLogger().removeHandler(collector)
    said = collector.messages + [str(w.message) for w in caught]
    said += [f"{key}: {value}" for key, value in info.items() if value]
    return model.eval(), said


def check(saved, original):
    model, said = load(saved)
    state = safetensors.torch.load_file(saved / "model.safetensors")
    if "lm_head.weight" in state:
        assert any(OWN_HEAD in line for line in said), (
            saved.name, "where did transformers' sentence go?")
        said = [line for line in said if OWN_HEAD not in line]
    assert not said, (saved.name, said)
    theirs = transformers.AutoModelForSeq2SeqLM.from_pretrained(
        original, dtype=torch.float32).eval()
    assert type(model) is type(theirs), (saved.name, type(model))
    for key in ("decoder_start_token_id", "eos_token_id", "pad_token_id"):
        assert (getattr(model.generation_config, key)
                == getattr(theirs.generation_config, key)), (saved.name, key)
    for (name, ours), expected in zip(model.named_parameters(), theirs.parameters(), strict=True):
        assert torch.equal(ours, expected), (saved.name, name)
    expected = safetensors.torch.load_file(original / "expected.safetensors")
    inputs = dict(input_ids=expected["source"].long(), attention_mask=expected["mask"],
                  labels=expected["labels"].long())
    with torch.no_grad():
        assert torch.equal(model(**inputs).logits, theirs(**inputs).logits), saved.name


if __name__ == "__main__":
    torch.set_num_threads(1)
    transformers.utils.logging.disable_progress_bar()
    transformers.logging.set_verbosity_warning()
    folders = sorted(pathlib.Path(sys.argv[1]).iterdir())
    assert folders, f"{sys.argv[1]} is empty: run t5_parity first"
    for one in folders:
        check(one, pathlib.Path(sys.argv[2]) / one.name)
    print(f"{len(folders)} folders, each loaded without a warning of its own")
