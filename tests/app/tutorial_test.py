# SPDX-License-Identifier: Apache-2.0
"""The commands of docs/tutorial.md run as they stand there, and print what it shows."""
import os
import re
import shlex
import shutil
import subprocess

import pytest
from conftest import DOVETAIL, SOURCE

TUTORIAL = (SOURCE / "docs/tutorial.md").read_text()


def blocks():
    """(language, content) of every fenced block, in order."""
    return re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", TUTORIAL)


def commands():
    """One a line of the ```sh blocks, without their comments."""
    lines = "".join(text for language, text in blocks() if language == "sh").splitlines()
    return [shlex.join(shlex.split(line, comments=True)) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Runs all commands in a scratch checkout; standard output by command."""
    checkout = tmp_path_factory.mktemp("checkout")
    shutil.copytree(SOURCE / "docs/tutorial", checkout / "docs/tutorial")
    for folder in ("data", "jobs"):
        os.symlink(SOURCE / folder, checkout / folder)
    (checkout / "build").mkdir()
    os.symlink(DOVETAIL, checkout / "build/dovetail")
    found = {}
    for command in commands():
        result = subprocess.run(command, shell=True, cwd=checkout, capture_output=True, text=True,
                                timeout=240)
        assert result.returncode == 0, f"{command}\n{result.stdout}{result.stderr}"
        found[command] = result.stdout
    found["report"] = (checkout / "results/messages/report/index.html").read_text()
    return found


def output_of(outputs, *words):
    [command] = [c for c in outputs if all(word in c for word in words)]
    return outputs[command]


def shown_lines(*words):
    """The lines of the unlabelled block that follows the command."""
    after = False
    for language, text in blocks():
        if language == "sh":
            after = all(word in text for word in words)
        elif after and not language:
            return [line.rstrip() for line in text.splitlines() if line.strip() not in ("", "…")]
    raise AssertionError(f"docs/tutorial.md shows no output of {words}")


def test_takes_at_most_five_commands():
    assert 0 < len(commands()) <= 5


def test_has_40_rows():
    rows = (SOURCE / "docs/tutorial/messages.tsv").read_text().splitlines()

    assert len(rows) == len({row.split("\t")[0] for row in rows}) == 40


# What is counted and written out is the same on every machine.
@pytest.mark.parametrize("words", [("data", "verify"), ("data", "show")])
def test_prints_what_the_tutorial_shows(outputs, words):
    printed = [line.rstrip() for line in output_of(outputs, *words).splitlines()]

    for line in shown_lines(*words):
        assert line in printed


# Scores may differ with the kind of processor.
def test_ends_with_a_recommendation_of_the_sweep(outputs):
    advice = output_of(outputs, "advise")

    assert "messages" in advice
    assert re.search(r"(masked_)?(mapping|prompting)", advice)
    assert "span_corruption" in outputs["report"]
