# SPDX-License-Identifier: Apache-2.0
"""Writes a random T5 as the reference implementation does, and CTranslate2's form of it.

    random_model.py SHAPE FOLDER      makes FOLDER/transformers, FOLDER/ctranslate2

CTranslate2's converter wants a tokenizer, whose pieces it fills up to the model's vocabulary with
names of its own; so the smallest tokenizer there is will do.
"""
import os
import shutil
import sys
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from ctranslate2.converters import TransformersConverter
from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

from shapes import SHAPES


def main(shape, folder):
    theirs, converted = folder / "transformers", folder / "ctranslate2"
    shutil.rmtree(folder, ignore_errors=True)
    torch.manual_seed(1)
    model = T5ForConditionalGeneration(T5Config(**SHAPES[shape], decoder_start_token_id=0))
    model.save_pretrained(theirs)
    T5Tokenizer(extra_ids=0).save_pretrained(theirs)
    TransformersConverter(str(theirs)).convert(str(converted))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
