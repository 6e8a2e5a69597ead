# SPDX-License-Identifier: Apache-2.0
"""results.h5 as a user reads it: xarray, h5netcdf and h5py, without any code of ours."""
import json
import os
import subprocess

import h5py
import numpy as np
import pytest
import xarray as xr

# of a sweep that adapts nothing
AXES = ["objective", "task", "template", "tuning", "train_size", "seed"]
ALL_AXES = ["objective", "adaptation", *AXES[1:]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("results")
    subprocess.run([os.environ["RESULTS_SAMPLE"], str(made)], check=True)
    return made


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text())["records"]


def finished(entry):
    return entry["record"] is not None and entry["record"]["status"] == "finished"


def test_the_root_is_a_labelled_cube(folder, expected):
    with xr.open_dataset(folder / "results.h5") as ds:
        assert list(ds.rouge_l.dims) == AXES
        assert ds.rouge_l.dtype == np.float64 and ds.wall_seconds.dtype == np.float64
        assert ds.attrs["title"] == "grid"
        assert list(ds.objective.values) == ["objective0", "objective1", "objective2"]
        cells = [entry for entry in expected if not entry["baseline"]]
        for entry in cells[:40] + cells[-5:]:
            place = {axis: label for axis, label in zip(ALL_AXES, entry["coordinates"])
                     if axis in AXES}
            score = ds.rouge_l.sel(place).item()
            if finished(entry):
                assert score == entry["record"]["metrics"]["rouge_l"]
                assert ds.wall_seconds.sel(place).item() == entry["record"]["cost"]["wall_seconds"]
                assert ds.train_tokens.sel(place).item() == entry["record"]["cost"]["train_tokens"]
                assert ds.num_test.sel(place).item() == 3
            else:
                assert np.isnan(score)


def test_status_has_words_for_its_numbers(folder, expected):
    with xr.open_dataset(folder / "results.h5") as ds:
        words = dict(zip(ds.status.attrs["flag_values"], ds.status.attrs["flag_meanings"].split()))
        counts = {words[n]: int((ds.status == n).sum()) for n in words}
    cells = [entry for entry in expected if not entry["baseline"]]
    assert counts == {"missing": 1, "failed": 1, "crashed": 0, "excluded": 0,
                      "finished": len(cells) - 2}


def test_baselines_have_the_dimensions_they_depend_on(folder, expected):
    with xr.open_dataset(folder / "results.h5") as ds:
        assert list(ds.most_frequent_rouge_l.dims) == ["task", "train_size", "seed"]
        assert list(ds.copy_rouge_l.dims) == ["task"]
        for entry in expected:
            if not entry["baseline"]:
                continue
            place = {axis: label for axis, label in zip(ALL_AXES, entry["coordinates"]) if label}
            variable = ds[entry["baseline"] + "_rouge_l"]
            assert variable.sel(place).item() == entry["record"]["metrics"]["rouge_l"]
        gain = ds.rouge_l - ds.copy_rouge_l    # broadcast by name
        assert list(gain.dims) == AXES


def test_cells_are_a_table(folder, expected):
    with xr.open_dataset(folder / "results.h5", group="cells") as ds:
        table = {name: ds[name].values for name in ds.variables}
    assert list(table["name"]) == [entry["name"] for entry in expected]
    assert [tuple(row) for row in zip(*(table[axis] for axis in ALL_AXES))] == [
        tuple(entry["coordinates"]) for entry in expected
    ]
    for i, entry in enumerate(expected):
        record = entry["record"]
        assert table["reason"][i] == (record["reason"] if record else "")
        if finished(entry):
            assert table["loss"][i] == 0.5
        else:
            assert np.isnan(table["rouge_l"][i])
    assert "größer" in table["reason"][7]


def test_examples_lie_between_the_offsets_of_their_cell(folder, expected):
    with h5py.File(folder / "results.h5") as file:
        offsets = file["examples/rouge_l_offsets"][:]
        scores = file["examples/rouge_l"][:]
    assert offsets[-1] == len(scores)
    for i, entry in enumerate(expected):
        want = entry["record"]["per_example"]["rouge_l"] if finished(entry) else []
        assert scores[offsets[i] : offsets[i + 1]].tolist() == want


def test_predictions_are_texts_again(folder, expected):
    with h5py.File(folder / "results.h5") as file:
        group = file["predictions"]
        cell, text = group["cell_offsets"][:], group["text_offsets"][:]
        content = group["text"][:].tobytes()
    for i, entry in enumerate(expected):
        got = [content[text[j] : text[j + 1]].decode() for j in range(cell[i], cell[i + 1])]
        assert got == (entry["record"]["predictions"] if finished(entry) else [])


def test_curves_of_cells_and_of_shared_jobs(folder, expected):
    with xr.open_dataset(folder / "results.h5", group="curves") as ds:
        cell, name, offsets = ds.cell.values, ds["name"].values, ds.offsets.values
        steps, values = ds.step.values, ds.value.values
    assert (cell == -1).sum() == 4    # the vocabulary and three pre-trainings
    for i in np.flatnonzero(cell >= 0)[:50]:
        curve = expected[cell[i]]["record"]["curves"][name[i]]
        assert steps[offsets[i] : offsets[i + 1]].tolist() == curve["steps"]
        assert values[offsets[i] : offsets[i + 1]].tolist() == curve["values"]


def test_provenance_is_json(folder, expected):
    with h5py.File(folder / "results.h5") as file:
        group = file["provenance"]
        assert group["sweep_toml"].asstr()[()] == 'name = "grid"\n'
        assert json.loads(group["plan"].asstr()[()])["num_jobs"]["pretrain"] == 3
        environments = [json.loads(text) for text in group["environment"].asstr()[:]]
        number = group["cell_environment"][:]
    assert number[5] == -1
    for i, entry in enumerate(expected):
        if finished(entry):
            assert environments[number[i]] == entry["record"]["provenance"]


def test_every_group_opens_in_xarray(folder):
    for name in ["results.h5", "empty.h5"]:
        with h5py.File(folder / name) as file:
            groups = [None] + [key for key, item in file.items() if isinstance(item, h5py.Group)]
        assert len(groups) == 7
        for group in groups:
            with xr.open_dataset(folder / name, group=group, engine="h5netcdf") as ds:
                ds.load()


def test_nothing_finished_is_all_missing(folder):
    with xr.open_dataset(folder / "empty.h5") as ds:
        assert int((ds.status == 0).sum()) == ds.status.size
        assert bool(np.isnan(ds.rouge_l).all())
