# SPDX-License-Identifier: Apache-2.0
"""The shipped sweeps of the papers' tables and claims can be planned, on stand-in data."""

import json
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from conftest import SOURCE, dovetail

RELATIONS = [
    "AtLocation",
    "CapableOf",
    "HasProperty",
    "ObjectUse",
    "isFilledBy",
    "xAttr",
    "xIntent",
    "xNeed",
    "xWant",
]
HEADS = 120   # more than few-shot cells, probes and races take together


def write_atomic(folder):
    """ATOMIC-2020's card, and rows in its columns."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "data/cards/atomic2020.toml", folder)
    for split, count in (("train", HEADS), ("test", 5)):
        rows = [
            f"{split} head {i}\t{relation}\ttail {i}\n"
            for relation in RELATIONS
            for i in range(count)
        ]
        (folder / f"{split}.tsv").write_text("".join(rows))


def write_openbook_qa(folder):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "data/cards/openbook_qa.toml", folder)
    for split, count in (("train", HEADS), ("dev", 5), ("test", 5)):
        rows = [
            f"What is {split} {i}?\t(A) a {i} (B) b {i} (C) c {i} (D) d {i}\tA\n"
            for i in range(count)
        ]
        (folder / f"{split}.tsv").write_text("Question Stem\tChoices\tAnswer Key\n" + "".join(rows))


def write_commonsense_qa(folder):
    shutil.copy(SOURCE / "data/cards/commonsense_qa.toml", folder)
    for split, count in (("train", HEADS), ("dev", 5)):
        items = [
            {
                "question": {
                    "stem": f"Where is {split} {i}?",
                    "choices": [{"label": label, "text": f"{label} {i}"} for label in "ABCDE"],
                },
                "answerKey": "ABCDE"[i % 5],
            }
            for i in range(count)
        ]
        (folder / f"{split}_rand_split.jsonl").write_text(
            "".join(json.dumps(item) + "\n" for item in items)
        )


def write_usb(folder, name, labels):
    """As sweeps/claims/prepare leaves it: dev.json is the training side."""
    folder.mkdir(parents=True, exist_ok=True)
    card = (SOURCE / f"data/cards/{name}.toml").read_text()
    card = re.sub(r"(?m)^train = .*$", 'train = "dev.json"', card)
    (folder / f"{name}.toml").write_text(
        re.sub(r"(?m)^(dev|validation|folder) = .*\n", "", card))
    for split, count in (("dev", 900), ("test", 8)):
        items = {str(i): {"ori": f"{split} text {i}", "label": str(i % labels)}
                 for i in range(count)}
        (folder / f"{split}.json").write_text(json.dumps(items))


# Of a card of sweeps/claims/pcp.toml: its folder, its columns and the labels of its files.
K_SHOT = {
    "trec": ("trec", "csv", "{label},{text}", "012345"),
    "subj": ("subj", "csv", "{label},{text}", "01"),
    "sst2": ("SST-2", "tsv", "{text}\t{label}", "01"),
    "mrpc": ("MRPC", "tsv", "{label}\t1\t2\t{text}\t{text} too", "01"),
    "rte": ("RTE", "tsv", "1\t{text}\t{text} too\t{label}", ["entailment", "not_entailment"]),
}
HEADERS = {
    "sst2": "sentence\tlabel\n",
    "mrpc": "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n",
    "rte": "index\tsentence1\tsentence2\tlabel\n",
}


def write_pcp(folder):
    """PCP's k-shot splits with their cards, and its pools."""
    for card, (name, ending, row, labels) in K_SHOT.items():
        for seed in (13, 21, 42):
            for split in ("train", "dev", "test"):
                file = folder / f"k-shot/{name}/16-{seed}/{split}.{ending}"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(HEADERS.get(card, "") + "".join(
                    row.format(text=f"{card} {split} {seed} {i}", label=labels[i % len(labels)])
                    + "\n" for i in range(40)))
        shutil.copy(SOURCE / f"data/cards/lm_bff_{card}.toml", folder / "k-shot")
        pool = folder / "glue_pretrain" / name
        pool.mkdir(parents=True)
        texts = [(f"{card} unlabelled {i}", labels[i % len(labels)]) for i in range(1600)]
        if card in ("mrpc", "rte"):
            (pool / "train.json").write_text(json.dumps(
                {str(i): {"text_a": text, "text_b": text + " too", "label": label}
                 for i, (text, label) in enumerate(texts)}))
        else:
            (pool / "train.tsv").write_text("sentence\tlabel\n" + "".join(
                f"{text}\t{label}\n" for text, label in texts))


