# SPDX-License-Identifier: Apache-2.0
"""A data-parallel group whose ranks cannot have as much memory at once as a step wants."""
import os
import re

import h5py
import numpy as np
from conftest import launch, make_tiny_sweep

# Most bytes that one allocation may have: a pass of 32 rows of 160 tokens wants more, and one of 16
# rows less.
HALF_FITS, NOTHING_FITS = 5_000_000, 3_000_000


def make_sweep(folder):
    """One cell, whose long rows take far more memory than its model."""
    text = make_tiny_sweep(folder).read_text()
    rows = [line.split("\t") for line in (folder / "train.tsv").read_text().splitlines()]
    (folder / "train.tsv").write_text(
        "".join(f"{' '.join([noun] * 40)}\t{plural}\n" for noun, plural in rows))
    for old, new in [("batch_size = 8", "batch_size = 64\ndropout = 0"),
                     ("max_source_length = 32", "max_source_length = 160"),
                     ("{ fixed = 20 }", "{ fixed = 3 }"),
                     ("test_examples = 20", "test_examples = 4"),
                     ('"none", "span_corruption", "prefix_lm"', '"none"'),
                     ('"mapping", "masked_prompting"', '"mapping"'), ("[16]", '["all"]'),
                     (', { name = "soft_prompt", num_virtual_tokens = 4 }', ""), ("[1, 2]", "[1]")]:
        assert old in text
        text = text.replace(old, new)
    (folder / "tiny.toml").write_text(re.sub(r"\[pretrain\].*?\n\n", "", text, flags=re.DOTALL))


def run(folder, out, largest_allocation=None):
    limits = {} if largest_allocation is None else {
        "LD_PRELOAD": os.environ["FAULTS"], "FAULTS_LARGEST_ALLOCATION": str(largest_allocation)}
    return launch(2, "run", "tiny.toml", "--data-parallel", 2, "--out", out, cwd=folder,
                  env={**os.environ, **limits})


def loss_of(folder, out):
    with h5py.File(folder / out / "results.h5") as file:
        return file["cells/loss"][:]


def test_a_group_tries_once_more_in_smaller_passes(tmp_path):
    make_sweep(tmp_path)
    assert run(tmp_path, "whole").returncode == 0

    result = run(tmp_path, "halves", HALF_FITS)

    assert result.returncode == 0, result
    assert b"accumulate_doubled_after" in (tmp_path / "halves/journal/journal.bin").read_bytes()
    assert b"accumulate_doubled_after" not in (tmp_path / "whole/journal/journal.bin").read_bytes()
    np.testing.assert_allclose(loss_of(tmp_path, "halves"), loss_of(tmp_path, "whole"), rtol=1e-4)


def test_a_second_want_of_memory_is_a_failure_with_its_reason(tmp_path):
    make_sweep(tmp_path)

    result = run(tmp_path, "out", NOTHING_FITS)

    assert result.returncode == 1, result
    said = result.stdout + result.stderr
    assert re.search(r"failed: tiny/none/\S+: out of memory at step 1", said)
