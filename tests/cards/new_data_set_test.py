# SPDX-License-Identifier: Apache-2.0
"""An unknown data set, brought with a card of ten lines, as docs/data.md shows: verified, shown and
swept."""

import json
import os
import pathlib
import re
import subprocess

PROGRAM = os.environ.get("DOVETAIL", "build/dovetail")
SOURCE = pathlib.Path(os.environ.get("DOVETAIL_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
DOCS = (SOURCE / "docs/data.md").read_text()
NEW_SET = re.search(r"```toml\n# riddles\.toml\n(.*?)```", DOCS, re.S)[1]

ANIMALS = ["cat", "dog", "cow", "owl", "bee", "ant", "fox", "hen", "rat", "bat"]


def run(*arguments, cwd, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=cwd,
                          check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


def write_riddles(folder):
    rows = []
    for i in range(60):
        animal = ANIMALS[i % 10]
        others = [a for a in ANIMALS if a != animal][i // 10:][:2]
        rows.append({"riddle": f"Number {i}: I am a {animal}. What am I?",
                     "answers": [animal, *others], "solution": animal})
    (folder / "riddles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "riddles.toml").write_text(NEW_SET)


def test_ten_lines_are_enough(tmp_path):
    assert len(NEW_SET.strip().splitlines()) <= 10
    write_riddles(tmp_path)
    report = json.loads(run("data", "verify", "riddles.toml", "--json", cwd=tmp_path).stdout)
    assert (report["train_examples"], report["test_examples"]) == (48, 12)
    assert report["refusals"] == []
    shown = run("data", "show", "riddles.toml", "-n", "1", cwd=tmp_path).stdout
    assert "48 training and 12 test examples" in shown


def test_bad_rows_and_leaks_are_named(tmp_path):
    write_riddles(tmp_path)
    lines = (tmp_path / "riddles.jsonl").read_text().splitlines()
    lines[4] = lines[4].replace('"solution": "bee"', '"solution": "elk"')
    (tmp_path / "riddles.jsonl").write_text("\n".join(lines) + "\n")
    text = run("data", "verify", "riddles.toml", cwd=tmp_path).stdout
    assert 'riddles.jsonl:5: the answer "elk" is none of the choices' in text
    assert "1 answers_outside" in text

    leaking = NEW_SET.replace("test_fraction = 0.2", 'test = "riddles.jsonl"')
    (tmp_path / "riddles.toml").write_text(leaking)
    refused = run("data", "verify", "riddles.toml", cwd=tmp_path, code=2).stdout
    assert re.search(r"riddles\.jsonl:1: question .* is also at .*riddles\.jsonl:1", refused)
    assert re.search(r"riddles\.jsonl  test .* 59\n", refused), "the column of leaks counts them"
    assert "other choices" not in refused
    message = run("data", "show", "riddles.toml", cwd=tmp_path, code=2).stderr
    assert "which leaks" in message


def test_labels_are_counted(tmp_path):
    (tmp_path / "train.tsv").write_text("a\tcalm\nb\tangry\nc\tclam\n")
    (tmp_path / "test.tsv").write_text("d\tcalm\ne\tangry\n")
    (tmp_path / "moods.toml").write_text(
        'kind = "classification"\nname = "moods"\ntrain = "train.tsv"\ntest = "test.tsv"\n'
        'columns = { text = 1, label = 2 }\n')
    text = run("data", "verify", "moods.toml", cwd=tmp_path).stdout
    first = next(line for line in text.splitlines() if "clam" in line)
    assert first.split() == ["clam", "1", "0", "0"]
    assert 'only one split has the label "clam" (train, 1 examples)' in text


def test_a_sweep_names_cards_and_their_parts(tiny_sweep, tmp_path, monkeypatch):
    folder = tmp_path / "sets/atomic2020"
    folder.mkdir(parents=True)
    for split, heads in (("train", 60), ("test", 9)):
        rows = (f"{split} {i}\txNeed\tto rest\n{split} {i}\txWant\tto eat\n" for i in range(heads))
        (folder / f"{split}.tsv").write_text("".join(rows))
    (tmp_path / "mine.toml").write_text(
        'kind = "kg-tsv"\nname = "mine"\ntrain = "sets/atomic2020/train.tsv"\n'
        'test = "sets/atomic2020/test.tsv"\nrelation = "*"\nverbalizer = "atomic2020"\n')
    sweep = tiny_sweep.read_text()
    tiny_sweep.write_text(sweep.replace(
        '["card.toml"]', '["mine.toml#xNeed", "mine.toml#xWant", "atomic2020.toml#xNeed"]'))
    monkeypatch.setenv("DOVETAIL_DATASETS", str(tmp_path / "sets"))
    plan = run("plan", tiny_sweep, cwd=tmp_path).stdout
    for label in ("mine.xNeed", "mine.xWant", "atomic2020.xNeed"):
        assert label in plan, plan
    tiny_sweep.write_text(sweep.replace('["card.toml"]', '["atomic2002.toml#xNeed"]'))
    message = run("plan", tiny_sweep, cwd=tmp_path, code=2).stderr
    assert re.search(r"tiny\.toml:\d+:9: no data set card \"atomic2002\.toml\"", message), message
    assert 'did you mean "atomic2020.toml"' in message
