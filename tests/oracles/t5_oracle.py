# SPDX-License-Identifier: Apache-2.0
"""Random small models of the whole T5 family, and what the reference implementation says of them.

Usage: t5_oracle.py OUTPUT_FOLDER [SEED]
Writes OUTPUT_FOLDER/CASE/ with config.json, the weights in one of the published formats (all of
them take their turn) and expected.safetensors: inputs, logits, loss, 1-based ranks of the labels,
greedy ids, gradient of every parameter, and the parameters after ten steps of AdamW and of
Adafactor.

Inputs are drawn again until nothing compared hangs on a rounding error: a greedy step's best two
logits, and a label's logit and any other, are at least MARGIN apart; the optimizers' steps end
within DRIFT of the same steps in float64 from weights that are a little off (a gradient near nought
is nothing but rounding, and these optimizers divide by its size); and no ReLU is within KINK of its
corner.
"""
import copy
import json
import pathlib
import random
import subprocess
import sys

import safetensors.torch
import torch
import transformers
from transformers import (MT5Config, MT5ForConditionalGeneration, T5Config,
                          T5ForConditionalGeneration, UMT5Config, UMT5ForConditionalGeneration)

NUM_CASES = 48
MARGIN = 1e-4          # ours were seen within 2.4e-5 of the reference's: two of them within 5e-5
DRIFT = 3e-5
KINK = 1e-6
NEW_TOKENS = 12
STEPS = 10
CLASSES = {"t5": (T5Config, T5ForConditionalGeneration),
           "mt5": (MT5Config, MT5ForConditionalGeneration),
           "umt5": (UMT5Config, UMT5ForConditionalGeneration)}

# What each published family fixes; the rest is drawn.
FAMILIES = {
    "v1_0": dict(type="t5", feed_forward_proj="relu", tied=True, scaled=True),
    "v1_1": dict(type="t5", feed_forward_proj="gated-gelu", tied=False, scaled=False),
    # with special ids of its own, as vocabularies other than T5's have
    "silu": dict(type="t5", feed_forward_proj="gated-silu", decoder_start_token_id=5,
                 pad_token_id=2, eos_token_id=7),
    "mt5": dict(type="mt5", feed_forward_proj="gated-gelu", vocab_size=200),
    "umt5": dict(type="umt5", feed_forward_proj="gated-gelu", vocab_size=150),
    "byt5": dict(type="t5", feed_forward_proj="gated-gelu", vocab_size=384, tied=False,
                 scaled=False, num_layers=3, num_decoder_layers=1),
    "t5_scaled_otherwise": dict(type="t5", tied=True, scaled=False),
    "t5_head_scaled": dict(type="t5", tied=False, scaled=True),
}
FORMATS = ["safetensors", "safetensors_sharded", "bin", "bin_old", "bin_sharded", "bin_half"]


def draw_settings(rng, fixed):
    buckets = rng.choice([4, 5, 8, 16, 32])
    settings = dict(
        vocab_size=rng.randint(60, 120), d_model=rng.choice([16, 24, 31, 40]),
        d_kv=rng.choice([3, 6, 8, 16]),
        num_heads=rng.randint(1, 5), d_ff=rng.randint(20, 72), num_layers=rng.randint(1, 3),
        num_decoder_layers=rng.randint(1, 3), relative_attention_num_buckets=buckets,
        relative_attention_max_distance=buckets // 2 + rng.choice([1, 4, 20, 112]),
        layer_norm_epsilon=rng.choice([1e-6, 1e-6, 1e-5, 1e-3]),
        feed_forward_proj=rng.choice(["relu", "gated-gelu", "gated-silu"]),
        tied=rng.random() < 0.5, scaled=rng.random() < 0.5)
    return settings | fixed


def scaled_input(module, inputs):
    return (inputs[0] * inputs[0].shape[-1] ** -0.5,)


def scale_as_the_original(model, tied):
    """Undoes the two differences of transformers 5.23 to the original implementations, which scale
    the last hidden state by d_model^-0.5 where the head is tied, and only there: 5.23 scales every
    UMT5 and no mT5. All else is compared with 5.23 as it is."""
    if model.config.model_type == "umt5" and not tied:
        model.config.tie_word_embeddings = False     # the key that its forward pass asks
    if model.config.model_type == "mt5" and tied:
        model.lm_head.register_forward_pre_hook(scaled_input)


