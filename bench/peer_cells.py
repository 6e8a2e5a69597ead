# SPDX-License-Identifier: Apache-2.0
"""Cells of the reference implementation: full tuning of a checkpoint on given rows, then the greedy
answers to the test rows. One piece of work is one cell, from the loading of the weights on.

Its options are one JSON word: checkpoint, rows (a file of {"train": [[source, target], ...],
"test": ...} in ids), steps, batch, max_new_tokens, trainer (Seq2SeqTrainer in place of a loop).
"""
import contextlib
import json
import os
import random
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from transformers import (Seq2SeqTrainer, Seq2SeqTrainingArguments, T5ForConditionalGeneration,
                          get_linear_schedule_with_warmup)

from peers import serve

PAD, IGNORED, ANSWERS_AT_ONCE, WARMUP, RATE = 0, -100, 32, 6, 1e-3


def padded(rows, filler):
    longest = max(map(len, rows))
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def collate(rows):
    source = padded([source for source, _ in rows], PAD)
    return {"input_ids": source, "attention_mask": (source != PAD).long(),
            "labels": padded([target for _, target in rows], IGNORED)}


def train_by_loop(model, rows, given):
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.0, fused=True)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, given["steps"])
    order = []
    for _ in range(given["steps"]):
        if len(order) < given["batch"]:
            order = random.sample(rows, len(rows))
        batch, order = order[:given["batch"]], order[given["batch"]:]
        model(**collate(batch)).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()


def train_by_trainer(model, rows, given, folder):
    arguments = Seq2SeqTrainingArguments(
        folder, max_steps=given["steps"], per_device_train_batch_size=given["batch"],
        learning_rate=RATE, warmup_steps=WARMUP, lr_scheduler_type="linear", save_strategy="no",
        logging_strategy="no", report_to=[], disable_tqdm=True, optim="adamw_torch_fused",
        use_cpu=True, remove_unused_columns=False)
    Seq2SeqTrainer(model, arguments, train_dataset=rows, data_collator=collate).train()


@torch.inference_mode()
def answers(model, rows, given):
    model.eval()
    rows = sorted(rows, key=lambda row: -len(row[0]))
    for first in range(0, len(rows), ANSWERS_AT_ONCE):
        batch = collate(rows[first:first + ANSWERS_AT_ONCE])
        model(**batch)   # the loss of the right answers, which ours has too
        del batch["labels"]
        model.generate(**batch, max_new_tokens=given["max_new_tokens"], do_sample=False)


def main():
    given = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    with open(given["rows"]) as file:
        rows = json.load(file)
    with tempfile.TemporaryDirectory() as folder:
        def cell():
            with contextlib.redirect_stdout(sys.stderr):   # the trainer reports there
                one_cell()

        def one_cell():
            model = T5ForConditionalGeneration.from_pretrained(given["checkpoint"]).train()
            if given.get("trainer"):
                train_by_trainer(model, rows["train"], given, folder)
            else:
                train_by_loop(model, rows["train"], given)
            answers(model, rows["test"], given)

        serve({"program": "transformers"}, cell)


if __name__ == "__main__":
    main()
