#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cells an hour of whole sweeps, two ranks of one thread, in interleaved rounds.

groups      soft prompts, LoRA and (IA)^3 around one frozen model, trained in shared passes as the
            driver hands them out, beside the same cells one by one (--group-size 1)
quickstart  the quickstart's grid, all tunings, both ways
peers       full tuning of the quickstart's model beside transformers: a plain loop and
            Seq2SeqTrainer, a process a core, on the same rows

The time of a cell is its record's: what its rank spent on it, from the weights' loading to the last
score. Planning and the report, which all ways share, are left out. `speedup` is the median of the
rounds' ratios of wall time, `cpu_speedup` of processor time, which other work disturbs less.
"""
import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import peers
from peers import ROOT

DOVETAIL = ROOT / "build" / "dovetail"
TUNINGS = {
    "soft_prompt": '{ name = "soft_prompt", num_virtual_tokens = 10, learning_rate = 0.3 }',
    "lora": '{ name = "lora", r = 8, learning_rate = 3e-3 }',
    "ia3": '{ name = "ia3", learning_rate = 3e-3 }',
}
SWEEP = """
name = "grid"
[model]
config = "{model}"
[text]
corpus = ["wordnet-text"]
vocabulary = {{ vocab_size = 2000 }}
[pretrain]
steps = {pretrain_steps}
batch_tokens = 2048
sequence_length = 64
[pretrain.optimizer]
name = "adamw"
learning_rate = 1e-2
rms_scaling = true
schedule = "linear"
warmup = 2
[tune]
steps = 80
batch_size = 8
max_source_length = 48
max_target_length = 12
[tune.optimizer]
name = "adamw"
learning_rate = 1e-2
rms_scaling = true
schedule = "linear"
warmup = 6
[evaluate]
test_examples = 300
metrics = ["rouge_l", "exact_match"]
max_new_tokens = 8
[axes]
objective = [{objective}]
task = ["wordnet/category", "wordnet/same_category"]
template = ["mapping"]
tuning = [{tuning}]
train_size = [64, 512]
seed = [{seeds}]
"""


def run_sweep(sweep, out, store, group_size, filter_=None):
    command = [ROOT / "jobs" / "launch", "-n", "2", DOVETAIL, "run", sweep, "--out", out,
               "--store", store, "--group-size", str(group_size)]
    if filter_:
        command += ["--filter", filter_]
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if ran.returncode != 0:
        sys.exit(f"{' '.join(str(w) for w in command)}\n{ran.stderr[-3000:]}")


def seconds_of_cells(out, clock="wall_seconds"):
    """Of each tuned cell that the run has."""
    import h5py
    with h5py.File(Path(out) / "results.h5") as results:
        cells = results["cells"]
        return [float(seconds) for seconds, baseline in
                zip(cells[clock][:], cells["baseline"][:])
                if not baseline and seconds == seconds]


def both_ways(sweep, folder, rounds, filter_=None):
    """Seconds a cell in groups and one by one, a pair a round; the first round, which also makes
    what the cells start from, is left out."""
    store, pairs = folder / "store", []
    run_sweep(sweep, folder / "warm", store, 1, filter_)
    for number in range(rounds):
        pair = {}
        for name, size in (("groups", 16), ("one by one", 1)):
            out, own = folder / f"{name.replace(' ', '-')}{number}", folder / "own"
            shutil.rmtree(own, ignore_errors=True)
            own.mkdir()
            for made in store.iterdir():   # what the cells start from, and no cell's record
                if {entry.name for entry in made.iterdir()} != {"record.cbor"}:
                    (own / made.name).symlink_to(made)
            run_sweep(sweep, out, own, size, filter_)
            pair[name] = statistics.mean(seconds_of_cells(out))
            pair["cpu", name] = statistics.mean(seconds_of_cells(out, "cpu_seconds"))
        pairs.append(pair)
    return pairs


def print_row(row, given):
    if given.json:
        print(json.dumps(row), flush=True)
    else:
        print("  ".join(f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
                        for key, value in row.items()), flush=True)


def row_of(what, model, tuning, pairs):
    grouped = statistics.median(p["groups"] for p in pairs)
    alone = statistics.median(p["one by one"] for p in pairs)
    return {"what": what, "model": model, "tuning": tuning,
            "cells_an_hour": 2 * 3600 / grouped, "one_by_one": 2 * 3600 / alone,
            "speedup": statistics.median(p["one by one"] / p["groups"] for p in pairs),
            "cpu_speedup": statistics.median(
                p["cpu", "one by one"] / p["cpu", "groups"] for p in pairs)}


def groups(given, folder):
    models = ["t5-tiny"] if given.quick else ["t5-tiny", "t5-mini"]
    seeds = "1, 2" if given.quick else "1, 2, 3, 4"
    for model in models:
        objective = ('"../data/checkpoints/span_corruption"' if model == "t5-tiny"
                     else '"span_corruption"')
        for tuning, text in TUNINGS.items():
            place = folder / f"{model}-{tuning}"
            place.mkdir()
            sweep = place / "grid.toml"
            sweep.write_text(SWEEP.format(
                model=model, tuning=text, seeds=seeds, pretrain_steps=20,
                objective=objective.replace("..", str(ROOT))))
            yield row_of("groups", model, tuning,
                         both_ways(sweep, place, 1 if given.quick else 3))


def quickstart(given, folder):
    filter_ = "quickstart/*/wordnet.category/*" if given.quick else None
    pairs = both_ways(ROOT / "sweeps" / "quickstart.toml", folder, 1 if given.quick else 2, filter_)
    yield row_of("quickstart", "t5-tiny", "all", pairs)


def shown_rows(split, count):
    """The rows of a task as ids, the way the cells read them."""
    shown = subprocess.run(
        [DOVETAIL, "data", "show", "wordnet/category", "--template", "mapping", "--vocabulary",
         ROOT / "data/checkpoints/span_corruption", "--split", split, "--count", str(count),
         "--max-source-length", "48", "--max-target-length", "12"],
        capture_output=True, text=True, check=True).stdout
    ids = {side: [[int(word) for word in line.split()[2:]] for line in shown.splitlines()
                  if line.split()[:2] == [side, "ids"]] for side in ("source", "target")}
    return list(zip(ids["source"], ids["target"], strict=True))


def peer_processes(name, folder, **more):
    """One a core, as one rank a core computes ours."""
    return [peers.Peer(name, peers.python(
        "peer_cells.py", checkpoint=str(ROOT / "data/checkpoints/span_corruption"),
        rows=str(folder / "rows.json"), steps=80, batch=8, max_new_tokens=8, **more),
        {"OMP_NUM_THREADS": "1"}) for _ in range(2)]


def seconds_at_once(processes, cells):
    """Seconds a cell of two processes that work at the same time."""
    with ThreadPoolExecutor() as pool:
        return statistics.mean(pool.map(lambda process: process.go(cells), processes))


def beside_transformers(given, folder):
    (folder / "rows.json").write_text(json.dumps(
        {"train": shown_rows("train", 512), "test": shown_rows("test", 300)}))
    sweep = folder / "grid.toml"
    sweep.write_text(SWEEP.format(
        model="t5-tiny", tuning='"full"', seeds="1, 2, 3, 4", pretrain_steps=20,
        objective=f'"{ROOT}/data/checkpoints/span_corruption"')
        .replace(', "wordnet/same_category"', "").replace("[64, 512]", "[512]"))
    theirs = {"plain loop": peer_processes("plain loop", folder),
              "Seq2SeqTrainer": peer_processes("Seq2SeqTrainer", folder, trainer=True)}
    for processes in theirs.values():
        for process in processes:
            process.wait_ready()
        seconds_at_once(processes, 1)   # warm
    rounds = []
    for number in range(1 if given.quick else 3):
        out = folder / f"ours{number}"
        run_sweep(sweep, out, folder / f"store{number}", 16)
        times = {"ours": statistics.mean(seconds_of_cells(out))}
        for name, processes in theirs.items():
            times[name] = seconds_at_once(processes, 2)
        rounds.append(times)
    for processes in theirs.values():
        for process in processes:
            process.end()
    for name in theirs:
        yield {"what": "peers", "model": "t5-tiny", "tuning": "full", "peer": name,
               "cells_an_hour": 2 * 3600 / statistics.median(r["ours"] for r in rounds),
               "theirs": 2 * 3600 / statistics.median(r[name] for r in rounds),
               "over_transformers": statistics.median(r[name] / r["ours"] for r in rounds)}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=["groups", "quickstart", "peers"], default="groups")
    parser.add_argument("--quick", action="store_true", help="fewer cells and rounds")
    parser.add_argument("--json", action="store_true", help="a JSON line a row")
    given = parser.parse_args()
    peers.warn_of_load()
    with tempfile.TemporaryDirectory() as folder:
        measure = {"groups": groups, "quickstart": quickstart, "peers": beside_transformers}
        for row in measure[given.what](given, Path(folder)):
            print_row(row, given)


if __name__ == "__main__":
    main()
