# SPDX-License-Identifier: Apache-2.0
"""A whole small sweep: killed and resumed on other numbers of ranks, and equal on all of them."""
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray
from conftest import dovetail, launch, launched, make_tiny_sweep


def cells(folder, out):
    """Metrics of every cell by its name, from the cells' jobs in the results file."""
    with h5py.File(folder / out / "results.h5") as file:
        found = {}
        file.visititems(lambda name, item: found.update({name: item[()]})
                        if isinstance(item, h5py.Dataset) and item.dtype.kind in "fiuOS" else None)
    return found


def assert_same_scores(a, b):
    """Bitwise, for all that does not tell of time, place or memory."""
    told_by_the_run = re.compile(r"second|bytes|provenance|cost|host|rank|time|attempt")
    names = [name for name in a if not told_by_the_run.search(name)]
    assert names and set(a) == set(b)
    for name in names:
        assert np.array_equal(a[name], b[name], equal_nan=a[name].dtype.kind == "f"), name


def jobs(folder, out):
    status = dovetail("status", out, "--json", cwd=folder)
    assert status.returncode == 0, status
    return json.loads(status.stdout)["jobs"]


def reused(result):
    return int(re.search(r"(\d+) of \d+ jobs were there already", result.stderr).group(1))


def make_slower_sweep(folder):
    """Long enough to be killed in the middle; with state and rounding beyond the optimizer's."""
    sweep = make_tiny_sweep(folder)
    text = sweep.read_text().replace("steps = { fixed = 20 }", "steps = { fixed = 100 }")
    sweep.write_text(
        text.replace("batch_tokens = 512", "batch_tokens = 512\naccumulate = 2\nema = 0.9")
    )


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """The sweep run in one go in one process."""
    folder = tmp_path_factory.mktemp("reference")
    make_slower_sweep(folder)
    result = dovetail("run", "tiny.toml", "--out", "alone", cwd=folder)
    assert result.returncode == 0, result
    return folder


@pytest.mark.parametrize("ranks", [1, 2, 4])
def test_every_number_of_ranks_gives_the_same_metrics(reference, ranks):
    result = launch(ranks, "run", "tiny.toml", "--out", f"ranks{ranks}", cwd=reference)

    assert result.returncode == 0, result
    assert_same_scores(cells(reference, "alone"), cells(reference, f"ranks{ranks}"))


def test_a_second_run_runs_nothing(reference):
    before = jobs(reference, "alone")
    began = time.monotonic()

    again = dovetail("run", "tiny.toml", "--out", "alone", cwd=reference)

    assert again.returncode == 0, again
    assert reused(again) == before["total"]
    assert time.monotonic() - began < 10


def test_another_results_folder_with_the_same_store_runs_nothing(reference):
    total = jobs(reference, "alone")["total"]

    again = dovetail(
        "run", "tiny.toml", "--out", "other", "--store", "alone/artefacts", cwd=reference
    )

    assert again.returncode == 0, again
    assert reused(again) == total
    assert_same_scores(cells(reference, "alone"), cells(reference, "other"))


def test_results_open_as_a_labelled_cube(reference):
    with xarray.open_dataset(reference / "alone" / "results.h5", group="cube") as cube:
        assert {"objective", "task", "template", "tuning", "train_size", "seed"} <= set(cube.dims)
        assert set(cube["objective"].values) >= {"none", "span_corruption", "prefix_lm"}


def test_jobs_take_subnormal_numbers_for_zero(reference):
    """As the thread of each job saw it."""
    with h5py.File(reference / "alone" / "results.h5") as file:
        environments = [json.loads(text) for text in file["provenance/environment"][:]]
    assert environments
    assert {environment["subnormals"] for environment in environments} == {"flushed"}


