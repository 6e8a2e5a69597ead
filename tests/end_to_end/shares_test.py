# SPDX-License-Identifier: Apache-2.0
"""Runs with --share on one folder: they come and go, are killed, and do every job once."""
import json
import os
import signal
import subprocess
import time

import h5py
import numpy as np
import pytest
from conftest import dovetail, launched, make_tiny_sweep, num_records

SHARE = ("run", "tiny.toml", "--out", "out", "--store", "store", "--share")


def begin(folder, ranks=0):
    return subprocess.Popen(launched(ranks, *SHARE), cwd=folder, text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE)


def wait_for_records(folder, count):
    deadline = time.monotonic() + 120
    while num_records(folder / "out") < count:
        assert time.monotonic() < deadline, "no job was finished in two minutes"
        time.sleep(0.02)


def jobs(folder):
    return json.loads(dovetail("status", "out", "--json", cwd=folder).stdout)["jobs"]


def scores(file):
    with h5py.File(file) as results:
        return results["cube/exact_match"][()], results["cube/rouge_l"][()]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    make_tiny_sweep(folder)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert result.returncode == 0, result
    return folder / "out" / "results.h5"


def test_shares_do_every_job_once(reference, tmp_path):
    make_tiny_sweep(tmp_path)
    shares = [begin(tmp_path), begin(tmp_path), begin(tmp_path, ranks=2)]
    for share in shares:
        _, errors = share.communicate(timeout=200)
        assert share.returncode == 0, errors

    counts = jobs(tmp_path)
    assert counts["finished"] == counts["total"] == num_records(tmp_path / "out")
    assert len(list((tmp_path / "out" / "journal").glob("share-*"))) == 3
    for mine, theirs in zip(scores(tmp_path / "out" / "results.h5"), scores(reference)):
        assert np.array_equal(mine, theirs, equal_nan=True)
    assert (tmp_path / "out" / "report" / "index.html").exists()


def test_a_killed_share_is_replaced_by_another(tmp_path):
    make_tiny_sweep(tmp_path)
    first = begin(tmp_path)
    wait_for_records(tmp_path, 4)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    second = begin(tmp_path)
    _, errors = second.communicate(timeout=200)

    assert second.returncode == 0, errors
    counts = jobs(tmp_path)
    assert counts["finished"] == counts["total"] == num_records(tmp_path / "out")


def test_a_stopped_share_leaves_its_jobs_to_a_plain_run(tmp_path):
    make_tiny_sweep(tmp_path)
    share = begin(tmp_path)
    wait_for_records(tmp_path, 4)
    share.send_signal(signal.SIGUSR1)
    _, errors = share.communicate(timeout=30)
    assert share.returncode == 75, errors

    alone = dovetail("run", "tiny.toml", "--out", "out", "--store", "store", cwd=tmp_path)

    assert alone.returncode == 0, alone
    assert jobs(tmp_path)["total"] == num_records(tmp_path / "out")


def test_who_waits_in_vain_may_come_again(tmp_path):
    """A copy of a requeued job finds the old one still at work: it leaves with 75, not with 2."""
    sweep = make_tiny_sweep(tmp_path)
    sweep.write_text(sweep.read_text().replace("fixed = 20", "fixed = 800"))   # still at work
    first = begin(tmp_path)
    wait_for_records(tmp_path, 1)
    plain = ("run", "tiny.toml", "--out", "out", "--store", "store")

    at_once = dovetail(*plain, cwd=tmp_path)
    waited = dovetail(*plain, "--wait", "0.1", cwd=tmp_path)
    first.kill()
    first.communicate()

    assert at_once.returncode == 2 and "another run is writing to out" in at_once.stderr, at_once
    assert waited.returncode == 75 and "another run is writing to out" in waited.stderr, waited


def test_shares_of_another_version_are_refused(tmp_path):
    sweep = make_tiny_sweep(tmp_path)
    first = begin(tmp_path)
    wait_for_records(tmp_path, 1)
    sweep.write_text(sweep.read_text().replace("seed = [1, 2]", "seed = [1, 2, 3]"))

    other = dovetail(*SHARE, cwd=tmp_path)
    first.kill()
    first.communicate()

    assert other.returncode == 2 and "another version of this sweep" in other.stderr, other
