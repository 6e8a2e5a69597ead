# SPDX-License-Identifier: Apache-2.0
"""fake_sweep from outside: how it is started, what it logs, which of its processes are alive."""
import os
import pathlib
import signal
import subprocess

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
