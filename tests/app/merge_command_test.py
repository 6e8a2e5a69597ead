# SPDX-License-Identifier: Apache-2.0
"""`dovetail merge`, the table of `dovetail export`, and folders that no command reads."""
import csv
import json
import shutil

import h5py
import pytest
import xarray
from conftest import dovetail, tree
from results_folder_test import changed, make_small_sweep


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """The same sweep with a seed each, as two people run it: seed1/ and seed2/."""
    folder = tmp_path_factory.mktemp("machines")
    sweep = make_small_sweep(folder)
    for seed in (1, 2):
        changed(sweep, f"seed = [{max(1, seed - 1)}]", f"seed = [{seed}]")
        result = dovetail("run", "tiny.toml", "--out", f"seed{seed}", cwd=folder)
        assert result.returncode == 0, result
    result = dovetail("merge", "seed1", "seed2", "--out", "both", cwd=folder)
    assert result.returncode == 0, result
    return folder


@pytest.fixture
def copies(machines, tmp_path):
    for name in ("seed1", "seed2"):
        shutil.copytree(machines / name, tmp_path / name)
    return tmp_path


def cells_of(path):
    with h5py.File(path / "results.h5") as file:
        names = file["cells/name"].asstr()[:]
        return dict(zip(names, zip(file["cells/key"].asstr()[:], file["cells/exact_match"][:])))


def test_a_merged_folder_is_like_any_other(machines):
    merged, ones = cells_of(machines / "both"), cells_of(machines / "seed1")
    assert set(merged) == set(ones) | set(cells_of(machines / "seed2"))
    assert merged.items() >= ones.items()
    with xarray.open_dataset(machines / "both/results.h5", group="cube") as cube:
        assert list(cube.seed.values) == ["1", "2"]
        assert (cube.status == 1).all()
    with h5py.File(machines / "both/results.h5") as file:
        environments = [json.loads(text) for text in file["provenance/environment"].asstr()[:]]
        assert all(one["host"] for one in environments)

    status = json.loads(dovetail("status", "both", "--json", cwd=machines).stdout)
    assert status["cells"]["finished"] == status["cells"]["total"] == len(merged)
    report = dovetail("report", "both", cwd=machines)
    assert report.returncode == 0, report
    decision = json.loads((machines / "both/report/decision.json").read_text())
    assert decision["complete"] and decision["seeds"] == ["1", "2"]


def test_results_h5_is_that_of_the_journal(machines, tmp_path):
    result = dovetail("export", "both", "--table", "--to", tmp_path / "again.h5", cwd=machines)

    assert result.returncode == 0, result
    assert (tmp_path / "again.h5").read_bytes() == (machines / "both/results.h5").read_bytes()


def test_a_run_goes_on_in_the_merged_folder(machines, tmp_path):
    """With the sweep of both seeds, of which nothing is left to do but artefacts' jobs."""
    folder = shutil.copytree(machines, tmp_path / "all")
    changed(folder / "tiny.toml", "seed = [2]", "seed = [1, 2]")

    result = dovetail("run", "tiny.toml", "--out", "both", cwd=folder)

    assert result.returncode == 0, result
    assert "0 failed" in result.stderr and cells_of(folder / "both") == cells_of(machines / "both")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_export_writes_the_table(machines, tmp_path, suffix):
    file = tmp_path / f"cells.{suffix}"
    result = dovetail("export", "both", "--table", "--to", file, cwd=machines)
    assert result.returncode == 0, result
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    if suffix == "csv":
        rows = list(csv.DictReader(file.open(newline="")))
        for row in rows:
            row["exact_match"] = float(row["exact_match"])
    else:
        rows = pytest.importorskip("pyarrow.parquet").read_table(file).to_pylist()
        assert rows[0]["attempt"] == 1
    assert {row["name"]: (row["key"], row["exact_match"]) for row in rows} == cells_of(
        machines / "both")
    assert {row["status"] for row in rows} == {"finished"}
    tuned = [row for row in rows if not row["baseline"]]
    assert all(row["train_steps"] for row in tuned)
    copy = next(row for row in rows if row["baseline"] == "copy")
    assert copy["loss"] in ("", None)   # a copy has no model


def refused(folder, *args):
    before = tree(folder)
    result = dovetail(*args, cwd=folder)
    assert result.returncode == 2, result
    assert result.stdout == "" and tree(folder) == before
    return result.stderr


def test_sweeps_that_do_not_fit_are_refused(machines, tmp_path):
    sweep = make_small_sweep(tmp_path)
    changed(sweep, "seed = [1]", "seed = [3]")
    changed(sweep, "learning_rate = 1e-2 }\n\n[evaluate]", "learning_rate = 2e-2 }\n\n[evaluate]")
    assert dovetail("run", "tiny.toml", "--out", "faster", cwd=tmp_path).returncode == 0
    shutil.copytree(machines / "seed1", tmp_path / "seed1")

    message = refused(tmp_path, "merge", "seed1", "faster", "--out", "both", "--take", "seed1")

    assert "learning_rate is 0.01 in seed1 and 0.02 in faster" in message


@pytest.mark.parametrize("args, said", [
    (["seed1", "seed1", "--out", "both"], "named twice"),
    (["seed1", "seed3", "--out", "both"], "seed3 is no results folder"),
    (["seed1", "seed2", "--out", "seed2"], "--out seed2: already exists"),
    (["seed1", "seed2", "--out", "both", "--take", "sed1"], 'did you mean "seed1"?'),
    (["seed1", "--out", "both"], "DIR"),
])
def test_merge_refuses(copies, args, said):
    assert said in refused(copies, "merge", *args)


def make_unreadable(folder, how):
    plan, journal = folder / "plan.json", folder / "journal/journal.bin"
    if how == "plan of another version":
        plan.write_text(plan.read_text().replace("dovetail plan 2", "dovetail plan 7", 1))
    elif how == "no plan":
        plan.write_text("what is this?")
    elif how == "journal of another version":
        journal.write_bytes(journal.read_bytes().replace(b"DVT1", b"DVT7"))
    else:
        broken = plan if how == "plan is a folder" else journal
        broken.unlink()
        broken.mkdir()


@pytest.mark.parametrize("how, said", [
    ("plan of another version", 'found "dovetail plan 7"'),
    ("no plan", "cannot be read as a plan"),
    ("journal of another version", "found version 7"),
    ("plan is a folder", "plan.json: expected a file"),
    ("journal is a folder", "journal.bin: expected a file"),
])
def test_folders_that_cannot_be_read(copies, how, said):
    make_unreadable(copies / "seed2", how)

    for command in (["status", "seed2"], ["report", "seed2"],
                    ["merge", "seed1", "seed2", "--out", "both"],
                    ["export", "seed2", "--table", "--to", "cells.csv"]):
        message = refused(copies, *command)
        assert said in message and message.count("\n") == 1, message


@pytest.mark.parametrize("args, said", [
    (["--to", "x"], "--cell, or --table"),
    (["--table", "--to", "cells.xlsx"], ".csv, .parquet or .h5"),
    (["--table", "--to", "seed2"], "already exists"),
])
def test_export_refuses(copies, args, said):
    assert said in refused(copies, "export", "seed1", *args)
