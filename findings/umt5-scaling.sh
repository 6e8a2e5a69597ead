#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: a UMT5 folder as published (tie_word_embeddings false, a head of its own) has the same
#        logits in transformers 4.57.6 and 5.23.0.
# Seen:  5.23.0 multiplies the decoder's output by d_model^-0.5 first, so that all log-probabilities
#        differ; 4.57.6 does not, nor does the original (T5X: logits_via_embedding = False). 5.23.0
#        sets tie_word_embeddings to true whatever the folder says, and scales by that key.
source "$(dirname "$0")/packages"
torch=(torch==2.11.0 numpy==2.4.6)
use transformers==4.57.6 "${torch[@]}"
old=$python
use transformers==5.23.0 "${torch[@]}"
new=$python

"$old" - "$temporary/model" <<'PYTHON'
import sys
import torch
from transformers import UMT5Config, UMT5ForConditionalGeneration

torch.manual_seed(1)
UMT5ForConditionalGeneration(UMT5Config(
    vocab_size=64, d_model=16, d_kv=4, num_heads=4, d_ff=32, num_layers=2, dropout_rate=0.0,
    tie_word_embeddings=False)).save_pretrained(sys.argv[1])
PYTHON

for interpreter in "$old" "$new"; do
  "$interpreter" - "$temporary/model" <<'PYTHON'
import sys
import torch
from transformers import UMT5ForConditionalGeneration

model = UMT5ForConditionalGeneration.from_pretrained(sys.argv[1]).eval()
with torch.no_grad():
    logits = model(input_ids=torch.tensor([[5, 9, 13, 1]]),
                   decoder_input_ids=torch.tensor([[0]])).logits
print(logits[0, 0, :8].tolist())
PYTHON
done >"$temporary/logits"

"$new" - "$temporary/logits" <<'PYTHON'
import json
import sys

old, new = (json.loads(line) for line in open(sys.argv[1]))
ratios = [a / b for a, b in zip(old, new)]
print(f"logits of 4.57.6 divided by those of 5.23.0: {ratios}")
scaled = all(abs(ratio - 16**0.5) < 1e-3 for ratio in ratios)
sys.exit(0 if scaled else "changed: the two no longer differ by sqrt(d_model) = 4")
PYTHON
