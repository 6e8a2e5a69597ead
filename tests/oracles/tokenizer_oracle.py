#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/text/tokenizer_parity.json: ids of transformers' T5Tokenizer and ByT5Tokenizer.

    .venv/bin/python tests/oracles/tokenizer_oracle.py            (needs `pip install protobuf`)
    .venv/bin/python tests/oracles/tokenizer_oracle.py --folder DIR [--bytes]

Trains tests/golden/text/spiece.model (1,000 pieces, on WordNet glosses) when it is not there. The
texts are WordNet 3.0 glosses, and random ones of Unicode's corners and of special tokens. Where
SentencePiece itself gives other ids than transformers for a text without special tokens, the golden
holds SentencePiece's, under "sentencepiece": it is what T5 was trained with.

--folder checks a folder that the library saved: AutoTokenizer loads it and gives the golden's ids
(T5), or those of a fresh ByT5Tokenizer with as many sentinels (--bytes).
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
import sentencepiece
from transformers import AutoTokenizer, ByT5Tokenizer, T5Tokenizer

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests/golden/text"
MODEL = GOLDEN / "spiece.model"
TARGET = GOLDEN / "tokenizer_parity.json"
SOURCE = ("Random texts, and glosses of WordNet 3.0, Copyright 2006 by Princeton University. All "
          "rights reserved. Used under the WordNet licence; see "
          "https://wordnet.princeton.edu/license-and-commercial-use")
SENTINELS = 100
CORNERS = [" ", "  ", "a", "B", "\t", "\u00e9", "e\u0301", "\ufb01", "\u2460", "\uff26", "\u00a0", "\u3000",
           "\u200b", "\u65e5", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469", "\x00", "\x01",
           "\u2028", "\ud55c", "\u1112\u1161\u11ab", "\u00df", "\u0130", "\u00bd", "\u2122", "\ufeff",
           "\u00ad", "\ufffd", "\u2581", "</s", "\r", "\u202e", "\u0301", "\x85", "...", "the"]
SPECIALS = ["<extra_id_0>", "<extra_id_1>", "<extra_id_99>", "<extra_id_100>", "<extra_id_01>", "<extra_id_>",
            "<extra_id_-1>", "<extra_id_0", "<Extra_id_0>", "<pad>", "</s>", "<unk>", "<", ">", " ", "  ", "\t",
            "word", "of the", ".", ",", "\u00e9", "\u00a0", "\u3000"]


def glosses():
    for part in ["noun", "verb", "adj", "adv"]:
        for line in open(f"/usr/share/wordnet/data.{part}", encoding="utf-8"):
            if not line.startswith("  "):
                yield line.split("|", 1)[1].strip()


def train():
    texts = random.Random(3).sample(list(glosses()), 20000)
    with open(MODEL, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=file, vocab_size=1000, num_threads=1, minloglevel=2,
            pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0)


def reference():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(MODEL, folder)
        return T5Tokenizer.from_pretrained(folder, extra_ids=SENTINELS)


def ids_of(tokenizer, text):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


def make():
    rng = random.Random(7)
    t5, byt5 = reference(), ByT5Tokenizer()
    spm = sentencepiece.SentencePieceProcessor(model_file=str(MODEL))
    mix = lambda parts, most: "".join(rng.choices(parts, k=rng.randint(0, most)))
    plain = rng.sample(list(glosses()), 2400) + [mix(CORNERS, 12) for _ in range(600)]
    items = {"source": SOURCE, "plain": [], "with_sentinels": [], "bytes": [], "decoded": []}
    for text in plain:
        item = {"text": text, "ids": ids_of(t5, text)}
        if spm.encode(text) != item["ids"]:
            item["sentencepiece"] = spm.encode(text)
        items["plain"].append(item)
    for _ in range(400):
        text = mix(SPECIALS, 9)
        ids = ids_of(t5, text)
        items["with_sentinels"].append({"text": text, "ids": ids})
        # pad and </s> are dropped by ours
        shown = [id for id in ids if id > 1]
        items["decoded"].append({"ids": ids, "text": t5.decode(shown, clean_up_tokenization_spaces=False)})
        items["bytes"].append({"text": text, "ids": ids_of(byt5, text)})
    return items


def as_text(items):
    lists = [f'"{name}": [\n' + ",\n".join(json.dumps(item) for item in items[name]) + "\n]"
             for name in items if name != "source"]
    return '{"source": ' + json.dumps(items["source"]) + ",\n" + ",\n".join(lists) + "}\n"


def check_folder(folder, is_bytes):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    golden = json.load(open(TARGET))
    wrong = []
    for item in golden["with_sentinels"] + ([] if is_bytes else golden["plain"]):
        expected = ids_of(ByT5Tokenizer(extra_ids=len(tokenizer) - 259), item["text"]) if is_bytes else item["ids"]
        if ids_of(tokenizer, item["text"]) != expected:
            wrong.append(item["text"])
    if wrong:
        sys.exit(f"{folder}: {len(wrong)} texts get other ids, such as {wrong[0]!r}")
    print(f"{folder}: {type(tokenizer).__name__} with {len(tokenizer)} ids agrees")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("--bytes", action="store_true")
    arguments = parser.parse_args()
    if arguments.folder:
        return check_folder(arguments.folder, arguments.bytes)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    if not MODEL.exists():
        train()
    items = make()
    TARGET.write_text(as_text(items), encoding="utf-8")
    differing = sum("sentencepiece" in item for item in items["plain"])
    print(f"{TARGET}: {len(items['plain'])} texts, {differing} with SentencePiece's ids instead")


if __name__ == "__main__":
    main()
