#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generation of exactly 20 new tokens from sources of 32 tokens: ours, the reference
implementation's and CTranslate2's (fp32 and int8), in one interleaved run.

All have random weights, so their tokens differ; the work does not: each peer checks that every
source got its 20 tokens. CTranslate2 is installed into build/bench_venv at the first run.
"""
import subprocess
import sys

import peers
from peers import HERE, PYTHON, ROOT, Peer, dovetail, python

SOURCE, NEW = 32, 20
VENV = ROOT / "build" / "bench_venv"
MODELS = ROOT / "build" / "bench_models"

# batch, beams, threads
CASES = [(32, 1, 1), (32, 1, 2), (32, 4, 1), (32, 4, 2), (1, 1, 1)]


def run(*command):
    subprocess.run([str(word) for word in command], stdout=sys.stderr, check=True)


def make_venv():
    """CTranslate2 beside what .venv has; .venv itself stays as requirements.txt says."""
    wanted = (HERE / "requirements.txt").read_text()
    stamp = VENV / "stamp"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    peers.say(f"installing {HERE / 'requirements.txt'} into {VENV}")
    run(PYTHON, "-m", "venv", "--clear", VENV)
    ask = [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    shared = subprocess.run([str(w) for w in ask], capture_output=True, text=True, check=True)
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "shared.pth").write_text(shared.stdout)
    run(VENV / "bin" / "python", "-m", "pip", "install", "--disable-pip-version-check", "-q",
        "-r", HERE / "requirements.txt")
    stamp.write_text(wanted)


def has_ctranslate2():
    """Without a network the other peers are compared all the same."""
    try:
        make_venv()
        return True
    except subprocess.CalledProcessError as error:
        peers.say(f"CTranslate2 is left out: {error}")
        return False


def make_model(shape):
    folder = MODELS / shape
    if not (folder / "ctranslate2" / "model.bin").exists():
        peers.say(f"making a random {shape}")
        run(VENV / "bin" / "python", HERE / "random_model.py", shape, folder)
    return folder


def peers_of(shape, batch, beams, threads, attention, with_ctranslate2):
    work = dict(threads=threads, batch=batch, source=SOURCE, new_tokens=NEW, beams=beams)
    start = [
        lambda: Peer("transformers", python("peer_transformers.py", do="generate", shape=shape,
                                            attention=attention, **work)),
        lambda: Peer("dovetail", dovetail(
            "generate", "--shape", shape, "--threads", threads, "--batch", batch,
            "--source", SOURCE, "--new-tokens", NEW, "--num-beams", beams)),
    ]

    def ctranslate2(name, compute_type):
        command = python("peer_ctranslate2.py", folder=str(make_model(shape) / "ctranslate2"),
                         compute_type=compute_type, **work)
        return lambda: Peer(name, [VENV / "bin" / "python", *command[1:]])

    if with_ctranslate2:
        start[1:1] = [ctranslate2("ctranslate2", "float32"),
                      ctranslate2("ctranslate2 int8", "int8")]
    return start


def measured(shape, batch, beams, threads, given, with_ctranslate2):
    start = peers_of(shape, batch, beams, threads, given.attention, with_ctranslate2)
    results = peers.measure(start, given.seconds)
    row = {"shape": shape, "batch": batch, "beams": beams, "threads": threads, "peers": results,
           "rounds": len(results["dovetail"]["times"])}
    for other in results:
        if other != "dovetail":
            row[f"speed_{other}"] = peers.speed_ratio(results, "dovetail", other)
    return row


def target_text(batch):
    return "1.0 x CTranslate2" if batch > 1 else "2.5 x transformers"


def row_text(row):
    def speed(name):
        times = row["peers"].get(name)
        return f"{row['batch'] * NEW / times['median']:,.0f}" if times else "-"

    def ratio(name):
        value = row.get(f"speed_{name}")
        return f"{value:.2f}" if value else "-"

    names = ("transformers", "ctranslate2", "ctranslate2 int8")
    return [row["shape"], str(row["batch"]), str(row["beams"]), str(row["threads"]),
            *[speed(name) for name in names], speed("dovetail"), *[ratio(name) for name in names],
            target_text(row["batch"]), str(row["rounds"])]


def main():
    given = peers.options(__doc__, "t5-small,mini", "1,2", seconds=9)
    peers.warn_of_load()
    with_ctranslate2 = has_ctranslate2()
    rows = []
    title = f"Generation: tokens a second, median; {SOURCE} source tokens, {NEW} new ones"
    peers.print_heads(title, ["model", "batch", "beams", "threads", "transformers", "CTranslate2",
                              "its int8", "dovetail", "/ transformers", "/ CTranslate2",
                              "/ its int8", "target", "rounds"])
    for shape in given.shapes:
        for batch, beams, threads in CASES:
            if threads not in given.threads:
                continue
            rows.append(measured(shape, batch, beams, threads, given, with_ctranslate2))
            peers.print_row(row_text(rows[-1]))
    peers.print_place()
    peers.write_json(given.json, title, rows)


if __name__ == "__main__":
    main()
