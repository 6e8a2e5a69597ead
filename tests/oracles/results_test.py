# SPDX-License-Identifier: Apache-2.0
"""results.h5 as a user reads it: xarray with both engines, and h5py, without any code of ours."""
import importlib.util
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
    subprocess.run([os.environ["RESULTS_SAMPLE"], str(made), "big"], check=True)
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Of a sweep with all axes, one of them with a single label, and with probes."""
    made = tmp_path_factory.mktemp("small")
    subprocess.run([os.environ["RESULTS_SAMPLE"], str(made), "small"], check=True)
    return made / "results" / "quickstart"


@pytest.fixture(scope="module")
def expected(folder):
    return json.loads((folder / "expected.json").read_text())["records"]


ENGINES = ["h5netcdf"] + (["netcdf4"] if importlib.util.find_spec("netCDF4") else [])


def finished(entry):
    return entry["record"] is not None and entry["record"]["status"] == "finished"


def test_the_cube_is_labelled(folder, expected):
    with xr.open_dataset(folder / "results.h5", group="cube") as ds:
        ds.load()    # hundreds of look-ups below
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
    with xr.open_dataset(folder / "results.h5", group="cube") as ds:
        words = dict(zip(ds.status.attrs["flag_values"], ds.status.attrs["flag_meanings"].split()))
        counts = {words[n]: int((ds.status == n).sum()) for n in words}
    cells = [entry for entry in expected if not entry["baseline"]]
    assert counts == {"missing": 1, "failed": 1, "crashed": 0, "excluded": 0,
                      "finished": len(cells) - 2}


def test_baselines_have_the_dimensions_they_depend_on(folder, expected):
    with xr.open_dataset(folder / "results.h5", group="cube") as ds:
        ds.load()    # hundreds of look-ups below
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


@pytest.mark.parametrize("engine", ENGINES)
def test_a_tree_has_the_groups_and_no_more(small, engine):
    entries = json.loads((small / "expected.json").read_text())["records"]
    with xr.open_datatree(small / "results.h5", engine=engine) as tree:
        assert not tree.to_dataset().sizes
        assert list(tree.children) == ["cube", "cells", "jobs", "probes", "examples", "strata",
                                       "predictions", "curves", "provenance", "chars"]
        for name in ("cells", "probes", "curves"):
            with xr.open_dataset(small / "results.h5", group=name, engine=engine) as alone:
                xr.testing.assert_identical(tree[name].to_dataset().load(), alone.load())
        frame = tree["cells"].to_dataset().to_dataframe()
    assert len(frame) == len(entries)
    for place, axis in enumerate(ALL_AXES):
        assert list(frame[axis]) == [entry["coordinates"][place] for entry in entries], axis
    assert frame.peak_bytes[8] == 5 * 2**30    # more than 32 bits


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_without_results_opens(small, engine):
    for group in ("cube", "cells", "examples", "predictions", "curves", "chars/curves"):
        with xr.open_dataset(small / "empty.h5", group=group, engine=engine) as ds:
            ds.load()
            if group == "cube":
                assert int((ds.status == 0).sum()) == ds.status.size
                assert bool(np.isnan(ds.rouge_l).all())


def test_only_offsets_are_64_bit_integers(folder):
    with h5py.File(folder / "results.h5") as file:
        wide = []
        file.visititems(lambda name, item: wide.append(name)
                        if isinstance(item, h5py.Dataset) and item.dtype.kind in "iu"
                        and item.dtype.itemsize == 8 else None)
        assert wide and all(name.endswith("offsets") for name in wide), wide
        assert np.isnan(file["cells/num_test"][5]) and np.isnan(file["cells/train_tokens"][5])
        assert file["cells/train_tokens"].dtype == np.float64


def test_every_text_is_there_as_chars(small):
    with h5py.File(small / "results.h5") as file:
        texts = {}
        file.visititems(lambda name, item: texts.update({name: item})
                        if isinstance(item, h5py.Dataset) and h5py.check_string_dtype(item.dtype)
                        and not name.startswith("chars/") else None)
        assert {"cube/task", "cells/reason", "curves/name", "provenance/plan"} <= set(texts)
        for name, item in texts.items():
            chars = file["chars/" + name]
            assert chars.dtype == "S1" and h5py.check_string_dtype(chars.dtype).length == 1
            want = item.asstr()[()]
            if item.shape != ():
                want = "".join(text.replace("\n", " ") + "\n" for text in want)
            assert chars[:].tobytes().decode() == want, name


def test_texts_of_attributes_have_a_fixed_length(small):
    with h5py.File(small / "results.h5") as file:
        for item, name in ((file, "title"), (file, "how_to_read"), (file["cube"], "axes"),
                           (file["cube/status"], "flag_meanings")):
            kind = item.attrs.get_id(name).get_type()
            assert isinstance(kind, h5py.h5t.TypeStringID) and not kind.is_variable_str(), name
        assert file["cube"].attrs["axes"].decode().split() == ALL_AXES