def make_model(settings):
    settings = dict(settings)
    model_type, tied, scaled = (settings.pop(key) for key in ("type", "tied", "scaled"))
    config_class, model_class = CLASSES[model_type]
    config = config_class(**({"decoder_start_token_id": 0} | settings), dropout_rate=0.0)
    if model_type == "t5":
        config.scale_decoder_outputs = scaled
    model = model_class(config)
    if not tied:
        model.lm_head.weight = torch.nn.Parameter(torch.randn(config.vocab_size, config.d_model))
    scale_as_the_original(model, tied)
    with torch.no_grad():
        if tied:                                # else a tied head does little but repeat its input
            model.shared.weight.mul_(0.3)
        for name, tensor in model.named_parameters():
            if "layer_norm" in name:            # norms of one would hide a missing multiplication
                tensor.mul_(1 + 0.2 * torch.randn_like(tensor))
            if "relative_attention_bias" in name:   # as drawn they would hardly matter
                tensor.mul_(4)
    return model.eval()


def draw_batch(vocab_size):
    source = torch.randint(3, vocab_size, (3, 21))
    mask = torch.ones_like(source)
    mask[1, 15:] = 0
    mask[2, 6:] = 0
    labels = torch.randint(3, vocab_size, (3, 14))
    labels[0, 9:] = -100
    return {"input_ids": source * mask, "attention_mask": mask, "labels": labels}


def label_ranks(logits, labels):
    """1-based, by how many logits are strictly larger, and the smallest distance to another
    logit."""
    own = logits.gather(-1, labels.clamp_min(0).unsqueeze(-1))
    distance = (logits - own).abs().scatter(-1, labels.clamp_min(0).unsqueeze(-1), float("inf"))
    ranks = 1 + (logits > own).sum(-1)
    return torch.where(labels < 0, 0, ranks), distance[labels >= 0].min().item()


def greedy(model, batch):
    """The ids, and the smallest distance between the best two logits of a step."""
    result = model.generate(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"],
                            max_new_tokens=NEW_TOKENS, num_beams=1, do_sample=False,
                            use_cache=False, output_logits=True, return_dict_in_generate=True)
    best = torch.stack(result.logits, 1).topk(2, -1).values      # [batch, steps, 2]
    ended = (result.sequences[:, 1:] == model.config.eos_token_id).long()
    running = ended.cumsum(-1) - ended == 0                       # the step that ends a row counts
    return result.sequences, (best[..., 0] - best[..., 1])[running].min().item()


def after_steps(model, batch, make_optimizer):
    """The parameters, which are changed in place."""
    optimizer = make_optimizer(model.parameters())
    for _ in range(STEPS):
        optimizer.zero_grad()
        model(**batch).loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    return {name: p.detach() for name, p in model.named_parameters()}


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.1)


def adafactor(parameters):
    return transformers.Adafactor(parameters, lr=1e-3, scale_parameter=False, relative_step=False,
                                  warmup_init=False)


def disturbed(model):
    """In float64, every weight off by about as much as float32's sums are."""
    model = copy.deepcopy(model).double()
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.mul_(1 + 3e-7 * torch.randn_like(tensor))
    return model


def nearest_to_corner(model):
    """A list whose one number becomes the smallest input of any ReLU, as long as the model runs."""
    smallest = [float("inf")]

    def look(module, inputs, output):
        smallest[0] = min(smallest[0], output.detach().abs().min().item())

    for name, module in model.named_modules():
        if name.endswith("DenseReluDense.wi"):
            module.register_forward_hook(look)
    return smallest


def all_steps(model, batch):
    """The parameters after either optimizer's steps; None where they hang on rounding."""
    steps = {}
    for prefix, optimizer in (("adamw.", adamw), ("adafactor.", adafactor)):
        watched = copy.deepcopy(model)
        smallest = nearest_to_corner(watched)
        single = after_steps(watched, batch, optimizer)
        if smallest[0] < KINK:
            return None
        double = after_steps(disturbed(model), batch, optimizer)
        if max((single[name] - double[name]).abs().max().item() for name in single) > DRIFT:
            return None
        steps |= {prefix + name: tensor for name, tensor in single.items()}
    return steps


