# SPDX-License-Identifier: Apache-2.0
"""Tasks whose references are not in ASCII: what verify and plan say, and what decides."""
import json

import numpy as np
import pytest
import xarray
from conftest import dovetail, make_tiny_sweep

RUSSIAN = ["дверь", "кот", "окно", "дом", "река", "книга", "стол", "снег"]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory):
    """The tiny sweep's English task, and one from English to Russian, two cells each."""
    folder = tmp_path_factory.mktemp("scripts")
    text = make_tiny_sweep(folder).read_text()
    (folder / "russian.toml").write_text((folder / "card.toml").read_text()
                                         .replace("train.tsv", "ru_train.tsv")
                                         .replace("test.tsv", "ru_test.tsv"))
    rows = [f"{a} {b}\t{b} {a}\n" for a in RUSSIAN for b in RUSSIAN]
    (folder / "ru_train.tsv").write_text("".join(rows[::2]))
    (folder / "ru_test.tsv").write_text("".join(rows[1::2]))
    axes = text.index("[axes]")
    (folder / "two.toml").write_text(text[:axes] + """[axes]
objective = ["none"]
task = ["card.toml", "russian.toml"]
template = ["mapping"]
tuning = ["full"]
train_size = [16]
seed = [1, 2]
""")
    (folder / "english.toml").write_text(
        (folder / "two.toml").read_text().replace(', "russian.toml"', ""))
    return folder


def keys(folder, file):
    plan = json.loads(dovetail("plan", file, "--json", cwd=folder).stdout)
    return {job["name"].split("/", 1)[1]: job["key"] for job in plan["jobs"]}, plan["notes"]


def test_plan_notes_it_and_changes_no_other_task(sweep):
    both, notes = keys(sweep, "two.toml")
    english, no_notes = keys(sweep, "english.toml")

    assert no_notes == []
    assert {name: both[name] for name in english} == english
    assert "rouge_l reads" in notes[0]
    assert "missing, and not 0, in 32 of 32 test examples" in notes[0]
    assert "rouge_l_xlsum decides" in notes[1]
    assert notes[0] in dovetail("plan", "two.toml", cwd=sweep).stdout


def test_verify_notes_it(sweep):
    report = json.loads(dovetail("data", "verify", "russian.toml", "--json", cwd=sweep).stdout)
    english = json.loads(dovetail("data", "verify", "card.toml", "--json", cwd=sweep).stdout)

    notes = [note for note in report["notes"] if "Cyrillic" in note]
    assert len(notes) == 1, report["notes"]
    for part in ("rouge_l, token_f1, rouge_1, rouge_2", "in 32 of 32", "rouge_l_xlsum reads them"):
        assert part in notes[0]
    assert not any("ASCII" in note for note in english["notes"])


def test_the_multilingual_metric_decides_and_the_blind_one_is_missing(sweep):
    run = dovetail("run", "two.toml", "--out", "out", cwd=sweep)
    assert run.returncode == 0, run.stderr
    cube = xarray.open_dataset(sweep / "out" / "results.h5", group="cube").load()
    russian, english = cube.sel(task="russian"), cube.sel(task="card")

    assert np.isnan(russian.rouge_l).all() and np.isfinite(english.rouge_l).all()
    assert np.isfinite(russian.rouge_l_xlsum).all() and np.isnan(english.rouge_l_xlsum).all()
    assert np.isfinite(cube.exact_match).all()
    assert dovetail("report", "out", cwd=sweep).returncode == 0
    decision = json.loads((sweep / "out" / "report" / "decision.json").read_text())
    assert decision["primary_metric"] == {"card": "rouge_l", "russian": "rouge_l_xlsum"}
    assert "Cyrillic" in json.dumps(decision["caveats"], ensure_ascii=False)


def test_metric_says_null_and_why(tmp_path):
    texts = ["синяя дверь", "今天很冷", "در آبی", "แมวดำ", "नमस्ते", "!!!", "😀"]
    (tmp_path / "p.jsonl").write_text("".join(
        json.dumps({"prediction": text, "references": [text]}) + "\n" for text in texts))
    names = ["rouge_l", "rouge_1", "rouge_2", "token_f1", "token_f1_mkqa", "chrf", "exact_match"]

    result = dovetail("metric", "--input", "p.jsonl", "--metrics", ",".join(names), cwd=tmp_path)

    assert result.returncode == 0, result.stderr
    *lines, last = map(json.loads, result.stdout.splitlines())
    for scores, text in zip([*lines, last["aggregate"]], [*texts, "all"]):
        # punctuation alone is no word of MKQA's: nothing equals nothing
        assert [scores[name] for name in names] == [None] * 4 + [1.0] * 3, text
    assert "rouge_l, rouge_1, rouge_2, token_f1 read ASCII" in result.stderr
    assert "in 7 of 7 lines" in result.stderr
