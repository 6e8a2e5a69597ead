# SPDX-License-Identifier: Apache-2.0
"""The bound: every matrix product of a T5's training step, each timed alone with warm operands.

What a trainer would need that had no other cost at all. Results go into memory that is there
already. One piece of work is all products of a step.
"""
import json
import sys
import time
from collections import Counter

from shapes import SHAPES


def linear(rows, inputs, outputs):
    """A layer y = x W' forward, and its two products backward: (left, right) as (m, k, n) and
    which of the operands lies transposed in memory. W is stored as (outputs, inputs)."""
    return [("mm", (rows, inputs, outputs), "right"),    # y = x W'
            ("mm", (rows, outputs, inputs), ""),         # dx = dy W
            ("mm", (outputs, rows, inputs), "left")]     # dW = dy' x


def attention(batch_heads, queries, keys, channels):
    """Scores and their mix of values, forward and backward, of all heads at once."""
    return [("bmm", (batch_heads, queries, channels, keys), "right"),   # s = q k'
            ("bmm", (batch_heads, queries, keys, channels), ""),        # o = p v
            ("bmm", (batch_heads, queries, keys, channels), ""),        # dq = ds k
            ("bmm", (batch_heads, keys, queries, channels), "left"),    # dk = ds' q
            ("bmm", (batch_heads, queries, channels, keys), "right"),   # dp = do v'
            ("bmm", (batch_heads, keys, queries, channels), "left")]    # dv = p' do


def products_of_step(shape, batch, source, target):
    """Counter of (kind, sizes, which operand lies transposed)."""
    d, inner, ff = shape["d_model"], shape["d_kv"] * shape["num_heads"], shape["d_ff"]
    heads, channels = batch * shape["num_heads"], shape["d_kv"]
    rows, columns = batch * source, batch * target
    feed_forward = lambda n: linear(n, d, ff) + linear(n, ff, d)
    encoder = (3 * linear(rows, d, inner) + linear(rows, inner, d) +
               attention(heads, source, source, channels) + feed_forward(rows))
    decoder = (3 * linear(columns, d, inner) + linear(columns, inner, d) +
               attention(heads, target, target, channels) +
               linear(columns, d, inner) + 2 * linear(rows, d, inner) + linear(columns, inner, d) +
               attention(heads, target, source, channels) + feed_forward(columns))
    head = linear(columns, d, shape["vocab_size"])
    return Counter(shape["num_layers"] * (encoder + decoder) + head)


def flops(products):
    """Multiplications and additions of all of them."""
    total = 0
    for (kind, sizes, _), count in products.items():
        work = 2
        for size in sizes:
            work *= size
        total += work * count
    return total


def make_product(torch, kind, sizes, transposed):
    *many, m, k, n = sizes
    def operand(rows, columns, lies_transposed):
        if lies_transposed:
            return torch.randn(*many, columns, rows).transpose(-1, -2)
        return torch.randn(*many, rows, columns)
    left, right = operand(m, k, transposed == "left"), operand(k, n, transposed == "right")
    result = torch.zeros(*many, m, n)
    function = getattr(torch, kind)
    return lambda: function(left, right, out=result)


def main(given):
    import torch
    torch.set_num_threads(given["threads"])
    products = products_of_step(SHAPES[given["shape"]], given["batch"], given["source"],
                                given["target"])
    runs = [(make_product(torch, *product), count) for product, count in products.items()]

    def timed_alone():
        seconds = 0.0
        for run, count in runs:
            run()   # the operands come into the caches
            began = time.perf_counter()
            for _ in range(count):
                run()
            seconds += time.perf_counter() - began
        return seconds

    timed_alone()
    print(json.dumps({"ready": {**given, "flops": flops(products)}}), flush=True)
    for line in sys.stdin:
        pieces = int(line.split()[1])
        seconds = sum(timed_alone() for _ in range(pieces))
        print(json.dumps({"pieces": pieces, "seconds": seconds}), flush=True)
    print("{}", flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
