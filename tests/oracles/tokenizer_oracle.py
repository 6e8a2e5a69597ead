#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/text/tokenizer_parity.json: ids of transformers' T5Tokenizer and
ByT5Tokenizer.

    .venv/bin/python tests/oracles/tokenizer_oracle.py
    .venv/bin/python tests/oracles/tokenizer_oracle.py --folder DIR [--bytes]

Trains tests/golden/text/spiece.model (1,000 pieces, on WordNet glosses) when it is not there. The
texts are WordNet 3.0 glosses, and random ones of Unicode's corners and of special tokens. Where
SentencePiece itself gives other ids than transformers for a text without special tokens, the golden
holds SentencePiece's, under "sentencepiece": it is what T5 was trained with.

--shared DATA --target FILE writes, from the archives of text and T5's own model in DATA, a line of
JSON for each of 10,000 lines of them and some thousand texts of Unicode's corners: "bytes"
(hexadecimal), "sentencepiece" (its ids) and, where the bytes are text, "with_specials" (special
tokens, and its ids of what stands between them), "transformers" (its ids) and, where these two
differ, "corner": next_line (U+0085), tie (two segmentations of the same score), combining (marks
and joiners), or other, which there must not be. The first line holds the path of the model, that
of a folder that T5Tokenizer.save_pretrained wrote (tokenizer.json alone), and the pieces' scores.

--folder checks a folder that the library saved: AutoTokenizer loads it and gives the golden's ids
(T5), or those of a fresh ByT5Tokenizer with as many sentinels (--bytes).
"""
import argparse
import json
import os
import pathlib
import random
import re
import shutil
import sys
import tarfile
import tempfile
import unicodedata
import zipfile

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
CORNERS = [" ", "  ", "a", "B", "\t", "\u00e9", "e\u0301", "\ufb01", "\u2460", "\uff26", "\u00a0",
           "\u3000", "\u200b", "\u65e5", "\U0001f44d\U0001f3fd", "\U0001f468\u200d\U0001f469",
           "\x00", "\x01", "\u2028", "\ud55c", "\u1112\u1161\u11ab", "\u00df", "\u0130", "\u00bd",
           "\u2122", "\ufeff", "\u00ad", "\ufffd", "\u2581", "</s", "\r", "\u202e", "\u0301",
           "\x85", "...", "the"]
SPECIALS = ["<extra_id_0>", "<extra_id_1>", "<extra_id_99>", "<extra_id_100>", "<extra_id_01>",
            "<extra_id_>", "<extra_id_-1>", "<extra_id_0", "<Extra_id_0>", "<pad>", "</s>", "<unk>",
            "<", ">", " ", "  ", "\t", "word", "of the", ".", ",", "\u00e9", "\u00a0", "\u3000"]


def glosses():
    for part in ["noun", "verb", "adj", "adv"]:
        for line in open(f"/usr/share/wordnet/data.{part}", encoding="utf-8"):
            if not line.startswith("  "):
                yield line.split("|", 1)[1].strip()


def train():
    texts = random.Random(3).sample(list(glosses()), 20000)
    with open(MODEL, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts), model_writer=file, vocab_size=1000, num_threads=1,
            minloglevel=2, pad_id=0, eos_id=1, unk_id=2, bos_id=-1, character_coverage=1.0)


def fields(message):
    """(number, bytes) of the length-delimited fields of a serialized protocol buffer."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(message):
        key = varint()
        if key & 7 == 2:
            size = varint()
            at += size
            yield key >> 3, message[at - size:at]
        elif key & 7 == 0:
            varint()
        else:
            at += {1: 8, 5: 4}[key & 7]


