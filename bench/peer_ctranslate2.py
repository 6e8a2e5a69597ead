# SPDX-License-Identifier: Apache-2.0
"""CTranslate2 as a peer: a forced generation, or likelihoods.

Runs under the Python of build/bench_venv.
"""
import json
import random
import sys

import ctranslate2

from peers import serve

EOS, FIRST_PIECE = 1, 3


def main(given):
    translator = ctranslate2.Translator(
        given["folder"], device="cpu", compute_type=given["compute_type"], inter_threads=1,
        intra_threads=given["threads"])
    pieces = json.loads(
        (open(given["folder"] + "/shared_vocabulary.json", encoding="utf-8")).read())
    draw = random.Random(given.get("seed", 1))

    def texts(length):
        return [[pieces[draw.randrange(FIRST_PIECE, len(pieces))] for _ in range(length)]
                for _ in range(given["batch"])]

    sources = [text + [pieces[EOS]] for text in texts(given["source"] - 1)]
    wanted = given["new_tokens"]
    targets = texts(wanted - 1)   # it adds the end itself

    def score():
        for result in translator.score_batch(sources, targets, max_batch_size=0):
            assert len(result.log_probs) == wanted, len(result.log_probs)

    def generate():
        results = translator.translate_batch(
            sources, beam_size=given["beams"], min_decoding_length=wanted,
            max_decoding_length=wanted, max_batch_size=0)
        for result in results:
            assert len(result.hypotheses[0]) == wanted, len(result.hypotheses[0])

    run = score if given["do"] == "score" else generate
    for _ in range(given.get("warmup", 2)):
        run()
    serve({**given, "ctranslate2": ctranslate2.__version__,
           "compute_type_used": translator.compute_type}, run)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
