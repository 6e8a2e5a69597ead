# SPDX-License-Identifier: Apache-2.0
"""The shipped cards on the real files of published data sets: `dovetail data verify` must count the
same as these few lines of Python, which share no code with the importers.

DOVETAIL_TEST_DATA names the folder of the unpacked sets. Without it, the archives in ../shared/data
are unpacked. A test whose set is in neither is skipped.
"""

import csv
import json
import os
import pathlib
import re
import subprocess
import tarfile

import pytest

PROGRAM = os.environ.get("DOVETAIL", "build/dovetail")
SOURCE = pathlib.Path(os.environ.get("DOVETAIL_SOURCE_DIR", pathlib.Path(__file__).parents[2]))


@pytest.fixture(scope="session")
def data_set(tmp_path_factory):
    def find(name):
        named = os.environ.get("DOVETAIL_TEST_DATA")
        if named and (pathlib.Path(named) / name).is_dir():
            return pathlib.Path(named) / name
        archive = SOURCE.parent / "shared/data" / f"{name}.tar.xz"
        if not archive.is_file():
            pytest.skip(f"{name} is not here: set DOVETAIL_TEST_DATA to the folder above it")
        folder = tmp_path_factory.getbasetemp() / "sets"
        if not (folder / name).is_dir():
            with tarfile.open(archive) as packed:
                packed.extractall(folder)   # older Pythons know no filter
        return folder / name

    return find


def verify(card, links, folder, code=0):
    """The report on a shipped card, with DOVETAIL_DATASETS a folder of links."""
    for name, target in links.items():
        (folder / name).symlink_to(target)
    run = subprocess.run([PROGRAM, "data", "verify", card, "--json"], capture_output=True,
                         text=True, cwd=folder,
                         env={**os.environ, "DOVETAIL_DATASETS": str(folder)})
    assert run.returncode == code, run.stdout + run.stderr
    report = json.loads(run.stdout)
    assert bool(report["refusals"]) == (code == 2)
    for file in report["files"]:
        not_kept = sum(file["left_out"].values()) + sum(file["bad"].values())
        kept_duplicates = file["rows"] - file["kept"] - not_kept
        assert kept_duplicates in (0, file["duplicates"]), file
    return report


def collapsed(text):
    return " ".join(text.split())


def tab_rows(file, skip=0):
    lines = file.read_text(encoding="utf-8").split("\n")[skip:]
    return [line.split("\t") for line in lines if line.strip()]


def pool_rows(folder):
    """The rows of a published pool, whose training part is TSV with a header or JSON."""
    if (folder / "train.json").is_file():
        return len(json.loads((folder / "train.json").read_text()))
    return len(tab_rows(folder / "train.tsv", skip=1))


def sizes(report):
    return report["train_examples"], report["dev_examples"], report["test_examples"]


def test_atomic2020(data_set, tmp_path):
    folder = data_set("kg-atomic2020-mini")
    rows = {s: [r for r in tab_rows(folder / f"{s}.tsv") if collapsed(r[2]) not in ("", "none")]
            for s in ("train", "test")}
    report = verify("atomic2020.toml", {"atomic2020": folder}, tmp_path)
    for split in rows:
        triples = {(collapsed(h), r, collapsed(t)) for h, r, t in rows[split]}
        assert report[f"{split}_examples"] == len({(h, r) for h, r, _ in triples})
        assert report[f"{split}_references"] == len(triples)
    assert report["files"][0]["bad"] == {"empty_targets": 1}


# 3 x 23 and so on: Da et al. 2021
@pytest.mark.parametrize("shots,rows", [(3, 69), (30, 690), (300, 6371)])
@pytest.mark.parametrize("seed", range(5))
def test_few_shot_atomic(data_set, tmp_path, shots, rows, seed):
    folder = tmp_path / "atomic2020_fewshot"
    folder.mkdir()
    splits = data_set("kg-atomic2020-fewshot") / "section_4_learning/atomic2020_splits"
    (folder / f"comet_heads_{shots}_{seed}").symlink_to(splits / f"comet_heads_{shots}_{seed}")
    (folder / "test.tsv").symlink_to(data_set("kg-atomic2020-mini") / "test.tsv")
    report = verify(f"atomic2020_fewshot.toml#shots={shots}#split_seed={seed}", {}, tmp_path)
    assert report["files"][0]["kept"] == rows == report["train_references"]
    few = splits / f"comet_heads_{shots}_{seed}"
    pairs = {split: {collapsed(r[0]) for r in tab_rows(few / f"{split}.tsv")}
             for split in ("train", "dev")}
    rows_of_test = tab_rows(data_set("kg-atomic2020-mini") / "test.tsv")
    test = {f"{collapsed(h)} @@ {r}" for h, r, _ in rows_of_test}
    assert report["train_examples"] == len(pairs["train"])
    assert report["dev_examples"] == len(pairs["dev"] - pairs["train"])
    assert report["test_examples"] == len(test - pairs["train"] - pairs["dev"])
    assert report["name"] == f"atomic2020_fewshot/shots{shots}/seed{seed}"