def comparable_batch(model, tries=200):
    """A batch of which nothing hangs on rounding, with what follows from it; None where there is
    none."""
    for _ in range(tries):
        batch = draw_batch(model.config.vocab_size)
        with torch.no_grad():
            ranks, margin = label_ranks(model(**batch).logits, batch["labels"])
            ids, greedy_margin = greedy(model, batch) if margin > MARGIN else (None, 0)
        if greedy_margin <= MARGIN:
            continue
        steps = all_steps(model, batch)
        if steps is not None:
            return batch, {"ranks": ranks, "greedy": ids} | steps
    return None


def expectations(model, found):
    batch, expected = found
    output = model(**batch)
    output.loss.backward()
    expected |= {"source": batch["input_ids"], "mask": batch["attention_mask"],
                 "labels": batch["labels"], "logits": output.logits, "loss": output.loss.reshape(1)}
    expected |= {"grad." + name: p.grad for name, p in model.named_parameters()}
    return {name: tensor.detach().to(torch.float32).contiguous().clone()
            for name, tensor in expected.items()}


def save_torch_shards(state, folder):
    shards = [dict(list(state.items())[::2]), dict(list(state.items())[1::2])]
    names = ["pytorch_model-%05d-of-00002.bin" % (i + 1) for i in range(2)]
    for shard, name in zip(shards, names):
        torch.save(shard, folder / name)
    index = {"metadata": {"total_size": 0},
             "weight_map": {key: name for shard, name in zip(shards, names) for key in shard}}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


def save_model(model, folder, form):
    if form == "safetensors":
        return model.save_pretrained(folder)
    if form == "safetensors_sharded":
        model.save_pretrained(folder, max_shard_size="20KB")
        assert (folder / "model.safetensors.index.json").exists()
        return None
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    state = model.state_dict()                       # with the copies of shared.weight
    if form == "bin_sharded":
        save_torch_shards(state, folder)
    else:
        torch.save(state, folder / "pytorch_model.bin",
                   _use_new_zipfile_serialization=form != "bin_old")
    return None


def halve(model):
    """Weights that float16 holds exactly, so that a folder of float16 tensors is the same model."""
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.copy_(tensor.half().float())


def write_case(folder, settings, form):
    model = make_model(settings)
    if form == "bin_half":
        halve(model)
    found = comparable_batch(model)
    assert found is not None, (f"{folder.name}: every batch hangs on a rounding error; other "
                               "scales are needed")
    folder.mkdir(parents=True, exist_ok=True)
    save_model(copy.deepcopy(model).half() if form == "bin_half" else model, folder, form)
    safetensors.torch.save_file(expectations(model, found), folder / "expected.safetensors")


def write_published(folder):
    """The small random T5 of the shared data, as the library wrote it years ago, where it is
    there."""
    data = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
    name = "model-hf-tiny-t5-random"
    if not (data / "unpack").exists():
        print(f"{data}/unpack is not there: the case {name} is left out")
        return
    subprocess.run([data / "unpack", "-d", folder, name], check=True, stdout=subprocess.DEVNULL)
    model = T5ForConditionalGeneration.from_pretrained(folder / name).eval()
    batch = draw_batch(model.config.vocab_size)
    with torch.no_grad():
        logits = model(**batch).logits
    # its weights are so small that ranks are a matter of rounding: logits only
    expected = {"source": batch["input_ids"], "mask": batch["attention_mask"],
                "labels": batch["labels"], "logits": logits}
    safetensors.torch.save_file(
        {key: tensor.float().contiguous() for key, tensor in expected.items()},
        folder / name / "expected.safetensors")


def main(folder, seed):
    print(f"{NUM_CASES} cases, seed {seed}")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    rng = random.Random(seed)
    for i in range(NUM_CASES):
        family = list(FAMILIES)[i % len(FAMILIES)]
        settings = draw_settings(rng, FAMILIES[family])
        torch.manual_seed(rng.getrandbits(31))
        form = FORMATS[i // len(FAMILIES) % len(FORMATS)]
        write_case(folder / f"{i:02}_{family}_{form}", settings, form)
    torch.manual_seed(rng.getrandbits(31))
    write_published(folder)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20261121)
