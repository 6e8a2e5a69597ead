# SPDX-License-Identifier: Apache-2.0
"""dovetail data stepgame: stories by seed, the solver's last line, and what is refused."""
import json
import os

import pytest
from conftest import SOURCE, dovetail, tree


def make(folder, name, *args, stories=200):
    result = dovetail("data", "stepgame", "--stories", stories, "--seed", 5, *args, "-o", name,
                      cwd=folder)
    assert result.returncode == 0, result
    return (folder / name).read_text()


def solve(folder, name, *args):
    result = dovetail("data", "stepgame", "--solve", name, *args, cwd=folder)
    assert result.returncode == 0, result
    return json.loads(result.stdout.splitlines()[-1]), result.stdout


@pytest.mark.parametrize("name", ["s.jsonl", "s.json", "s.txt"])
def test_a_seed_gives_the_same_bytes_which_are_all_solved(tmp_path, name):
    every = ("-k", "2-10", "--noise", "none", "all", "--variant", "plain", "passive",
             "coreference", "ellipsis", "--templates", "train", "held_out")
    first = make(tmp_path, name, *every)

    assert make(tmp_path, "again" + name[1:], *every) == first
    assert make(tmp_path, "other" + name[1:], *every, "-d", "2") != first
    last, _ = solve(tmp_path, name)
    assert last["accuracy"] == 1.0
    assert (last["stories"], last["contradictory"], last["other_distances"]) == (200, 0, 0)


def test_clean_stories_stand_beside_those_with_noise(tmp_path):
    noisy = make(tmp_path, "n.jsonl", "-k", "5", "-d", "3", "--noise", "irrelevant+disconnected",
                 "--clean", "c.jsonl").splitlines()
    clean = (tmp_path / "c.jsonl").read_text().splitlines()

    assert "\n".join(clean) + "\n" == make(tmp_path, "d.jsonl", "-k", "5", "-d", "3")
    assert len(noisy) == len(clean) == 200
    for a, b in zip(map(json.loads, noisy), map(json.loads, clean)):
        assert (a["question"], a["label"], a["k"], a["d"]) == (b["question"], b["label"], 5, 3)
        kept = [sentence for sentence in a["story"] if sentence in b["story"]]
        assert kept == b["story"] and len(b["story"]) == 5 < len(a["story"])
        assert (a["noise"], b["noise"]) == ("irrelevant+disconnected", "none")


# Line 95 of the published templates: made for "A is left of B".
def test_a_wrong_template_is_named_and_the_label_corrected(tmp_path):
    (tmp_path / "p.txt").write_text(
        "1 A and B are parallel, and A is to the right of B.\n2 A to B?\tleft\t1\n"
        "1 C is above D.\n2 D to C?\tbelow\t1\n")

    last, out = solve(tmp_path, "p.txt", "-o", "fixed.txt")

    assert last["accuracy"] == 0.5 and last["unexplained"] == 0
    assert last["misses_by_template"] == {"template.py:95": 1}
    assert "p.txt:2" in out and "template.py:95" in out
    assert "A to B?\tright\t1" in (tmp_path / "fixed.txt").read_text()
    assert solve(tmp_path, "fixed.txt")[0]["accuracy"] == 1.0


REFUSED = [
    (("--stories", 5, "-k", 3, "-d", 5, "-o", "x"), "d = 5 is larger than k = 3"),
    (("--stories", 5, "-d", 0, "-o", "x"), "d counts edges, at least 1; found 0"),
    (("--stories", 5, "-k", "two", "-o", "x"), '-k: expected whole numbers such as 3, 1-5'),
    (("--stories", 5, "--noise", "loud", "-o", "x"), 'unknown kind of noise "loud"'),
    (("--stories", 5, "--variant", "pasive", "-o", "x"), 'did you mean "passive"?'),
    (("--stories", 0, "-o", "x"), "--stories: expected at least 1, found 0"),
    (("--stories", 5), "-o: name a file for the stories"),
    (("--stories", 5, "-o", "no/x.jsonl"), "cannot write no/x.jsonl: there is no folder no"),
    (("--stories", 5, "-o", "."), "it is a folder"),
    (("--stories", 5, "-o", "x", "--clean", "no/y"), "cannot write no/y"),
    (("--stories", 5, "-o", "x", "--template-file", "t.toml"), "t.toml: no such file"),
    (("--solve", "none.json"), "none.json: no such file"),
    (("--solve", "broken.jsonl"), "broken.jsonl:2: this is no JSON"),
    (("--solve", "broken.jsonl", "-o", "fixed"), "broken.jsonl:2: this is no JSON"),
    (("--solve", "word.txt"), 'word.txt:2: the sentence "B is near A." has no word'),
    (("--solve", "label.txt"), 'label.txt:2: unknown relation "abov": did you mean "above"?'),
]


@pytest.mark.parametrize("args, said", REFUSED)
def test_refused_with_nothing_written(tmp_path, args, said):
    story = {"story": ["B is above A."], "question": "B to A?", "label": "above"}
    (tmp_path / "broken.jsonl").write_text(json.dumps(story) + "\n{\"story\"\n")
    (tmp_path / "word.txt").write_text("1 B is near A.\n2 B to A?\tabove\t1\n")
    (tmp_path / "label.txt").write_text("1 B is above A.\n2 B to A?\tabov\t1\n")
    before = tree(tmp_path)

    result = dovetail("data", "stepgame", *args, cwd=tmp_path)

    assert result.returncode == 2, result
    assert said in result.stderr, result.stderr
    assert tree(tmp_path) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(tmp_path):
    tmp_path.chmod(0o500)
    result = dovetail("data", "stepgame", "--stories", 5, "-o", tmp_path / "x", cwd=SOURCE)
    tmp_path.chmod(0o700)
    assert result.returncode == 2 and "may not be written to" in result.stderr
