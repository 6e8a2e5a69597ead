# SPDX-License-Identifier: Apache-2.0
"""`dovetail bench`, and the arithmetic of the scripts in bench/ that set it beside its peers."""
import json
import subprocess
import sys

import pytest
from conftest import DOVETAIL, SOURCE, dovetail

sys.path.insert(0, str(SOURCE / "bench"))
import peers  # noqa: E402
from peer_products import flops, products_of_step  # noqa: E402
from shapes import SHAPES  # noqa: E402

SMALL = ["--shape", "tiny", "--batch", "2", "--source", "5", "--steps", "3",
         "--warmup", "1"]


def only_line(result):
    assert result.returncode == 0, result
    (line,) = result.stdout.splitlines()
    return json.loads(line)


def test_train_says_what_it_ran_and_how_fast(tmp_path):
    printed = only_line(
        dovetail("bench", "train", *SMALL, "--target", "4", "--seed", "7", cwd=tmp_path)
    )

    # embedding; encoder and decoder: layers of (attention, feed-forward, norms), bias table, norm
    encoder = 2 * (4 * 128 * 128 + 2 * 128 * 512 + 2 * 128) + 32 * 4 + 128
    decoder = 2 * (8 * 128 * 128 + 2 * 128 * 512 + 3 * 128) + 32 * 4 + 128
    assert printed["num_weights"] == printed["num_trained"] == 4096 * 128 + encoder + decoder
    assert printed["tokens_a_step"] == 2 * (5 + 4)
    assert printed["steps"] == 3
    assert 0 < printed["min_seconds"] <= printed["median_seconds"]
    assert printed["tokens_per_second"] == pytest.approx(18 / printed["median_seconds"])
    # more than LibTorch alone maps in, less than this machine has
    assert 50e6 < printed["peak_bytes"] < 4e9
    expected = {"bench": "train", "shape": "tiny", "threads": 1, "precision": "float32", "seed": 7,
                "device": "cpu", "dropout": 0.1, "optimizer": "adamw", "tuning": "full"}
    assert expected.items() <= printed.items()


def test_train_takes_a_tuning_and_its_parameters(tmp_path):
    printed = only_line(dovetail("bench", "train", *SMALL, "--tuning", "soft_prompt", "--parameter",
                                 "num_virtual_tokens=6", "--parameter", "placement=after",
                                 "--target", "4", cwd=tmp_path))

    assert printed["num_trained"] == 6 * 128
    assert printed["tokens_a_step"] == 2 * (6 + 5 + 4)
    assert printed["tuning_parameters"]["placement"] == "after"


def test_group_times_cells_together_and_one_by_one(tmp_path):
    printed = only_line(dovetail("bench", "group", *SMALL, "--target", "4", "--cells", "4",
                                 "--rounds", "1", "--tunings", "soft_prompt,ia3", cwd=tmp_path))

    assert (printed["cells"], printed["tunings"]) == (4, ["soft_prompt", "ia3"])
    assert printed["speedup"] == pytest.approx(
        printed["seconds_a_step_alone"] / printed["seconds_a_step_in_group"])


@pytest.mark.parametrize("records", ["empty", "tune"])
def test_driver_measures_the_coordinator(tmp_path, records):
    printed = only_line(dovetail("bench", "driver", "--jobs", "200", "--ranks", "8", "--records",
                                 records, "--journal", tmp_path, "--json", cwd=tmp_path))

    assert (printed["jobs"], printed["ranks"], printed["made_up_ranks"]) == (210, 8, True)
    assert printed["coordinator_us_per_job"] > 0
    assert list(tmp_path.iterdir()) == []   # the journal is gone


def test_store_is_made_again_read_and_reported(tmp_path):
    printed = only_line(dovetail("bench", "store", "--cells", "60", "--report-cells", "50",
                                 "--examples", "4", "--folder", tmp_path, "--json", cwd=tmp_path))

    assert (printed["cells"], printed["report_cells"], printed["examples"]) == (60, 50, 4)
    assert printed["byte_identical"] is True
    # 60 cells x 3 metrics x 4 examples x 4 bytes
    assert printed["journal_bytes"] > 60 * 3 * 4 * 4 and printed["page_bytes"] > 10000
    for part in ("rebuild", "status", "report", "start"):
        assert printed[f"{part}_seconds"] > 0
    assert list(tmp_path.iterdir()) == []


def test_simulated_ranks_are_kept_busy(tmp_path):
    """100 jobs a rank: the makespan is near the work's share of a rank, and never below it."""
    words = ["bench", "driver", "--simulate", "16", "--jobs", "1600", "--journal", tmp_path]
    printed = only_line(dovetail(*words, "--json", cwd=tmp_path))

    assert (printed["jobs"], printed["simulated_ranks"]) == (1610, 16)
    assert 0.999 < printed["makespan_over_bound"] < 1.05
    assert printed["makespan_seconds"] > 1600 / 16 * 30   # of a minute in the mean


