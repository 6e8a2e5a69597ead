#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Empty tasks a second on MPI ranks, in turns: Dovetail's coordinator, which has every record on
disk before it counts, and mpi4py.futures, which keeps nothing."""
import argparse
import json
import statistics
import subprocess
from pathlib import Path

from farm_venv import FARMS, PYTHON, install
from peers import ROOT, print_heads, print_place, print_row, warn_of_load

LAUNCH = ROOT / "jobs" / "launch"
PROGRAMS = {
    "Dovetail": [ROOT / "build" / "dovetail", "bench", "driver", "--json", "--jobs"],
    "mpi4py.futures": [PYTHON, "-m", "mpi4py.futures", FARMS / "run_with_mpi4py.py"],
}


def jobs_per_second(words, ranks, jobs):
    result = subprocess.run([str(word) for word in [LAUNCH, "-n", ranks, *words, jobs]],
                            stdout=subprocess.PIPE, text=True)
    line = next(line for line in result.stdout.splitlines() if line.startswith("{"))
    return json.loads(line)["jobs_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ranks", default="2,4", help="numbers, with commas between")
    parser.add_argument("--jobs", type=int, default=10000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="also writes everything measured to this file")
    options = parser.parse_args()
    install()
    warn_of_load()
    print_heads("Empty tasks a second", ["ranks", *PROGRAMS, "ratio"])
    measured = []
    for ranks in options.ranks.split(","):
        speeds = {name: [] for name in PROGRAMS}
        for _ in range(options.rounds):
            for name, words in PROGRAMS.items():
                speeds[name].append(jobs_per_second(words, ranks, options.jobs))
        ratio = statistics.median(a / b for a, b in zip(*speeds.values()))
        measured.append({"ranks": int(ranks), "jobs": options.jobs, "ratio": ratio, **speeds})
        print_row([ranks, *(f"{statistics.median(own):,.0f}" for own in speeds.values()),
                   f"{ratio:.1f}"])
    print_place()
    if options.json:
        Path(options.json).write_text(json.dumps(measured, indent=1) + "\n")


if __name__ == "__main__":
    main()
