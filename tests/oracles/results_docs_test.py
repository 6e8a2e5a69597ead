# SPDX-License-Identifier: Apache-2.0
"""The snippets of docs/results.md do what they say, in each reader that this machine has, and so
does analysis/frames.py. What they must find comes from results_sample, as JSON."""
import importlib.util
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pytest

ROOT = pathlib.Path(__file__).parents[2]
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", (ROOT / "docs" / "results.md").read_text(),
                      re.DOTALL | re.MULTILINE)
ROW = 8    # of the cell whose scores the snippets read
TASKS = ["wordnet.derived_from", "wordnet.antonym", "wordnet.verb_category"]
AXES = ["objective", "adaptation", "task", "template", "tuning", "train_size", "seed"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("docs")
    subprocess.run([os.environ["RESULTS_SAMPLE"], str(made), "small"], check=True)
    (made / "analysis").symlink_to(ROOT / "analysis")
    return made


@pytest.fixture(scope="module")
def entries(folder):
    return entries_of(folder, "quickstart")


def entries_of(folder, name):
    return json.loads((folder / "results" / name / "expected.json").read_text())["records"]


def record_of(entry):
    """The record if it is one of a finished job."""
    record = entry["record"]
    return record if record and record["status"] == "finished" else None


def mean_rouge(entries, **labels):
    found = [record_of(entry)["metrics"]["rouge_l"] for entry in entries
             if record_of(entry) and not entry["baseline"]
             and all(entry["coordinates"][AXES.index(axis)] == v for axis, v in labels.items())]
    return np.mean(found)


@pytest.fixture(scope="module")
def session(folder):
    """All Python snippets, run as one session; what they have named. Left out are those that need a
    wheel that is not installed."""
    names, before, path = {}, os.getcwd(), list(sys.path)
    os.chdir(folder)
    try:
        for language, code in SNIPPETS:
            wanted = re.findall(r"^import (\w+)", code, re.MULTILINE)
            sys.path.append("analysis")
            if language == "python" and all(map(importlib.util.find_spec, wanted)):
                exec(compile(code, "docs/results.md", "exec"), names)
    finally:
        os.chdir(before)
        sys.path[:] = path
    return names


def run(language, program, arguments, folder):
    """The output of each snippet in that language; skips if the program is missing."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    outputs = []
    for code in (code for of, code in SNIPPETS if of == language):
        if language != "sh" or program in code:
            done = subprocess.run([*arguments, code], cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            outputs.append(done.stdout)
    assert outputs
    return outputs


def test_the_cube(session, entries):
    cube, means = session["cube"], session["means"]
    assert list(cube.rouge_l.dims) == AXES
    row = means.to_series()["span_corruption", "none", "full", "all"]
    want = mean_rouge(entries, objective="span_corruption", adaptation="none", tuning="full",
                      task="wordnet.antonym", template="prompting", train_size="all")
    copy = next(e for e in entries if e["name"] == "small/baseline/copy/wordnet.antonym")
    assert row == pytest.approx(want - copy["record"]["metrics"]["rouge_l"], rel=1e-12)


def test_the_table(session, entries):
    assert list(session["cells"]["name"]) == [entry["name"] for entry in entries]
    assert session["table"].equals(session["cells"])
    assert session["axes"] == AXES and list(session["names"]) == list(session["cells"]["name"])


def test_scores_texts_and_curves(session, entries):
    record = record_of(entries[ROW])
    assert session["scores"].tolist() == record["per_example"]["rouge_l"]
    assert session["texts"] == record["predictions"]
    curve = session["frame"][session["frame"].cell == ROW]
    assert curve.step.tolist() == record["curves"]["train_loss"]["steps"]
    assert curve.value.tolist() == record["curves"]["train_loss"]["values"]


def test_strata(session, entries):
    """The sample's three test examples have d = 1, 2, 1."""
    by_d = session["by_d"]
    assert list(by_d.columns) == ["1", "2"]
    for cell, row in by_d.iterrows():
        record = entries[cell]["record"]
        scores = record["per_example"]["rouge_l"]
        assert row["1"] == pytest.approx((scores[0] + scores[2]) / 2, rel=1e-6)
        assert row["2"] == pytest.approx(scores[1], rel=1e-6)
    assert len(by_d) > 2


def test_netcdf4_masks_what_is_missing(session, entries):
    if "best" not in session:
        pytest.skip("netCDF4 is not installed")
    assert session["best"] == max(record_of(e)["metrics"]["rouge_l"] for e in entries
                                  if record_of(e) and not e["baseline"])


def test_two_results_are_merged(session, folder, entries):
    both, other = session["both"], entries_of(folder, "more")
    place = {"objective": "none", "adaptation": "lm", "template": "mapping", "train_size": "all",
             "tuning": "full"}
    for merged in (both, session["finished"]):
        assert sorted(merged.task.values) == sorted(["wordnet.category", *TASKS])
        rouge = merged.rouge_l.sel(place)
        assert rouge.sel(seed="2", task="wordnet.antonym") == mean_rouge(
            entries, **place, seed="2", task="wordnet.antonym")
        assert rouge.sel(seed="3", task="wordnet.category") == mean_rouge(
            other, **place, seed="3", task="wordnet.category")
        assert np.isnan(rouge.sel(seed="1", task="wordnet.category"))
        assert merged.status.dtype.kind == "f"


def test_what_is_said_not_to_work_does_not(session, folder):
    xr, a, b = session["xr"], session["a"], session["b"]
    with pytest.raises(KeyError):
        session["cube"].sel(seed=1)
    with pytest.raises(ValueError, match="neither monotonically increasing nor monotonically"):
        xr.combine_by_coords([a, b], join="outer", data_vars="all")
    with pytest.raises(xr.MergeError):
        xr.merge([a, a.assign(wall_seconds=a.wall_seconds + 1)], join="outer",
                 compat="no_conflicts")
    with pytest.raises(Exception):
        session["pd"].read_hdf(folder / "results" / "quickstart" / "results.h5", "cells")


def test_frames(session, folder, entries):
    frames, path = session["frames"], folder / "results" / "quickstart" / "results.h5"
    by_hand = [(e["name"], i, score) for e in entries if record_of(e)
               for i, score in enumerate(e["record"]["per_example"]["rouge_l"])]
    scores = frames.examples(path, "rouge_l")
    assert list(zip(scores.cell, scores.example, scores.rouge_l)) == by_hand
    assert list(frames.predictions(path).text) == [
        text for e in entries if record_of(e) for text in e["record"]["predictions"]]
    assert list(frames.cells(path)["name"]) == [e["name"] for e in entries]
    assert frames.probes(path).probe_loss[0] == 1.5
    curves = frames.curves(path)
    of_jobs = curves[curves.cell == ""]
    assert set(of_jobs.job) == set(frames.jobs(path)["name"]) and (of_jobs.cell_row == -1).all()
    one = curves[curves.cell == entries[ROW]["name"]]
    assert one.value.tolist() == entries[ROW]["record"]["curves"]["train_loss"]["values"]


@pytest.mark.parametrize("layout, found", [("dovetail results 1, see docs", "layout 1"),
                                           (None, "none")])
def test_frames_refuse_other_layouts(session, tmp_path, layout, found):
    with h5py.File(tmp_path / "old.h5", "w") as file:
        if layout:
            file.attrs["layout"] = layout
    with pytest.raises(session["frames"].WrongLayout, match=f"expected layout 2.*found {found};"):
        session["frames"].cells(tmp_path / "old.h5")


def test_ncdump(folder):
    header, texts = run("sh", "ncdump", ["bash", "-ec"], folder)[0].split("\n}\n")[:2]
    assert "string task(task) ;" in header and "string task(cell) ;" in header
    assert 'task = ' + ", ".join(f'"{task}"' for task in TASKS) in texts and "größer" in texts


def test_gdal(folder):
    output = run("sh", "gdalmdiminfo", ["bash", "-ec"], folder)[0]
    assert '"full_name": "/cube/train_size"' in output
    assert '"values": ' + json.dumps(TASKS) in output


def run_r(library, folder):
    """The output of the snippet that loads this package; skips if it is missing."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed")
    there = subprocess.run(["Rscript", "-e", f"find.package('{library}')"], capture_output=True)
    if there.returncode != 0:
        pytest.skip(f"R's package {library} is not installed")
    code, = (code for language, code in SNIPPETS
             if language == "r" and f"library({library})" in code)
    done = subprocess.run(["Rscript", "-e", code], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def numbers_in(text):
    return [float(number) for number in re.findall(r"\b\d\.\d+", text)]


def test_r_ncdf4(folder, entries):
    want = [mean_rouge(entries, task=t) for t in TASKS]
    want += record_of(entries[ROW])["per_example"]["rouge_l"]
    assert numbers_in(run_r("ncdf4", folder)) == pytest.approx(want, abs=1e-6)


def test_r_hdf5r(folder, entries):
    want = [mean_rouge(entries, task=t) for t in TASKS]
    assert numbers_in(run_r("hdf5r", folder)) == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("library", ["RNetCDF", "rhdf5"])
def test_r_reads_the_table(library, folder, entries):
    table = run_r(library, folder)
    assert entries[7]["name"] in table and "größer" in table


def test_octave(folder, entries):
    code = next(code for language, code in SNIPPETS if language == "octave")
    code += 'printf("%.6f ", x(2, 1, 2, 1, 1, 2, 2)); printf("%s|", reasons{8}, labels{3}{:});'
    if shutil.which("octave") is None:
        pytest.skip("octave is not installed")
    done = subprocess.run(["octave", "--no-gui", "--quiet", "--eval", code], cwd=folder,
                          capture_output=True, text=True)
    if "package netcdf is not installed" in done.stderr + done.stdout:
        pytest.skip("octave-netcdf is not installed")
    scores = [float(number) for number in re.findall(r"\b\d\.\d+", done.stdout)]
    cell = mean_rouge(entries, objective="span_corruption", adaptation="none",
                      task="wordnet.antonym", template="mapping", train_size="all", seed="2")
    assert scores == pytest.approx(record_of(entries[ROW])["per_example"]["rouge_l"] + [cell],
                                   abs=1e-4), done.stderr
    texts = ["the loss is not a number: größer als 1e38", *TASKS]
    assert done.stdout.endswith("|".join(texts) + "|")
