#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A plain text file, one passage a line, to conversations whose instruction is RATIO times as long
as their output: the user says the first words of a passage, the assistant the next ones. Every
ratio takes the same passages and the same words of them, so that sets differ in where they are cut
alone. Passages of fewer words are left out; of the others, EXAMPLES are drawn by a hash of their
text. Prints JSON lines that a card of kind "instruction" reads.

Example: data/controlled_ratio.py novels.txt --ratio 5 > continue_5.jsonl
"""
import argparse
import hashlib
import json
import sys


def cut_at(words, ratio):
    """How many of so many words are instruction: words * ratio / (1 + ratio), both sides kept."""
    return min(words - 1, max(1, round(words * ratio / (1 + ratio))))


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text", help="plain text, one passage a line")
    parser.add_argument("--ratio", type=float, required=True,
                        help="words of the instruction for each word of the output")
    parser.add_argument("--words", type=int, default=26, help="of a passage (default: %(default)s)")
    parser.add_argument("--examples", type=int, default=2400, help="(default: %(default)s)")
    given = parser.parse_args()
    if given.ratio <= 0 or given.words < 2:
        parser.error("the ratio must be above 0, and a passage have two words or more")
    with open(given.text, encoding="utf-8") as file:
        lines = {" ".join(line.split()[:given.words]) for line in file
                 if len(line.split()) >= given.words}
    if len(lines) < given.examples:
        sys.exit(f"{given.text} has {len(lines)} passages of {given.words} words or more, and "
                 f"{given.examples} are asked for: give longer text, or --examples {len(lines)}")
    passages = sorted(lines, key=lambda line: hashlib.sha256(line.encode()).digest())
    cut = cut_at(given.words, given.ratio)
    for passage in passages[:given.examples]:
        words = passage.split(" ")
        print(json.dumps({"messages": [
            {"role": "user", "content": " ".join(words[:cut])},
            {"role": "assistant", "content": " ".join(words[cut:])}]}, ensure_ascii=False))


if __name__ == "__main__":
    main()
