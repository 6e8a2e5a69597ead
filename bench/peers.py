# SPDX-License-Identifier: Apache-2.0
"""Programs measured against each other, in turns: A, B, C, A, B, C, ...

Each is a process of its own that stays alive, is told "go K" on standard input, does K pieces of
work and answers with the seconds they took; while another has its turn it sleeps in a read. So
whatever else the machine does falls on all of them alike, and ratios hold where seconds do not.
"""
import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PYTHON = ROOT / ".venv" / "bin" / "python"

LOAD = os.getloadavg()[0]   # before anything here ran
commits = set()             # of the programs that were measured, as they say it themselves

# OpenMP's threads spin for some milliseconds after their work; the next program starts after that.
PAUSE = 0.03


class Peer:
    """One program, warm once `wait_ready` returned."""

    def __init__(self, name, command, environment=None):
        self.name = name
        self.command = [str(word) for word in command]
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} ended with exit code {self.process.wait()}; its messages are "
                     f"above. It was: {' '.join(self.command)}")
        return json.loads(line)

    def wait_ready(self):
        return self._answer()["ready"]

    def go(self, pieces):
        """Seconds a piece."""
        self.process.stdin.write(f"go {pieces}\n")
        self.process.stdin.flush()
        answer = self._answer()
        assert answer["pieces"] == pieces, answer
        return answer["seconds"] / pieces

    def end(self):
        """What it says of itself last: its peak of memory."""
        self.process.stdin.close()
        last = self.process.stdout.readline()
        self.process.wait()
        return json.loads(last) if last else {}


def serve(ready, piece):
    """The other side, for a peer written in Python: `piece` does one piece of work."""
    print(json.dumps({"ready": ready}), flush=True)
    for line in sys.stdin:
        pieces = int(line.split()[1])
        began = time.perf_counter()
        for _ in range(pieces):
            piece()
        seconds = time.perf_counter() - began
        print(json.dumps({"pieces": pieces, "seconds": seconds}), flush=True)
    import resource
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"peak_bytes": peak}), flush=True)


def dovetail(*words):
    """The program's command, to be measured in turns."""
    binary = Path(os.environ.get("DOVETAIL", ROOT / "build" / "dovetail"))
    if not binary.exists():
        sys.exit(f"{binary} is missing; `make program` builds it, or name another in DOVETAIL")
    return [binary, "bench", *words, "--interactive"]


def python(script, **options):
    """A peer in this folder, with its options as one JSON word."""
    if not PYTHON.exists():
        sys.exit(f"{PYTHON} is missing; `make setup` makes it")
    return [PYTHON, HERE / script, json.dumps(options)]


def measure(start, seconds, turn_seconds=0.3, at_least=3, at_most=40):
    """Runs the peers that the functions `start` make, in turns, for about so many seconds.

    Returns a dict per name: median, min and all times of a piece, and what each said of itself.
    """
    peers = []
    for make in start:   # one after the other: two that warm up at once measure nothing
        peers.append(make())
        peers[-1].ready = peers[-1].wait_ready()
        commits.update({peers[-1].ready.get("commit")} - {None})
    pieces = {p.name: max(1, round(turn_seconds / p.go(1))) for p in peers}
    times = {p.name: [] for p in peers}
    began = time.monotonic()
    rounds = 0
    while rounds < at_most and (rounds < at_least or time.monotonic() - began < seconds):
        for peer in peers:
            time.sleep(PAUSE)
            times[peer.name].append(peer.go(pieces[peer.name]))
        rounds += 1
    results = {}
    for peer in peers:
        own = times[peer.name]
        results[peer.name] = {
            "median": statistics.median(own), "min": min(own), "times": own,
            "pieces_a_turn": pieces[peer.name],
            "peak_bytes": peer.end().get("peak_bytes"), "ready": peer.ready}
    return results


def speed_ratio(results, ours, theirs):
    """How many times as fast `ours` is: the median of the rounds' ratios, since what disturbs a
    round disturbs both."""
    return statistics.median(
        t / o for o, t in zip(results[ours]["times"], results[theirs]["times"]))


def machine():
    """Where and when: the first line under every table."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((l.split(":")[1].strip() for l in lines if l.startswith("model name")), "unknown")
    flags = next((l for l in lines if l.startswith("flags")), "")
    vectors = next((v for v in ("avx512f", "avx2", "avx") if f" {v} " in flags + " "), "no AVX")
    if "CT2_FORCE_CPU_ISA" in os.environ:
        vectors = "held to " + os.environ["CT2_FORCE_CPU_ISA"].lower()
    return {"date": datetime.date.today().isoformat(), "cpu": model, "vectors": vectors,
            "processors": os.cpu_count(), "load_average": LOAD,
            "commit": ", ".join(sorted(commits)) or "unknown",
            "command": " ".join(["bench/" + Path(sys.argv[0]).name, *sys.argv[1:]])}


def warn_of_load():
    if LOAD > 0.5:
        say(f"warning: the load average is {LOAD:.2f}; other programs disturb these figures")


def option_parser(description, shapes, threads, seconds):
    """The options that the comparisons share; a script may add its own."""
    parser = argparse.ArgumentParser(description=description,
                                     formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--shapes", default=shapes, help="names, with commas between")
    parser.add_argument("--threads", default=threads, help="numbers, with commas between")
    parser.add_argument("--seconds", type=float, default=seconds, help="of rounds, for each row")
    parser.add_argument("--quick", action="store_true", help="three rounds a row")
    parser.add_argument("--attention", default="eager", choices=["eager", "sdpa"],
                        help="of the reference implementation; eager was seen to be the faster")
    parser.add_argument("--json", help="also writes everything measured to this file")
    return parser


def parsed(parser):
    given = parser.parse_args()
    given.shapes = given.shapes.split(",")
    given.threads = [int(n) for n in given.threads.split(",")]
    if given.quick:
        given.seconds = 0.5
    return given


def options(description, shapes, threads, seconds):
    return parsed(option_parser(description, shapes, threads, seconds))


def print_heads(title, heads):
    print(f"\n### {title}\n")
    print("| " + " | ".join(heads) + " |")
    print("|" + "---|" * len(heads), flush=True)


def print_row(row):
    print("| " + " | ".join(row) + " |", flush=True)


def print_place():
    """The line under a table."""
    where = machine()
    print(f"\n{where['date']}, {where['cpu']} ({where['vectors']}, "
          f"{where['processors']} processors), commit {where['commit']}, "
          f"load before {where['load_average']:.2f}: `{where['command']}`", flush=True)


def write_json(path, title, results):
    """Everything, for who wants to look closer. The table alone goes to standard output."""
    whole = {"title": title, "machine": machine(), "results": results}
    if path:
        Path(path).write_text(json.dumps(whole, indent=1) + "\n")
    print(json.dumps({"title": title, "machine": whole["machine"], "rows": [
        {**row, "peers": {n: {k: v for k, v in p.items() if k not in ("times", "ready")}
                          for n, p in row["peers"].items()}} for row in results]}), flush=True)


def say(text):
    print(text, file=sys.stderr, flush=True)


def seconds_text(value):
    return f"{value:.3g}" if value < 1 else f"{value:.2f}"