def test_conceptnet(data_set, tmp_path):
    for name in ("CN-100K", "CN-82K"):
        folder = data_set("kg-conceptnet-100k-82k") / "InductivE/dataset_only" / name
        (tmp_path / name).mkdir()
        pairs = {s: {(r, collapsed(h)) for r, h, _ in tab_rows(folder / f"{s}.txt")}
                 for s in ("train", "valid", "test")}
        report = verify("conceptnet.toml", {"conceptnet": folder}, tmp_path / name)
        assert sizes(report) == (len(pairs["train"] - pairs["valid"] - pairs["test"]),
                                 len(pairs["valid"] - pairs["test"]), len(pairs["test"]))


def test_common_gen(data_set, tmp_path):
    folder = data_set("gen-commongen") / "CommonGen/data"
    report = verify("common_gen.toml", {"common_gen": folder}, tmp_path)
    assert sizes(report) == (32_629, 993, 1_497)
    for split, name in (("train", "train"), ("test", "test"), ("dev", "valid")):
        lines = zip((folder / f"{name}_src.txt").read_text().splitlines(),
                    (folder / f"{name}_trg.txt").read_text().splitlines())
        pairs = {(collapsed(a), collapsed(b)) for a, b in lines if collapsed(a) and collapsed(b)}
        assert report[f"{split}_references"] == len(pairs)
        assert report[f"{split}_examples"] == len({a for a, _ in pairs})


@pytest.mark.parametrize("card,train,test", [("simple", 16_728, 4_182), ("length", 16_990, 3_920),
                                             ("add_prim", 14_670, 7_706)])
def test_scan(data_set, tmp_path, card, train, test):   # sizes: Lake and Baroni 2018
    report = verify(f"scan_{card}.toml", {"scan": data_set("gen-scan")}, tmp_path)
    assert sizes(report) == (train, 0, test)
    duplicates = sum(file["duplicates"] for file in report["files"])
    assert duplicates == (1_466 if card == "add_prim" else 0)


def test_open_book_qa(data_set, tmp_path):
    folder = data_set("qa-openbookqa") / "data/openbookqa/Main"
    report = verify("openbook_qa.toml", {"openbook_qa": folder}, tmp_path)
    assert [file["rows"] for file in report["files"]] == [4_957, 500, 500]   # Mihaylov et al. 2018
    # 10-317, 12-331 and 12-408 repeat a choice; line 2699 contradicts an earlier one
    assert report["files"][0]["bad"] == {"duplicate_choices": 3, "contradictions": 1}
    assert sizes(report)[1:] == (500, 500)
    questions = {}
    for split in ("train", "dev", "test"):
        parted = [(collapsed(r[1]), [collapsed(c) for c in re.split(r"\([A-D]\)", r[2])[1:]])
                  for r in tab_rows(folder / f"{split}.tsv", 1)]
        questions[split] = [(stem, frozenset(choices)) for stem, choices in parted
                            if len(set(choices)) == len(choices)]
    assert len(questions["train"]) == 4_957 - 3
    distinct = {split: set(found) for split, found in questions.items()}
    assert report["files"][0]["duplicates"] + 1 == len(questions["train"]) - len(distinct["train"])
    assert report["train_examples"] == len(distinct["train"] - distinct["dev"] - distinct["test"])
    shared = distinct["train"] & distinct["test"]
    assert len(shared) == 14, "the published train set has them, in another order"


@pytest.mark.parametrize("card,folder,train,test", [
    ("arc_easy", "ARC-Easy", 2_251, 2_376), ("arc_challenge", "ARC-Challenge", 1_119, 1_172),
    ("boolq", "boolq", 9_427, 3_270), ("openbook_qa", "openbookqa", 4_957, 500)])
def test_instructions(data_set, tmp_path, card, folder, train, test):   # rows: the sets' own papers
    folder = data_set("qa-llm-adapters") / "dataset" / folder
    report = verify(f"{card}_instructions.toml", {folder.name: folder}, tmp_path)
    assert [file["rows"] for file in report["files"]] == [train, test]
    tested = report["files"][1]
    assert report["test_examples"] == test - sum(tested["bad"].values()) - tested["duplicates"]
    questions = {}
    for split in ("train", "test"):
        rows = json.loads((folder / f"{split}.json").read_text())
        bodies = [row["instruction"].split("Answer format:")[0] for row in rows]
        questions[split] = {(collapsed(parts[0]), frozenset(map(collapsed, parts[1:])))
                            for parts in (re.split(r"Answer\d:", b) for b in bodies)}
    shared = len(questions["train"] & questions["test"])
    assert report["files"][0]["leaks"] == shared == {"arc_easy": 3, "openbook_qa": 14}.get(card, 0)


