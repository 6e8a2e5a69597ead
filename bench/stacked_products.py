#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether several small models that are tuned whole would gain by stacking: the products of a step
for N cells, each with weights of its own, as N products one after the other and as one batched
product (torch.bmm), in turns. Seconds and the ratio for each matrix of the model: x W^T, and the
gradients of x and of W.

Stacking shares no weights, so it saves the calls alone. Batch 8, 48 tokens, as the quickstart's.
"""
import argparse
import statistics
import time

import torch
from peers import print_heads, print_place, print_row
from shapes import SHAPES

ROWS = 8 * 48


def matrices(shape):
    """(outputs, inputs) of the products of a T5 block with its head."""
    width, inner = shape["d_model"], shape["num_heads"] * shape["d_kv"]
    return {"q, k, v": (3 * inner, width), "o": (width, inner), "wi": (shape["d_ff"], width),
            "wo": (width, shape["d_ff"]), "head": (shape["vocab_size"], width)}


def one_by_one(x, w, dy):
    for cell in range(len(x)):
        torch.mm(x[cell], w[cell].t())
        torch.mm(dy[cell], w[cell])
        torch.mm(dy[cell].t(), x[cell])


def stacked(x, w, dy):
    torch.bmm(x, w.transpose(1, 2))
    torch.bmm(dy, w)
    torch.bmm(dy.transpose(1, 2), x)


def seconds(way, *tensors):
    begin = time.perf_counter()
    way(*tensors)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", default="tiny", choices=SHAPES)
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=30)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    print_heads(f"{given.cells} cells of {given.shape}, a step's products",
                ["matrix", "one by one", "stacked", "one by one / stacked"])
    for name, (outputs, inputs) in matrices(SHAPES[given.shape]).items():
        sizes = ((ROWS, inputs), (outputs, inputs), (ROWS, outputs))
        tensors = [torch.randn(given.cells, *size) for size in sizes]
        rounds = [(seconds(one_by_one, *tensors), seconds(stacked, *tensors))
                  for _ in range(given.rounds)]
        ratio = statistics.median(a / b for a, b in rounds)
        print_row([name, *(f"{statistics.median(way):.4g}" for way in zip(*rounds)),
                   f"{ratio:.2f}"])
    print_place()


if __name__ == "__main__":
    main()