def write_instructions(folder, passages):
    """As sweeps/claims/prepare leaves them, of passages of numbers."""
    passages.write_text("".join(" ".join(f"{i}.{word}" for word in range(30)) + "\n"
                                for i in range(1400)))
    folder.mkdir(parents=True)
    for ratio in ("0.1", "0.5", "1", "5", "25"):
        name = f"continue_{ratio}"
        made = subprocess.run([SOURCE / "data/controlled_ratio.py", passages, "--ratio", ratio,
                               "--examples", "1400"], check=True, capture_output=True, text=True)
        (folder / f"{name}.jsonl").write_text(made.stdout)
        (folder / f"{name}.toml").write_text(
            f'kind = "instruction"\nname = "{name}"\ntrain = "{name}.jsonl"\n'
            "test_fraction = 0.125\n")


def write_stepgame(folder):
    """As sweeps/claims/prepare leaves them, but few."""
    folder.mkdir(parents=True)
    for name, seed in (("train", 1), ("dev", 2), ("test", 3)):
        dovetail("data", "stepgame", "--stories", 400, "--seed", seed, "-k", "2-5", "-d", "1-5",
                 "-o", f"{name}.jsonl", cwd=folder)
    (folder / "stepgame.toml").write_text(
        'kind = "stepgame"\nname = "stepgame"\ntrain = "train.jsonl"\ndev = "dev.jsonl"\n'
        'test = "test.jsonl"\nvalidation = "dev"\nquestion_first = true\n'
        'leaks = "drop_from_train"\n')


def write_text(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"Line {i} is used for nothing.\n" for i in range(50)))


def planned(sweep, cwd):
    """The plan (its claims are read too), and how many cells and jobs it has of each kind."""
    result = dovetail("plan", sweep, "--json", cwd=cwd)
    assert result.returncode == 0, result.stderr
    plan = json.loads(result.stdout)
    assert len({cell["name"] for cell in plan["cells"]}) == len(plan["cells"])
    return (
        plan,
        Counter(cell["kind"] for cell in plan["cells"]),
        Counter(job["kind"] for job in plan["jobs"]),
    )


@pytest.fixture
def generation(tmp_path):
    """mto_generation.toml, with all that it names beside it."""
    write_atomic(tmp_path)
    write_text(tmp_path / "sentences.txt")
    return Path(shutil.copy(SOURCE / "sweeps/mto_generation.toml", tmp_path))


def test_mto_generation_is_planned(generation, tmp_path):
    _, cells, jobs = planned("mto_generation.toml", tmp_path)

    # bases x adaptations x relations x seeds x (4 templates x 2 sizes, and soft prompts:
    # 2 templates x 1 size)
    assert cells["tune"] == 2 * 4 * 9 * (4 * 2 + 2 * 1) * 3
    assert jobs["pretrain"] == 2 and jobs["adapt"] == 2 * 3


def test_mto_generation_is_planned_on_a_checkpoint(generation, tmp_path):
    """A folder on the axis objective takes the place of model, text and pre-training."""
    shutil.copytree(SOURCE / "data/checkpoints/span_corruption", tmp_path / "models/t5")
    text = generation.read_text()
    text = re.sub(r"(?ms)^\[(model|text|pretrain)\]\n.*?(?=^\[)", "", text)
    text, changed = re.subn(r'(?m)^objective = \[.*?\]', 'objective = ["models/t5"]', text)
    assert changed == 1 and not re.search(r"(?m)^\[(model|text|pretrain)\]", text)
    generation.write_text(text)

    plan, cells, jobs = planned("mto_generation.toml", tmp_path)

    assert plan["axes"]["objective"] == ["t5"]
    assert cells["tune"] == 1 * 4 * 9 * (4 * 2 + 2 * 1) * 3
    assert jobs["pretrain"] == jobs["tokenizer"] == 0 and jobs["adapt"] == 3


