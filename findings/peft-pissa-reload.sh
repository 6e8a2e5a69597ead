#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: a LoRA with init_lora_weights="pissa_niter_4", saved and loaded on the same base, is the
#        same model, as it is with "pissa".
# Seen:  PEFT 0.21.2: it is another model, and nothing is said. Loading takes the principal part out
#        of the base anew, by a randomised SVD, which does not find the part that was taken before.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 peft==0.21.2 numpy==2.4.6

"$python" - "$temporary" <<'PYTHON'
import sys
import warnings
import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import T5Config, T5ForConditionalGeneration

torch.manual_seed(1)
config = T5Config(vocab_size=64, d_model=16, d_kv=4, num_heads=4, d_ff=32, num_layers=2,
                  dropout_rate=0.0, decoder_start_token_id=0)
weights = {k: v.clone() for k, v in T5ForConditionalGeneration(config).state_dict().items()}


def base():
    model = T5ForConditionalGeneration(config)
    model.load_state_dict(weights)
    return model.eval()


@torch.no_grad()
def logits(model):
    return model(input_ids=torch.tensor([[5, 9, 13, 1]]), labels=torch.tensor([[7, 11, 1]])).logits


def change_by_reloading(start):
    lora = LoraConfig(task_type="SEQ_2_SEQ_LM", r=2, target_modules=["q", "v"],
                      init_lora_weights=start)
    model = get_peft_model(base(), lora).eval()
    folder = f"{sys.argv[1]}/{start}"
    model.save_pretrained(folder)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        loaded = PeftModel.from_pretrained(base(), folder).eval()
    warned = any("pissa" in str(warning.message).lower() for warning in said)
    return (logits(model) - logits(loaded)).abs().max().item(), warned


exact, _ = change_by_reloading("pissa")
random, warned = change_by_reloading("pissa_niter_4")
print(f"largest change of a logit: pissa {exact:.1e}, pissa_niter_4 {random:.1e}, warned {warned}")
as_seen = exact < 1e-5 and random > 1e-2 and not warned
sys.exit(0 if as_seen else "changed: pissa_niter_4 is the same model again, or warns")
PYTHON
