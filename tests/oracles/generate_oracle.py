# SPDX-License-Identifier: Apache-2.0
"""Random small T5s, and what transformers' generate says of them under many settings.

Usage: generate_oracle.py OUTPUT_FOLDER
Writes OUTPUT_FOLDER/MODEL/{config.json,model.safetensors}, OUTPUT_FOLDER/cases.json (a model, a
batch of sources, the settings, and ids and scores of every hypothesis; ids end before </s>) and
OUTPUT_FOLDER/config_cases.json (the same, where all settings stand in the model's
generation_config.json), and OUTPUT_FOLDER/warpers.json (scores, and which of them sampling may
draw).

A batch is taken only where float32 and float64 agree on every id, so that no near-tie decides.
"""
import json
import logging
import pathlib
import random
import sys
import warnings

import torch
from transformers import (GenerationConfig, LogitsProcessorList, T5Config,
                          T5ForConditionalGeneration)
from transformers.generation import logits_process

MODELS = {
    "v1_0_relu_tied": dict(feed_forward_proj="relu", tie_word_embeddings=True),
    "v1_1_gelu_untied": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "silu_untied": dict(feed_forward_proj="gated-silu", tie_word_embeddings=False),
    "gelu_tied": dict(feed_forward_proj="gated-gelu", tie_word_embeddings=True),
    "relu_untied_wide_heads": dict(feed_forward_proj="relu", tie_word_embeddings=False, d_kv=24,
                                   num_heads=3),
    "deep_decoder": dict(num_layers=1, num_decoder_layers=3),
}
EOS, MAX_NEW_TOKENS = 1, 12
NUM_CONFIGS, CONFIG_SEED = 40, 20261128

ANY_SEARCH = [
    {},
    dict(no_repeat_ngram_size=1),
    dict(no_repeat_ngram_size=2),
    dict(no_repeat_ngram_size=3),
    dict(min_new_tokens=6),
    dict(min_new_tokens=12),
    dict(repetition_penalty=1.3),
    dict(repetition_penalty=0.8),
    dict(forced_bos_token_id=7),
    dict(forced_eos_token_id=1),
    dict(forced_bos_token_id=9, forced_eos_token_id=1, min_new_tokens=4),
    dict(repetition_penalty=1.5, no_repeat_ngram_size=2, min_new_tokens=5),
    dict(max_new_tokens=1),
    dict(max_new_tokens=20),
]
BEAM_SEARCH = [
    dict(length_penalty=-1.0),
    dict(length_penalty=0.0),
    dict(length_penalty=2.0),
    dict(early_stopping=True),
    dict(early_stopping=True, length_penalty=0.0),
    dict(early_stopping=True, length_penalty=2.0, min_new_tokens=4),
    dict(early_stopping="never"),
    dict(early_stopping="never", length_penalty=2.0),
    dict(early_stopping="never", length_penalty=-1.0),
    dict(early_stopping="never", length_penalty=0.0, no_repeat_ngram_size=2),
    dict(length_penalty=0.5, repetition_penalty=1.2, no_repeat_ngram_size=3, min_new_tokens=3),
    dict(early_stopping=True, forced_eos_token_id=1, repetition_penalty=1.4),
    dict(num_return_sequences=1),
    dict(num_return_sequences=2, length_penalty=1.5),
]


def make_sources(seed, vocab_size, num_sources=4):
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(2, 18, (num_sources,), generator=generator)
    mask = (torch.arange(lengths.max()) < lengths[:, None]).long()
    return torch.randint(3, vocab_size, mask.shape, generator=generator) * mask, mask


