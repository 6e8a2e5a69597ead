#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/metrics/multilingual_rouge.json: scores of XL-Sum's multilingual ROUGE (Hasan
et al. 2021) without a language, as the package multilingual-rouge 0.0.1 (PyPI) computes them.

    python3 -m venv /tmp/rouge && /tmp/rouge/bin/pip install multilingual-rouge==0.0.1
    /tmp/rouge/bin/python tests/oracles/multilingual_rouge_oracle.py [--check]

The package brings dictionaries of several languages, so it has an environment of its own. --check
compares with the committed file instead of writing it. The best F over the references is taken, as
rouge-score's score_multi does; the package has none.
"""
import argparse
import json
import pathlib
import random
import sys

from multilingual_rouge import rouge_scorer, tokenization_wrapper

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "tests/golden/metrics/multilingual_rouge.json"
WORDS = """to The MALL x1 3,000.50 caf\u00e9 cafe\u0301 don't ... \u212a \u0130zmir ___ 中文 今天很冷
カタカナ ひらがな コーヒー ไทย น้ำ ខ្មែរ 한국어 синяя Дверь ΟΔΟΣ σς نامهٔ می\u200cخواهم سلام ۱۲۳ नमस्ते
क्षि दुनिया। Đường phố ổ Ärger STRASSE Straße \ufb01ne ½ x² a₂b € $5 😀 👨\u200d👩 a\u200bb
\u00ad \uffed \u2581 \uffe8 \u0301 ⅷ ＡＢ １２ 、 。 « “q” ؟ \u20dd ʼn İI ı \ufffd \U00020000
豈 𝐀 中\u0301文""".split()
BLANKS = [" "] * 8 + ["  ", ",", "-", "\t", "\n", "\u00a0", "\u3000", "\x1c", "\u0085", "\u2028",
                      ""]
SCORER = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"])


def random_text(rng):
    words = rng.choices(WORDS, k=rng.choice([0, 1, 2, 3, 4, 6, 9]))
    return "".join(word + rng.choice(BLANKS) for word in words)


def related_text(rng, text):
    return " ".join(word for word in text.split(" ") if rng.random() < 0.8)


def scored(prediction, references):
    scores = [SCORER.score(reference, prediction) for reference in references]

    def best(key):
        return float(max(score[key].fmeasure for score in scores))

    return {"prediction": prediction, "references": references,
            "tokens": tokenization_wrapper.tokenize(prediction, None, SCORER._tokenizer),
            "rouge_1_xlsum": best("rouge1"), "rouge_2_xlsum": best("rouge2"),
            "rouge_l_xlsum": best("rougeL")}


def random_items(rng, count):
    for _ in range(count):
        prediction = random_text(rng)
        references = [related_text(rng, prediction) if rng.random() < 0.7 else random_text(rng)
                      for _ in range(rng.randint(1, 3))]
        yield scored(prediction, references)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    lines = ",\n".join(json.dumps(item) for item in random_items(random.Random(21), 400))
    text = ('{"source": "Random words of several scripts; scores of multilingual-rouge 0.0.1",\n'
            f'"items": [\n{lines}\n]}}\n')
    if not check:
        TARGET.write_text(text)
    elif TARGET.read_text() != text:
        sys.exit(f"{TARGET} differs from what multilingual-rouge says now")


if __name__ == "__main__":
    main()
