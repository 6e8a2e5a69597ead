#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/metrics/rouge_score.json: scores of the rouge-score package (PyPI).

    .venv/bin/python tests/oracles/rouge_score_oracle.py [--check]

Half of the pairs are random words with punctuation, case and letters beyond ASCII; half are
glosses of related WordNet 3.0 synsets (the lemma's other senses), read from Debian's wordnet-base.
--check compares with the committed file instead of writing it.
"""
import argparse
import json
import pathlib
import random
import sys

from rouge_score import rouge_scorer

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests/golden/metrics/rouge_score.json"
WORDS = ["to", "drive", "The", "MALL", "there", "a", "x1", "42", "caf\u00e9", "don't", "-", ".",
         "e-mail", "\u212a", "\u0130zmir", "___", "\u4e2d\u6587", "", "to", "the"]
SOURCE = ("Random words, and glosses of WordNet 3.0, Copyright 2006 by Princeton University. All "
          "rights reserved. Used under the WordNet licence; see "
          "https://wordnet.princeton.edu/license-and-commercial-use")


def random_items(rng, count):
    def text():
        return rng.choice([" ", " ", "  ", ", ", "-"]).join(
            rng.choices(WORDS, k=rng.randint(0, 12)))
    for _ in range(count):
        yield text(), [text() for _ in range(rng.randint(1, 4))]


def wordnet_items(rng, count):
    senses = {}
    for line in open("/usr/share/wordnet/data.noun", encoding="utf-8"):
        if line.startswith(" "):
            continue
        fields, gloss = line.split("|", 1)
        senses.setdefault(fields.split()[4], []).append(gloss.strip())
    several = [glosses for _, glosses in sorted(senses.items()) if len(glosses) >= 3]
    for glosses in rng.sample(several, count):
        prediction, *references = glosses[:5]
        yield prediction, references


def score(prediction, references):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rougeL"], use_stemmer=False)
    best = scorer.score_multi(references, prediction)
    return {"prediction": prediction, "references": references,
            "rouge_1": float(best["rouge1"].fmeasure), "rouge_l": float(best["rougeL"].fmeasure)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    rng = random.Random(20)
    pairs = list(random_items(rng, 250)) + list(wordnet_items(rng, 150))
    lines = ",\n".join(json.dumps(score(*pair)) for pair in pairs)
    text = '{"source": %s,\n"items": [\n%s\n]}\n' % (json.dumps(SOURCE), lines)
    if not check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_text(text)
    elif TARGET.read_text() != text:
        sys.exit(f"{TARGET} differs from what rouge-score says now")


if __name__ == "__main__":
    main()
