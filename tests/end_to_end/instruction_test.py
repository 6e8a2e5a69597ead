# SPDX-License-Identifier: Apache-2.0
"""Sweeps of Instruction Modelling, for an encoder-decoder and a decoder-only model: conversations,
losses beside the test, and groups of ranks."""
import json
import re

import h5py
import numpy as np
import pytest
from conftest import dovetail, launch, make_tiny_sweep

ARMS = """adaptation = [
  "none",
  "instruction_modelling",
  { name = "instruction_modelling", instruction_weight = 0, average = "tokens", label = "it" },
  { name = "instruction_modelling", neftune_alpha = 5, kl_weight = 0.1, label = "noisy" },
  { name = "instruction_modelling", steps_share = 0.5, label = "half" },
]"""
CHATS = 'kind = "instruction"\nname = "chats"\ntrain = "chats.jsonl"\ntest_fraction = 0.2\n'


LLAMA = {"model_type": "llama", "hidden_size": 32, "num_attention_heads": 2, "num_hidden_layers": 1,
         "intermediate_size": 64}


def make_sweep(folder, causal=False):
    """Plain gradients, so that ranks of a group differ from one rank in rounding alone."""
    text = make_tiny_sweep(folder).read_text()
    text = re.sub(r"optimizer = .*", 'optimizer = { name = "sgd", learning_rate = 0.05 }', text)
    objective = "language_modelling" if causal else "prefix_lm"
    for old, new in {
            'objective = ["none", "span_corruption", "prefix_lm"]':
                f'objective = ["none", "{objective}"]\n{ARMS}',
            'task = ["card.toml"]': 'task = ["card.toml", "chats.toml"]',
            'template = ["mapping", "masked_prompting"]': 'template = ["chat_plain"]',
            "max_source_length = 32": "max_source_length = 64",
            "max_target_length = 12": "max_target_length = 24",
            "max_new_tokens = 8": 'max_new_tokens = 8\ntext_loss = true\ntransfer = ["chats"]',
            "steps = 20\n": "steps = 20\nheld_out = 20\n",
            "seed = [1, 2]": "seed = [1]"}.items():
        assert old in text, old
        text = text.replace(old, new)
    if causal:
        text = re.sub(r"config = .*", 'config = "llama"', text)
        (folder / "llama").mkdir()
        (folder / "llama" / "config.json").write_text(json.dumps(LLAMA))
    (folder / "tiny.toml").write_text(text)
    (folder / "chats.toml").write_text(CHATS)
    (folder / "chats.jsonl").write_text("".join(
        json.dumps({"messages": [{"role": "user", "content": f"Write the number {i} twice."},
                                 {"role": "assistant", "content": f"{i} {i}"}]}) + "\n"
        for i in range(60)))


def cells_of(folder, out):
    """The columns of each cell, by its arm, start, task and tuning."""
    with h5py.File(folder / out / "results.h5") as file:
        table = file["cells"]
        columns = {name: table[name][:] for name in table if table[name].ndim == 1}
    axes = [[label.decode() for label in columns[axis]]
            for axis in ("adaptation", "objective", "task", "tuning")]
    return {place: {name: column[i] for name, column in columns.items()}
            for i, place in enumerate(zip(*axes)) if not columns["baseline"][i]}


def run(folder, out="out", ranks=0, *more):
    result = launch(ranks, "run", "tiny.toml", "--out", out, *more, cwd=folder)
    assert result.returncode == 0, result
    return cells_of(folder, out)


@pytest.fixture(scope="module", params=["t5", "llama"])
def results(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    make_sweep(folder, causal=request.param == "llama")
    return folder, run(folder)


def arm(cells, name):
    found = {place[1:]: values for place, values in cells.items() if place[0] == name}
    assert found, name
    return found


def test_every_cell_ends_well(results):
    _, cells = results
    assert len(cells) == 5 * 2 * 2 * 2, "arms, starts, tasks, tunings"
    for place, cell in cells.items():
        assert np.isfinite(cell["loss"]), place


def test_without_the_instruction_it_is_instruction_tuning(results):
    _, cells = results
    without = arm(cells, "it")
    for place, cell in arm(cells, "none").items():
        for column in ("loss", "rouge_l"):
            assert cell[column] == without[place][column], place


def test_arms_differ(results):
    _, cells = results
    reference = arm(cells, "it")
    for name in ("instruction_modelling", "noisy", "half"):
        for place, values in arm(cells, name).items():
            assert values["loss"] != reference[place]["loss"], (name, place)
    for values in arm(cells, "half").values():
        assert values["train_steps"] == 10


def test_records_say_what_counted(results):
    _, cells = results
    for place, cell in cells.items():
        assert cell["train_instruction_tokens"] > 0 and cell["train_template_tokens"] > 0, place
        assert (cell["output_share"] < 1) == (place[0] not in ("none", "it")), place


def test_forgetting_and_transfer_are_measured(results):
    _, cells = results
    for place, cell in cells.items():
        _, start, task, tuning = place
        text, before = cell["text_loss"], cell["text_loss_before"]
        if start == "none":   # a random start has no objective
            assert np.isnan(text) and np.isnan(before), place
        elif tuning == "full":
            assert np.isfinite(text) and text != before, place
        else:   # a text has no prompt
            assert np.isfinite(text) and text == before, place
        there = cell["transfer.chats.output_loss"]
        there_before = cell["transfer.chats.output_loss_before"]
        assert np.isnan(there) if task == "chats" else there != there_before, place


def test_a_group_of_ranks_learns_the_same(results):
    folder, cells = results
    group = run(folder, "group", 2, "--data-parallel", "2")
    for place, cell in arm(group, "instruction_modelling").items():
        alone = arm(cells, "instruction_modelling")[place]
        for column in ("loss", "text_loss", "text_loss_before"):
            assert cell[column] == pytest.approx(alone[column], rel=1e-4, nan_ok=True), place


@pytest.mark.parametrize("change, words", [
    (('template = ["chat_plain"]', 'template = ["mapping"]'), ["chat_plain"]),
    (("held_out = 20\n", ""), ["text_loss", "held_out"]),
    (('transfer = ["chats"]', 'transfer = ["chat"]'), ["transfer", "chats"]),
    (("neftune_alpha = 5", "neftune_alpha = -5"), ["neftune_alpha", "at least 0"]),
    (("steps_share = 0.5", "steps_share = 2"), ["steps_share"]),
])
def test_plan_refuses(tmp_path, change, words):
    make_sweep(tmp_path)
    text = (tmp_path / "tiny.toml").read_text()
    assert change[0] in text
    (tmp_path / "tiny.toml").write_text(text.replace(*change))
    result = dovetail("plan", "tiny.toml", cwd=tmp_path)
    assert result.returncode == 2, result
    assert all(word in result.stderr for word in words), result.stderr


def test_list_prints_the_parameters(tmp_path):
    result = dovetail("list", "adaptations", cwd=tmp_path)
    for word in ("instruction_modelling", "instruction_weight", "normalization", "random_prefix",
                 "neftune_alpha", "kl_weight", "steps_share"):
        assert word in result.stdout, word
