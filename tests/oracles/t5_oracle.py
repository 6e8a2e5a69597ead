# SPDX-License-Identifier: Apache-2.0
"""Random small T5s of every shape we claim, and what the reference implementation says of them.

Usage: t5_oracle.py OUTPUT_FOLDER
Writes OUTPUT_FOLDER/CASE/{config.json,model.safetensors} and CASE/expected.safetensors with the
inputs, logits, loss, gradient of every parameter, and greedy ids.
"""
import pathlib
import sys

import safetensors.torch
import torch
from transformers import T5Config, T5ForConditionalGeneration

CASES = {
    "v1_0_relu_tied": dict(feed_forward_proj="relu", tie_word_embeddings=True),
    "v1_1_gelu_untied": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "silu_untied": dict(feed_forward_proj="gated-silu", tie_word_embeddings=False),
    "inner_not_model": dict(feed_forward_proj="relu", d_kv=24, num_heads=3),
    "few_buckets": dict(relative_attention_num_buckets=8, relative_attention_max_distance=12),
    "deep_decoder": dict(num_layers=1, num_decoder_layers=3),
}


def make_case(name, options, folder):
    torch.manual_seed(sum(map(ord, name)))
    settings = dict(vocab_size=90, d_model=40, d_kv=8, num_heads=5, d_ff=72, num_layers=2,
                    num_decoder_layers=2, dropout_rate=0.0, decoder_start_token_id=0)
    config = T5Config(**(settings | options))
    model = T5ForConditionalGeneration(config)
    if not config.tie_word_embeddings:
        model.lm_head.weight = torch.nn.Parameter(torch.randn(config.vocab_size, config.d_model))
    with torch.no_grad():  # norms of one would hide a missing multiplication
        for key, tensor in model.named_parameters():
            if "layer_norm" in key:
                tensor.mul_(1 + 0.2 * torch.randn_like(tensor))
    model.eval()
    source = torch.randint(3, config.vocab_size, (3, 21))
    mask = torch.ones_like(source)
    mask[1, 15:] = 0
    mask[2, 6:] = 0
    source = source * mask
    labels = torch.randint(3, config.vocab_size, (3, 14))
    labels[0, 9:] = -100
    output = model(input_ids=source, attention_mask=mask, labels=labels)
    output.loss.backward()
    greedy = model.generate(input_ids=source, attention_mask=mask, max_new_tokens=12, num_beams=1,
                            do_sample=False, use_cache=False)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    expected = {"source": source, "mask": mask, "labels": labels, "logits": output.logits.detach(),
                "loss": output.loss.detach().reshape(1), "greedy": greedy}
    expected |= {"grad." + key: p.grad for key, p in model.named_parameters() if p.grad is not None}
    expected = {key: tensor.to(torch.float32).contiguous().clone() for key, tensor in expected.items()}
    safetensors.torch.save_file(expected, folder / "expected.safetensors")


if __name__ == "__main__":
    for case_name, case_options in CASES.items():
        make_case(case_name, case_options, pathlib.Path(sys.argv[1]) / case_name)
