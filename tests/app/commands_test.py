# SPDX-License-Identifier: Apache-2.0
"""What the commands print for good input."""
import json
import math
from pathlib import Path

import pytest
from conftest import dovetail, tree

COMMANDS = ["plan", "run", "status", "report", "advise", "data", "list", "metric", "bench", "score",
            "generate"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(tmp_path, command):
    result = dovetail(command, "--help", cwd=tmp_path)

    assert result.returncode == 0
    assert "Example: " in result.stdout
    assert f"dovetail {command} " in result.stdout


def test_plan_writes_nothing_and_counts_cells(tiny_sweep):
    folder = tiny_sweep.parent
    before = tree(folder)

    result = dovetail("plan", "tiny.toml", "--json", cwd=folder)

    assert result.returncode == 0, result
    assert tree(folder) == before
    plan = json.loads(result.stdout)
    # 3 objectives x 2 templates x 2 tunings x 2 seeds, beside the baselines
    names = [cell["name"] for cell in plan["cells"]]
    assert len([n for n in names if "/seed" in n and "/full/" in n]) == 3 * 2 * 2
    assert len(set(names)) == len(names)
    assert "tiny" in dovetail("plan", "tiny.toml", cwd=folder).stdout


def test_list_names_what_a_sweep_may_name(tmp_path):
    text = dovetail("list", cwd=tmp_path).stdout

    for name in ("span_corruption", "prefix_lm", "suffix_denoising", "soft_prompt", "lora",
                 "lion", "masked_mapping", "rouge_l", "exact_match", "t5-tiny", "wordnet-text"):
        assert name in text
    assert "rouge_l" not in dovetail("list", "objectives", cwd=tmp_path).stdout
    assert "wordnet/" in dovetail("data", "list", cwd=tmp_path).stdout


def test_list_of_a_section_has_a_line_for_each_parameter(tmp_path):
    lines = dovetail("list", "objectives", cwd=tmp_path).stdout.splitlines()

    begin = next(
        i for i, line in enumerate(lines) if line.startswith("parameters of span_corruption:")
    )
    density = next(line for line in lines[begin:] if line.strip().startswith("noise_density"))
    for part in (
        "0.15",
        "a number between 0 and 1, both excluded",
        "share of the tokens that is noise",
    ):
        assert part in density


def test_data_show_prints_what_the_model_sees(tiny_sweep):
    folder = tiny_sweep.parent
    head, tail = (folder / "train.tsv").read_text().splitlines()[0].split("\t")

    masked = dovetail("data", "show", "card.toml", "--template", "masked_prompting", "-n", "100",
                      cwd=folder).stdout
    mapping = dovetail("data", "show", "card.toml", "--template", "mapping", "-n", "100",
                       cwd=folder).stdout

    assert f"The plural of {head} is <extra_id_0>" in masked
    assert f"<extra_id_0> {tail}" in masked
    assert f"plural: {head}" in mapping and "<extra_id_0>" not in mapping


def test_data_show_prints_soft_tokens_pieces_and_what_is_cut(tiny_sweep):
    folder = tiny_sweep.parent
    vocabulary = Path(__file__).resolve().parents[2] / "data/checkpoints/prefix_lm"
    head = (folder / "train.tsv").read_text().splitlines()[0].split("\t")[0]

    after = dovetail(
        "data",
        "show",
        "card.toml",
        "--template",
        "masked_mapping",
        "--tuning",
        "soft_prompt",
        "--num-virtual-tokens",
        "2",
        "--placement",
        "after",
        "-n",
        "100",
        cwd=folder,
    ).stdout
    parts = dovetail(
        "data",
        "show",
        "card.toml",
        "--template",
        "0-ptar-unsup",
        "--num-virtual-tokens",
        "1",
        "--parameters",
        "closing_sentinel=true",
        "--vocabulary",
        str(vocabulary),
        "--max-target-length",
        "2",
        "-n",
        "1",
        cwd=folder,
    ).stdout
    wrong = dovetail("data", "show", "card.toml", "--template", "0-ptarr-unsup", cwd=folder)

    assert f"plural: {head} <plural.P0> <plural.P1> <extra_id_0>" in after
    assert "0-ptar-unsup (MaskedPostPT, 0-ptar-unsup)" in parts
    assert "<extra_id_1>" in parts and "ids are kept (--max-target-length 2)" in parts
    pieces = next(
        line for line in parts.splitlines() if line.strip().startswith("source pieces")
    ).split()
    ids = next(line for line in parts.splitlines() if line.strip().startswith("source ids")).split()
    assert "<plural.P0>" in pieces and len(pieces) == len(ids)
    assert pieces[-1] == "</s>" and ids[-1] == "1"
    assert wrong.returncode == 2 and 'did you mean "ptar"' in wrong.stderr


def test_metric_scores_lines_and_their_mean(tmp_path):
    lines = [{"prediction": "to drive there", "references": ["to drive there"]},
             {"prediction": "nothing", "references": ["to walk", "to drive"]}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    result = dovetail(
        "metric", "--input", "p.jsonl", "--metrics", "exact_match,rouge_l", cwd=tmp_path
    )

    assert result.returncode == 0, result
    first, second, last = map(json.loads, result.stdout.splitlines())
    assert first == {"exact_match": 1.0, "rouge_l": 1.0}
    assert second == {"exact_match": 0.0, "rouge_l": 0.0}
    assert last == {"aggregate": {"exact_match": 0.5, "rouge_l": 0.5}, "n": 2}


def test_metric_reads_choices_likelihoods_and_ranks(tmp_path):
    texts = {
        "references": ["desk"],
        "choices": ["desk", "chair"],
        "answer": 0,
        "choice_tokens": [1, 3],
        "choice_priors": [-2, -5],
    }
    lines = [
        {
            "prediction": "Desk",
            "choice_logprobs": [-4, -6.5],
            "target_logprob": -2,
            "target_tokens": 1,
            "token_ranks": [[1, 53, 1]],
            "samples": ["a"],
            **texts,
        },
        {
            "prediction": "a desk drawer",
            "choice_logprobs": [-4, -3],
            "target_logprob": -2,
            "target_tokens": 3,
            "token_ranks": [[1, 7, 1]],
            "samples": ["desk"],
            **texts,
        },
    ]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(line) + "\n\n" for line in lines))
    names = [
        "accuracy_text",
        "accuracy_likelihood",
        "accuracy_pmi",
        "matthews",
        "perplexity",
        "depth_rank",
        "best_of_k_rouge_l",
        "rouge_l",
    ]

    result = dovetail("metric", "--input", "p.jsonl", "--metrics", ",".join(names), cwd=tmp_path)

    assert result.returncode == 0, result
    first, second, last = map(json.loads, result.stdout.splitlines())
    assert list(first) == list(second) == list(last["aggregate"]) == names
    assert (first["accuracy_text"], second["accuracy_text"]) == (1, 0)
    assert (first["accuracy_likelihood"], second["accuracy_likelihood"]) == (1, 0)
    assert (first["accuracy_pmi"], second["accuracy_pmi"]) == (0, 0)
    assert (first["depth_rank"], second["depth_rank"]) == (55 / 3, 3)
    assert second["best_of_k_rouge_l"] == 1 and second["rouge_l"] == 0.5
    assert last["aggregate"]["perplexity"] == pytest.approx(math.e)
    assert last["aggregate"]["matthews"] == 0  # all right answers are one class
    assert last["n"] == 2


