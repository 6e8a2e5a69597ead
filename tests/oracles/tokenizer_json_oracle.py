#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains small tokenizers with the `tokenizers` library and writes their ids of many texts.

    .venv/bin/python tests/oracles/tokenizer_json_oracle.py FOLDER

FOLDER/NAME/tokenizer.json is a tokenizer, FOLDER/NAME/ids.jsonl its ids of the texts in
FOLDER/texts.jsonl: glosses of WordNet, mixtures of Unicode's corners and of added tokens. Together
the tokenizers have each kind of component that Dovetail reads.
"""
import json
import pathlib
import random
import sys

from tokenizer_oracle import CORNERS, MODEL, SPECIALS, UNICODE, fields, glosses
from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

BYTES = [f"<0x{byte:02X}>" for byte in range(256)]
NAMED = ["<pad>", "</s>", "<unk>", "<s>"]
ADDED = [AddedToken("[EVENT]", normalized=True), AddedToken("xReact", single_word=True),
         AddedToken("<u>", lstrip=True, normalized=False), AddedToken("of the", rstrip=True),
         AddedToken("\u00c9", normalized=True)]
ADDED_TEXTS = ["[EVENT]", "xReact", " xReact ", "xReacts", " <u> ", "of the ", "\u00c9", "<s>"]
END = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
BEGIN = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 3)])
LLAMA = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(),
                           decoders.Fuse(), decoders.Strip(" ", 1, 0)])
WORDS = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")


def character_map():
    normalizer = next(value for number, value in fields(MODEL.read_bytes()) if number == 3)
    return next(value for number, value in fields(normalizer) if number == 2)


def mark(scheme, split=True):
    return pre_tokenizers.Metaspace(prepend_scheme=scheme, split=split)


def byte_level(**settings):
    return pre_tokenizers.ByteLevel(**settings)


def pipelines():
    """name: model, normalizer, pre_tokenizer, post_processor, decoder"""
    n, p = normalizers, pre_tokenizers
    metaspace = decoders.Metaspace()
    compiled = n.Precompiled(character_map())
    fallback = {"byte_fallback": True, "fuse_unk": True, "unk_token": "<unk>"}
    roberta = processors.RobertaProcessing(("</s>", 1), ("<s>", 3))
    return {
        "t5_of_5": ("Unigram", {}, compiled, p.Sequence([p.WhitespaceSplit(), mark("always")]),
                    END, metaspace),
        "t5_of_4": ("Unigram", {}, n.Sequence([compiled, n.Strip(left=False),
                                               n.Replace(Regex(" {2,}"), "\u2581")]),
                    mark("first"), END, metaspace),
        "unigram_bytes": ("Unigram", {"byte_fallback": True},
                          n.Sequence([n.Nmt(), n.NFKC(), n.Replace("the", "THE")]), mark("always"),
                          BEGIN, metaspace),
        "unigram_text": ("Unigram", {}, n.Sequence([n.NFD(), n.Lowercase(), n.StripAccents(),
                                                    n.NFC(), n.Strip()]),
                         mark("never", split=False), END, metaspace),
        "llama": ("BPE", fallback, n.Sequence([n.Prepend("\u2581"), n.Replace(" ", "\u2581")]),
                  None, BEGIN, LLAMA),
        "words": ("BPE", {"unk_token": "<unk>"}, n.NFKD(), mark("always"), END, metaspace),
        "gpt2": ("BPE", {}, None, byte_level(add_prefix_space=True), roberta,
                 decoders.ByteLevel()),
        "code": ("BPE", {"ignore_merges": True}, n.NFC(),
                 p.Sequence([p.Split(Regex(WORDS), "isolated"),
                             byte_level(add_prefix_space=False, use_regex=False)]),
                 processors.Sequence([processors.ByteLevel(), BEGIN]), decoders.ByteLevel()),
        "split": ("BPE", {"unk_token": "<unk>", "fuse_unk": True}, None,
                  p.Sequence([p.Split("e", "merged_with_previous"), p.Split(" ", "removed"),
                              p.Split("a", "merged_with_next"),
                              p.Split(Regex(r"\d+"), "isolated", invert=True)]), END, metaspace),
    }


def trained(kind, settings, normalizer, pre_tokenizer, post_processor, decoder, lines):
    special = NAMED + (BYTES if settings.get("byte_fallback") else [])
    if kind == "Unigram":
        tokenizer = Tokenizer(models.Unigram())
        trainer = trainers.UnigramTrainer(vocab_size=300 + len(special), special_tokens=special,
                                          unk_token="<unk>", show_progress=False)
    else:
        tokenizer = Tokenizer(models.BPE(**settings))
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=500 + len(special), special_tokens=special, limit_alphabet=100,
            initial_alphabet=alphabet if isinstance(decoder, decoders.ByteLevel) else [],
            show_progress=False)
    if normalizer:
        tokenizer.normalizer = normalizer
    if pre_tokenizer:
        tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoder
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = post_processor
    saved = json.loads(tokenizer.to_str())
    if kind == "Unigram":
        saved["model"].update(settings)
    # the trainer makes all its special tokens added ones; pieces of bytes are not
    saved["added_tokens"] = [token for token in saved["added_tokens"] if token["content"] in NAMED]
    tokenizer = Tokenizer.from_str(json.dumps(saved))
    tokenizer.add_tokens(ADDED)
    return tokenizer


def texts(rng):
    mix = lambda parts, most: "".join(rng.choices(parts, k=rng.randint(0, most)))
    yield from rng.sample(list(glosses()), 800)
    yield from (mix(CORNERS + UNICODE, 10) for _ in range(1200))
    yield from (mix(SPECIALS + ADDED_TEXTS, 9) for _ in range(800))
    yield from ["", " ", "\n", "word " * 2000, "x" * 5000, "\u65e5" * 2000]


def main():
    folder = pathlib.Path(sys.argv[1])
    rng = random.Random(5)
    # U+180E: \s of the regular expressions of both libraries disagrees on it
    items = [text.replace("\u180e", "") for text in texts(rng)]
    (folder / "texts.jsonl").write_text("".join(json.dumps(text) + "\n" for text in items))
    lines = rng.sample(items[:800], 250)
    for name, (kind, settings, *components) in pipelines().items():
        tokenizer = trained(kind, settings, *components, lines)
        (folder / name).mkdir()
        tokenizer.save(str(folder / name / "tokenizer.json"))
        # read again: scores may change by a last bit, as for every user of the file
        tokenizer = Tokenizer.from_file(str(folder / name / "tokenizer.json"))
        with open(folder / name / "ids.jsonl", "w") as file:
            file.writelines(json.dumps(encoding.ids) + "\n"
                            for encoding in tokenizer.encode_batch(items))


if __name__ == "__main__":
    main()
