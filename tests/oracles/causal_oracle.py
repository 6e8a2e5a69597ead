# SPDX-License-Identifier: Apache-2.0
"""Random small Llamas and GPT-2s, and what the reference implementation says of them.

Usage: causal_oracle.py OUTPUT_FOLDER [SEED]
Writes OUTPUT_FOLDER/CASE/ with config.json, the weights in one of the published formats and
expected.safetensors: sources and targets, the logits that predict the targets, the loss over these
alone, the gradient of every parameter, and greedy and beam ids with the beams' scores.

The reference reads each row by itself: source and target behind each other, without padding.
Batches are padded on the left for generation, as transformers wants it. They are drawn again until
no step hangs on a rounding error: float32 and float64 must agree on every id, and the best two
logits of a greedy step must be MARGIN apart.
"""
import copy
import json
import pathlib
import random
import sys

import safetensors.torch
import torch
import transformers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

NUM_CASES = 24
MARGIN = 1e-4
NEW_TOKENS, NUM_BEAMS = 10, 3
ROWS, LONGEST_SOURCE, LONGEST_TARGET = 3, 12, 7
BOS, EOS = 3, 1

# What each case fixes; the rest is drawn.
FAMILIES = {
    "llama_own_keys": dict(type="llama", num_key_value_heads="all"),
    "llama_one_group": dict(type="llama", num_key_value_heads=1),
    "llama_two_groups": dict(type="llama", num_attention_heads=4, num_key_value_heads=2),
    "llama_wide_heads": dict(type="llama", head_dim=10),
    "llama_theta": dict(type="llama", rope_theta=500000.0, rms_norm_eps=1e-3),
    "llama_biases": dict(type="llama", attention_bias=True, mlp_bias=True),
    "gpt2": dict(type="gpt2"),
    "gpt2_own_head": dict(type="gpt2", tie_word_embeddings=False),
}
FORMATS = ["safetensors", "bin", "without_prefix"]


def draw_llama(rng, fixed):
    heads = fixed.get("num_attention_heads", rng.choice([2, 3, 4]))
    width = fixed.get("head_dim", rng.choice([4, 6, 8]))
    settings = dict(
        vocab_size=rng.randint(40, 90), hidden_size=heads * rng.choice([4, 6, 8]),
        intermediate_size=rng.randint(17, 50), num_hidden_layers=rng.randint(1, 3),
        num_attention_heads=heads, num_key_value_heads=rng.choice([1, heads]), head_dim=width,
        rope_theta=rng.choice([10000.0, 300.0]), rms_norm_eps=rng.choice([1e-6, 1e-5]),
        tie_word_embeddings=rng.random() < 0.5, bos_token_id=BOS, eos_token_id=EOS)
    settings |= fixed
    if settings["num_key_value_heads"] == "all":
        settings["num_key_value_heads"] = heads
    return settings


def draw_gpt2(rng, fixed):
    heads = rng.choice([1, 2, 4])
    return dict(vocab_size=rng.randint(40, 90), n_embd=heads * rng.choice([5, 6, 8]), n_head=heads,
                n_layer=rng.randint(1, 3), n_positions=64, n_inner=rng.choice([None, 37]),
                layer_norm_epsilon=rng.choice([1e-5, 1e-3]), resid_pdrop=0.0, embd_pdrop=0.0,
                attn_pdrop=0.0, bos_token_id=BOS, eos_token_id=EOS) | fixed


def make_model(rng, fixed):
    fixed = dict(fixed)
    if fixed.pop("type") == "llama":
        model = LlamaForCausalLM(LlamaConfig(**draw_llama(rng, fixed)))
    else:
        model = GPT2LMHeadModel(GPT2Config(**draw_gpt2(rng, fixed)))
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            if tensor.dim() == 1:                # norms of one and biases of nought hide mistakes
                tensor.add_(0.2 * torch.randn_like(tensor))
            else:                                # as drawn, logits would hardly differ
                tensor.mul_(12)
    return model.eval()


def draw_rows(vocab_size):
    """Sources and targets of different lengths; targets do not hold the end."""
    def ids(longest):
        return torch.randint(4, vocab_size, (int(torch.randint(1, longest + 1, ())),))
    return [(ids(LONGEST_SOURCE), ids(LONGEST_TARGET)) for _ in range(ROWS)]


def padded(rows, value, left=False):
    longest = max(len(row) for row in rows)
    def fill(row):
        rest = torch.full((longest - len(row),), value, dtype=row.dtype)
        return torch.cat([rest, row] if left else [row, rest])
    return torch.stack([fill(row) for row in rows])


def logits_of_targets(model, rows):
    """Of each row alone: those that predict its target, and the loss over all targets."""
    all_logits, loss = [], 0
    for source, target in rows:
        ids = torch.cat([source, target])[None]
        logits = model(input_ids=ids).logits[0, len(source) - 1:-1]
        loss = loss + torch.nn.functional.cross_entropy(logits, target, reduction="sum")
        all_logits.append(logits)
    return all_logits, loss / sum(len(target) for _, target in rows)


