#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a lower precision of [evaluate] costs in score: a sweep run in it and in float32.

Training is in float32 and the same in both runs, so that a cell differs in its answers alone.
Prints for each task and metric the mean over its tuned cells, of the difference too, with a 95 %
interval over the cells, and the largest difference of a cell. --filter takes some of the cells.
"""
import argparse
import csv
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy import stats

from peers import ROOT, print_heads, print_place, print_row

DOVETAIL = ROOT / "build" / "dovetail"

def in_precision(sweep, precision):
    """The sweep's text with that precision, whatever it said before."""
    before, after = sweep.split("[evaluate]", 1)
    after = re.sub(r"(?m)^precision = .*\n", "", after)
    return f'{before}[evaluate]\nprecision = "{precision}"{after}'


def run(sweep, precision, folder, given):
    """The rows of the table of cells. Runs where the sweep is, whose paths may be relative."""
    file = folder / f"{precision}.toml"
    file.write_text(in_precision(sweep.read_text(), precision))
    out = folder / precision
    words = ["--filter", given.filter] if given.filter else []
    subprocess.run([ROOT / "jobs" / "launch", "-n", str(given.ranks), DOVETAIL, "run", file,
                    "--out", out, "--store", (given.store or folder / "store").resolve(),
                    "--threads", "1", *words], check=True, stdout=sys.stderr, cwd=sweep.parent)
    table = folder / f"{precision}.csv"
    subprocess.run([DOVETAIL, "export", out, "--table", "--to", table], check=True)
    with open(table) as rows:
        return {row["name"]: row for row in csv.DictReader(rows)}


def differences(runs, lower, metric):
    """By task: scores of both and their differences, of tuned cells that have them."""
    tasks = {}
    for name, row in runs["float32"].items():
        other = runs[lower].get(name, {})
        if row["baseline"] or not row.get(metric) or not other.get(metric):
            continue
        tasks.setdefault(row["task"], []).append((float(row[metric]), float(other[metric])))
    return {task: np.array(pairs) for task, pairs in tasks.items()}


def row_of(task, metric, pairs):
    change = pairs[:, 1] - pairs[:, 0]
    half = stats.sem(change) * stats.t.ppf(0.975, len(change) - 1) if len(change) > 1 else np.nan
    return [task, metric, str(len(pairs)), *(f"{mean:.4f}" for mean in pairs.mean(axis=0)),
            f"{change.mean():+.4f} ± {half:.4f}", f"{change[np.abs(change).argmax()]:+.4f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sweep", type=Path)
    parser.add_argument("--precision", default="int8", choices=["int8", "bfloat16"])
    parser.add_argument("--metrics", default="exact_match", help="names, with commas between")
    parser.add_argument("--filter", help="of cells, as for dovetail run")
    parser.add_argument("--store", type=Path,
                        help="takes pre-training from it, and leaves its own there")
    parser.add_argument("--ranks", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        runs = {precision: run(given.sweep, precision, Path(scratch), given)
                for precision in ("float32", given.precision)}
    print_heads(f"Scores in {given.precision} and in float32",
                ["task", "metric", "cells", *runs, "difference (95 %)", "largest"])
    for metric in given.metrics.split(","):
        tasks = differences(runs, given.precision, metric)
        for task, pairs in tasks.items():
            print_row(row_of(task, metric, pairs))
        print_row(row_of("all", metric, np.concatenate(list(tasks.values()))))
    print_place()


if __name__ == "__main__":
    main()
