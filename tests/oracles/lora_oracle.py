# SPDX-License-Identifier: Apache-2.0
"""Random small T5s with low-rank additions, and what the reference implementation says of them.

Usage: lora_oracle.py OUTPUT_FOLDER
Writes OUTPUT_FOLDER/CASE/{config.json,model.safetensors} of the model without the additions,
CASE/lora.json (our parameters) and CASE/expected.safetensors: inputs, lora_A and lora_B by module,
and the logits of the model with W + lora_alpha / r B A in place of each W. Where PEFT can be
imported, its own model with these matrices must give the same logits.
"""
import json
import pathlib
import sys

import safetensors.torch
import torch
from transformers import T5Config, T5ForConditionalGeneration

try:
    import peft
except ImportError:
    peft = None

CASES = {
    "v1_0_q_v": (dict(feed_forward_proj="relu"),
                 dict(r=4, lora_alpha=16.0, target_modules=["q", "v"])),
    "v1_1_all": (dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
                 dict(r=2, lora_alpha=3.0,
                      target_modules=["q", "k", "v", "o", "wi_0", "wi_1", "wo"])),
}


def logits_of_peft(model, parameters, adapter, inputs):
    wrapped = peft.get_peft_model(model, peft.LoraConfig(task_type="SEQ_2_SEQ_LM", **parameters))
    state = {f"base_model.model.{name}".replace(".weight", ".default.weight"): tensor
             for name, tensor in adapter.items()}
    named = dict(wrapped.named_parameters())
    assert set(state) == {name for name in named if "lora_" in name}
    with torch.no_grad():
        for name, tensor in state.items():
            named[name].copy_(tensor)
        return wrapped.eval()(**inputs).logits


def make_case(name, folder):
    options, parameters = CASES[name]
    torch.manual_seed(sum(map(ord, name)))
    config = T5Config(vocab_size=70, d_model=32, d_kv=8, num_heads=4, d_ff=48, num_layers=2,
                      dropout_rate=0.0, decoder_start_token_id=0, **options)
    model = T5ForConditionalGeneration(config).eval()
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    source = torch.randint(3, 70, (2, 9))
    inputs = {"input_ids": source, "attention_mask": torch.ones_like(source),
              "decoder_input_ids": torch.randint(3, 70, (2, 6))}
    adapter, merged = {}, {}
    for module, layer in model.named_modules():
        if module.rsplit(".", 1)[-1] not in parameters["target_modules"]:
            continue
        a = torch.randn(parameters["r"], layer.in_features) * 0.1
        b = torch.randn(layer.out_features, parameters["r"]) * 0.1
        adapter |= {f"{module}.lora_A.weight": a, f"{module}.lora_B.weight": b}
        merged[module] = layer.weight.detach() + parameters["lora_alpha"] / parameters["r"] * b @ a
    original = {key: tensor.clone() for key, tensor in model.state_dict().items()}
    with torch.no_grad():
        for module, weight in merged.items():
            model.get_submodule(module).weight.copy_(weight)
        logits = model(**inputs).logits
    if peft:
        model.load_state_dict(original)
        torch.testing.assert_close(logits_of_peft(model, parameters, adapter, inputs), logits,
                                   atol=1e-4, rtol=1e-4)
    expected = {"source": source, "decoder_ids": inputs["decoder_input_ids"],
                "logits": logits} | adapter
    safetensors.torch.save_file({key: tensor.to(torch.float32).contiguous().clone()
                                 for key, tensor in expected.items()},
                                folder / "expected.safetensors")
    (folder / "lora.json").write_text(json.dumps(parameters))


if __name__ == "__main__":
    for case_name in CASES:
        make_case(case_name, pathlib.Path(sys.argv[1]) / case_name)
    print("compared with PEFT too" if peft else
          "PEFT is not installed: compared with merged weights only")
