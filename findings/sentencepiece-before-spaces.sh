#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Guess: SentencePiece's unigram trainer, asked for as many pieces as the text can give, makes a
#        piece of a word that stands in every line, before ever other words.
# Seen:  sentencepiece 0.2.3: not where a space always follows, nor where a comma does in 1 of 100
#        lines: "southeast", in each of 4,000 lines, is cut in two, and more pieces are refused ("too
#        high"). With a comma in every second line it is one piece. BPE makes it one in all of them.
source "$(dirname "$0")/packages"
use sentencepiece==0.2.3

"$python" - "$temporary" <<'PYTHON'
import random
import re
import sys
import sentencepiece

folder = sys.argv[1]
WORD = "southeast"


def pieces_of_the_word(model_type, num_commas):
    draw = random.Random(1)
    text = f"{folder}/text.txt"
    with open(text, "w") as file:
        for line in range(4000):
            left, right = draw.sample("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 2)
            direction = draw.choice(["north", "south", "east", "west"])
            comma = "," if line < num_commas else ""
            file.write(f"{left} lies {WORD}{comma} {right} {direction}\n")

    def train(size):
        sentencepiece.SentencePieceTrainer.train(
            input=text, model_prefix=f"{folder}/m", vocab_size=size, model_type=model_type,
            minloglevel=2)

    try:
        train(5000)
    except RuntimeError as error:   # says how many there are at most
        train(int(re.search(r"<= (\d+)", str(error))[1]))
    return sentencepiece.SentencePieceProcessor(model_file=f"{folder}/m.model").encode(
        WORD, out_type=str)


never, rarely, often, bpe = (
    pieces_of_the_word(*asked)
    for asked in [("unigram", 0), ("unigram", 40), ("unigram", 2000), ("bpe", 0)])
print(f"unigram, always before a space: {never}; 40 times before a comma: {rarely}; "
      f"2,000 times: {often}; BPE: {bpe}")
whole = ["\u2581" + WORD]
sys.exit(0 if len(never) > 1 and len(rarely) > 1 and often == whole and bpe == whole
         else "changed: the word is a piece in other texts than before")
PYTHON
