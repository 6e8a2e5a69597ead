# SPDX-License-Identifier: Apache-2.0
"""Every card of docs/data.md that stands there with its data makes the example that stands there
too; and the same table is read packed, in an archive, in another encoding and from Parquet."""

import bz2
import gzip
import lzma
import os
import pathlib
import re
import subprocess
import zipfile

import pytest

PROGRAM = os.environ.get("DOVETAIL", "build/dovetail")
SOURCE = pathlib.Path(os.environ.get("DOVETAIL_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
DOCS = (SOURCE / "docs/data.md").read_text()
SECTION = DOCS.split("## Cards for what you have")[1].split("\n## ")[0]

KINDS = [part for part in SECTION.split("\n### ")[1:] if "```toml" in part]
CITIES = 'city,country\n"Paris, the capital",France\nBern,Switzerland\nOslo,Norway\n'
CARD = """kind = "table"
name = "cities"
train = "{file}"
test_fraction = 0.3
keys = {{ source = "city", target = "country" }}
"""


def dovetail(*arguments, cwd, code=0):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, cwd=cwd,
                          check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def shown(card, cwd):
    text = dovetail("data", "show", card, "-n", "1", "--template", "mapping", cwd=cwd)
    return [line.rstrip() for line in text.splitlines() if line.startswith("  ")]


def test_the_section_has_all_its_kinds():
    assert len(KINDS) == 9


@pytest.mark.parametrize("kind", KINDS, ids=[kind.splitlines()[0] for kind in KINDS])
def test_a_card_of_the_docs_makes_the_example_of_the_docs(kind, tmp_path):
    for name, text in re.findall(r"`([\w.]+)`:\n\n```\w+\n(.*?)```", kind, re.S):
        (tmp_path / name).write_text(text)
    name, card = re.search(r"```toml\n# (\w+\.toml)\n(.*?)```", kind, re.S).groups()
    (tmp_path / name).write_text(card)
    expected = re.search(r"```\n(  .*?)```", kind, re.S)[1].rstrip().splitlines()
    assert shown(name, tmp_path) == [line.rstrip() for line in expected]
    assert "nothing reads" not in dovetail("data", "verify", name, cwd=tmp_path)


def write_parquet(folder):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import csv, parquet
    parquet.write_table(csv.read_csv(pyarrow.BufferReader(CITIES.encode())), folder / "c.parquet")


def write_zip(folder):
    with zipfile.ZipFile(folder / "c.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/c.csv", CITIES)
        archive.writestr("README", "about")


PACKED = {
    "c.csv.gz": lambda folder: (folder / "c.csv.gz").write_bytes(gzip.compress(CITIES.encode())),
    "c.csv.bz2": lambda folder: (folder / "c.csv.bz2").write_bytes(bz2.compress(CITIES.encode())),
    "c.csv.xz": lambda folder: (folder / "c.csv.xz").write_bytes(lzma.compress(CITIES.encode())),
    "c.zip/data/c.csv": write_zip,
    "c.parquet": write_parquet,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_table_is_the_table(name, tmp_path):
    (tmp_path / "c.csv").write_text(CITIES)
    (tmp_path / "plain.toml").write_text(CARD.format(file="c.csv"))
    (tmp_path / "packed.toml").write_text(CARD.format(file=name))
    PACKED[name](tmp_path)
    assert shown("packed.toml", tmp_path) == shown("plain.toml", tmp_path) != []


def test_an_archive_of_several_files_lists_them(tmp_path):
    write_zip(tmp_path)
    (tmp_path / "card.toml").write_text(CARD.format(file="c.zip") + 'format = "csv"\n')
    text = dovetail("data", "verify", "card.toml", cwd=tmp_path, code=2)
    assert 'there are 2 files in it (data/c.csv, README); name one of them' in text


def test_a_lists_column_of_parquet_is_a_list(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet
    choices = {"text": ["x", "y"], "label": ["A", "B"]}
    table = pyarrow.table({"q": ["a", "b", "c"], "choices": [choices] * 3,
                           "right": ["B", "A", "B"]})
    parquet.write_table(table, tmp_path / "q.parquet")
    (tmp_path / "card.toml").write_text("""kind = "table"
name = "q"
train = "q.parquet"
test_fraction = 0.3
keys.source = "q"
keys.choices = "choices.text"
keys.choice_labels = "choices.label"
keys.answer = "right"
""")
    assert "x | y (right)" in "\n".join(shown("card.toml", tmp_path)) or \
        "x (right) | y" in "\n".join(shown("card.toml", tmp_path))