def make_model(name, options):
    """A random start repeats one token for ever: a little training (every second token of the
    source, then </s>) gives sequences that vary and end."""
    torch.manual_seed(sum(map(ord, name)))
    settings = dict(vocab_size=60, d_model=32, d_kv=8, num_heads=4, d_ff=48, num_layers=2,
                    num_decoder_layers=2, dropout_rate=0.0, decoder_start_token_id=0)
    model = T5ForConditionalGeneration(T5Config(**(settings | options))).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    for step in range(200):
        source, mask = make_sources(1_000_000 + step, model.config.vocab_size, 16)
        labels = torch.nn.functional.pad(source[:, ::2], (0, 1))
        ends = (mask[:, ::2].sum(1, keepdim=True))
        labels = labels.scatter(1, ends, EOS)
        labels[torch.arange(labels.shape[1]) > ends] = -100
        model(input_ids=source, attention_mask=mask, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()


def cut(ids, ends=(EOS,)):
    places = [place for place, token in enumerate(ids) if token in ends]
    return ids[:places[0]] if places else ids


def decode(model, source, mask, settings):
    """For each source a list of {"ids", "score"}."""
    output = model.generate(input_ids=source, attention_mask=mask, do_sample=False, use_cache=False,
                            return_dict_in_generate=True, output_scores=True, **settings)
    return hypotheses(model, output, settings["num_beams"], settings["num_return_sequences"])


def decode_by_config(model, source, mask, settings):
    """The same, by the settings of the model's folder alone."""
    model.generation_config = GenerationConfig(**settings)
    # its cache cannot be used where the decoder has more layers than the encoder
    output = model.generate(input_ids=source, attention_mask=mask, use_cache=False,
                            return_dict_in_generate=True, output_scores=True)
    ends = settings["eos_token_id"]
    return hypotheses(model, output, settings.get("num_beams", 1),
                      settings.get("num_return_sequences", 1),
                      ends if isinstance(ends, list) else [ends])


def hypotheses(model, output, num_beams, returned, ends=(EOS,)):
    sequences = [ids[1:] for ids in output.sequences.tolist()]
    if num_beams > 1:
        scores = output.sequences_scores.tolist()
    else:
        steps = model.compute_transition_scores(output.sequences, output.scores,
                                                normalize_logits=True).tolist()
        scores = [sum(step[:len(cut(ids, ends)) + 1]) for ids, step in zip(sequences, steps)]
    found = [{"ids": cut(ids, ends), "score": score} for ids, score in zip(sequences, scores)]
    return [found[i:i + returned] for i in range(0, len(found), returned)]


def agree(one, other):
    return all(a["ids"] == b["ids"]
               for ours, theirs in zip(one, other) for a, b in zip(ours, theirs))


def make_case(name, models, settings, seed, decode=decode):
    single, double = models
    for attempt in range(50):
        source, mask = make_sources(seed * 50 + attempt, single.config.vocab_size)
        expected = decode(single, source, mask, settings)
        if agree(expected, decode(double, source, mask, settings)):
            return dict(model=name, settings=settings, source=source.tolist(), mask=mask.tolist(),
                        expected=expected)
    sys.exit(f"{name}: no safe batch for {settings}")


def all_settings():
    for options in ANY_SEARCH:
        yield dict(max_new_tokens=MAX_NEW_TOKENS, num_beams=1, num_return_sequences=1) | options
    for num_beams in (2, 4, 8):
        for options in ANY_SEARCH + BEAM_SEARCH:
            yield dict(max_new_tokens=MAX_NEW_TOKENS, num_beams=num_beams,
                       num_return_sequences=num_beams) | options


def draw_ids(rng, most):
    return [rng.randrange(2, 60) for _ in range(rng.randint(1, most))]


def draw_words(rng):
    return [draw_ids(rng, 2) for _ in range(rng.randint(1, 4))]


DRAWN = {
    "max_new_tokens": lambda rng: rng.randint(2, 14),
    "max_length": lambda rng: rng.randint(3, 16),
    "min_new_tokens": lambda rng: rng.randint(1, 12),
    "min_length": lambda rng: rng.randint(0, 12),
    "length_penalty": lambda rng: rng.choice([-1.0, 0.0, 0.5, 2.0]),
    "early_stopping": lambda rng: rng.choice([True, False, "never"]),
    "no_repeat_ngram_size": lambda rng: rng.randint(1, 3),
    "repetition_penalty": lambda rng: rng.choice([0.8, 1.3, 1.7]),
    "forced_bos_token_id": lambda rng: rng.randrange(2, 60),
    "forced_eos_token_id": lambda rng: rng.choice([1, 7, [1, 9]]),
    "suppress_tokens": lambda rng: draw_ids(rng, 20),
    "begin_suppress_tokens": lambda rng: draw_ids(rng, 20),
    "bad_words_ids": draw_words,
    "sequence_bias": lambda rng: [[word, rng.uniform(-3, 3)] for word in draw_words(rng)],
    "exponential_decay_length_penalty": lambda rng: [rng.randint(0, 6), rng.uniform(1.01, 1.3)],
    "renormalize_logits": lambda rng: True,
}


def draw_generation_config(rng):
    """Ids of its own, and a third of the settings that a folder can have."""
    settings = {"eos_token_id": rng.choice([1, [1], [1, 7], [40, 1, 12]]), "pad_token_id": 0,
                rng.choice(["decoder_start_token_id", "bos_token_id"]): rng.randrange(60)}
    if rng.random() < 0.6:
        settings["num_beams"] = rng.randint(1, 4)
        settings["num_return_sequences"] = rng.randint(1, settings["num_beams"])
    settings |= {key: draw(rng) for key, draw in DRAWN.items() if rng.random() < 0.33}
    forced = [settings.get("forced_bos_token_id"), 1, 7, 9]
    if "suppress_tokens" in settings:       # which must leave what is forced
        settings["suppress_tokens"] = [token for token in settings["suppress_tokens"]
                                       if token not in forced]
    return settings


def make_config_cases(models, rng):
    names = list(models)
    return [make_case(name, models[name], draw_generation_config(rng), 1000 + i, decode_by_config)
            for i, name in enumerate(rng.choices(names, k=NUM_CONFIGS))]


def make_cases(folder):
    models = {}
    for name, options in MODELS.items():
        model = make_model(name, options)
        model.save_pretrained(folder / name)
        double = T5ForConditionalGeneration(model.config).eval().double()
        double.load_state_dict(model.state_dict())
        models[name] = (model, double)
    names = list(models)
    cases = [make_case(names[i % len(names)], models[names[i % len(names)]], settings, i)
             for i, settings in enumerate(all_settings())]
    print(f"{NUM_CONFIGS} random generation configs, seed {CONFIG_SEED}")
    return cases, make_config_cases(models, random.Random(CONFIG_SEED))


OTHER_WARPERS = [("min_p", "MinPLogitsWarper", 0.05), ("min_p", "MinPLogitsWarper", 0.9),
                 ("typical_p", "TypicalLogitsWarper", 0.3),
                 ("typical_p", "TypicalLogitsWarper", 0.95), ("top_h", "TopHLogitsWarper", 0.4),
                 ("top_h", "TopHLogitsWarper", 0.8), ("eta_cutoff", "EtaLogitsWarper", 0.01),
                 ("epsilon_cutoff", "EpsilonLogitsWarper", 0.02),
                 ("epsilon_cutoff", "EpsilonLogitsWarper", 0.5)]


def make_warpers():
    generator = torch.Generator().manual_seed(5)
    cases = []
    for kept_at_least in (1, 2):
        for temperature, top_k, top_p in [(1.0, 5, 1.0), (0.7, 0, 0.9), (1.5, 10, 0.5),
                                          (1.0, 1, 0.1), (0.3, 500, 0.99),
                                          (2.0, 3, 0.01), (1.0, 0, 1.0)]:
            scores = 3 * torch.randn(6, 40, generator=generator)
            if top_p == 1.0:   # ties at the border of top_k all stay
                scores = scores.round()
            chosen = LogitsProcessorList()
            if temperature != 1.0:
                chosen.append(logits_process.TemperatureLogitsWarper(temperature))
            if top_k:
                chosen.append(
                    logits_process.TopKLogitsWarper(top_k, min_tokens_to_keep=kept_at_least))
            if top_p < 1.0:
                chosen.append(
                    logits_process.TopPLogitsWarper(top_p, min_tokens_to_keep=kept_at_least))
            warped = chosen(None, scores.clone())
            cases.append(dict(temperature=temperature, top_k=top_k, top_p=top_p,
                              min_tokens_to_keep=kept_at_least, scores=scores.tolist(),
                              kept=torch.isfinite(warped).tolist()))
        for name, warper, value in OTHER_WARPERS:
            scores = 3 * torch.randn(6, 120, generator=generator)
            least = {} if name == "top_h" else {"min_tokens_to_keep": kept_at_least}
            warped = getattr(logits_process, warper)(value, **least)(None, scores.clone())
            cases.append({"temperature": 1.0, "top_k": 0, "top_p": 1.0, name: value,
                          "min_tokens_to_keep": kept_at_least, "scores": scores.tolist(),
                          "kept": torch.isfinite(warped).tolist()})
    return cases


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    output = pathlib.Path(sys.argv[1])
    output.mkdir(parents=True, exist_ok=True)
    cases, config_cases = make_cases(output)
    (output / "cases.json").write_text(json.dumps(cases))
    (output / "config_cases.json").write_text(json.dumps(config_cases))
    (output / "warpers.json").write_text(json.dumps(make_warpers()))
