#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: Trainer with gradient_accumulation_steps=2 on a T5 gives, for the same batch twice, the
#        loss and the gradient of that batch once.
# Seen:  transformers 5.23.0: both are twice as large. T5's forward has **kwargs, so Trainer
#        expects it to divide by num_items_in_batch and leaves out its own division by the parts;
#        T5 ignores that argument.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 accelerate==1.15.0 numpy==2.4.6

"$python" - "$temporary" <<'PYTHON'
import sys
import torch
from transformers import T5Config, T5ForConditionalGeneration, Trainer, TrainerCallback
from transformers import TrainingArguments

torch.manual_seed(1)
config = T5Config(vocab_size=32, d_model=16, d_kv=4, num_heads=4, d_ff=32, num_layers=1,
                  dropout_rate=0.0, decoder_start_token_id=0)
weights = T5ForConditionalGeneration(config).state_dict()
example = {"input_ids": [5, 6, 7, 1], "labels": [8, 9, 1]}


class Gradient(TrainerCallback):
    def on_pre_optimizer_step(self, args, state, control, model=None, **kwargs):
        self.value = model.shared.weight.grad.clone()


def one_step(parts):
    model = T5ForConditionalGeneration(config)
    model.load_state_dict(weights)
    gradient = Gradient()
    arguments = TrainingArguments(
        sys.argv[1], per_device_train_batch_size=1, gradient_accumulation_steps=parts, max_steps=1,
        logging_steps=1, max_grad_norm=0, report_to=[], use_cpu=True, disable_tqdm=True,
        save_strategy="no")
    trainer = Trainer(model, arguments, train_dataset=[example] * parts, callbacks=[gradient])
    trainer.train()
    return trainer.state.log_history[0]["loss"], gradient.value


loss, gradient = one_step(1)
loss_of_two, gradient_of_two = one_step(2)
print(f"loss {loss:.4f}; of two equal parts {loss_of_two:.4f}")
doubled = abs(loss_of_two / loss - 2) < 1e-3 and torch.allclose(gradient_of_two, 2 * gradient)
sys.exit(0 if doubled else "changed: loss and gradient of two equal parts are not doubled")
PYTHON
