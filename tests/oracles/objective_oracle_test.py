# SPDX-License-Identifier: Apache-2.0
"""Objectives against implementations of their own, written from the papers: many draws of both must
look alike. What is compared can be read off inputs and targets alone; how a draw is made is not
shared."""
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

SOURCE = Path(os.environ.get("DOVETAIL_SOURCE_DIR", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ["DOVETAIL"]).parent if "DOVETAIL" in os.environ else SOURCE / "build"
DRAWS = BUILD / "tests" / "objectives" / "objective_draws"
SEED, COUNT = 11, 20000
TEXT = 100000  # ids of texts start here; sentinels are negative


def drawn(name, parameters, length, count=COUNT):
    run = subprocess.run([str(DRAWS), name, json.dumps(parameters), str(length), str(count),
                          str(SEED)], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def alike(ours, theirs):
    """Two samples of the same distribution: the chi-square of their histograms is near its mean."""
    mine, other = Counter(ours), Counter(theirs)
    share = len(ours) / (len(ours) + len(theirs))
    chi, cells, rest = 0.0, 0, [0, 0]
    for key in set(mine) | set(other):
        if mine[key] + other[key] < 20:
            rest = [rest[0] + mine[key], rest[1] + other[key]]
            continue
        expected = (mine[key] + other[key]) * share
        chi += (mine[key] - expected) ** 2 / (expected * (1 - share))
        cells += 1
    if sum(rest):
        expected = sum(rest) * share
        chi += (rest[0] - expected) ** 2 / (expected * (1 - share))
        cells += 1
    limit = cells + 5 * np.sqrt(2 * cells)
    assert chi < limit, (f"seed {SEED}: chi-square {chi:.1f} in {cells} cells; "
                         f"{mine.most_common(5)}, {other.most_common(5)}")


def spans_of(targets):
    """The runs of tokens behind each sentinel."""
    spans = []
    for token in targets:
        if token < 0:
            assert token == -1 - len(spans)
            spans.append([])
        else:
            spans[-1].append(token)
    return spans


def text_of(row):
    spans = spans_of(row["targets"])
    return [t for token in row["inputs"] if token < TEXT
            for t in (spans[-1 - token] if token < 0 else [token])]


def runs(mask):
    """Lengths of the runs of noise."""
    return [len(run) for run in "".join("x" if m else " " for m in mask).split()]


# --- Raffel et al. 2020: a coin for each token ----------------------------------------------------

def coins(length, density, rng):
    while True:  # conditional on one token of each kind, which changes nothing at this length
        mask = rng.random(length) < density
        if 0 < mask.sum() < length:
            return mask


@pytest.mark.parametrize("density", [0.15, 0.5])
def test_iid_denoising(density):
    length = 60
    rows = drawn("iid_denoising", {"noise_density": density}, length)
    rng = np.random.default_rng(SEED)
    masks = [coins(length, density, rng) for _ in rows]
    for row in rows:
        assert text_of(row) == list(range(length))
        assert all(spans_of(row["targets"]))
    spans = [spans_of(row["targets"]) for row in rows]
    noise = [sum(map(len, s)) for s in spans]
    assert abs(np.mean(noise) / length - density) < 5 * np.sqrt(density / length / len(rows))
    alike(noise, [int(m.sum()) for m in masks])
    alike([len(s) for s in spans], [len(runs(m)) for m in masks])
    alike([len(s[0]) for s in spans], [runs(m)[0] for m in masks])
    alike([s[-1][-1] for s in spans], [int(np.flatnonzero(m)[-1]) for m in masks])
    places = Counter(t for s in spans for run in s for t in run)  # every position alike
    expected = density * len(rows)
    assert all(abs(places[i] - expected) < 5 * np.sqrt(expected) for i in range(length))


def test_iid_denoising_mass_style():
    rows = drawn("iid_denoising", {"collapse_spans": False}, 60, 5000)
    masked = []
    for row in rows:
        assert row["targets"] == list(range(60))
        assert all(a == b or a == -1 for a, b in zip(row["inputs"], row["targets"], strict=True))
        masked.append(sum(a < 0 for a in row["inputs"]))
    assert abs(np.mean(masked) - 9) < 5 * np.sqrt(60 * 0.15 * 0.85 / len(rows))


# --- Liu et al. 2019 ------------------------------------------------------------------------------

def test_deshuffling():
    rows = drawn("deshuffling", {}, 4)
    rng = np.random.default_rng(SEED)
    assert all(row["targets"] == [0, 1, 2, 3] for row in rows)
    alike([tuple(row["inputs"]) for row in rows], [tuple(rng.permutation(4)) for _ in rows])


# --- Lewis et al. 2020: Poisson spans, one mask each ----------------------------------------------

def bart(length, ratio, mean, rng):
    """A list of kept positions and -1 for masks: spans and kept tokens in random order."""
    masked = int(np.ceil(round(length * ratio, 6)))
    lengths = []
    while sum(lengths) < masked:
        lengths.append(int(rng.poisson(mean)) if len(lengths) < masked - 1 else masked)
    lengths[-1] -= sum(lengths) - masked
    items = [(1, True)] * (length - masked) + [(n, False) for n in lengths]
    inputs, position = [], 0
    for i in rng.permutation(len(items)):
        size, kept = items[i]
        inputs.append(position if kept else -1)
        position += size
    return inputs


def gaps(inputs, length):
    """(masks, tokens missing) between each two kept tokens where there is a mask, first one only,
    and how many."""
    found, masks, expected = [], 0, 0
    for token in inputs + [length]:
        if token < 0:
            masks += 1
            continue
        if masks:
            found.append((masks, token - expected))
        else:
            assert token == expected
        masks, expected = 0, token + 1
    return found


@pytest.mark.parametrize("ratio, mean", [(0.3, 3), (0.5, 1.5)])
def test_bart_infilling(ratio, mean):
    length = 50
    rows = drawn("bart_infilling", {"mask_ratio": ratio, "poisson_lambda": mean}, length)
    rng = np.random.default_rng(SEED)
    theirs = [bart(length, ratio, mean, rng) for _ in rows]
    for row in rows:
        assert row["targets"] == list(range(length))
        assert sum(token >= 0 for token in row["inputs"]) == length - int(np.ceil(length * ratio))
    ours = [row["inputs"] for row in rows]
    alike([sum(t < 0 for t in i) for i in ours], [sum(t < 0 for t in i) for i in theirs])
    for pick in (0, -1):
        alike([gaps(i, length)[pick] for i in ours], [gaps(i, length)[pick] for i in theirs])
    alike([(1, 0) in gaps(i, length) for i in ours], [(1, 0) in gaps(i, length) for i in theirs])


# --- Tay et al. 2022, table 1 ---------------------------------------------------------------------

# mode, noise density, mean span length (None: one span at the end)
TABLE = [("R", .15, 3), ("R", .15, 8), ("S", .25, None), ("X", .5, 3), ("X", .5, 8), ("X", .15, 64), ("X", .5, 64)]


def composition(total, parts, rng):
    """`total` as so many positive numbers, all ways equally likely."""
    cuts = (np.sort(rng.choice(np.arange(1, total), parts - 1, replace=False)) if parts > 1
            else np.array([], int))
    return np.diff(np.concatenate([[0], cuts, [total]])).astype(int)


def ul2(length, rng):
    """Mode, and the lengths of the spans of noise."""
    mode, density, mean = TABLE[rng.integers(len(TABLE))]
    if mean is None:
        return mode, (int(rng.integers(1, 2 * length * density + 1)),)
    noise = int(np.round(length * density))
    return mode, tuple(map(int, composition(noise, max(1, int(np.round(noise / mean))), rng)))


@pytest.mark.parametrize("length", [80, 640])  # spans of 64 need a long text to be several
def test_ul2(length):
    rows = drawn("ul2", {}, length)
    rng = np.random.default_rng(SEED)
    theirs = [ul2(length, rng) for _ in rows]
    ours = []
    for row in rows:
        assert text_of(row) == list(range(length))
        ours.append(("RSX"[row["inputs"][0] - TEXT],
                     tuple(len(s) for s in spans_of(row["targets"]))))
        if ours[-1][0] == "S":
            assert row["targets"][-1] == length - 1 and len(ours[-1][1]) == 1
    shares = Counter(mode for mode, _ in ours)
    for mode, expected in {"R": 2 / 7, "S": 1 / 7, "X": 4 / 7}.items():
        assert abs(shares[mode] / len(rows) - expected) < 0.02
    alike([(m, len(s), sum(s)) for m, s in ours], [(m, len(s), sum(s)) for m, s in theirs])
    for pick in (0, -1):
        alike([(m, len(s), s[pick]) for m, s in ours], [(m, len(s), s[pick]) for m, s in theirs])
