# SPDX-License-Identifier: Apache-2.0
"""What a run says at its end and what its folder says later: one recommendation, and the answers
behind it. A small checkpoint is tuned for two steps, so nothing is learned."""
import csv
import json
import re

import pytest
from conftest import SOURCE, dovetail

CARD = """\
kind = "kg-tsv"
name = "x"
train = "x.tsv"
test_fraction = 0.3
phrase = "{source} is"
"""

SWEEP = """\
name = "s"
[tune]
steps = 2
batch_size = 4
[axes]
objective = [{ checkpoint = "%s/data/checkpoints/span_corruption", label = "span" }]
task = ["cards/x.toml", "wordnet/antonym"]
template = ["mapping"]
tuning = ["full"]
train_size = [16]
seed = [1]
[evaluate]
test_examples = 12
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A finished run: its folder, and what it printed."""
    folder = tmp_path_factory.mktemp("advice")
    (folder / "cards").mkdir()
    long = " ".join(f"word{i}" for i in range(30))  # longer than max_target_length
    rows = [f"thing number {i}\tcause {i} {long}\n" for i in range(40)]
    (folder / "cards/x.tsv").write_text("".join(rows))
    (folder / "cards/x.toml").write_text(CARD)
    (folder / "s.toml").write_text(SWEEP % SOURCE)
    result = dovetail("run", "s.toml", cwd=folder)
    assert result.returncode == 0, result
    return folder, result.stdout


def decisions(folder):
    report = json.loads((folder / "results/s/report/decision.json").read_text())
    return {decision["task"]: decision for decision in report["decisions"]}