# Trap 10: what a metric needs and a line lacks is an error that names both.
@pytest.mark.parametrize(
    "metric, keys, said",
    [
        ("accuracy_text", {}, '"choices"'),
        ("accuracy_text", {"choices": ["a"], "answer": 1}, '"answer"'),
        ("accuracy_likelihood", {"choices": ["a"], "answer": 0}, '"choice_logprobs"'),
        (
            "accuracy_pmi",
            {"choices": ["a"], "answer": 0, "choice_logprobs": [0]},
            '"choice_priors"',
        ),
        ("perplexity", {"target_logprob": -1}, '"target_tokens"'),
        ("depth_rank", {"token_ranks": [[0]]}, '"token_ranks"'),
        ("best_of_k_rouge_l", {}, '"samples"'),
        ("pearson", {}, "a number as the first reference"),
        ("accuracy_text", {"choices": "a"}, '"choices": expected a list of texts, found "a"'),
        (
            "accuracy_text",
            {"choices": ["a"], "answer": 0.5},
            '"answer": expected a whole number, found 0.5',
        ),
        (
            "perplexity",
            {"target_logprob": None, "target_tokens": 1},
            '"target_logprob": expected a number',
        ),
        ("rouge_l", {"token_ranks": [1]}, '"token_ranks": expected a list of lists'),
    ],
)
def test_metric_trap10_names_the_key_and_the_line_that_lacks_it(tmp_path, metric, keys, said):
    good = {
        "prediction": "1",
        "references": ["1"],
        "choices": ["1"],
        "answer": 0,
        "choice_logprobs": [-1],
        "choice_priors": [-1],
        "target_logprob": -1,
        "target_tokens": 1,
        "token_ranks": [[1]],
        "samples": ["1"],
    }
    lines = [good, {"prediction": "a", "references": ["a"], **keys}]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, lines)))

    result = dovetail("metric", "--input", "p.jsonl", "--metrics", metric, cwd=tmp_path)

    assert result.returncode == 2
    assert result.stdout == ""
    assert "p.jsonl:2: " in result.stderr and said in result.stderr, result.stderr


@pytest.mark.parametrize(
    "line, said",
    [
        ("{", "JSON"),
        ('{"prediction": "a"}', "references"),
        ('{"references": ["a"]}', "prediction"),
        ('{"prediction": "a", "references": []}', "references"),
        (
            '{"prediction": "a", "references": "walk"}',
            '"references": expected a list of at least one text, found "walk"',
        ),
        (
            '{"prediction": "a", "reference": ["a"]}',
            'the line has "reference": did you mean "references"?',
        ),
        ('{"prediction": 1, "references": ["a"]}', '"prediction": expected a text, found 1'),
    ],
)
def test_metric_names_the_bad_line(tmp_path, line, said):
    (tmp_path / "p.jsonl").write_text('{"prediction": "a", "references": ["a"]}\n' + line + "\n")

    result = dovetail("metric", "--input", "p.jsonl", "--metrics", "rouge_l", cwd=tmp_path)

    assert result.returncode == 2
    assert "p.jsonl:2:" in result.stderr and said in result.stderr
