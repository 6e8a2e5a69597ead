#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A training step of two MPI ranks with a thread each beside that of one rank with a thread, the
same batch for both (fp32, dropout 0.1, AdamW, batch 16, source 32, target 16), in turns. As the
bound: two processes that know nothing of each other, each with half of the batch, at once."""
import argparse
import json
import statistics
import subprocess

import peers

BATCH, SOURCE, TARGET = 16, 32, 16
LAUNCH = peers.ROOT / "jobs" / "launch"


def command(given, batch, ranks=1):
    words = [str(peers.ROOT / "build" / "dovetail"), "bench", "train", "--shape", given.shape,
             "--threads", "1", "--batch", str(batch), "--source", str(SOURCE),
             "--target", str(TARGET), "--data-parallel", str(ranks), "--warmup", "1",
             "--steps", str(given.steps)]
    return [str(LAUNCH), "-n", str(ranks), *words] if ranks > 1 else words


def seconds_of(*commands):
    """Median seconds a step of programs that run at once, the slowest one's."""
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for words in commands]
    outputs = [process.communicate()[0] for process in running]
    if any(process.returncode for process in running):
        raise SystemExit(f"{' '.join(commands[0])} failed")
    return max(json.loads(output)["median_seconds"] for output in outputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", default="t5-small")
    parser.add_argument("--steps", type=int, default=4, help="timed steps of each run")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    peers.warn_of_load()
    one, group, apart = [], [], []
    for _ in range(given.rounds):
        one.append(seconds_of(command(given, BATCH)))
        group.append(seconds_of(command(given, BATCH, ranks=2)))
        apart.append(seconds_of(*[command(given, BATCH // 2)] * 2))
    print(f"{given.shape}, seconds a step of {BATCH} rows, median of {given.rounds} rounds of "
          f"{given.steps} steps")
    for name, times in (("one rank", one), ("group of two", group), ("two halves apart", apart)):
        ratio = statistics.median(a / b for a, b in zip(one, times))
        print(f"  {name:17} {statistics.median(times):.3f} (least {min(times):.3f})   "
              f"speed / one rank {ratio:.2f}")


if __name__ == "__main__":
    main()
