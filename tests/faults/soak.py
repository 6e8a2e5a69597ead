#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random faults on running sweeps, and what they cost: the long form is `make soak`.

What counts is fake_sweep's own log, to which processes append in the order of what happens, and
which no fault touches. Once a job is stored it may neither begin nor be stored again, unless a
fault destroyed its record; every sweep must end complete; and results.h5 must open at every
moment."""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"
import h5py   # noqa: E402  (reads the variable when it is loaded)
from injections import DEAD_AFTER_SECONDS, INJECTIONS, Machine   # noqa: E402
from journal_records import records   # noqa: E402
from sweeps import JOBS, Verdict, alive, descendants, kill, note, pids, start   # noqa: E402

MILLISECONDS = 15          # a job
HANGS_SECONDS = 60


class Watch(threading.Thread):
    """Opens results.h5 again and again."""

    def __init__(self, file):
        super().__init__(daemon=True)
        self.file, self.opened, self.error, self.over = file, 0, None, threading.Event()

    def run(self):
        while not self.over.wait(0.02):
            if self.error or not self.file.exists():
                continue
            try:
                with h5py.File(self.file, "r") as results:
                    assert len(results["jobs/status"][:]) == JOBS
                self.opened += 1
            except Exception as error:   # whatever it is, a reader met it
                self.error = error


class Soak:
    """One sweep, from its first launch to its end, with faults on the way."""

    def __init__(self, folder, choose):
        self.folder, self.choose = folder, choose
        self.journal = folder / "journal" / "journal.bin"
        self.machine = Machine(folder / "faults-now")
        self.process = None

    def launch(self):
        self.machine.set()
        ranks = self.choose.choice([0, 1, 2, 3, 4])
        environment = os.environ | {"FAULTS_NOW": str(self.machine.file),
                                    "DEAD_AFTER_SECONDS": str(DEAD_AFTER_SECONDS)}
        with (self.folder / "errors.txt").open("a") as errors:
            self.process = start(ranks, self.folder, env=environment, stderr=errors,
                                 milliseconds=MILLISECONDS, preload=os.environ["FAULTS"])
        while self.running() and 0 not in pids(self.folder):
            time.sleep(0.01)

    def running(self):
        return self.process.poll() is None

    def some_pid(self):
        return self.choose.choice(list(pids(self.folder).values()) or [self.process.pid])

    def everybody(self):
        return [self.process.pid] + descendants(self.process.pid)

    def end(self):
        """Waits for the run's end, and returns its exit code."""
        deadline = time.monotonic() + HANGS_SECONDS
        while self.running() or any(map(alive, pids(self.folder).values())):
            assert time.monotonic() < deadline, "it hangs"
            time.sleep(0.02)
        recorded = {name for _, _, name in records(self.journal_bytes())}
        for name in recorded - Verdict(self.folder).done:
            note(self.folder, "stored", name)   # killed between the disk and the log
        return self.process.returncode

    def journal_bytes(self):
        return self.journal.read_bytes() if self.journal.exists() else b""


def undamaged(soak):
    return len({name for _, _, name in records(soak.journal_bytes())}) == JOBS


def soak_sweep(folder, choose, most_faults, counts):
    """Runs one sweep to its end under at most so many faults; counts them by name."""
    soak = Soak(folder, choose)
    watch = Watch(folder / "results.h5")
    watch.start()
    injected = launches = 0
    try:
        while True:
            soak.launch()
            launches += 1
            time.sleep(choose.uniform(0, 0.2))
            while injected < most_faults and soak.running():
                fault = choose.choice(INJECTIONS)
                fault(soak)
                counts[fault.__name__] += 1
                injected += 1
                time.sleep(choose.uniform(0, 0.4))
            if soak.end() == 0 and undamaged(soak):
                break
            assert launches < 40 + 3 * most_faults, "it does not come to its end"
    finally:
        watch.over.set()
        watch.join()
        for pid in pids(folder).values():
            kill(pid)
    assert watch.error is None, f"results.h5: {watch.error!r}"
    return Verdict(folder).counts() | {"launches": launches, "opened": watch.opened}


def soak_all(faults, seed, progress=lambda text: None):
    """So many faults over as many sweeps as it takes; the counts of all."""
    choose = random.Random(seed)
    counts, totals, sweeps = collections.Counter(), collections.Counter(), 0
    parent = pathlib.Path(tempfile.mkdtemp(prefix="dovetail-soak-"))
    began = time.monotonic()
    while counts.total() < faults:
        folder = parent / str(sweeps)
        folder.mkdir()
        try:
            found = soak_sweep(folder, choose, min(8, faults - counts.total()), counts)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, {folder}: {error}") from error
        totals.update(found)
        sweeps += 1
        if found["lost"] or found["repeated"]:
            raise AssertionError(f"seed {seed}, {folder}: {found}")
        shutil.rmtree(folder)
        progress(f"{counts.total()} of {faults} faults, {sweeps} sweeps of {JOBS} jobs, "
                 f"{totals['launches']} launches, {time.monotonic() - began:.0f} s")
    parent.rmdir()
    return {"seed": seed, "faults": counts.total(), "sweeps": sweeps, "jobs": sweeps * JOBS,
            **totals, "seconds": round(time.monotonic() - began), "by_fault": dict(counts)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--json", action="store_true", help="one line, instead of a table")
    options = parser.parse_args()
    found = soak_all(options.faults, options.seed, lambda text: print(text, file=sys.stderr))
    if options.json:
        print(json.dumps(found))
        return
    for name, count in sorted(found.pop("by_fault").items()):
        print(f"{name.replace('_', ' '):24} {count}")
    for name, value in found.items():
        print(f"{name.replace('_', ' '):24} {value}")


if __name__ == "__main__":
    main()