def test_report_and_advice(reference):
    report = dovetail("report", "alone", cwd=reference)
    advice = dovetail("advise", "alone", "--task", "card", cwd=reference)

    assert report.returncode == 0 and advice.returncode == 0, (report, advice)
    assert "alone/report/index.html" in report.stdout
    assert (reference / "alone" / "report" / "index.html").stat().st_size > 1000
    assert json.loads((reference / "alone" / "report" / "decision.json").read_text())
    assert "card" in advice.stdout


def ranks_of(launcher):
    """Process ids below a launcher, by MPI rank."""
    parents, ranks = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(
                (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            )
            rank = re.search(rb"\0OMPI_COMM_WORLD_RANK=(\d+)\0", (folder / "environ").read_bytes())
        except OSError:   # it has just ended
            continue
        if rank:
            ranks[int(folder.name)] = int(rank.group(1))

    def is_below(pid):
        return pid == launcher or (pid in parents and is_below(parents[pid]))

    return {rank: pid for pid, rank in ranks.items() if is_below(pid)}


def wait_for_jobs(folder, out, count, process):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        if (folder / out / "plan.json").exists() and jobs(folder, out)["finished"] >= count:
            return
        time.sleep(0.05)
    raise AssertionError("no job was finished in two minutes")


def begin(ranks, folder, out):
    return subprocess.Popen(
        launched(ranks, "run", "tiny.toml", "--out", out),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize("victim, ranks_after", [(0, 1), (1, 4), (1, 0)])
def test_killed_and_resumed_on_another_number_of_ranks(reference, tmp_path, victim, ranks_after):
    make_slower_sweep(tmp_path)
    process = begin(2, tmp_path, "out")
    wait_for_jobs(tmp_path, "out", 3, process)
    os.kill(ranks_of(process.pid)[victim], signal.SIGKILL)
    process.communicate(timeout=120)
    # without rank 0 nobody can go on; without another the rest is done by those that are left
    assert process.returncode != 0 or victim != 0
    finished = jobs(tmp_path, "out")["finished"]
    assert finished >= 3

    again = launch(ranks_after, "run", "tiny.toml", "--out", "out", cwd=tmp_path)

    assert again.returncode == 0, again
    assert reused(again) >= finished, "a finished job ran again"
    assert_same_scores(cells(reference, "alone"), cells(tmp_path, "out"))


@pytest.mark.parametrize("ranks", [0, 2])
def test_ctrl_c_ends_soon_and_says_how_to_go_on(reference, tmp_path, ranks):
    make_slower_sweep(tmp_path)
    process = begin(ranks, tmp_path, "out")
    wait_for_jobs(tmp_path, "out", 1, process)

    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)   # the terminal sends it to the whole foreground group
    _, stderr = process.communicate(timeout=30)

    assert time.monotonic() - began < 5
    assert process.returncode == 75, stderr
    typed = " ".join(launched(ranks, "run", "tiny.toml", "--out", "out"))
    assert f"Go on with the same command: {typed}\n" in stderr
    finished = jobs(tmp_path, "out")["finished"]
    again = launch(ranks, "run", "tiny.toml", "--out", "out", cwd=tmp_path)
    assert again.returncode == 0 and reused(again) >= finished, again
    assert_same_scores(cells(reference, "alone"), cells(tmp_path, "out"))


def test_one_failing_cell_is_a_record(tmp_path):
    sweep = make_tiny_sweep(tmp_path)
    # a learning rate that no training survives, in one of the tunings
    sweep.write_text(sweep.read_text().replace("num_virtual_tokens = 4",
                                               "num_virtual_tokens = 4, learning_rate = 1e38"))
    result = dovetail(
        "run", "tiny.toml", "--out", "out", "--filter", "*/none/*/seed1", cwd=tmp_path
    )

    status = json.loads(dovetail("status", "out", "--json", cwd=tmp_path).stdout)
    assert result.returncode == 1, result
    assert status["failures"] and all(f["reason"] for f in status["failures"])
    assert all("soft_prompt" in f["name"] for f in status["failures"])
    assert "failed: " in result.stderr