@pytest.mark.parametrize("folder,card,test", [
    ("piqa", "piqa", 1_838), ("social_i_qa", "social_i_qa", 1_954),
    ("winogrande", "winogrande", 1_267)])
def test_instruction_tests(data_set, tmp_path, folder, card, test):
    folder = data_set("qa-llm-adapters") / "dataset" / folder
    own = tmp_path / "card.toml"
    own.write_text('kind = "multiple-choice"\nformat = "instructions"\nname = "test"\n'
                   f'train = "{folder}/test.json"\ntest_fraction = 0.1\nduplicates = "keep"\n')
    report = verify(str(own), {}, tmp_path)
    assert report["files"][0]["rows"] == test
    assert sum(report["files"][0]["bad"].values()) == (5 if card == "social_i_qa" else 0)
    assert report["train_examples"] + report["test_examples"] == report["files"][0]["kept"]


# Folder, labels, test rows: Gao et al. 2021, table B.1
K_SHOT = {
    "sst2": ("SST-2", 2, 872), "sst5": ("sst-5", 5, 2_210), "mr": ("mr", 2, 2_000),
    "cr": ("cr", 2, 2_000), "mpqa": ("mpqa", 2, 2_000), "subj": ("subj", 2, 2_000),
    "trec": ("trec", 6, 500), "cola": ("CoLA", 2, 1_043), "mrpc": ("MRPC", 2, 408),
    "rte": ("RTE", 2, 277), "qnli": ("QNLI", 2, 5_463)}


@pytest.mark.parametrize("seed", (13, 21, 42, 87, 100))
@pytest.mark.parametrize("card", K_SHOT)
def test_k_shot(data_set, tmp_path, card, seed):
    folder, labels, test = K_SHOT[card]
    data = data_set("cls-pcp-kshot") / "data/k-shot"
    pools = data.parent / "glue_pretrain"
    report = verify(f"lm_bff_{card}.toml#split_seed={seed}",
                    {"k-shot": data, "glue_pretrain": pools}, tmp_path)
    train, tested, dev, pool = report["files"]
    assert pool["split"] == "pool" and pool["rows"] == pool_rows(pools / folder)
    assert sum(pool["bad"].values()) <= 2, pool
    assert train["split"] == "train" and tested["split"] == "test" and dev["split"] == "dev"
    assert train["rows"] == dev["rows"] == 16 * labels
    assert tested["rows"] == test
    has_empty_text = (card, seed) in (("cr", 13), ("cr", 42))
    assert sum(train["bad"].values()) == (1 if has_empty_text else 0), train
    assert report["train_examples"] == train["kept"], "train keeps its published size"
    if data.joinpath(folder, "16-13/test.csv").is_file():
        texts = {}
        for split, number in (("train", seed), ("dev", seed), ("test", 13)):
            file = data / folder / f"16-{number}/{split}.csv"
            with open(file, encoding="utf-8", newline="") as rows:
                texts[split] = [collapsed(row[1]) for row in csv.reader(rows) if collapsed(row[1])]
        seen = set(texts["train"]) | {text for text in texts["dev"]}
        assert report["test_examples"] == sum(text not in seen for text in texts["test"])
        assert report["dev_examples"] == sum(text not in texts["train"] for text in texts["dev"])


@pytest.mark.parametrize("card", ("qqp", "snli", "mnli"))
def test_k_shot_without_a_test_file_is_refused(data_set, tmp_path, card):
    (tmp_path / "k-shot").symlink_to(data_set("cls-pcp-kshot") / "data/k-shot")
    run = subprocess.run([PROGRAM, "data", "verify", f"lm_bff_{card}.toml"], capture_output=True,
                         text=True, cwd=tmp_path,
                         env={**os.environ, "DOVETAIL_DATASETS": str(tmp_path)})
    assert run.returncode == 2
    assert "test: there is no file" in run.stderr
    assert "test" in run.stderr.split("there is no file")[1]


@pytest.mark.parametrize("card,folder,labels", [
    ("imdb", "aclImdb", 2), ("ag_news", "ag_news", 4), ("amazon_review", "amazon_review", 5),
    ("yahoo_answers", "yahoo_answers", 10), ("yelp_review", "yelp_review", 5)])
def test_full_size_sets(data_set, tmp_path, card, folder, labels):
    """train.json is not in that repository: dev.json stands in for it."""
    folder = data_set("cls-pcp-kshot") / "data" / folder
    (tmp_path / card).mkdir()
    for name, target in (("train.json", "dev.json"), ("test.json", "test.json")):
        (tmp_path / card / name).symlink_to(folder / target)
    text = (SOURCE / f"data/cards/{card}.toml").read_text()
    own = tmp_path / card / "card.toml"
    own.write_text(text.replace('dev = "dev.json"\n', "").replace('validation = "dev"\n', ""))
    report = verify(str(own), {}, tmp_path)
    assert sizes(report) == (1_000, 0, 1_000)
    rows = json.loads((folder / "test.json").read_text()).values()
    assert len({row["label"] for row in rows}) == labels
