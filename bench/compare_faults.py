#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What kills cost: forty tasks of 50 ms, all processes killed (-9) at random moments, and the same
command again until it says that it is done.

A task notes when it began and when it ran. `repeated`: tasks that ran and began again; a program
may repeat what it had no time to write down, so a few in a hundred kills are nobody's fault.
`lost`: tasks that never ran, or whose program never came to its end."""
import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from farm_venv import FARMS, PYTHON, VENV, install
from peers import ROOT, print_heads, print_place, print_row, say, warn_of_load

sys.path.insert(0, str(ROOT / "tests" / "faults"))
os.environ.setdefault("FAKE_SWEEP", str(ROOT / "build/tests/faults/fake_sweep"))
os.environ.setdefault("DOVETAIL_SOURCE_DIR", str(ROOT))
from sweeps import JOBS, command, descendants, kill, log, note   # noqa: E402

# The command of each in an empty folder or in one that it has begun, its number of tasks, and what
# its user must know.
TASKS = 40   # as in bench/farms
PROGRAMS = {
    "dovetail": (lambda folder: command(2, folder, milliseconds=50), JOBS, "the same command"),
    "snakemake": (lambda folder: ["bash", FARMS / "snakemake.sh", VENV, folder],
                  TASKS, "--unlock first, and --rerun-incomplete"),
    "parsl": (lambda folder: [PYTHON, FARMS / "run_with_parsl.py", folder],
              TASKS, "a memoizer with checkpoint_mode and checkpoint_files"),
    "optuna": (lambda folder: [PYTHON, FARMS / "run_with_optuna.py", folder],
               TASKS, "a storage, load_if_exists"),
    "hydra": (lambda folder: [PYTHON, FARMS / "run_with_hydra.py", "--multirun",
                              f"+folder={folder}", "+task=" + ",".join(map(str, range(TASKS))),
                              f"hydra.sweep.dir={folder}/multirun"],
              TASKS, "nothing: it cannot resume"),
}
HANGS_SECONDS, MOST_KILLS_A_SWEEP = 60, 5


def attempt(program, folder, delay):
    """Runs the program and kills it after so long (None: never). Its exit code; None: killed."""
    note(folder, "launch")
    with (folder / "output.txt").open("a") as output:
        process = subprocess.Popen(list(map(str, program(folder))), stdout=output, stderr=output,
                                   cwd=folder)
    try:
        return process.wait(HANGS_SECONDS if delay is None else delay)
    except subprocess.TimeoutExpired:
        everybody = [process.pid] + descendants(process.pid)
        for pid in everybody:
            kill(pid)
        process.wait()
        time.sleep(0.2)
        return None


def repeated_and_ran(folder):
    ran, repeated = set(), 0
    for kind, name, *_ in log(folder, "began", "ran"):
        if kind == "ran":
            ran.add(name)
        else:
            repeated += name in ran
    return repeated, len(ran)


def sweep(program, tasks, choose, kills, undisturbed):
    """One sweep under at most so many kills, each at a moment of the undisturbed run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        done = 0
        while done < kills:
            if attempt(program, folder, choose.uniform(0.3, 0.9) * undisturbed) is not None:
                break
            done += 1
        code = attempt(program, folder, None)
        repeated, ran = repeated_and_ran(folder)
        return collections.Counter(kills=done, launches=done + 1, repeated=repeated,
                                   tasks=tasks, lost=tasks - ran, unended=int(code != 0))


def measure(program, tasks, kills, seed):
    choose = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        began = time.monotonic()
        code = attempt(program, Path(name), None)
        undisturbed = time.monotonic() - began
        assert code == 0, Path(name, "output.txt").read_text()
    total = collections.Counter()
    while total["kills"] < kills:
        total.update(sweep(program, tasks, choose,
                           min(MOST_KILLS_A_SWEEP, kills - total["kills"]), undisturbed))
    return {"undisturbed_seconds": round(undisturbed, 2), **total}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", default=",".join(PROGRAMS), help="names, with commas between")
    parser.add_argument("--json", action="store_true",
                        help="also a line for each program, to standard error")
    options = parser.parse_args()
    install()
    warn_of_load()
    print_heads("Killed and started again",
                ["program", "kills", "tasks", "repeated", "lost", "sweeps without an end",
                 "undisturbed", "to go on"])
    for name in options.programs.split(","):
        program, tasks, needs = PROGRAMS[name]
        found = measure(program, tasks, options.kills, options.seed)
        print_row([name, *(str(found[key]) for key in ("kills", "tasks", "repeated", "lost",
                                                       "unended")),
                   f"{found['undisturbed_seconds']} s", needs])
        if options.json:
            say(json.dumps({"program": name, **found}))
    print_place()


if __name__ == "__main__":
    main()