def text_without_source(model, rows):
    """The logits of the targets where nothing but the start stands before them."""
    start = torch.tensor([BOS])
    return [model(input_ids=torch.cat([start, target])[None]).logits[0, :-1]
            for _, target in rows]


def generate(model, rows, **settings):
    sources = [source for source, _ in rows]
    mask = padded([torch.ones_like(source) for source in sources], 0, left=True)
    return model.generate(input_ids=padded(sources, 0, left=True), attention_mask=mask,
                          pad_token_id=0, max_new_tokens=NEW_TOKENS, do_sample=False,
                          return_dict_in_generate=True, output_logits=True, output_scores=True,
                          **settings)


def new_ids(result, rows):
    width = max(len(source) for source, _ in rows)
    ids = result.sequences[:, width:]
    return torch.nn.functional.pad(ids, (0, NEW_TOKENS - ids.shape[1]))


def greedy(model, rows):
    result = generate(model, rows)
    best = torch.stack(result.logits, 1).topk(2, -1).values
    ids = new_ids(result, rows)
    ended = (ids[:, :best.shape[1]] == EOS).long()
    running = ended.cumsum(-1) - ended == 0
    return ids, (best[..., 0] - best[..., 1])[running].min().item()


def beams(model, rows):
    result = generate(model, rows, num_beams=NUM_BEAMS, num_return_sequences=NUM_BEAMS)
    return new_ids(result, rows), result.sequences_scores


def comparable_rows(model, tries=300):
    """Rows of which nothing hangs on rounding, with the ids that follow."""
    double = copy.deepcopy(model).double()
    for _ in range(tries):
        rows = draw_rows(model.config.vocab_size)
        with torch.no_grad():
            ids, margin = greedy(model, rows)
            found, scores = beams(model, rows)
            if margin > MARGIN and torch.equal(found, beams(double, rows)[0]):
                return rows, {"greedy": ids, "beams": found, "beam_scores": scores}
    return None, None


def expectations(model, rows, found):
    logits, loss = logits_of_targets(model, rows)
    loss.backward()
    with torch.no_grad():
        bare = text_without_source(model, rows)
    sources, targets = zip(*rows)
    expected = found | {
        "source": padded(sources, 0), "mask": padded([torch.ones_like(s) for s in sources], 0),
        "labels": padded(targets, -100), "logits": torch.cat(logits), "loss": loss.reshape(1),
        "logits_without_source": torch.cat(bare)}
    for name, parameter in model.named_parameters():
        expected["grad." + name] = parameter.grad
    return {name: tensor.detach().to(torch.float32).contiguous().clone()
            for name, tensor in expected.items()}


def save_model(model, folder, form):
    if form == "safetensors":
        return model.save_pretrained(folder)
    model.config.architectures = [type(model).__name__]
    model.config.save_pretrained(folder)
    model.generation_config.save_pretrained(folder)
    state = model.state_dict()
    if model.config.tie_word_embeddings:
        state.pop("lm_head.weight")
    if form == "without_prefix":                 # as the first published GPT-2 folders are
        prefix = model.base_model_prefix + "."
        state = {name.removeprefix(prefix): tensor for name, tensor in state.items()}
        for name, tensor in unused(model):
            state[name] = tensor
        return safetensors.torch.save_file({n: t.contiguous().clone() for n, t in state.items()},
                                           folder / "model.safetensors")
    return torch.save(state, folder / "pytorch_model.bin")


def unused(model):
    """What old folders hold and no version reads."""
    if model.config.model_type == "gpt2":
        yield "h.0.attn.bias", torch.ones(1, 1, 4, 4)
        yield "h.0.attn.masked_bias", torch.tensor([-1e4])
    else:
        yield "layers.0.self_attn.rotary_emb.inv_freq", torch.ones(2)


def write_case(folder, rng, fixed, form):
    for _ in range(20):
        model = make_model(rng, fixed)
        rows, found = comparable_rows(model)
        if rows is not None:
            break
    assert rows is not None, f"{folder.name}: every batch hangs on a rounding error"
    folder.mkdir(parents=True, exist_ok=True)
    save_model(model, folder, form)
    safetensors.torch.save_file(expectations(model, rows, found), folder / "expected.safetensors")


def as_older_versions(folder):
    """rope_theta and rope_scaling in place of rope_parameters, as transformers 4 writes them."""
    config = json.loads((folder / "config.json").read_text())
    rope = config.pop("rope_parameters", None)
    if rope is not None:
        config |= {"rope_theta": rope["rope_theta"], "rope_scaling": None}
        (folder / "config.json").write_text(json.dumps(config))


def main(folder, seed):
    print(f"{NUM_CASES} cases, seed {seed}")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(1)
    rng = random.Random(seed)
    for i in range(NUM_CASES):
        family = list(FAMILIES)[i % len(FAMILIES)]
        torch.manual_seed(rng.getrandbits(31))
        form = FORMATS[i // len(FAMILIES)]
        case = folder / f"{i:02}_{family}_{form}"
        write_case(case, rng, FAMILIES[family], form)
        if form == "bin":
            as_older_versions(case)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20261130)
