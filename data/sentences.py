#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plain text files (paragraphs between empty lines, lines broken anywhere) to one sentence a line,
as pre-training and adaptation want their text. With --words N sentences that follow one another
share a line as long as it has at most N words, which is what pre-training on rows of some 64 pieces
wants.

Example: data/sentences.py novels/*.txt --words 45 > novels.txt
"""
import argparse
import re
import sys

# a dot after these ends no sentence
ABBREVIATIONS = {"mr", "mrs", "ms", "dr", "st", "rev", "col", "capt", "gen", "lt", "prof",
                 "messrs", "esq", "hon", "sr", "jr", "vs", "etc", "e.g", "i.e", "no", "vol", "mme",
                 "mlle"}
END = re.compile(r"([.!?]+[\"'”’)\]]*)\s+(?=[\"'“‘(\[]?[A-Z])")


def paragraphs(lines):
    collected = []
    for line in lines:
        text = " ".join(line.split())
        if text:
            collected.append(text)
        elif collected:
            yield " ".join(collected)
            collected = []
    if collected:
        yield " ".join(collected)


def sentences(paragraph):
    begin = 0
    for match in END.finditer(paragraph):
        last_word = paragraph[begin:match.start()].rsplit(" ", 1)[-1].strip("\"'“‘(").lower()
        if match.group(1) == "." and (last_word in ABBREVIATIONS or len(last_word) == 1):
            continue
        yield paragraph[begin:match.end(1)]
        begin = match.end()
    if paragraph[begin:]:
        yield paragraph[begin:]


def grouped(parts, most_words):
    line, count = [], 0
    for part in parts:
        words = len(part.split())
        if line and count + words > most_words:
            yield " ".join(line)
            line, count = [], 0
        line.append(part)
        count += words
    if line:
        yield " ".join(line)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--words", type=int, default=0,
                        help="words that sentences may share a line up to")
    parser.add_argument("--least", type=int, default=3, help="words that a line must have")
    parser.add_argument("--most", type=int, default=60,
                        help="words that a line may have; longer ones are dropped")
    options = parser.parse_args()
    kept = dropped = 0
    for name in sorted(options.files):
        with open(name, encoding="utf-8", errors="replace") as file:
            for paragraph in paragraphs(file):
                for line in grouped(sentences(paragraph), options.words):
                    if options.least <= len(line.split()) <= options.most:
                        print(line)
                        kept += 1
                    else:
                        dropped += 1
    print(f"{kept} lines written, {dropped} shorter than {options.least} or longer than "
          f"{options.most} words left out", file=sys.stderr)


if __name__ == "__main__":
    main()
