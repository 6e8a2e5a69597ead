#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A training step of ours beside the reference implementation's and beside the step's matrix
products alone, in one interleaved run: fp32, dropout 0.1, AdamW, batch 16, source 32, target 16."""
import peers
from peers import Peer, dovetail, python

BATCH, SOURCE, TARGET, DROPOUT = 16, 32, 16, 0.1
TARGETS = {"tiny": 1.7, "mini": 1.35, "t5-small": 1.15}   # times the reference's speed


def peers_of(shape, threads, attention):
    work = dict(shape=shape, threads=threads, batch=BATCH, source=SOURCE, target=TARGET)
    return [
        lambda: Peer("transformers", python("peer_transformers.py", do="train", dropout=DROPOUT,
                                            attention=attention, **work)),
        lambda: Peer("dovetail", dovetail(
            "train", "--shape", shape, "--threads", threads, "--batch", BATCH, "--source", SOURCE,
            "--target", TARGET, "--dropout", DROPOUT)),
        lambda: Peer("products", python("peer_products.py", **work)),
    ]


def row_text(row):
    target = TARGETS.get(row["shape"])
    verdict = f" (target {target})" if target else ""
    times = [row["peers"][name] for name in ("transformers", "dovetail", "products")]
    return [row["shape"], str(row["threads"]),
            *[f"{peers.seconds_text(t['median'])} ({peers.seconds_text(t['min'])})" for t in times],
            f"{row['speed']:.2f}{verdict}", f"{row['over_products']:.2f}", str(row["rounds"])]


def main():
    given = peers.options(__doc__, "tiny,mini,t5-small", "1,2", seconds=18)
    peers.warn_of_load()
    rows = []
    title = "Training: seconds a step, median (least)"
    peers.print_heads(title, ["model", "threads", "transformers", "dovetail", "matrix products",
                              "speed / transformers", "step / products", "rounds"])
    for shape in given.shapes:
        for threads in given.threads:
            results = peers.measure(peers_of(shape, threads, given.attention), given.seconds)
            rows.append({"shape": shape, "threads": threads, "peers": results,
                         "rounds": len(results["dovetail"]["times"]),
                         "speed": peers.speed_ratio(results, "dovetail", "transformers"),
                         "over_products": 1 / peers.speed_ratio(results, "dovetail", "products")})
            peers.print_row(row_text(rows[-1]))
    peers.print_place()
    peers.write_json(given.json, title, rows)


if __name__ == "__main__":
    main()
