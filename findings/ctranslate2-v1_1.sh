#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: CTranslate2's converter makes of a T5 v1.1 folder as published (tie_word_embeddings false,
#        a head of its own) a model with the log-probabilities of transformers.
# Seen:  CTranslate2 4.8.5 beside transformers 5.23.0: they are those of logits multiplied by
#        d_model^-0.5. The converter asks the loaded config whether the head is tied, and 5.23.0
#        answers yes for every T5. The order of the logits, and so a greedy answer, is the same.
source "$(dirname "$0")/packages"
use torch==2.11.0 transformers==5.23.0 ctranslate2==4.8.5 tokenizers==0.23.3 numpy==2.4.6

"$python" - "$temporary" <<'PYTHON'
import json
import sys
import ctranslate2
import torch
from ctranslate2.converters import TransformersConverter
from safetensors.torch import save_file
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration

torch.manual_seed(1)
published, converted = sys.argv[1] + "/published", sys.argv[1] + "/converted"
pieces = ["<pad>", "</s>", "<unk>"] + [f"w{i}" for i in range(61)]
words = Tokenizer(models.WordLevel({p: i for i, p in enumerate(pieces)}, unk_token="<unk>"))
PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="</s>",
                        unk_token="<unk>").save_pretrained(published)
config = dict(model_type="t5", vocab_size=64, d_model=16, d_kv=4, num_heads=4, d_ff=32,
              num_layers=2, feed_forward_proj="gated-gelu", decoder_start_token_id=0,
              architectures=["T5ForConditionalGeneration"], tie_word_embeddings=False)
tensors = T5ForConditionalGeneration(T5Config(**config)).state_dict()
copies = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
tensors = {name: t.clone() for name, t in tensors.items() if name not in copies}
tensors["lm_head.weight"] = torch.randn(64, 16)
save_file(tensors, published + "/model.safetensors", metadata={"format": "pt"})
with open(published + "/config.json", "w") as file:
    json.dump(config, file)

source, target = [5, 9, 13, 1], [7, 11]
model = T5ForConditionalGeneration.from_pretrained(published).eval()
with torch.no_grad():
    logits = model(input_ids=torch.tensor([source]),
                   decoder_input_ids=torch.tensor([[0, *target]])).logits[0]


def scores(logits):
    chosen = logits.log_softmax(-1)
    return torch.stack([chosen[i, piece] for i, piece in enumerate([*target, 1])])


TransformersConverter(published).convert(converted)
translator = ctranslate2.Translator(converted, device="cpu", compute_type="float32")
(result,) = translator.score_batch([[pieces[i] for i in source]], [[pieces[i] for i in target]])
print(f"transformers {scores(logits).tolist()}\nCTranslate2  {result.log_probs}")
scaled = torch.allclose(torch.tensor(result.log_probs), scores(logits * 16**-0.5), atol=1e-4)
sys.exit(0 if scaled else "changed: the scores are not those of scaled logits")
PYTHON
