#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: prompt tuning of an encoder-decoder with n virtual tokens saves 2n rows, n of them put
#        before the encoder's input and n before the decoder's.
# Seen:  PEFT 0.21.2: 2n rows are saved and counted as trainable, but the last n are used nowhere:
#        their gradient is exactly 0, and other values in them leave the logits alone.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 peft==0.21.2 numpy==2.4.6

"$python" - "$temporary" <<'PYTHON'
import sys
import torch
from peft import PromptTuningConfig, get_peft_model
from safetensors.torch import load_file
from transformers import T5Config, T5ForConditionalGeneration

torch.manual_seed(1)
base = T5ForConditionalGeneration(T5Config(
    vocab_size=64, d_model=16, d_kv=4, num_heads=4, d_ff=32, num_layers=2, dropout_rate=0.0,
    decoder_start_token_id=0))
model = get_peft_model(base, PromptTuningConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=4))
batch = {"input_ids": torch.tensor([[5, 9, 13, 1]]), "attention_mask": torch.ones(1, 4),
         "labels": torch.tensor([[7, 11, 1]])}

model.save_pretrained(sys.argv[1])
saved = load_file(sys.argv[1] + "/adapter_model.safetensors")["prompt_embeddings"]
before = model(**batch)
before.loss.backward()
(prompt,) = [weight for weight in model.parameters() if weight.requires_grad]
size_of_gradient = prompt.grad.abs().sum(dim=1)
with torch.no_grad():
    prompt[4:] = 100.0
    after = model(**batch).logits

print(f"saved {list(saved.shape)}, gradient of each row {size_of_gradient.tolist()}")
dead = bool((size_of_gradient[4:] == 0).all()) and torch.equal(before.logits, after)
as_seen = saved.shape == (8, 16) and bool((size_of_gradient[:4] > 0).all()) and dead
sys.exit(0 if as_seen else "changed: the last rows are used, or no longer saved")
PYTHON
