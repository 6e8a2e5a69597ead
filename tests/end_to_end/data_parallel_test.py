# SPDX-License-Identifier: Apache-2.0
"""Sweeps on data-parallel groups of two ranks: the numbers of one rank, the same in every run, and
no hanging."""
import os
import re
import signal
import subprocess
import time

import h5py
import numpy as np
import pytest
from conftest import dovetail, launch, launched, make_tiny_sweep
from sweep_test import assert_same_scores, cells, jobs, ranks_of, wait_for_jobs

LONG_STEPS = 400


def make_sweep(folder, steps=60):
    """Plain gradients without dropout: sizes of a group differ in rounding alone."""
    text = make_tiny_sweep(folder).read_text()
    text = re.sub(r"optimizer = .*", 'optimizer = { name = "sgd", learning_rate = 0.05 }', text)
    text = text.replace("[tune]\n", "[tune]\ndropout = 0\nvalidation_examples = 8\n")
    text = text.replace(
        'objective = ["none", "span_corruption", "prefix_lm"]', 'objective = ["none", "prefix_lm"]'
    )
    text = text.replace("seed = [1, 2]", "seed = [1]").replace(
        "{ fixed = 20 }", f"{{ fixed = {steps} }}"
    )
    (folder / "tiny.toml").write_text(text)


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Run by one rank, by one group of two and by two groups of two."""
    folder = tmp_path_factory.mktemp("groups")
    make_sweep(folder)
    alone = dovetail("run", "tiny.toml", "--out", "alone", cwd=folder)
    assert alone.returncode == 0, alone
    for ranks, out in ((2, "one-group"), (4, "two-groups")):
        result = launch(ranks, "run", "tiny.toml", "--data-parallel", 2, "--out", out, cwd=folder)
        assert result.returncode == 0, result
    return folder


def losses(folder, out):
    with h5py.File(folder / out / "results.h5") as file:
        found = {}
        file.visititems(
            lambda name, item: (
                found.update({name: item[()]})
                if isinstance(item, h5py.Dataset) and "loss" in name and item.dtype.kind == "f"
                else None
            )
        )
    return found


def test_a_group_gets_the_losses_of_one_rank(reference):
    alone, group = losses(reference, "alone"), losses(reference, "one-group")

    assert alone and set(alone) == set(group)
    for name, values in alone.items():
        np.testing.assert_allclose(group[name], values, rtol=2e-5, err_msg=name)


def test_the_number_of_groups_changes_nothing(reference):
    assert_same_scores(cells(reference, "one-group"), cells(reference, "two-groups"))


def test_the_size_of_the_group_is_in_the_results(reference):
    for out, size in (("alone", 1), ("one-group", 2)):
        with h5py.File(reference / out / "results.h5") as file:
            assert f'"data_parallel_size":{size}' in file["provenance/environment"][0].decode()


def test_followers_write_nothing_but_a_log(reference):
    logs = {path.name for path in (reference / "two-groups" / "logs").glob("*.log")}

    assert logs == {"rank-0.log", "rank-0-follower-1.log", "rank-1.log", "rank-1-follower-1.log"}


def test_ranks_that_make_no_groups_are_refused(reference):
    odd = launch(3, "run", "tiny.toml", "--data-parallel", 2, "--out", "odd", cwd=reference)
    alone = dovetail("run", "tiny.toml", "--data-parallel", 2, "--out", "odd", cwd=reference)

    assert odd.returncode == 2 and "3 ranks cannot be cut into groups of 2" in odd.stderr, odd
    assert odd.stderr.count("cannot be cut") == 1
    assert alone.returncode == 2 and "jobs/launch -n 2" in alone.stderr, alone
    assert not (reference / "odd").exists()


def test_the_old_name_of_the_option_is_refused_with_the_new_one(reference):
    result = dovetail("run", "tiny.toml", "--team", 2, "--out", "old", cwd=reference)

    assert result.returncode == 2 and "give --data-parallel 2" in result.stderr, result
    assert not (reference / "old").exists()


def begin(ranks, folder, out, *more):
    return subprocess.Popen(
        launched(ranks, "run", "tiny.toml", "--data-parallel", "2", "--out", out, *more),
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def end(process, seconds):
    try:
        return process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail(f"hangs, {seconds} s after it was to end")


def begin_long(tmp_path, ranks):
    make_sweep(tmp_path, LONG_STEPS)
    process = begin(ranks, tmp_path, "out")
    wait_for_jobs(tmp_path, "out", 2, process)
    return process


@pytest.mark.parametrize("ranks, victim", [(2, 1), (2, 0), (4, 3)])
def test_a_killed_rank_does_not_hang_the_others_and_the_run_goes_on(tmp_path, ranks, victim):
    process = begin_long(tmp_path, ranks)
    os.kill(ranks_of(process.pid)[victim], signal.SIGKILL)
    errors = end(
        process, 60 if victim < 2 else 300
    )  # what is left of the team ends at once; other teams do the work

    # the team of rank 0 is the run; another team's jobs are done by those that are left
    assert (process.returncode != 0) == (victim < 2), (process.returncode, errors)
    again = launch(2, "run", "tiny.toml", "--data-parallel", 2, "--out", "out", cwd=tmp_path)
    assert again.returncode == 0, again
    assert jobs(tmp_path, "out")["failed"] == 0


def test_a_stop_ends_a_group_within_seconds_to_be_resumed_to_the_same_numbers(tmp_path):
    process = begin_long(tmp_path, 2)
    os.kill(process.pid, signal.SIGINT)
    asked = time.monotonic()
    end(process, 30)

    assert process.returncode == 75
    assert time.monotonic() - asked < 10
    again = launch(2, "run", "tiny.toml", "--data-parallel", 2, "--out", "out", cwd=tmp_path)
    whole = launch(2, "run", "tiny.toml", "--data-parallel", 2, "--out", "whole", cwd=tmp_path)
    assert again.returncode == 0 and whole.returncode == 0, (again, whole)
    assert_same_scores(cells(tmp_path, "out"), cells(tmp_path, "whole"))
