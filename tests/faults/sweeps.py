# SPDX-License-Identifier: Apache-2.0
"""fake_sweep from outside: how it is started, what it logs and what that says, which of its
processes are alive."""
import collections
import os
import pathlib
import signal
import subprocess
import time

LAUNCH = pathlib.Path(os.environ["DOVETAIL_SOURCE_DIR"]) / "jobs" / "launch"
FAKE_SWEEP = os.environ["FAKE_SWEEP"]
WIDTH, DEPTH = 4, 9
JOBS = 1 + WIDTH * (1 + DEPTH)


def command(ranks, folder, milliseconds=40, killer=None, preload=None):
    """On so many ranks; 0: without mpirun. What is preloaded is no matter of mpirun's."""
    program = [FAKE_SWEEP, str(folder), str(WIDTH), str(DEPTH), str(milliseconds)]
    program += [killer] if killer else []
    program = (["env", f"LD_PRELOAD={preload}"] if preload else []) + program
    return [str(LAUNCH), "-n", str(ranks)] + program if ranks else program


def start(ranks, folder, env=None, stderr=subprocess.PIPE, before=(), **kwargs):
    """The words `before` stand in front of the command."""
    note(folder, "launch")
    return subprocess.Popen([*before, *command(ranks, folder, **kwargs)], stderr=stderr, text=True,
                            env=env)


def note(folder, *words):
    """A line of our own in the log."""
    with (folder / "log.txt").open("a") as file:
        file.write(" ".join(words) + "\n")


def log(folder, *kinds):
    """The lines of these kinds, in words and in order."""
    file = folder / "log.txt"
    lines = file.read_text().split("\n")[:-1] if file.exists() else []
    return [line.split() for line in lines if line.split()[0] in kinds]


def stored(folder):
    return len(log(folder, "stored"))


def pids(folder):
    """By rank, of the last launch."""
    found = {}
    for kind, *words in log(folder, "launch", "rank"):
        found = {} if kind == "launch" else found | {int(words[0]): int(words[1])}
    return found


class Verdict:
    """What the log of a sweep says: the jobs that are stored, those that began or were stored again
    after they had been, the records that faults destroyed, and how often each job ran."""

    def __init__(self, folder):
        self.done, self.ran, self.repeated, self.damaged = set(), collections.Counter(), [], 0
        spoiled = set()
        for kind, *words in log(folder, "launch", "began", "ran", "stored", "damaged"):
            name = words[0] if words else None
            if kind == "launch":
                spoiled = set()
            elif kind == "damaged":   # perhaps between the disk and the log
                self.damaged += 1
                spoiled |= {name} - self.done
                self.done.discard(name)
            elif kind == "ran":   # a rank back from the dead ends the job that it was at
                self.ran[name] += 1
            else:
                if name in self.done:
                    self.repeated.append(f"{kind} {name}")
                if kind == "stored" and name not in spoiled:
                    self.done.add(name)

    def counts(self):
        return {"lost": JOBS - len(self.done), "repeated": len(self.repeated),
                "damaged": self.damaged,
                "run_again_before_stored": self.ran.total() - JOBS - self.damaged}


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come to it"
        time.sleep(0.01)


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] not in "ZX"
    except OSError:
        return False


def descendants(pid):
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [found for child in children for found in [int(child)] + descendants(int(child))]
