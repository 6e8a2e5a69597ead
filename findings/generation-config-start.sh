#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: generate takes decoder_start_token_id from config.json when generation_config.json, written
#        by hand to set another key (here num_beams), does not name it.
# Seen:  transformers 5.23.0: generate raises ValueError. Once there is a generation_config.json,
#        no generation key of config.json is read, special ids included; without it all of them are.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 numpy==2.4.6

"$python" - "$temporary/model" <<'PYTHON'
import json
import os
import sys
import torch
from transformers import T5Config, T5ForConditionalGeneration

torch.manual_seed(1)
folder = sys.argv[1]
T5ForConditionalGeneration(T5Config(
    vocab_size=64, d_model=16, d_kv=4, num_heads=4, d_ff=32, num_layers=2,
    decoder_start_token_id=0)).save_pretrained(folder)
with open(folder + "/config.json") as file:
    print("config.json: decoder_start_token_id", json.load(file)["decoder_start_token_id"])


def generate():
    model = T5ForConditionalGeneration.from_pretrained(folder)
    try:
        return model.generate(torch.tensor([[5, 9, 13, 1]]), max_new_tokens=3).tolist()
    except ValueError as error:
        return str(error)


os.remove(folder + "/generation_config.json")
without = generate()
with open(folder + "/generation_config.json", "w") as file:
    json.dump({"num_beams": 2}, file)
with_beams = generate()
print(f"without generation_config.json: {without}\nwith num_beams in it: {with_beams}")
raised = isinstance(without, list) and "decoder_start_token_id" in str(with_beams)
sys.exit(0 if raised else "changed: generate no longer raises")
PYTHON
