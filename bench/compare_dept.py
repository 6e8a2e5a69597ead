#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""DePT beside prompt tuning with as many trained numbers (as near as a whole rank comes), LoRA and
(IA)^3, in one interleaved run: seconds of a training step and the peak of memory, for m = 100
(prompt tuning) down to 0 vectors and sources of 64 to 1,024 tokens. Batch 8, target 16, fp32,
AdamW. All rows of a batch are full, which is DePT's best case: its paper pads to a fixed length,
and nobody here does."""
import peers
from peers import Peer, dovetail
from shapes import SHAPES

BATCH, TARGET, PROMPT = 8, 16, 100
VECTORS = [80, 60, 40, 20, 0]
LENGTHS = "64,128,256,512,1024"


def peer(name, shape, threads, source, tuning, **parameters):
    words = [word for key, value in parameters.items()
             for word in ("--parameter", f"{key}={value}")]
    return lambda: Peer(name, dovetail(
        "train", "--shape", shape, "--threads", threads, "--batch", BATCH, "--source", source,
        "--target", TARGET, "--tuning", tuning, *words))


def peers_of(shape, threads, source):
    place = (shape, threads, source)
    prompt = peer("prompt", *place, "soft_prompt", num_virtual_tokens=PROMPT)
    width = SHAPES[shape]["d_model"]
    ranks = {m: round((PROMPT - m) * width / (source + width)) for m in VECTORS}
    depts = [peer(f"dept {m}", *place, "dept", num_virtual_tokens=m, r=ranks[m],
                  max_source_length=source) for m in VECTORS]
    return [prompt, *depts, peer("lora", *place, "lora", r=4), peer("ia3", *place, "ia3")]


def rows_of(results, shape, threads, source):
    """Time and memory as shares of prompt tuning's."""
    for name, own in results.items():
        time = 1 / peers.speed_ratio(results, name, "prompt")
        memory = own["peak_bytes"] / results["prompt"]["peak_bytes"]
        yield [shape, str(threads), str(source), name, peers.seconds_text(own["median"]),
               f"{time:.2f}", f"{own['peak_bytes'] / 2**20:.0f} MiB", f"{memory:.2f}"]


def options():
    parser = peers.option_parser(__doc__, "tiny", "1", seconds=15)
    parser.add_argument("--lengths", default=LENGTHS, help="of sources, in tokens")
    return peers.parsed(parser)


def main():
    given = options()
    peers.warn_of_load()
    rows = []
    title = "DePT: a step of training beside prompt tuning's"
    peers.print_heads(title, ["model", "threads", "source", "tuning", "seconds a step",
                              "of prompt tuning's", "peak memory", "of prompt tuning's"])
    for shape in given.shapes:
        for threads in given.threads:
            for source in map(int, given.lengths.split(",")):
                results = peers.measure(peers_of(shape, threads, source), given.seconds)
                rows.append({"shape": shape, "threads": threads, "source": source,
                             "peers": results})
                for row in rows_of(results, shape, threads, source):
                    peers.print_row(row)
    peers.print_place()
    peers.write_json(given.json, title, rows)


if __name__ == "__main__":
    main()