@pytest.mark.parametrize("beams", [1, 4])
def test_generate_counts_new_tokens(tmp_path, beams):
    printed = only_line(dovetail("bench", "generate", *SMALL, "--new-tokens", "6", "--num-beams",
                                 beams, cwd=tmp_path))

    assert printed["num_beams"] == beams
    assert printed["tokens_a_step"] == 2 * 6
    assert printed["tokens_per_second"] == pytest.approx(12 / printed["median_seconds"])


@pytest.mark.parametrize("what", ["train", "generate"])
def test_takes_turns(tmp_path, what):
    result = subprocess.run([DOVETAIL, "bench", what, *SMALL, "--interactive"], cwd=tmp_path,
                            input="go 2\ngo 3\n", capture_output=True, text=True,
                            timeout=120)

    ready, first, second, last = map(json.loads, result.stdout.splitlines())
    assert ready["ready"]["bench"] == what
    assert (first["pieces"], second["pieces"], last["steps"]) == (2, 3, 5)
    assert first["seconds"] > 0 and second["seconds"] > 0
    assert first["seconds"] + second["seconds"] >= 5 * last["min_seconds"]


@pytest.mark.parametrize("words, sentences", [
    (["train", "--shape", "huge"], ["--shape", "t5-small"]),
    (["train", "--optimiser", "adamw"], ["--optimizer"]),
    (["train", "--optimizer", "adamv"], ["adamv", "adamw"]),
    (["train", "--tuning", "soft_promt"], ["soft_promt", "soft_prompt"]),
    (["train", "--tuning", "soft_prompt", "--parameter", "virtual_tokens=3"],
     ["virtual_tokens=3", "num_virtual_tokens"]),
    (["group", "--tunings", "lora,full"], ["full", "soft_prompt"]),
    (["generate", "--batch", "0"], ["--batch"]),
    (["generate", "--threads", "many"], ["--threads"]),
])
def test_what_it_does_not_know_is_the_users_mistake(tmp_path, words, sentences):
    result = dovetail("bench", *words, cwd=tmp_path)

    assert result.returncode == 2, result
    assert result.stdout == ""
    for sentence in sentences:
        assert sentence in result.stderr


@pytest.mark.parametrize("line", ["gone 3", "go", "go 0", "go 2 3"])
def test_a_turn_that_is_none_is_refused(tmp_path, line):
    result = subprocess.run([DOVETAIL, "bench", "train", *SMALL, "--interactive"], cwd=tmp_path,
                            input=line + "\n", capture_output=True, text=True, timeout=120)

    assert result.returncode == 2
    assert "go K" in result.stderr and line in result.stderr


def test_products_are_those_of_a_step():
    # one layer each, one head of width 1, vocabulary 1: by hand, multiplications and additions
    shape = dict(d_model=1, d_kv=1, num_heads=1, num_layers=1, d_ff=1, vocab_size=1)
    batch, source, target = 1, 3, 2
    encoder = 4 * source + 2 * source + 2 * source * source  # projections, feed-forward, scores
    decoder = (
        4 * target
        + 2 * target
        + 2 * source
        + 2 * target  # self, cross q o, cross k v, ff
        + 2 * target * target
        + 2 * target * source
    )
    head = target

    total = flops(products_of_step(shape, batch, source, target))

    assert total == 3 * 2 * (encoder + decoder + head)   # forward, and twice as much backward


def test_products_of_a_real_shape():
    products = products_of_step(SHAPES["tiny"], 16, 32, 16)

    # the head's three, once: logits, its input's gradient, its weight's gradient
    assert products[("mm", (256, 128, 4096), "right")] == 1
    assert products[("mm", (256, 4096, 128), "")] == 1
    assert products[("mm", (4096, 256, 128), "left")] == 1
    # over source rows: q, k, v, o of 2 encoder layers and cross k, v of 2 decoder layers
    assert products[("mm", (512, 128, 128), "right")] == 2 * 4 + 2 * 2


def test_speed_ratio_is_of_rounds_not_of_medians():
    results = {"a": {"times": [1.0, 10.0, 2.0]}, "b": {"times": [2.0, 20.0, 6.0]}}

    assert peers.speed_ratio(results, "a", "b") == 2.0


def test_the_named_shapes_are_the_programs(tmp_path):
    for name in ("tiny", "mini"):
        printed = only_line(
            dovetail(
                "bench",
                "generate",
                "--shape",
                name,
                "--batch",
                "1",
                "--source",
                "2",
                "--new-tokens",
                "1",
                "--steps",
                "1",
                "--warmup",
                "1",
                cwd=tmp_path,
            )
        )

        assert SHAPES[name].items() <= printed.items()
