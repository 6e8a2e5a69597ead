#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Counts WordNet's synsets, text lines and triples, reading the database by regular expressions and
without any code of the project. Its numbers are the expected ones of tests/text/wordnet_test.cc and
tests/tasks/wordnet_tasks_test.cc.

    tests/oracles/wordnet_counts.py [DATABASE_FOLDER]
"""
import pathlib
import re
import sys

FILES = {"n": "data.noun", "v": "data.verb", "a": "data.adj", "r": "data.adv"}
POINTER = re.compile(r"(?<= )(\S{1,2}) (\d{8}) ([nvasr]) ([0-9a-f]{2})([0-9a-f]{2})(?= )")


def read(folder):
    synsets = {}
    for part, name in FILES.items():
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("  "):
                continue
            data, gloss = line.split(" | ", 1)
            fields = data.split(" ")
            count = int(fields[3], 16)
            words = [re.sub(r"\((a|p|ip)\)$", "", w).replace("_", " ")
                     for w in fields[4:4 + 2 * count:2]]
            definition, *examples = re.split(r';\s*"', gloss)
            synsets[part, fields[0]] = (words, POINTER.findall(data + " "), definition.strip(" ;"),
                                        [e.strip(' ";') for e in examples])
    return synsets


def main():
    synsets = read(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/wordnet"))
    triples = {}
    lines = []
    for words, pointers, definition, examples in synsets.values():
        lines += [definition] + examples
        triples.setdefault("DefinedAs", set()).add((words[0], definition))
        triples.setdefault("UsedIn", set()).update((words[0], e) for e in examples)
        triples.setdefault("Synonym", set()).update((words[0], w) for w in words[1:])
        for symbol, offset, part, source, target in pointers:
            other = synsets["a" if part == "s" else part, offset][0]
            pair = (words[max(int(source, 16), 1) - 1], other[max(int(target, 16), 1) - 1])
            triples.setdefault(symbol, set()).add(pair)
    print(f"synsets {len(synsets)}  lines {len(lines)}  words {sum(len(x.split()) for x in lines)}")
    for name, pairs in sorted(triples.items()):
        heads = len({head for head, _ in pairs})
        print(f"{name:10} {len(pairs):7} triples {len(pairs) / heads:.3f} tails a head")
    print(f"{len(triples)} relations, {sum(map(len, triples.values()))} triples")


if __name__ == "__main__":
    main()