def cells_of(folder):
    with open(folder / "results/s/report/tables/cells.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cell_of(folder, task):
    return next(row["cell"] for row in cells_of(folder)
                if row["task"] == task and not row["baseline"])


def test_run_report_page_advice_and_json_name_one_choice(ran):
    folder, printed = ran
    again = dovetail("report", "results/s", cwd=folder)
    page = (folder / "results/s/report/index.html").read_text()
    on_page = re.findall(r'<span class="choice">(.*?)</span>', page)

    assert again.stdout == printed
    for place, (task, decision) in enumerate(decisions(folder).items()):
        use = decision["use"]["text"]
        [row] = [line for line in printed.splitlines() if line.startswith(f"  {task} ")]
        advice = dovetail("advise", "results/s", "--task", task, cwd=folder).stdout
        assert f"  {use}  " in row
        assert on_page[place] == use
        assert re.search(rf"{re.escape(task)} at \w+: (Use )?{re.escape(use)}", advice)


def test_a_task_is_named_as_in_the_sweep(ran):
    folder, _ = ran
    advice = {asked: dovetail("advise", "results/s", "--task", asked, "--size", "16", cwd=folder)
              for asked in ("wordnet/antonym", "wordnet.antonym", "cards/x.toml", "x")}

    assert advice["wordnet/antonym"].returncode == 0, advice
    assert advice["wordnet/antonym"].stdout == advice["wordnet.antonym"].stdout
    assert advice["cards/x.toml"].stdout == advice["x"].stdout


def test_few_examples_cut_targets_and_missing_selectors_are_said(ran):
    folder, printed = ran
    advice = dovetail("advise", "results/s", "--task", "x", cwd=folder).stdout

    assert re.search(r"Fewer than 100 test examples: x \(\d+\), wordnet.antonym \(12\)", printed)
    # 40 targets are longer than 16 tokens; a cell encodes 16 for training and its test examples
    [count] = re.findall(r"longer than max_target_length lost their end .*: x (\d+)", printed)
    assert int(count) == 16 + int(re.search(r"x \((\d+)\)", printed).group(1))
    assert "In none of the 1" not in printed
    assert "no choice" not in advice
    assert advice.count("\n") <= 2


def test_predictions_stand_beside_sources_and_right_answers(ran):
    folder, _ = ran
    cell = cell_of(folder, "x")
    shown = dovetail("predictions", "results/s", "--cell", cell, "-n", "3", cwd=folder)
    lines = [json.loads(line) for line in
             dovetail("predictions", "results/s", "--cell", cell, "--json",
                      cwd=folder).stdout.splitlines()]

    assert shown.returncode == 0, shown
    assert shown.stdout.startswith(f"{cell}: ROUGE-L ")
    assert shown.stdout.count("  source  thing number ") == 3
    assert [line["example"] for line in lines] == list(range(len(lines)))
    data = dict(line.split("\t") for line in
                (folder / "cards/x.tsv").read_text().splitlines())
    for line in lines:
        assert line["references"] == [data[line["source"]]]
        assert line["cell"] == cell and 0 < line["likelihood"] < 1 and 0 <= line["score"] <= 1


def test_predictions_are_those_of_results_h5(ran):
    import h5py
    folder, _ = ran
    cell = cell_of(folder, "wordnet.antonym")
    lines = [json.loads(line) for line in
             dovetail("predictions", "results/s", "--cell", cell, "--json",
                      cwd=folder).stdout.splitlines()]

    with h5py.File(folder / "results/s/results.h5") as file:
        row = list(file["cells/name"].asstr()[:]).index(cell)
        first, last = file["examples/rouge_l_offsets"][row:row + 2]
        assert [line["score"] for line in lines] == list(file["examples/rouge_l"][first:last])
        predictions = file["predictions"]
        first, last = predictions["cell_offsets"][row:row + 2]
        edge = predictions["text_offsets"][first:last + 1]
        texts = [predictions["text"][a:b].tobytes().decode() for a, b in zip(edge, edge[1:])]
        assert [line["answer"] for line in lines] == texts


def test_predictions_are_filtered_and_sorted(ran):
    folder, _ = ran
    copied = [json.loads(line) for line in
              dovetail("predictions", "results/s", "--cell", "*copy*", "--json", "--sort", "score",
                       "--wrong", cwd=folder).stdout.splitlines()]
    by_likelihood = [json.loads(line)["likelihood"] for line in
                     dovetail("predictions", "results/s", "--cell", cell_of(folder, "x"), "--json",
                              "--sort", "likelihood", cwd=folder).stdout.splitlines()]

    of_x = [line["score"] for line in copied if "/x/" in line["cell"]]
    assert of_x == sorted(of_x) and all(score < 1 for score in of_x)
    assert all(line["answer"] == line["source"] for line in copied if "/x/" in line["cell"])
    assert {line["likelihood"] for line in copied} == {None}
    assert by_likelihood == sorted(by_likelihood)


def test_an_unknown_cell_or_metric_is_answered_shortly(ran):
    folder, _ = ran
    cell = cell_of(folder, "x")
    unknown = dovetail("predictions", "results/s", "--cell", cell + "x", cwd=folder)
    exported = dovetail("export", "results/s", "--cell", cell + "x", "--to", "m", cwd=folder)
    metric = dovetail("predictions", "results/s", "--cell", cell, "--metric", "rouge", cwd=folder)

    for result in (unknown, exported):
        assert result.returncode == 2
        assert cell in result.stderr and len(result.stderr) < 600
    assert metric.returncode == 2 and 'did you mean "rouge_l"?' in metric.stderr


def test_the_page_shows_answers_and_no_empty_sections(ran):
    folder, _ = ran
    page = (folder / "results/s/report/index.html").read_text()

    assert re.search(r"<td>thing number \d+</td><td>cause \d+ word0", page)
    for section in ("claims", "selectors"):
        assert f'<section id="{section}" hidden>' in page
        assert f'<a href="#{section}" hidden>' in page


def test_a_template_that_is_added_later_has_its_own_right_answers(ran):
    folder, _ = ran
    text = (SWEEP % SOURCE).replace('["mapping"]', '["mapping", "relation_filling"]')
    (folder / "grown.toml").write_text(text)
    assert dovetail("run", "grown.toml", cwd=folder).returncode == 0
    right = {}
    for name in ("mapping", "relation_filling"):
        [cell] = [row["cell"] for row in cells_of(folder)
                  if row["task"] == "x" and row["template"] == name and not row["baseline"]]
        line = dovetail("predictions", "results/s", "--cell", cell, "--json", cwd=folder).stdout
        right[name] = json.loads(line.splitlines()[0])["references"]

    assert right["mapping"][0].startswith("cause ")
    # its target is the relation's phrase with the source
    assert re.fullmatch(r"thing number \d+ is", *right["relation_filling"])


def test_an_edited_or_cut_file_of_examples_is_not_believed(ran):
    folder, _ = ran
    cell, kept = cell_of(folder, "x"), folder / "results/s/test_examples.jsonl"
    before = dovetail("predictions", "results/s", "--cell", cell, cwd=folder).stdout
    lines = kept.read_text().splitlines(keepends=True)
    for damaged in (lines[1:] + lines[:1], lines[:3],
                    [line.replace("cause", "clause") for line in lines]):
        kept.write_text("".join(damaged))
        assert dovetail("predictions", "results/s", "--cell", cell, cwd=folder).stdout == before
    kept.write_text("".join(lines))


# Last: it changes the data.
def test_a_folder_explains_itself_without_its_data(ran):
    folder, _ = ran
    cell = cell_of(folder, "x")
    before = dovetail("predictions", "results/s", "--cell", cell, cwd=folder)
    data = folder / "cards/x.tsv"
    data.write_text(data.read_text().replace("thing", "other"))

    assert dovetail("predictions", "results/s", "--cell", cell, cwd=folder).stdout == before.stdout
    (folder / "results/s/test_examples.jsonl").unlink()
    without = dovetail("predictions", "results/s", "--cell", cell, cwd=folder)
    assert without.returncode == 0
    assert "the data have changed since the sweep was run" in without.stderr
    assert "source" not in without.stdout and "answer" in without.stdout
