# SPDX-License-Identifier: Apache-2.0
"""`dovetail submit` where there is no Slurm: the scripts of --dry-run, and what is refused."""
import os
import subprocess

import pytest
from conftest import SOURCE, dovetail, tree

PROFILES = sorted((SOURCE / "jobs" / "profiles").glob("*.toml"))


def submit(folder, *words):
    """Exit code and outputs, in a PATH without Slurm; nothing may be written."""
    before = tree(folder)
    empty = os.environ | {"PATH": "/no-such-folder"}
    empty.pop("SLURM_CONF", None)
    result = dovetail("submit", *words, cwd=folder, env=empty)
    assert tree(folder) == before
    return result


@pytest.mark.parametrize("profile", PROFILES, ids=[path.stem for path in PROFILES])
def test_dry_run_needs_no_slurm(tiny_sweep, profile):
    result = submit(tiny_sweep.parent, "tiny.toml", "--profile", profile, "--dry-run")

    assert result.returncode == 0, result
    script = result.stdout
    assert script.startswith("#!/usr/bin/env bash\n") and "\n#SBATCH --requeue\n" in script
    assert f"\nsweep='{tiny_sweep}'\n" in script
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


def test_our_profiles_go_by_their_names(tiny_sweep):
    named = submit(tiny_sweep.parent, "tiny.toml", "--profile", "cpu-shares", "--dry-run")

    assert named.returncode == 0 and "#SBATCH --array=1-32" in named.stdout, named


@pytest.mark.parametrize("words, said", [
    (["tony.toml", "--profile", "cpu"], 'did you mean "tiny.toml"?'),
    (["card.toml", "--profile", "cpu"], "card.toml:1:"),
    (["tiny.toml"], "--profile is missing"),
    (["tiny.toml", "--profile", "cpu.toml"], "cpu.toml: no such file"),
    (["tiny.toml", "--profile", "cpu"], "there is no Slurm on this machine"),
    (["tiny.toml", "--profile", "cpu", "--test-only"], "there is no Slurm on this machine"),
    (["tiny.toml", "--status"], "nothing was submitted for results/tiny"),
    (["tiny.toml", "--cancel"], "nothing was submitted for results/tiny"),
    (["tiny.toml", "--profile", "cpu", "--dry-run", "--cancel"], "--cancel"),
])
def test_refusals_are_one_sentence(tiny_sweep, words, said):
    result = submit(tiny_sweep.parent, *words)

    assert result.returncode == 2 and said in result.stderr, result
    assert result.stdout == "" and result.stderr.count("\n") == 1


def test_a_profile_with_an_unknown_key_is_refused(tiny_sweep):
    profile = tiny_sweep.parent / "mine.toml"
    profile.write_text('time = "01:00:00"\nrank_per_node = 4\n')

    result = submit(tiny_sweep.parent, "tiny.toml", "--profile", "mine.toml", "--dry-run")

    assert result.returncode == 2 and result.stdout == ""
    assert 'mine.toml:2:1: unknown key "rank_per_node"' in result.stderr
    assert 'did you mean "ranks_per_node"?' in result.stderr


def test_a_folder_of_something_else_is_refused(tiny_sweep):
    folder = tiny_sweep.parent
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("mine")

    result = submit(folder, "tiny.toml", "--profile", "cpu", "--out", "mine", "--dry-run")

    assert result.returncode == 2 and "is no results folder" in result.stderr, result