def reference(model=MODEL):
    """T5Tokenizer of a SentencePiece model, without the protobuf package that from_pretrained asks
    for."""
    normalizer = next(value for number, value in fields(model.read_bytes()) if number == 3)
    characters = next(value for number, value in fields(normalizer) if number == 2)
    spm = sentencepiece.SentencePieceProcessor(model_file=str(model))
    vocab = [(spm.id_to_piece(id), spm.get_score(id)) for id in range(spm.get_piece_size())]
    vocab += [(f"<extra_id_{index}>", 0.0) for index in reversed(range(SENTINELS))]
    return T5Tokenizer(vocab=vocab, _spm_precompiled_charsmap=characters, extra_ids=SENTINELS)


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
        items["decoded"].append(
            {"ids": ids, "text": t5.decode(shown, clean_up_tokenization_spaces=False)})
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
        expected = (ids_of(ByT5Tokenizer(extra_ids=len(tokenizer) - 259), item["text"]) if is_bytes
                    else item["ids"])
        if ids_of(tokenizer, item["text"]) != expected:
            wrong.append(item["text"])
    if wrong:
        sys.exit(f"{folder}: {len(wrong)} texts get other ids, such as {wrong[0]!r}")
    print(f"{folder}: {type(tokenizer).__name__} with {len(tokenizer)} ids agrees")


# How many lines of which archive.
SHARED = {"raw-100-english-novels": 2500, "raw-nltk": 2000, "raw-wikitext2-eval": 1000,
          "kg-atomic2020-mini": 1000, "kg-conceptnet-100k-82k": 500, "gen-commongen": 1000,
          "qa-openbookqa": 500, "cls-pcp-kshot": 1000, "instr-alpagasus-dolly": 500}
TEXT_ENDINGS = (".txt", ".tsv", ".csv", ".jsonl", ".json", ".xml", ".raw")
UNICODE = [  # beside CORNERS: what breaks tokenizers
    "\u200d", "\ufe0f", "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0001f3f4\U000e0067\U000e007f", "\u4f60\u597d", "\u3053\u3093\u306b\u3061\u306f",
    "\uff76\uff9e", "\u0627\u0644\u0633\u0644\u0627\u0645",
    "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35",
    "\u0928\u092e\u0938\u094d\u0924\u0947", "\u1e9b\u0323", "\u212b", "\u0041\u030a", "\ufdfa",
    "\u33a5", "\u2075", "\u00bc", "\ufb03", "\u01c4", "\u0344", "\u2060", "\u200e", "\u200f",
    "\u2066", "\u2069", "\u180e", "\u1680", "\u2003", "\u205f", "\u2029", "\x0b", "\x0c", "\x1b",
    "\x7f", "\x9f", "\ue000", "\U0010ffff", "\ufdd0", "\U0001d400", "\U00020000", "\u0378", "\n",
    "....", "--", "_", "1234567890", "I", "\u00c4", "caf\u00e9", "na\u00efve", "\u20ac", "\u2019",
    "\u201c", "\u2026", "<", "extra_id_0"]
INVALID = [b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xed\xa0\x80", b"\xc0\x80",
           b"\xf4\x90\x80\x80", b"\x80"]


def unpack(data, name, folder):
    with tarfile.open(data / f"{name}.tar.xz") as archive:
        archive.extractall(folder)
    return folder / name


def files_of(folder):
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(name) for name in sorted(archive.namelist())
                            if name.endswith(TEXT_ENDINGS))
        elif path.name.endswith(TEXT_ENDINGS):
            yield path.read_bytes()


def shared_lines(data, folder, rng):
    for name, count in SHARED.items():
        lines = [line for bytes_ in files_of(unpack(data, name, folder))
                 for line in bytes_.split(b"\n") if line.strip()]
        yield from rng.sample(lines, count)


