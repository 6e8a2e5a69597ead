# SPDX-License-Identifier: Apache-2.0
"""build/dovetail is a small program; for most commands it becomes dovetail-full beside it."""
import json
import shutil
import subprocess

import pytest
from conftest import DOVETAIL, dovetail, launch

FULL = DOVETAIL.with_name("dovetail-full")


@pytest.fixture
def results(tiny_sweep):
    folder = tiny_sweep.parent
    done = dovetail("run", "tiny.toml", "--filter", "tiny/none/*/mapping/full/*/seed1", "--out",
                    "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


def test_it_loads_neither_libtorch_nor_mpi_nor_hdf5():
    libraries = subprocess.run(["ldd", str(DOVETAIL)], capture_output=True, text=True).stdout

    assert "libstdc++" in libraries
    for heavy in ("torch", "libmpi", "hdf5"):
        assert heavy not in libraries


def test_both_say_the_same(results):
    folder = results.parent
    for words in (["status", "out"], ["status", "out", "--json"], ["--version"],
                  ["status", "--help"], ["status", "out", "--jsn"], ["status", "elsewhere"]):
        ours = dovetail(*words, cwd=folder)
        full = subprocess.run([str(FULL), *words], cwd=folder, capture_output=True, text=True)
        assert (ours.returncode, ours.stdout, ours.stderr) == (
            full.returncode, full.stdout, full.stderr), words
    cells = json.loads(dovetail("status", "out", "--json", cwd=folder).stdout)["cells"]
    assert cells["finished"] == 1 and cells["missing"] > 0


def test_alone_it_says_what_is_missing(results, tmp_path):
    alone = tmp_path / "alone" / "dovetail"
    alone.parent.mkdir()
    shutil.copy(DOVETAIL, alone)

    status = subprocess.run([alone, "status", results], capture_output=True, text=True)
    other = subprocess.run([alone, "list"], capture_output=True, text=True)

    assert status.returncode == 0 and "cells" in status.stdout
    assert other.returncode == 1
    assert f"{alone.parent}/dovetail-full cannot be started: No such file" in other.stderr


def test_arguments_and_exit_codes_pass_through(tmp_path):
    """Also under mpirun, whose ranks know each other by their environment."""
    for answer in (dovetail("lst", cwd=tmp_path), launch(2, "lst", cwd=tmp_path)):
        assert answer.returncode == 2
        assert "unknown command lst; did you mean" in answer.stderr
    assert dovetail("list", "a b", cwd=tmp_path).returncode == 2
