# SPDX-License-Identifier: Apache-2.0
"""How PEFT's LoRA learns: a small T5, rows, and the loss of each of 80 steps of torch's AdamW.

Usage: lora_curve_oracle.py OUTPUT_FOLDER
Writes OUTPUT_FOLDER/{config.json,model.safetensors} of the base model, lora.json (parameters, rate,
steps, rows of a step) and curve.safetensors: source, target, losses, largest_b and each lora_A as
it was initialised. The base has learned to copy its source; the adapter learns to write each
token's successor.
"""
import json
import pathlib
import sys

import peft
import safetensors.torch
import torch
from transformers import T5Config, T5ForConditionalGeneration

RATE, STEPS, ROWS = 1e-2, 80, 16
PARAMETERS = dict(r=8, lora_alpha=8, target_modules=["q", "v"])


def train(model, source, target, steps, rate):
    """Steps over the rows in turn, the rate falling linearly to zero, gradients clipped to 1."""
    trained = [tensor for tensor in model.parameters() if tensor.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0)
    losses = []
    for step in range(steps):
        rows = [(step * ROWS + row) % len(source) for row in range(ROWS)]
        loss = model(input_ids=source[rows], labels=target[rows]).loss
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.param_groups[0]["lr"] = rate * (1 - step / steps)
        optimizer.step()
    return losses


def make_case(folder):
    torch.manual_seed(3)
    config = T5Config(vocab_size=70, d_model=32, d_kv=8, num_heads=4, d_ff=64, num_layers=2,
                      dropout_rate=0.0, decoder_start_token_id=0, feed_forward_proj="relu")
    base = T5ForConditionalGeneration(config)
    source = torch.randint(3, 40, (64, 8))
    train(base, source, source, 150, 3e-3)
    folder.mkdir(parents=True, exist_ok=True)
    base.save_pretrained(folder)
    model = peft.get_peft_model(base, peft.LoraConfig(task_type="SEQ_2_SEQ_LM", **PARAMETERS))
    start = {name.removeprefix("base_model.model.").replace(".default", ""):
             tensor.detach().clone() for name, tensor in model.named_parameters()
             if "lora_A" in name}
    target = (source - 3 + 1) % 37 + 3
    losses = train(model, source, target, STEPS, RATE)
    largest_b = max(tensor.abs().max().item() for name, tensor in model.named_parameters()
                    if "lora_B" in name)
    safetensors.torch.save_file(
        {"source": source.float(), "target": target.float(), "losses": torch.tensor(losses),
         "largest_b": torch.tensor([largest_b])} | start, folder / "curve.safetensors")
    (folder / "lora.json").write_text(json.dumps(
        {"parameters": PARAMETERS | {"lora_alpha": float(PARAMETERS["lora_alpha"])},
         "learning_rate": RATE, "steps": STEPS, "rows": ROWS}))


if __name__ == "__main__":
    make_case(pathlib.Path(sys.argv[1]))
