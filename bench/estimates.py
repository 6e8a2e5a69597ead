#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How far `dovetail plan` is from what a sweep takes: planned and measured seconds of some small
sweeps, one table.

    bench/estimates.py [--build build] [--only NAME ...] [--jobs] [--keep FOLDER]

Each sweep runs alone, in one process with one thread. Its measured time is the processor time of
that process, so that other work on the machine does not count. --jobs adds a line for each kind of
job, --keep leaves sweeps and results in a folder. Needs h5py.
"""
import argparse
import collections
import json
import os
import pathlib
import random
import subprocess
import tempfile

import h5py

ROOT = pathlib.Path(__file__).resolve().parents[1]
SPAN = f'"{ROOT}/data/checkpoints/span_corruption"'
PREFIX = f'"{ROOT}/data/checkpoints/prefix_lm"'
SCRATCH = """[model]
config = "t5-tiny"
[text]
corpus = ["wordnet-text"]
vocabulary = { vocab_size = 2000 }
"""
PRETRAIN = """[pretrain]
steps = 100
batch_tokens = 2048
sequence_length = 64
optimizer = { name = "adamw", learning_rate = 2e-2, rms_scaling = true }
"""
TUNE = """[tune]
steps = 60
batch_size = 8
max_source_length = 48
max_target_length = 16
optimizer = { name = "adamw", learning_rate = 1e-2, rms_scaling = true }
"""
EVALUATE = """[evaluate]
metrics = ["rouge_l"]
max_new_tokens = 12
"""
ALL_TEMPLATES = '["mapping", "masked_mapping", "prompting", "masked_prompting"]'
PROMPT = '{ name = "soft_prompt", num_virtual_tokens = 10, learning_rate = 0.3 }'


def axes(objective, task, template='["mapping"]', tuning='["full"]', size='["all"]', seed="[1]"):
    return (f"[axes]\nobjective = {objective}\ntask = {task}\ntemplate = {template}\n"
            f"tuning = {tuning}\ntrain_size = {size}\nseed = {seed}\n")


# name -> (the sweep's text, a filter of its cells)
SWEEPS = {
    "40_rows": (SCRATCH + PRETRAIN + TUNE + EVALUATE + axes(
        f'["none", "span_corruption", {PREFIX}]', '["rows.toml"]', ALL_TEMPLATES,
        f'["full", {PROMPT}]', seed="[1, 2]"), ""),
    "small_parts": (TUNE + EVALUATE + axes(
        f"[{SPAN}]", '["wordnet/derived_from"]', '["mapping", "prompting"]',
        f'[{PROMPT}, "lora", {{ name = "lora", r = 32, label = "lora32" }}]', "[64]",
        "[1, 2]"), ""),
    "probes": (TUNE + EVALUATE.replace("rouge_l", "accuracy_likelihood") +
               "[select]\nexamples = 16\nshots = 8\nrace_examples = 16\n" + axes(
                   f"[{SPAN}, {PREFIX}]", '["classes.toml"]', ALL_TEMPLATES), ""),
    "long_texts": (TUNE.replace("48", "256").replace("16", "64") +
                   EVALUATE.replace("12", "64") + axes(
                       f"[{SPAN}]", '["long.toml"]', '["mapping", "prompting"]'), ""),
    "epochs": (TUNE.replace("steps = 60", "steps = { per_epoch = 3 }") + EVALUATE.replace(
        "[evaluate]", "[evaluate]\ntest_examples = 100") + axes(
            f"[{SPAN}]", '["wordnet/category"]', size='[64, 512, 2000]'), ""),
}
FILES = {"tutorial": (ROOT / "docs/tutorial/sweep.toml", ""),
         "quickstart": (ROOT / "sweeps/quickstart.toml", "*/wordnet.part_of_speech/mapping/*seed1")}


def write_data(folder):
    draw = random.Random(3)
    words = sorted({"".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou")
                            for _ in range(draw.randint(1, 3))) for _ in range(400)})

    def some(count):
        return " ".join(draw.choice(words) for _ in range(count))

    def card(name, rows, more=""):
        (folder / f"{name}.tsv").write_text("".join(f"{a}\t{b}\n" for a, b in rows))
        (folder / f"{name}.toml").write_text(
            f'kind = "kg-tsv"\nname = "{name}"\ntrain = "{name}.tsv"\ntest_fraction = 0.25\n'
            f'prefix = "{name}"\nphrase = "After {{source}} comes"\n{more}')

    card("rows", [(some(5), some(4)) for _ in range(40)])
    card("long", [(some(120), some(30)) for _ in range(100)])
    rows = [{"text": some(8), "label": ("good", "bad", "fair")[i % 3]} for i in range(120)]
    (folder / "classes.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "classes.toml").write_text(
        'kind = "jsonl"\nname = "classes"\ntrain = "classes.jsonl"\ntest_fraction = 0.5\n'
        'keys = { source = "text", label = "label" }\n')
    for name, (text, _) in SWEEPS.items():
        (folder / f"{name}.toml").write_text(f'name = "{name}"\n{text}')


def measured_jobs(results):
    """Processor seconds of each job by its key."""
    seconds = {}
    with h5py.File(results / "results.h5") as file:
        for table in ("cells", "jobs"):
            group = file[table]
            for key, cpu in zip(group["key"].asstr(), group["cpu_seconds"]):
                seconds[key] = float(cpu)
        return seconds


def measure(dovetail, sweep, pattern, out):
    chosen = ["--filter", pattern] if pattern else []
    plan = json.loads(subprocess.run([dovetail, "plan", sweep, "--json", "--ranks", "1", *chosen],
                                     check=True, capture_output=True).stdout)
    with open(os.devnull, "w") as sink:
        process = subprocess.Popen(
            [dovetail, "run", sweep, "--out", out, "--threads", "1", *chosen],
            stdout=sink, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{sweep}: the run ended with {os.waitstatus_to_exitcode(status)}")
    return plan, usage.ru_utime + usage.ru_stime


def lines_of_jobs(plan, seconds):
    kinds = collections.defaultdict(lambda: [0, 0.0, 0.0])
    for job in plan["jobs"]:
        kind = kinds[job["kind"]]
        kind[0] += 1
        kind[1] += job["cost_seconds"]
        kind[2] += seconds.get(job["key"], 0)
    for name, (count, planned, measured) in kinds.items():
        yield f"  {name}", count, planned, measured


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--build", default=ROOT / "build", type=pathlib.Path)
    arguments.add_argument("--only", nargs="*", default=[*SWEEPS, *FILES])
    arguments.add_argument("--jobs", action="store_true")
    arguments.add_argument("--keep", type=pathlib.Path)
    options = arguments.parse_args()
    print(f"| {'sweep':14} | jobs | planned, s | measured, CPU s | planned / measured |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or pathlib.Path(temporary)
        folder.mkdir(exist_ok=True)
        write_data(folder)
        for name in options.only:
            sweep, pattern = FILES.get(name) or (folder / f"{name}.toml", SWEEPS[name][1])
            out = folder / f"{name}.out"
            plan, measured = measure(options.build / "dovetail", sweep, pattern, out)
            lines = [(name, plan["num_jobs"], plan["makespan"][0]["seconds"], measured)]
            if options.jobs:
                lines += lines_of_jobs(plan, measured_jobs(out))
            for label, count, planned, took in lines:
                print(f"| {label:14} | {count:4} | {planned:10.1f} | {took:15.1f} | "
                      f"{planned / took if took else float('nan'):18.2f} |", flush=True)


if __name__ == "__main__":
    main()
