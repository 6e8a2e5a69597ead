# SPDX-License-Identifier: Apache-2.0
"""The reference implementation as a peer: a training step, a forced generation, or likelihoods.

Its options are one JSON word; see `train`, `generate` and `score`.
"""
import json
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch
from transformers import T5Config, T5ForConditionalGeneration

from peers import serve
from shapes import SHAPES

EOS, FIRST_PIECE = 1, 3


def random_ids(rows, length, vocab_size):
    ids = torch.randint(FIRST_PIECE, vocab_size, (rows, length))
    ids[:, -1] = EOS
    return ids


def make_model(given):
    config = T5Config(**SHAPES[given["shape"]], dropout_rate=given.get("dropout", 0.0),
                      decoder_start_token_id=0)
    config._attn_implementation = given.get("attention", "eager")
    return T5ForConditionalGeneration(config)


def prompted(model, given, source):
    """Soft tokens before the source: the model frozen, its input given as vectors."""
    model.requires_grad_(False)
    prompt = torch.nn.Parameter(
        model.shared.weight[FIRST_PIECE:FIRST_PIECE + given["prompt"]].clone())
    mask = torch.ones(source.shape[0], source.shape[1] + given["prompt"])

    def inputs():
        before = prompt.unsqueeze(0).expand(source.shape[0], -1, -1)
        return {"inputs_embeds": torch.cat([before, model.shared(source)], 1),
                "attention_mask": mask}

    return [prompt], inputs


def train(given):
    """Step of AdamW (fused) on one batch: the loss, its gradients, the update."""
    model = make_model(given).train()
    source = random_ids(given["batch"], given["source"], model.config.vocab_size)
    labels = random_ids(given["batch"], given["target"], model.config.vocab_size)
    mask = torch.ones_like(source)
    trained, inputs = (list(model.parameters()),
                       lambda: {"input_ids": source, "attention_mask": mask})
    if given.get("prompt"):
        trained, inputs = prompted(model, given, source)
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.0, fused=True)

    def step():
        loss = model(**inputs(), labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    return step


@torch.inference_mode()
def generate(given):
    """Exactly `new_tokens` new ids for each source."""
    model = make_model(given).eval()
    source = random_ids(given["batch"], given["source"], model.config.vocab_size)
    mask = torch.ones_like(source)

    @torch.inference_mode()
    def run():
        ids = model.generate(input_ids=source, attention_mask=mask, do_sample=False,
                             num_beams=given["beams"], min_new_tokens=given["new_tokens"],
                             max_new_tokens=given["new_tokens"])
        assert ids.shape == (given["batch"], given["new_tokens"] + 1), ids.shape
        assert not (ids[:, :-1] == EOS).any(), "a sequence ended early"

    return run


@torch.inference_mode()
def score(given):
    """The log-probability of each of `new_tokens` given ids, the end included."""
    model = make_model(given).eval()
    source = random_ids(given["batch"], given["source"], model.config.vocab_size)
    labels = random_ids(given["batch"], given["new_tokens"], model.config.vocab_size)
    mask = torch.ones_like(source)

    @torch.inference_mode()
    def run():
        logits = model(input_ids=source, attention_mask=mask, labels=labels).logits
        scores = logits.log_softmax(-1).gather(2, labels.unsqueeze(2))
        assert scores.shape[:2] == labels.shape

    return run


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    torch.set_num_threads(options["threads"])
    torch.manual_seed(options.get("seed", 1))
    piece = {"train": train, "generate": generate, "score": score}[options["do"]](options)
    for _ in range(options.get("warmup", 2)):
        piece()
    serve({**options, "torch": torch.__version__}, piece)
