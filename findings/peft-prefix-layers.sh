#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: prefix tuning gives every decoder layer of a T5 keys and values of its own, for its self-
#        and its cross-attention, and every stored number is trained.
# Seen:  PEFT 0.21.2: cross-attention has no prefix; in a T5 with four decoder layers, layers 0 and
#        2 share theirs, as do 1 and 3, and half of the stored numbers get no gradient. With three
#        layers each has its own.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 peft==0.21.2 numpy==2.4.6

"$python" - <<'PYTHON'
import sys
import warnings
import torch
from peft import PrefixTuningConfig, get_peft_model
from transformers import T5Config, T5ForConditionalGeneration

warnings.simplefilter("ignore")
WIDTH, TOKENS = 16, 3


def prefixed(layers):
    torch.manual_seed(1)
    config = T5Config(vocab_size=64, d_model=WIDTH, d_kv=4, num_heads=4, d_ff=32,
                      num_layers=layers, dropout_rate=0.0, decoder_start_token_id=0)
    prefix = PrefixTuningConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=TOKENS)
    return get_peft_model(T5ForConditionalGeneration(config), prefix).eval()


def pairs_with_gradient(model, layers):
    """Of the layers' pairs of keys and values, as they are stored side by side."""
    model(input_ids=torch.tensor([[5, 9, 13, 1]]), labels=torch.tensor([[7, 11, 1]])).loss.backward()
    gradient = model.prompt_encoder["default"].embedding.weight.grad
    pairs = gradient.view(TOKENS, layers, 2 * WIDTH).abs().amax(dim=(0, 2))
    return [pair for pair in range(layers) if pairs[pair] > 0]


def prefixes(model, layers):
    cache = model.get_prompt(1)
    own = [layer.keys for layer in cache.self_attention_cache.layers]
    alike = [[a, b] for a in range(layers) for b in range(a + 1, layers)
             if torch.equal(own[a], own[b])]
    return alike, len(cache.cross_attention_cache.layers)


seen = {}
for layers in (3, 4):
    model = prefixed(layers)
    seen[layers] = (pairs_with_gradient(model, layers), *prefixes(model, layers))
    print(f"{layers} layers: pairs with a gradient {seen[layers][0]}, layers that share a prefix "
          f"{seen[layers][1]}, cross-attentions with a prefix {seen[layers][2]}")
as_seen = seen == {3: ([0, 1, 2], [], 0), 4: ([0, 2], [[0, 2], [1, 3]], 0)}
sys.exit(0 if as_seen else "changed: layers have prefixes of their own, or cross-attention has one")
PYTHON