def test_mto_qa_is_planned(tmp_path):
    write_openbook_qa(tmp_path)
    write_commonsense_qa(tmp_path)
    shutil.copy(SOURCE / "sweeps/mto_qa.toml", tmp_path)

    _, cells, jobs = planned("mto_qa.toml", tmp_path)

    assert cells["tune"] == 2 * 2 * 6 * 2 * 3   # bases x tasks x templates x sizes x seeds
    assert jobs["pretrain"] == 2


# Tuned cells, counted from the axes and what is excluded.
CLAIMS = {
    "checkpoints": 0,
    # not adapted: 15 tasks, 4 templates few-shot and 3 with all data; 2 adaptations: 9 relations,
    # 2 templates; on one base, a cell a relation for mixed and continued, and for the two random
    # controls of denoising (6 relations) and of lm (3)
    "matching": (2 * (15 * (4 + 3) + 2 * 9 * 2) + 2 * 9 + 2 * 6 + 2 * 3) * 3,
    # before: 3 adaptations; after: none alone
    "soft_prompts": 2 * 9 * 2 * (3 + 1) * 3,
    "decoding": 2 * 9 * 4 * 3,
    "tunings": 5 * 6 * 2 * 3,          # tasks, tunings, sizes
    "dept_efficiency": 3 * 8 * 3,      # tasks, tunings
    # 13 adaptations, of which the separator is for the two tasks of pairs; 5 tasks, 3 seeds
    "pcp": (12 * 5 + 2) * 3,
    "mto_pcp": 7 * 3 * 3,              # adaptations, tasks
    # the two sides on 4 tasks at 3 sizes; "none" at the first; on 2 tasks 3 controls at all sizes
    # (scaled, half the epochs, half the rate), and 6 other arms at the first and the last
    "instruction": (2 * 4 * 3 + 4 + 2 * (3 * 3 + 6 * 2)) * 3,
    "instruction_causal": (2 * 4 * 3 + 4 + 2 * 3 * 3 + 6 * 2) * 3,  # the 6 on one task
    "stepgame": 5,
}


def test_no_sweep_of_claims_is_forgotten():
    assert {file.stem for file in (SOURCE / "sweeps/claims").glob("*.toml")} == set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_sweeps_of_claims_are_planned(name, tmp_path):
    write_atomic(tmp_path / "results/datasets/atomic2020")
    write_openbook_qa(tmp_path / "results/datasets/openbook_qa")
    for card, labels in (("ag_news", 4), ("yelp_review", 5), ("imdb", 2)):
        write_usb(tmp_path / "results/datasets" / card, card, labels)
    write_pcp(tmp_path / "results/datasets/pcp")
    write_instructions(tmp_path / "results/datasets/instruction", tmp_path / "passages.txt")
    write_stepgame(tmp_path / "results/datasets/stepgame")
    for text in ("novels", "novel-sentences", "stepgame"):
        write_text(tmp_path / f"results/text/{text}.txt")
    shutil.copytree(SOURCE / "sweeps", tmp_path / "sweeps")

    _, cells, jobs = planned(f"sweeps/claims/{name}.toml", tmp_path)

    assert cells["tune"] == CLAIMS[name]
    # objectives, or stages of one, x replicates
    assert jobs["pretrain"] == {
        "dept_efficiency": 2, "pcp": 3, "mto_pcp": 3, "instruction": 3,
        "instruction_causal": 3, "stepgame": 0}.get(name, 6)
    if name == "pcp":   # all but none and the two of self-training
        assert jobs["adapt"] == (9 * 5 + 2) * 3
    if name == "mto_pcp":   # MTO's two are the same for all tasks
        assert jobs["adapt"] == (2 + 4 * 3) * 3
