# SPDX-License-Identifier: Apache-2.0
"""dovetail data split, on sentences typed out and on novels where they are at hand."""
import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from conftest import SOURCE, dovetail

SENTENCES = """\
A ruler is used for measuring things.
She left because it rained.
Is it used for lines?
Nothing happened.
She left because it rained.
The plural of bok is boks because people say so.
"""


def test_data_split_cuts_sentences(tiny_sweep):
    folder = tiny_sweep.parent
    (folder / "s.txt").write_text(SENTENCES)
    head, tail = (folder / "test.tsv").read_text().splitlines()[0].split("\t")
    with (folder / "s.txt").open("a") as file:
        file.write(f"They say {head} because they mean {tail}.\n")

    result = dovetail("data", "split", "--input", "s.txt", "-o", "rows.jsonl",
                      "--without-tests-of", "card.toml", cwd=folder)

    assert result.returncode == 0, result
    assert "7 lines read, 3 kept" in result.stdout
    assert "A ruler is used for | measuring things" in result.stdout
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert rows[0] == {"source": "A ruler is used for", "target": "measuring things",
                       "group": "Filling", "relation": "ObjectUse", "line": 1}
    counts = {tuple(line.split()) for line in result.stdout.splitlines()}
    for count in (("rejected", "question", "1"), ("rejected", "no", "phrase", "1"),
                  ("rejected", "duplicate", "1"), ("rejected", "test", "triple", "1"),
                  ("kept", "xReason", "2")):
        assert count in counts


def test_data_split_at_random_keeps_its_words(tiny_sweep):
    folder = tiny_sweep.parent
    (folder / "s.txt").write_text(SENTENCES)
    args = ("data", "split", "--input", "s.txt", "--by", "random", "-o", "rows.jsonl")

    dovetail(*args, cwd=folder)
    texts = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    assert [f"{row['source']} {row['target']}." for row in texts] == [
        "A ruler is used for measuring things.", "She left because it rained.",
        "The plural of bok is boks because people say so."]
    assert {row["group"] for row in texts} == {""}

    limited = dovetail(*args, "--lexicon", "commonsense", "--count", "1", cwd=folder)
    assert "1 lines read, 1 kept" in limited.stdout
    unknown = dovetail(*args, "--lexicon", "comonsense", cwd=folder)
    assert unknown.returncode == 2 and 'did you mean "commonsense"' in unknown.stderr
    none = dovetail("data", "split", "--input", "none.txt", cwd=folder)
    assert none.returncode == 2 and "none.txt: no such file" in none.stderr


def novels(tmp_path):
    """raw-100-english-novels: in $DOVETAIL_TEST_DATA, else unpacked from ../shared/data."""
    name = "raw-100-english-novels"
    folder = Path(os.environ.get("DOVETAIL_TEST_DATA", tmp_path)) / name
    archive = SOURCE.parent / "shared" / "data" / f"{name}.tar.xz"
    if not folder.is_dir() and archive.exists():
        with tarfile.open(archive) as packed:
            packed.extractall(tmp_path)   # older Pythons know no filter
        folder = tmp_path / name
    if not folder.is_dir():
        pytest.skip("the novels are not here: set DOVETAIL_TEST_DATA")
    return sorted((folder / "corpus").glob("*.txt"))[:6]


def test_data_split_cuts_novels_after_phrases(tmp_path):
    sentences = subprocess.run([sys.executable, SOURCE / "data/sentences.py", *novels(tmp_path)],
                               capture_output=True, text=True, check=True).stdout
    (tmp_path / "s.txt").write_text(sentences)
    lines = sentences.split("\n")[:-1]
    lexicon = tomllib.loads((SOURCE / "data/lexicons/commonsense.toml").read_text())
    groups = tomllib.loads((SOURCE / "data/relation_groups/mto.toml").read_text())["groups"]

    result = dovetail("data", "split", "--input", "s.txt", "-o", "rows.jsonl", cwd=tmp_path)

    assert result.returncode == 0, result
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert len(rows) > len(lines) // 200
    rejected = sum(int(line.split()[-1]) for line in result.stdout.splitlines()
                   if line.startswith("  rejected"))
    assert rejected + len(rows) == len(lines)
    for row in rows:
        text = " ".join(lines[row["line"] - 1].split()).removeprefix("\ufeff")
        assert text.startswith(f"{row['source']} {row['target']}")
        assert not re.search(r"\w", text[len(row["source"]) + 1 + len(row["target"]):])
        assert any(row["source"].lower().endswith(" " + phrase)
                   for phrase in lexicon["phrases"][row["relation"]]), row
        assert row["relation"] in groups[row["group"]]
        assert 1 <= len(row["target"].split()) <= 10 and 2 <= len(row["source"].split()) <= 20
    kept = Counter(row["relation"] for row in rows)
    printed = [line.split() for line in result.stdout.splitlines() if line.startswith("  kept")]
    assert {name: int(count) for _, name, count in printed} == kept


@pytest.mark.parametrize("ratio, instruction", [("0.1", 2), ("0.5", 9), ("1", 13), ("5", 22),
                                                ("25", 25)])
def test_controlled_ratios_cut_the_same_passages(tmp_path, ratio, instruction):
    """By hand: of 26 words, 26 r / (1 + r) are the user's. Short and repeated lines go."""
    lines = [" ".join(f"{i}.{word}" for word in range(30)) for i in range(20)]
    (tmp_path / "text.txt").write_text("\n".join([*lines, "too short", lines[0]]) + "\n")
    made = subprocess.run([sys.executable, SOURCE / "data/controlled_ratio.py", "text.txt",
                           "--ratio", ratio, "--examples", "20"],
                          cwd=tmp_path, capture_output=True, text=True, check=True)
    rows = [json.loads(line)["messages"] for line in made.stdout.splitlines()]
    assert {row[0]["content"].split(".")[0] for row in rows} == {str(i) for i in range(20)}
    for user, assistant in rows:
        words = user["content"].split() + assistant["content"].split()
        number = words[0].split(".")[0]
        assert words == [f"{number}.{word}" for word in range(26)]
        assert len(user["content"].split()) == instruction


def test_controlled_ratios_ask_for_longer_text(tmp_path):
    (tmp_path / "text.txt").write_text("a line of a few words\n")
    made = subprocess.run([sys.executable, SOURCE / "data/controlled_ratio.py", "text.txt",
                           "--ratio", "1"], cwd=tmp_path, capture_output=True, text=True)
    assert made.returncode == 1 and "has 0 passages of 26 words" in made.stderr
