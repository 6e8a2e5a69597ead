#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Share of computed tokens that is padding, on ATOMIC-2020, CommonGen and WordNet: prints one
table.

    bench/padding.py [--build build] [--data ../shared/data]

Takes the data sets and T5's own SentencePiece model from archives in --data; WordNet from Debian's
wordnet-base. Needs `ninja -C build padding_bench`.
"""
import argparse
import pathlib
import subprocess
import tarfile
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
CARD = """kind = "kg-tsv"
name = "{name}"
description = "{name}"
source = "{name}"
task_kind = "phrasal"
train = "{train}"
{test}
header = false
delimiter = "\\t"
columns = {columns}
{rest}
bad_rows = "skip"
"""
WORDNET = ["defined_as", "hypernym", "hyponym", "synonym", "antonym", "derived_from", "used_in",
           "definition_to_word"]


def unpack(data, name, folder):
    with tarfile.open(data / f"{name}.tar.xz") as archive:
        archive.extractall(folder)
    return folder / name


def atomic_cards(data, folder):
    files = unpack(data, "kg-atomic2020-mini", folder)
    for name, relation in [("atomic2020", "*"), ("atomic2020/xNeed", "xNeed"),
                           ("atomic2020/AtLocation", "AtLocation")]:
        card = files / (name.replace("/", "_") + ".toml")
        rest = f'relation = "{relation}"\nverbalizer = "atomic2020"\ndrop_tails = ["none"]'
        card.write_text(CARD.format(name=name, train="train.tsv", test='test = "test.tsv"',
                                    rest=rest, columns="{ head = 1, relation = 2, tail = 3 }"))
        yield card


def commongen_card(data, folder):
    files = unpack(data, "gen-commongen", folder) / "CommonGen/data"
    pairs = zip(open(files / "train_src.txt"), open(files / "train_trg.txt"))
    (files / "train.tsv").write_text("".join(
        f"{source.strip().replace('#', ' ')}\t{target.strip()}\n" for source, target in pairs))
    card = files / "commongen.toml"
    card.write_text(CARD.format(name="commongen", train="train.tsv", test="test_fraction = 0.02",
                                columns="{ head = 1, tail = 2 }",
                                rest='prefix = "generate"\nphrase = "{source}"'))
    return card


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT.parent / "shared/data")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        spiece = next(unpack(arguments.data, "model-t5-spiece", folder).rglob("spiece.model"))
        cards = [*atomic_cards(arguments.data, folder), commongen_card(arguments.data, folder)]
        tasks = [str(card) for card in cards] + [f"wordnet/{name}" for name in WORDNET]
        subprocess.run([arguments.build / "bench/padding_bench", spiece, *tasks], check=True)


if __name__ == "__main__":
    main()
