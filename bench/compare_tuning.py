#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A step of tuning a small part beside a step of tuning all weights at the same computed length, in
one interleaved run: fp32, dropout 0.1, AdamW, batch 8, source 64, target 16. A soft prompt of 100
tokens makes the encoder compute 164, so full tuning is measured at both lengths."""
import subprocess

import peers
from peers import Peer, dovetail, python

BATCH, SOURCE, TARGET, DROPOUT, PROMPT = 8, 64, 16, 0.1, 100
AT_MOST = 0.72   # of full tuning's step at the same computed length


def knows_lora():
    listed = subprocess.run([dovetail()[0], "list", "tunings"], capture_output=True, text=True)
    return any(line.split()[:1] == ["lora"] for line in listed.stdout.splitlines())


def ours(name, shape, threads, source, *tuning):
    return lambda: Peer(name, dovetail(
        "train", "--shape", shape, "--threads", threads, "--batch", BATCH, "--source", source,
        "--target", TARGET, "--dropout", DROPOUT, *tuning))


def theirs(name, shape, threads, source, **more):
    return lambda: Peer(name, python(
        "peer_transformers.py", do="train", shape=shape, threads=threads, batch=BATCH,
        source=source, target=TARGET, dropout=DROPOUT, **more))


def peers_of(shape, threads, attention, lora):
    place = (shape, threads)
    long = SOURCE + PROMPT
    start = [
        ours("full/short", *place, SOURCE), ours("full/long", *place, long),
        ours("soft_prompt", *place, SOURCE, "--tuning", "soft_prompt", "--parameter",
             f"num_virtual_tokens={PROMPT}"),
        theirs("transformers full/short", *place, SOURCE, attention=attention),
        theirs("transformers full/long", *place, long, attention=attention),
        theirs("transformers soft_prompt", *place, SOURCE, attention=attention, prompt=PROMPT),
    ]
    if lora:
        start.append(ours("lora", *place, SOURCE, "--tuning", "lora"))
    return start


def rows_of(shape, threads, results):
    compared = [("soft_prompt", "full/long", SOURCE + PROMPT), ("lora", "full/short", SOURCE),
                ("transformers soft_prompt", "transformers full/long", SOURCE + PROMPT)]
    for name, whole, length in compared:
        if name in results:
            yield [shape, str(threads), name, str(length),
                   peers.seconds_text(results[name]["median"]),
                   peers.seconds_text(results[whole]["median"]),
                   f"{peers.speed_ratio(results, whole, name):.2f}", str(AT_MOST)]
    for whole, length in (("full/short", SOURCE), ("full/long", SOURCE + PROMPT)):
        reference = "transformers " + whole
        yield [shape, str(threads), "full", str(length),
               peers.seconds_text(results[whole]["median"]),
               "transformers " + peers.seconds_text(results[reference]["median"]),
               f"{peers.speed_ratio(results, reference, whole):.2f}", ""]


def main():
    given = peers.options(__doc__, "t5-small", "1", seconds=100)
    peers.warn_of_load()
    lora = knows_lora()
    rows = []
    title = "Tuning: seconds a step, median"
    peers.print_heads(title, ["model", "threads", "tuning", "encoder's length", "its step",
                              "full tuning's step", "ratio", "at most"])
    for shape in given.shapes:
        for threads in given.threads:
            start = peers_of(shape, threads, given.attention, lora)
            results = peers.measure(start, given.seconds)
            rows.append({"shape": shape, "threads": threads, "peers": results})
            for row in rows_of(shape, threads, results):
                peers.print_row(row)
    peers.print_place()
    peers.write_json(given.json, title, rows)


if __name__ == "__main__":
    main()
