# SPDX-License-Identifier: Apache-2.0
"""What the pytest files share: the program just built, and a sweep that takes seconds."""
import os
import random
import struct
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(os.environ.get("DOVETAIL_SOURCE_DIR", Path(__file__).resolve().parent.parent))
DOVETAIL = Path(os.environ.get("DOVETAIL", SOURCE / "build" / "dovetail"))
LAUNCH = SOURCE / "jobs" / "launch"

TINY_SWEEP = """\
name = "tiny"

[model]
config = { d_model = 32, d_kv = 16, d_ff = 64, num_layers = 1, num_heads = 2 }

[text]
corpus = ["text.txt"]
vocabulary = "bytes"

[pretrain]
steps = 20
batch_tokens = 512
sequence_length = 64
optimizer = { name = "adamw", learning_rate = 1e-2, schedule = "linear", warmup = 5 }

[tune]
steps = { fixed = 20 }
batch_size = 8
max_source_length = 32
max_target_length = 12
optimizer = { name = "adamw", learning_rate = 1e-2 }

[evaluate]
test_examples = 20
metrics = ["rouge_l", "exact_match"]
max_new_tokens = 8

[axes]
objective = ["none", "span_corruption", "prefix_lm"]
task = ["card.toml"]
template = ["mapping", "masked_prompting"]
tuning = ["full", { name = "soft_prompt", num_virtual_tokens = 4 }]
train_size = [16]
seed = [1, 2]
"""

CARD = """\
kind = "kg-tsv"
name = "plurals"
train = "train.tsv"
test = "test.tsv"
prefix = "plural"
phrase = "The plural of {source} is"
"""


def make_tiny_sweep(folder):
    """tiny.toml in `folder`, with all that it names; the same bytes every time."""
    words = random.Random(1)
    nouns = sorted({"".join(words.choice("bdfgklmnprt") + words.choice("aeiou") for _ in range(3))
                    for _ in range(120)})
    rows = [f"{noun}\t{noun}s\n" for noun in nouns]
    (folder / "train.tsv").write_text("".join(rows[:80]))
    (folder / "test.tsv").write_text("".join(rows[80:]))
    (folder / "card.toml").write_text(CARD)
    lines = [" ".join(words.choice(nouns) for _ in range(12)) + "\n" for _ in range(200)]
    (folder / "text.txt").write_text("".join(lines))
    (folder / "tiny.toml").write_text(TINY_SWEEP)
    return folder / "tiny.toml"


@pytest.fixture
def tiny_sweep(tmp_path):
    return make_tiny_sweep(tmp_path)


def dovetail(*args, cwd, **options):
    """Runs the program; text of both outputs, and the exit code."""
    return subprocess.run([str(DOVETAIL), *map(str, args)], cwd=cwd, capture_output=True, text=True,
                          timeout=300, **options)


def launched(ranks, *args):
    """The command line of the program on so many ranks; 0: without mpirun."""
    words = [str(DOVETAIL), *map(str, args)]
    return [str(LAUNCH), "-n", str(ranks), *words] if ranks else words


def launch(ranks, *args, cwd, **options):
    return subprocess.run(launched(ranks, *args), cwd=cwd, capture_output=True, text=True,
                          timeout=300, **options)


def num_records(out):
    """How many records the journals of a results folder hold, those of its shares included."""
    count = 0
    for file in Path(out).glob("journal/**/journal.bin"):
        data, at = file.read_bytes(), 0
        while at + 24 <= len(data):   # store/journal_frames.h
            kind, length = struct.unpack_from("<IQ", data, at + 4)
            at += 24 + length
            count += kind == 1 and at <= len(data)
    return count


def tree(folder):
    """Every file below a folder with its bytes: equal trees mean that nothing was written."""
    return {str(p.relative_to(folder)): p.read_bytes() if p.is_file() else None
            for p in sorted(folder.rglob("*"))}
