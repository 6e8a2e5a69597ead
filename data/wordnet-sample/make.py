#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts this sample out of Debian's wordnet-base: a few hundred synsets in wndb(5WN) format.

    data/wordnet-sample/make.py [DATABASE_FOLDER]

Each pointer symbol of each part of speech is there several times with both its ends, each
lexicographer file with several synsets, and the kinds right above all of them. Synsets keep
their offsets (so they are no longer places in the file); pointers to synsets outside the sample
are left out, and all else of a line is as it was.
"""
import pathlib
import sys

FILES = {"n": "data.noun", "v": "data.verb", "a": "data.adj", "r": "data.adv"}
POINTERS_EACH = 4      # of a symbol and part of speech
SYNSETS_EACH = 6       # of a lexicographer file
COPYRIGHT = pathlib.Path("/usr/share/doc/wordnet-base/copyright")


class Synset:
    def __init__(self, line, part):
        self.part = part
        fields, _, self.gloss = line.rstrip("\n").partition("| ")
        fields = fields.split()
        self.offset, self.lexicographer_file = fields[0], fields[1]
        end = 4 + 2 * int(fields[3], 16)
        self.start, self.num_words = fields[:end], int(fields[3], 16)
        count, begin = int(fields[end]), end + 1
        self.pointers = [fields[begin + 4 * i:begin + 4 * i + 4] for i in range(count)]
        self.frames = fields[begin + 4 * count:]

    def key(self):
        return self.part, self.offset

    def line(self, kept):
        pointers = [p for p in self.pointers if target(p) in kept]
        fields = self.start + [f"{len(pointers):03d}"] + sum(pointers, []) + self.frames
        return " ".join(fields) + " | " + self.gloss + "\n"


def target(pointer):
    return "a" if pointer[2] == "s" else pointer[2], pointer[1]


def spread(items, count):
    """`count` of them at even distances, so that the sample is not all from the beginning."""
    return items if len(items) <= count else [items[i * len(items) // count] for i in range(count)]


def choose(synsets):
    by_symbol, by_file = {}, {}
    for synset in synsets.values():
        for pointer in synset.pointers:
            if len(synset.pointers) <= 12:
                by_symbol.setdefault((pointer[0], synset.part), []).append((synset, pointer))
        if ' "' in synset.gloss and synset.num_words > 1:
            by_file.setdefault(synset.lexicographer_file, []).append(synset)
    kept = set()
    for pairs in by_symbol.values():
        for synset, pointer in spread(pairs, POINTERS_EACH):
            kept |= {synset.key(), target(pointer)}
    for of_file in by_file.values():
        kept |= {synset.key() for synset in spread(of_file, SYNSETS_EACH)}
    return kept | {target(p) for key in kept for p in synsets[key].pointers if p[0] == "@"}


def licence():
    """The WordNet3.0 paragraph of Debian's copyright file, as plain text."""
    lines = COPYRIGHT.read_text(encoding="utf-8").splitlines()
    begin = lines.index("License: WordNet3.0")
    end = next(i for i in range(begin + 1, len(lines)) if not lines[i].startswith(" "))
    text = [lines[begin - 1]] + [""] + ["" if line == " ." else line[1:]
                                       for line in lines[begin + 1:end]]
    return ("The files data.* of this folder are a sample of the WordNet 3.0 database, made by\n"
            "make.py: pointers to synsets outside the sample are left out. Its licence:\n\n"
            + "\n".join(text) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet")
    here = pathlib.Path(__file__).parent
    notices, synsets = {}, {}
    for part, name in FILES.items():
        with open(folder / name, encoding="utf-8") as lines:
            for line in lines:
                if line.startswith("  "):
                    notices[part] = notices.get(part, "") + line
                else:
                    synset = Synset(line, part)
                    synsets[synset.key()] = synset
    kept = choose(synsets)
    for part, name in FILES.items():
        own = [synset.line(kept) for key, synset in sorted(synsets.items())
               if key in kept and key[0] == part]
        (here / name).write_text(notices[part] + "".join(own), encoding="utf-8")
    (here / "LICENSE").write_text(licence(), encoding="utf-8")
    print(f"{len(kept)} synsets", file=sys.stderr)


if __name__ == "__main__":
    main()
