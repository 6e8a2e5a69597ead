# SPDX-License-Identifier: Apache-2.0
"""Pre-trainings at one budget, in stages, with a held-out loss and packed pairs."""
import json

import h5py
import pytest
from conftest import dovetail, make_tiny_sweep

AXES = """
[axes]
objective = [
  "span_corruption",
  "prefix_lm",
  { name = "prefix_lm", pack_pairs = true, label = "packed_pairs" },
  { stages = ["span_corruption", { name = "prefix_lm", budget_share = 0.2 }], label = "adapted" },
]
seed = [1]
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The cells of a sweep that only pre-trains: {objective: {column: value}}; and its plan."""
    folder = tmp_path_factory.mktemp("pretraining")
    sweep = make_tiny_sweep(folder)
    text = sweep.read_text()
    text = text[:text.index("[tune]")] + AXES
    text = text.replace("warmup = 5", "warmup_ratio = 0.25")
    sweep.write_text(text.replace(
        "steps = 20\n", 'steps = 20\nbudget = "loss_tokens"\nheld_out = 20\nheld_out_points = 2\n'))
    plan = dovetail("plan", "tiny.toml", "--json", cwd=folder)
    assert plan.returncode == 0, plan
    run = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert run.returncode == 0, run
    with h5py.File(folder / "out" / "results.h5") as file:
        table = file["cells"]
        names = [name.decode() for name in table["name"][:]]
        columns = {name: table[name][:] for name in table
                   if table[name].dtype.kind == "f" and table[name].shape[:1] == (len(names),)}
    found = {name.split("/")[1]: {column: values[i] for column, values in columns.items()}
             for i, name in enumerate(names)}
    return found, json.loads(plan.stdout), folder


def test_all_spend_the_same(results):
    found, plan, _ = results
    # the reference: span corruption in 20 steps of 8 rows of 64 bytes. By T5's rule a row of 64
    # holds 70 bytes: 10 of noise (10.5 to even) in 3 spans, so 10 + 3 + </s> = 14 of target
    assert found["span_corruption"]["steps"] == 20
    assert found["span_corruption"]["loss_tokens"] == 20 * 8 * 14
    for objective in ("prefix_lm", "packed_pairs"):
        spent = found[objective]["loss_tokens"]
        a_step = spent / found[objective]["steps"]
        assert abs(spent - 20 * 8 * 14) <= a_step / 2 + 1, objective
        assert found[objective]["steps"] < 20
    adapted = found["adapted"]
    a_step = adapted["loss_tokens"] / adapted["steps"]
    assert abs(adapted["loss_tokens"] - 0.2 * 20 * 8 * 14) <= a_step
    assert found["span_corruption"]["final_span_share"] == 0
    assert found["span_corruption"]["spans_per_example"] == 3
    assert found["prefix_lm"]["final_span_share"] == 1
    # bytes are counted as they are, so the plan knows it all beforehand
    by_name = {job["name"]: job for job in plan["jobs"] if job["kind"] == "pretrain"}
    assert by_name["pretrain/prefix_lm/seed1"]["spending"]["steps"] == pytest.approx(
        found["prefix_lm"]["steps"], abs=1)


def test_a_stage_is_shared_with_the_start_that_is_it(results):
    _, plan, _ = results
    jobs = {job["name"]: job for job in plan["jobs"] if job["kind"] == "pretrain"}
    assert sorted(jobs) == [f"pretrain/{name}/seed1" for name in
                            ("adapted", "packed_pairs", "prefix_lm", "span_corruption")]
    assert jobs["pretrain/span_corruption/seed1"]["key"] in jobs["pretrain/adapted/seed1"]["inputs"]


def test_the_loss_on_held_out_text_is_measured(results):
    found, _, folder = results
    for objective, values in found.items():
        assert 0 < values["held_out_loss"] < 8, objective
    # prefix LM after span corruption starts from what that has learned
    with h5py.File(folder / "out" / "results.h5") as file:
        names = []
        file["curves"].visititems(lambda name, item: names.append(name))
        text = " ".join(names) + " ".join(
            str(value) for item in names for value in
            (file["curves"][item][:10] if isinstance(file["curves"][item], h5py.Dataset) else []))
    assert "held_out_loss" in text


def test_plan_prints_what_is_spent(results):
    _, _, folder = results
    text = dovetail("plan", "tiny.toml", cwd=folder).stdout
    assert "pre-training, tokens estimated" in text
    assert "pretrain/adapted/seed1" in text


@pytest.mark.parametrize("change, said", [
    ('budget = "tokens"', 'unknown unit of a budget "tokens"'),
    ('budget = { loss_tokens = 1000, flops = 1e9 }', "budget takes one unit"),
    ('pack_sequences = true\npack_pairs = true', "give one of them"),
    ('pack_sequences = false\nseparator = true', "needs pack_sequences = true"),
    ('held_out = 150', "asks for more than half of the 200 documents"),
])
def test_what_is_wrong_is_said(tmp_path, change, said):
    sweep = make_tiny_sweep(tmp_path)
    text = sweep.read_text()
    text = text[:text.index("[tune]")] + '[axes]\nobjective = ["span_corruption"]\nseed = [1]\n'
    sweep.write_text(text.replace("steps = 20\n", f"steps = 20\n{change}\n"))
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert result.returncode != 0
    assert said in result.stderr + result.stdout
