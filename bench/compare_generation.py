#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generation of exactly 20 new tokens from sources of 32 tokens, and likelihoods of 20 given ones:
ours, the reference implementation's and CTranslate2's, each precision beside its peer's, in one
interleaved run.

All have random weights, so their tokens differ; the work does not: each peer checks that every
source got its 20 tokens. CTranslate2 is installed into build/bench_venv at the first run.
`--isa avx2` measures all as on a machine without AVX-512: they are told so, and ours is the program
dovetail-avx2 (`ninja -C build dovetail_avx2`).
"""
import os
import subprocess
import sys

import peers
from peers import HERE, PYTHON, ROOT, Peer, dovetail, python

SOURCE, NEW = 32, 20
PRECISIONS = ("float32", "bfloat16", "int8")
VENV = ROOT / "build" / "bench_venv"
MODELS = ROOT / "build" / "bench_models"

# batch, beams, threads; beams 0: likelihoods
CASES = [(32, 1, 1), (32, 1, 2), (32, 4, 1), (32, 4, 2), (1, 1, 1), (32, 0, 1)]

AVX2 = {"ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "DNNL_MAX_CPU_ISA": "AVX2", "CT2_FORCE_CPU_ISA": "AVX2",
        "DOVETAIL": str(ROOT / "build" / "dovetail-avx2")}


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


def ours(name, precision, shape, batch, beams, threads):
    words = ["--shape", shape, "--threads", threads, "--batch", batch, "--source", SOURCE,
             "--precision", precision]
    if beams == 0:
        words = ["score", *words, "--target", NEW]
    else:
        words = ["generate", *words, "--new-tokens", NEW, "--num-beams", beams]
    return lambda: Peer(name, dovetail(*words))


def peers_of(shape, batch, beams, threads, given, with_ctranslate2):
    work = dict(threads=threads, batch=batch, source=SOURCE, new_tokens=NEW, beams=beams,
                do="generate" if beams else "score")

    def ctranslate2(name, compute_type):
        command = python("peer_ctranslate2.py", folder=str(make_model(shape) / "ctranslate2"),
                         compute_type=compute_type, **work)
        return lambda: Peer(name, [VENV / "bin" / "python", *command[1:]])

    start = []
    if not given.without_transformers:
        start.append(lambda: Peer("transformers", python("peer_transformers.py", shape=shape,
                                                         attention=given.attention, **work)))
    if with_ctranslate2:
        start += [ctranslate2(f"ctranslate2 {name}", name)
                  for name in dict.fromkeys(map(their_precision, given.precisions))]
    for name in given.precisions:
        start.append(ours(f"dovetail {name}", name, shape, batch, beams, threads))
    return start


def their_precision(precision):
    """CTranslate2 4 refuses bfloat16 on a CPU (compute_type of ctranslate2.Translator)."""
    return "float32" if precision == "bfloat16" else precision


def pairs_of(given):
    """For each ratio its name, the peer, and which of ours is compared with it."""
    pairs = [("transformers", "transformers", f"dovetail {given.precisions[0]}")]
    return pairs + [(f"ctranslate2 {name}", f"ctranslate2 {their_precision(name)}",
                     f"dovetail {name}") for name in given.precisions]


def columns_of(given):
    theirs = dict.fromkeys(map(their_precision, given.precisions))
    return [*(f"ctranslate2 {name}" for name in theirs),
            *(f"dovetail {name}" for name in given.precisions)]


def measured(shape, batch, beams, threads, given, with_ctranslate2):
    results = peers.measure(peers_of(shape, batch, beams, threads, given, with_ctranslate2),
                            given.seconds)
    row = {"shape": shape, "batch": batch, "beams": beams, "threads": threads, "peers": results,
           "rounds": len(results[f"dovetail {given.precisions[0]}"]["times"])}
    for name, other, mine in pairs_of(given):
        if other in results:
            row[f"speed_{name}"] = peers.speed_ratio(results, mine, other)
    return row


def row_text(row, given):
    def speed(name):
        times = row["peers"].get(name)
        return f"{row['batch'] * NEW / times['median']:,.0f}" if times else "-"

    def ratio(name):
        value = row.get(f"speed_{name}")
        return f"{value:.2f}" if value else "-"

    work = {0: "likelihoods", 1: "greedy"}.get(row["beams"], f"{row['beams']} beams")
    return [row["shape"], work, str(row["batch"]), str(row["threads"]),
            speed("transformers"),
            *map(speed, columns_of(given)),
            *[ratio(name) for name, _, _ in pairs_of(given)], str(row["rounds"])]


def options():
    parser = peers.option_parser(__doc__, "t5-small,mini", "1,2", seconds=9)
    parser.add_argument("--isa", choices=["native", "avx2"], default="native",
                        help="avx2: as on a machine without AVX-512")
    parser.add_argument("--without-transformers", action="store_true",
                        help="leaves out the slowest peer")
    parser.add_argument("--precisions", default="float32,int8", help=", ".join(PRECISIONS))
    given = peers.parsed(parser)
    given.precisions = given.precisions.split(",")
    if given.isa == "avx2":
        os.environ.update(AVX2)
    return given


def main():
    given = options()
    peers.warn_of_load()
    with_ctranslate2 = has_ctranslate2()
    rows = []
    title = f"Tokens a second, median; {SOURCE} source tokens, {NEW} new or given ones"
    peers.print_heads(title, ["model", "work", "batch", "threads", "transformers",
                              *columns_of(given),
                              "dovetail / transformers",
                              *[f"{name} / CTranslate2's {their_precision(name)}"
                                for name in given.precisions], "rounds"])
    for shape in given.shapes:
        for batch, beams, threads in CASES:
            if threads not in given.threads:
                continue
            rows.append(measured(shape, batch, beams, threads, given, with_ctranslate2))
            peers.print_row(row_text(rows[-1], given))
    peers.print_place()
    peers.write_json(given.json, title, rows)


if __name__ == "__main__":
    main()