def corner_texts(rng):
    """Bytes: mixtures of corners, of words and corners, blanks at the ends, sentinels, and long
    lines."""
    parts = CORNERS + UNICODE + SPECIALS[:3]
    words = ["the", "model", " learns", " to ", "walk", ". ", "Words", "and "]
    for _ in range(2500):
        yield "".join(rng.choices(parts, k=rng.randint(1, 10))).encode()
    for _ in range(1500):
        yield "".join(rng.choices(words + rng.sample(parts, 3), k=rng.randint(2, 30))).encode()
    for blanks in ["", " ", "  ", "\t", "\n", "\u00a0", "\u3000 ", "\u2009"]:
        yield from ((blanks + text + blanks).encode()
                    for text in ["", "a", "a  b", "a" + blanks + "b"])
    yield from (part.encode() for part in parts)
    yield from (rng.choice(INVALID).join([b"word ", b" other", b""]) for _ in range(100))
    for length in [1000, 20000, 200000]:
        yield ("word " * (length // 5)).encode()
        yield ("x" * length).encode()
        yield ("\u65e5" * (length // 3)).encode()


def extends(character):
    """Whether it belongs to the grapheme of the character before it: marks, (non-)joiners, tags."""
    return unicodedata.category(character).startswith("M") or character in "\u200c\u200d" or \
        "\U000e0020" <= character <= "\U000e007f"


class Shared:
    """Both reference tokenizers over one model."""

    def __init__(self, model):
        self.spm = sentencepiece.SentencePieceProcessor(model_file=str(model))
        self.t5 = reference(model)
        self.special = re.compile("(" + "|".join(map(re.escape, self.t5.all_special_tokens)) + ")")

    def theirs(self, text):
        return ids_of(self.t5, text)

    def ours(self, text):
        """SentencePiece's ids of what stands between special tokens."""
        ids = []
        for at, part in enumerate(self.special.split(text)):
            ids += [self.t5.convert_tokens_to_ids(part)] if at % 2 else self.spm.encode(part)
        return ids

    def is_tie(self, a, b):
        known = lambda ids: [id for id in ids if id < self.spm.get_piece_size()]
        score = lambda ids: sum(self.spm.get_score(id) for id in known(ids))
        pieces = lambda ids: "".join(self.t5.convert_ids_to_tokens(ids))
        return pieces(a) == pieces(b) and abs(score(a) - score(b)) < 1e-5 * abs(score(a))

    def corner(self, text):
        ours, theirs = self.ours(text), self.theirs(text)
        if self.is_tie(ours, theirs):
            return "tie"
        # the difference must go with the characters that are blamed for it
        without_next_line = text.replace("\x85", "")
        without_marks = lambda text: "".join(c for c in text if not extends(c))
        for name, stripped in [("next_line", without_next_line), ("combining", without_marks(text)),
                               ("combining", without_marks(without_next_line))]:
            if stripped != text and self.ours(stripped) == self.theirs(stripped):
                return name
        return "other"

    def item(self, source, line):
        item = {"source": source, "bytes": line.hex(), "sentencepiece": self.spm.encode(line)}
        try:
            text = line.decode()
        except UnicodeDecodeError:
            return item
        item["with_specials"], item["transformers"] = self.ours(text), self.theirs(text)
        if item["with_specials"] != item["transformers"]:
            item["corner"] = self.corner(text)
        return item


def shared_items(data, folder):
    rng = random.Random(11)
    model = folder / "spiece.model"
    shutil.copy(next(unpack(data, "model-t5-spiece", folder).rglob("spiece.model")), model)
    shared = Shared(model)
    shared.t5.save_pretrained(folder / "saved")
    yield {"model": str(model), "saved": str(folder / "saved"),
           "scores": [shared.spm.get_score(id) for id in range(shared.spm.get_piece_size())]}
    for source, lines in [("shared", shared_lines(data, folder, rng)),
                          ("corner", corner_texts(rng))]:
        yield from (shared.item(source, line) for line in lines)


def make_shared(data, target):
    folder = target.parent
    with open(target, "w") as file:
        for item in shared_items(data, folder):
            file.write(json.dumps(item) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("--bytes", action="store_true")
    parser.add_argument("--shared", type=pathlib.Path)
    parser.add_argument("--target", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.folder:
        return check_folder(arguments.folder, arguments.bytes)
    if arguments.shared:
        return make_shared(arguments.shared, arguments.target)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    if not MODEL.exists():
        train()
    items = make()
    TARGET.write_text(as_text(items), encoding="utf-8")
    differing = sum("sentencepiece" in item for item in items["plain"])
    print(f"{TARGET}: {len(items['plain'])} texts, {differing} with SentencePiece's ids instead")


if __name__ == "__main__":
    main()
