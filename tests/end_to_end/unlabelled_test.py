# SPDX-License-Identifier: Apache-2.0
"""A small sweep with a pool of unlabelled examples, from the file to the report."""

import json

import h5py
import numpy as np
import pytest
from conftest import dovetail, launch, make_tiny_sweep

CARD = """\
kind = "classification"
name = "films"
prefix = "sst2"
format = "csv"
train = "train.csv"
test = "test.csv"
columns = { text = 2, label = 1 }
labels = { 0 = "terrible", 1 = "great" }

[pool]
files = "pool.csv"
"""
ADAPTATIONS = """\
adaptation = ["none", "tapt", { name = "tapt", form = "template", label = "template_only" }, "pcp",
              { name = "pcp", labels = "random", label = "random" },
              { name = "pcp", labels = "oracle", mask_label = "always", label = "oracle" },
              { name = "self_training", method = "flexmatch", label = "flexmatch" }]
"""
ADAPT = """\
[adapt]
steps = 6
batch_size = 4
optimizer = { learning_rate = 1e-2 }
"""
WORDS = ["dull", "fine"]


def rows(name, count, wrong=False):
    return "".join(f"{(i + wrong) % 2},{name} {i} is {WORDS[i % 2]}\n" for i in range(count))


def make_sweep(folder, wrong=False):
    sweep = make_tiny_sweep(folder)
    (folder / "train.csv").write_text(rows("film", 20))
    (folder / "test.csv").write_text(rows("play", 10))
    (folder / "pool.csv").write_text(rows("book", 30, wrong))
    (folder / "card.toml").write_text(CARD)
    text = sweep.read_text()
    for old, new in (
        ('objective = ["none", "span_corruption", "prefix_lm"]\n',
         'objective = ["span_corruption"]\n' + ADAPTATIONS),
        ('template = ["mapping", "masked_prompting"]', 'template = ["cloze"]'),
        ('tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 4 }]',
         'tuning = ["full"]'),
        ("train_size = [16]", "train_size = [{ per_class = 4 }]"),
        ('metrics = ["rouge_l", "exact_match"]', 'metrics = ["accuracy_likelihood"]'),
        ("max_source_length = 32", "max_source_length = 64"),
        ("[tune]", ADAPT + "\n[tune]"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    sweep.write_text(text)
    return sweep


def cells(folder):
    with h5py.File(folder / "out" / "results.h5") as file:
        table = {name: item[()] for name, item in file["cells"].items()
                 if isinstance(item, h5py.Dataset)}
    table["name"] = [name.decode() for name in table["name"]]
    return table


def values(table, metric, adaptation):
    return [table[metric][i] for i, name in enumerate(table["name"])
            if f"/{adaptation}/" in name and "/baseline/" not in name]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unlabelled")
    make_sweep(folder)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert result.returncode == 0, result
    return folder


def test_every_cell_has_a_score_and_says_how_right_its_labels_were(finished):
    table = cells(finished)
    for adaptation in ("none", "tapt", "template_only", "pcp", "random", "oracle", "flexmatch"):
        assert np.isfinite(values(table, "accuracy_likelihood", adaptation)).all(), adaptation
        assert len(values(table, "loss", adaptation)) == 2
    assert values(table, "pool_label_accuracy", "oracle") == [1, 1]
    assert values(table, "pool_label_accuracy", "pcp") == values(
        table, "pseudo_label_accuracy", "none")
    assert np.isnan(values(table, "pool_label_accuracy", "tapt")).all()
    assert values(table, "pool_examples", "flexmatch") == [30, 30]
    losses = {adaptation: tuple(values(table, "loss", adaptation))
              for adaptation in ("none", "tapt", "template_only", "random", "oracle", "flexmatch")}
    assert len(set(losses.values())) == len(losses)


def test_the_text_has_a_line_for_each_example(finished):
    plan = json.loads((finished / "out/plan.json").read_text())
    keys = {job["name"]: job["key"] for job in plan["jobs"]}
    name = "adapt/span_corruption/pcp/card/cloze/full/per_class4/seed1"
    lines = (finished / "out/artefacts" / keys[name] / "text.jsonl").read_text().splitlines()
    assert len(lines) == 30
    for line in map(json.loads, lines):
        word = ["terrible", "great"][line["label"]]
        assert line["text"].endswith(f"It was {word} ."), line


def test_a_soft_template_labels_the_pool_and_its_lines_have_words(tmp_path):
    sweep = make_sweep(tmp_path)
    text = sweep.read_text().replace('"cloze"', '"soft_cloze"')
    text = text.replace('tuning = ["full"]', 'tuning = ["full_and_prompt"]')
    sweep.write_text(text)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert result.returncode == 0, result
    assert len(values(cells(tmp_path), "accuracy_likelihood", "pcp")) > 0
    texts = [line for file in (tmp_path / "out/artefacts").glob("*/text.jsonl")
             for line in file.read_text().splitlines() if "label" in json.loads(line)]
    assert texts and all("It was" in json.loads(line)["text"] for line in texts)
    kept = dovetail("plan", "tiny.toml", cwd=tmp_path)
    assert kept.returncode == 0, kept
    sweep.write_text(text.replace("[tune]", "[tune]\nkeep_model = true"))
    refused = dovetail("plan", "tiny.toml", cwd=tmp_path)
    assert refused.returncode == 2 and "no folder can hold" in refused.stderr, refused


def test_two_ranks_and_wrong_labels_in_the_pool_give_the_same_scores(finished, tmp_path):
    make_sweep(tmp_path, wrong=True)
    result = launch(2, "run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert result.returncode == 0, result
    a, b = cells(finished), cells(tmp_path)
    for adaptation in ("none", "tapt", "template_only", "pcp", "random", "flexmatch"):
        for metric in ("accuracy_likelihood", "loss"):
            assert values(a, metric, adaptation) == values(b, metric, adaptation), adaptation
    assert values(a, "loss", "oracle") != values(b, "loss", "oracle"), "its labels are the data's"


@pytest.mark.parametrize("file, old, new, message", [
    ("pool.csv", "book 2 is dull", "play 2 is dull", "pool.csv:3"),
    ("card.toml", "[pool]\nfiles = \"pool.csv\"", "", "this card has no pool"),
    ("card.toml", "pool.csv", "pond.csv", "card.toml:11:9"),
    ("card.toml", 'prefix = "sst2"', 'prefix = "films"', 'give it a line "films" in [clozes]'),
    ("tiny.toml", "per_class = 4", "per_class = 40", "too few for per_class = 40"),
    ("tiny.toml", '"pcp",', '{ name = "pcp", examples = 31 },', "has 30 unlabelled examples"),
    ("tiny.toml", '"pcp",', '{ name = "pcp", labels = "gold" },', "one of pseudo, shuffled"),
    ("tiny.toml", '"pcp",', '{ name = "pcp", masks = 1 },', 'unknown key "masks"'),
])
def test_bad_input_is_refused_while_planning(tmp_path, file, old, new, message):
    make_sweep(tmp_path)
    text = (tmp_path / file).read_text()
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new, 1))
    result = dovetail("plan", "tiny.toml", cwd=tmp_path)
    assert result.returncode == 2, result
    assert message in result.stderr, result.stderr


def test_data_verify_counts_the_pool(tmp_path):
    make_sweep(tmp_path)
    good = dovetail("data", "verify", "card.toml", "--json", cwd=tmp_path)
    assert good.returncode == 0, good
    assert json.loads(good.stdout)["files"][-1]["split"] == "pool"
    (tmp_path / "pool.csv").write_text(rows("play", 2))
    bad = dovetail("data", "verify", "card.toml", cwd=tmp_path)
    assert bad.returncode == 2 and "pool.csv:1" in bad.stdout, bad


def test_list_names_the_adaptations(tmp_path):
    listed = dovetail("list", "adaptations", cwd=tmp_path).stdout
    for word in ("tapt", "pcp", "self_training", "mask_label", "flexmatch", "dash_gamma"):
        assert word in listed
