# SPDX-License-Identifier: Apache-2.0
"""Exported adapters are used where they were tuned: `score` and `generate` give what the sweep
measured, for every place of a soft prompt and every kind of start; so does PEFT where it can."""
import json
import os
import re
import warnings

import h5py
import pytest
from conftest import SOURCE, dovetail, make_tiny_sweep

os.environ["HF_HUB_OFFLINE"] = "1"
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")

AXES = """[axes]
objective = ["none", "prefix_lm", "CHECKPOINT"]
adaptation = ["none", "continued"]
task = ["card.toml"]
template = ["mapping", "masked_prompting", "post_pt", "wrapped"]
tuning = ["lora", { name = "soft_prompt", num_virtual_tokens = 3 },
          { name = "soft_prompt", num_virtual_tokens = 3, placement = "after", label = "after" }]
train_size = [16]
seed = [1]
[[exclude]]
tuning = "lora"
template = ["masked_prompting", "post_pt", "wrapped"]
[[exclude]]
tuning = "after"
template = ["post_pt", "wrapped"]
[[exclude]]
objective = "none"
tuning = ["soft_prompt", "after"]
[[exclude]]
objective = ["none", "published"]
adaptation = "continued"
[[exclude]]
objective = "published"
template = ["mapping", "post_pt"]
tuning = ["soft_prompt", "after"]
[[exclude]]
adaptation = "continued"
tuning = ["soft_prompt", "after"]
"""
# start, adaptation, template, tuning -> whether PEFT can say it
CELLS = {
    ("none", "none", "mapping", "lora"): True,
    ("prefix_lm", "continued", "mapping", "lora"): True,
    ("prefix_lm", "none", "mapping", "lora"): True,
    ("prefix_lm", "none", "mapping", "soft_prompt"): True,
    ("prefix_lm", "none", "mapping", "after"): False,
    ("prefix_lm", "none", "masked_prompting", "after"): False,
    ("prefix_lm", "none", "post_pt", "soft_prompt"): False,
    ("published", "none", "mapping", "lora"): True,
    ("published", "none", "masked_prompting", "soft_prompt"): True,
    ("published", "none", "masked_prompting", "after"): False,
    ("published", "none", "wrapped", "soft_prompt"): False,
}
PREFIX = "plural: "
# the templates by hand: source and target of a noun
FORMS = {
    "mapping": (PREFIX + "{}", "{}"),
    "masked_prompting": (PREFIX + "The plural of {} is <extra_id_0>", "<extra_id_0> {}"),
    "post_pt": (PREFIX + "{}", "{}"),
    "wrapped": (PREFIX + "{}", "{}"),
}


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    folder = tmp_path_factory.mktemp("swept")
    text = make_tiny_sweep(folder).read_text()
    checkpoint = f'{{ checkpoint = "{SOURCE}/data/checkpoints/prefix_lm", label = "published", ' \
                 'objective = "prefix_lm" }'
    text = text[:text.index("[axes]")] + AXES.replace('"CHECKPOINT"', checkpoint)
    for before, after in (
            ("[tune]\n", "[tune]\nkeep_model = true\n"), ("fixed = 20", "fixed = 10"),
            ("max_source_length = 32", "max_source_length = 64"),
            ("[axes]", "[adapt]\nrows = 40\nsteps = { per_epoch = 1 }\nbatch_size = 8\n[axes]")):
        assert before in text
        text = text.replace(before, after)
    (folder / "tiny.toml").write_text("baselines = []\n" + text)
    rows = (folder / "test.tsv").read_text().splitlines(keepends=True)
    (folder / "test.tsv").write_text("".join(rows[:10]))
    torch.set_num_threads(1)
    result = dovetail("run", "tiny.toml", "--out", "out", cwd=folder)
    assert result.returncode == 0, result
    return folder


def name_of(cell):
    start, adaptation, template, tuning = cell
    return f"tiny/{start}/{adaptation}/card/{template}/{tuning}/examples16/seed1"


def measured(folder, cell):
    """Predictions and mean losses of the test examples, each sorted: their order is a draw."""
    with h5py.File(folder / "out" / "results.h5") as file:
        row = list(file["cells/name"].asstr()).index(name_of(cell))
        first, last = file["predictions/cell_offsets"][row:row + 2]
        edges = file["predictions/text_offsets"][first:last + 1]
        raw = file["predictions/text"][edges[0]:edges[-1]].tobytes()
        texts = [raw[a - edges[0]:b - edges[0]].decode() for a, b in zip(edges, edges[1:])]
        first, last = file["examples/loss_offsets"][row:row + 2]
        return sorted(texts), sorted(file["examples/loss"][first:last].tolist())


def exported(folder, cell, to, *options):
    result = dovetail("export", "out", "--cell", name_of(cell), "--to", to, *options, cwd=folder)
    assert result.returncode == 0, result
    return result.stdout


def answers(command, folder, lines, *options):
    result = dovetail(command, *options, "--input", "-", cwd=folder,
                      input="".join(json.dumps(line) + "\n" for line in lines))
    assert result.returncode == 0 and result.stderr == "", result
    return [json.loads(line) for line in result.stdout.splitlines()]


def rows_of(folder, template):
    source, target = FORMS[template]
    rows = [line.split("\t") for line in (folder / "test.tsv").read_text().splitlines()]
    return [{"source": source.format(noun), "target": target.format(plural)}
            for noun, plural in rows]


def plain(text):
    return " ".join(re.sub(r"<extra_id_\d+>", " ", text).split())


def assert_as_measured(folder, cell, to, rows):
    texts, losses = measured(folder, cell)
    model = ("--model", f"{to}/base", "--adapter", to)
    generated = answers("generate", folder, rows, *model, "--max-new-tokens", "8")
    assert sorted(plain(answer["text"]) for answer in generated) == texts
    scores = answers("score", folder, rows, *model)
    found = sorted(-score["logprob"] / len(score["token_logprobs"]) for score in scores)
    assert found == pytest.approx(losses, rel=1e-5)


def peft_losses(folder, to, rows, is_prompt):
    """What PEFT and transformers find in the exported folder, which names its base. There the
    prefix is a part of the prompt."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / to / "base")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = peft.AutoPeftModelForSeq2SeqLM.from_pretrained(folder / to).eval()
    for row in rows:
        source = row["source"].removeprefix(PREFIX) if is_prompt else row["source"]
        ids = torch.tensor([tokenizer(source).input_ids])
        labels = torch.tensor([tokenizer(row["target"]).input_ids])
        with torch.no_grad():
            yield model(input_ids=ids, attention_mask=torch.ones_like(ids),
                        labels=labels).loss.item()


@pytest.mark.parametrize("cell", CELLS, ids="-".join)
def test_an_exported_adapter_answers_as_in_the_sweep(swept, cell):
    to = "-".join(cell)
    said = exported(swept, cell, to, "--with-base")
    rows = rows_of(swept, cell[2])

    assert_as_measured(swept, cell, to, rows)

    _, losses = measured(swept, cell)
    if CELLS[cell]:
        found = sorted(peft_losses(swept, to, rows, cell[3] != "lora"))
        assert found == pytest.approx(losses, rel=1e-4)
        assert (cell[3] == "lora") != ('for PEFT, "plural:" is the start of the prompt' in said)
    else:
        with pytest.raises(KeyError, match="DOVETAIL_SOFT_PROMPT"):
            peft.PeftConfig.from_pretrained(swept / to)
        assert "do not stand in front of the source" in said


@pytest.mark.parametrize("template, tuning, places", [
    ("mapping", "soft_prompt", [{"text": "plural:"}, "PPP", {"input": True}]),
    ("mapping", "after", [{"input": True}, "PPP"]),
    ("masked_prompting", "after", [{"input": True}, "PPP", {"text": "<extra_id_0>"}]),
    ("wrapped", "soft_prompt", [{"text": "plural:"}, "TTT", {"input": True}, "PPP"]),
])
def test_the_folder_says_where_the_tokens_stand(swept, template, tuning, places, tmp_path):
    cell = ("prefix_lm", "none", template, tuning)
    exported(swept, cell, tmp_path / "prompt")

    source = json.loads((tmp_path / "prompt/dovetail_soft_tokens.json").read_text())["source"]

    named = [{"tokens": [f"plural.{letter}{i}" for i, letter in enumerate(part)]}
             if isinstance(part, str) else part for part in places]
    assert source == named


def test_a_source_may_name_its_soft_tokens(swept, tmp_path):
    """As `data show` prints them; and ids from the vocabulary's size on."""
    cell = ("prefix_lm", "none", "mapping", "after")
    exported(swept, cell, tmp_path / "prompt", "--with-base")
    model = ("--model", tmp_path / "prompt/base", "--adapter", tmp_path / "prompt")
    size = json.loads((tmp_path / "prompt/base/config.json").read_text())["vocab_size"]
    target = {"target": "dogs"}
    named = {"source": "plural: dog <plural.P0> <plural.P1> <plural.P2>", **target}
    other = {"source": "plural: <plural.P2> dog", **target}
    ids = {"source_ids": [byte + 3 for byte in b"plural: dog"] + [size, size + 1, size + 2, 1],
           **target}

    found = answers("score", swept, [{"source": "plural: dog", **target}, named, ids, other],
                    *model)

    assert found[0] == found[1] == found[2] != found[3]
    result = dovetail("score", *model, "--input", "-", cwd=swept,
                      input=json.dumps({"source_ids": [5, 1], **target}))
    assert result.returncode == 2 and f"{size} is token 0" in result.stderr, result
    exported(swept, ("prefix_lm", "none", "mapping", "soft_prompt"), tmp_path / "front")
    result = dovetail("score", *model[:2], "--adapter", tmp_path / "front", "--input", "-",
                      cwd=swept, input=json.dumps({"source": "dog", **target}))
    assert result.returncode == 2 and 'begins with "plural:"' in result.stderr, result


def test_a_start_is_exported_by_its_own_name(swept, tmp_path):
    for name in ("pretrain/prefix_lm/seed1", "adapt/prefix_lm/continued"):
        to = tmp_path / name.replace("/", "_")
        result = dovetail("export", "out", "--cell", name, "--to", to, cwd=swept)
        assert result.returncode == 0, result
        transformers.T5ForConditionalGeneration.from_pretrained(to)
    said = exported(swept, ("prefix_lm", "none", "mapping", "lora"), tmp_path / "lora")
    config = json.loads((tmp_path / "lora/adapter_config.json").read_text())
    base = config["base_model_name_or_path"]
    assert said.splitlines()[-1] == f"its base: {base}"
    weights = (tmp_path / "pretrain_prefix_lm_seed1/model.safetensors").read_bytes()
    with open(os.path.join(base, "model.safetensors"), "rb") as file:
        assert file.read() == weights
    said = exported(swept, ("none", "none", "mapping", "lora"), tmp_path / "random")
    assert "--with-base writes" in said


def test_a_merged_adapter_is_one_model(swept, tmp_path):
    cell = ("prefix_lm", "none", "mapping", "lora")
    exported(swept, cell, tmp_path / "whole", "--merge")
    rows = rows_of(swept, cell[2])
    _, losses = measured(swept, cell)

    scores = answers("score", swept, rows, "--model", tmp_path / "whole")

    found = sorted(-score["logprob"] / len(score["token_logprobs"]) for score in scores)
    assert found == pytest.approx(losses, rel=1e-4)
    transformers.T5ForConditionalGeneration.from_pretrained(tmp_path / "whole")
    result = dovetail("export", "out", "--cell", name_of((*cell[:3], "soft_prompt")),
                      "--to", tmp_path / "no", "--merge", cwd=swept)
    assert result.returncode == 2 and not (tmp_path / "no").exists(), result


def test_another_base_is_refused_by_name(swept, tmp_path):
    exported(swept, ("prefix_lm", "none", "mapping", "lora"), tmp_path / "lora", "--with-base")
    row = json.dumps({"source": "plural: dog", "target": "dogs"})

    def said(model):
        return dovetail("score", "--model", model, "--adapter", tmp_path / "lora", "--input", "-",
                        cwd=swept, input=row)

    wider = said(SOURCE / "data/checkpoints/prefix_lm")
    assert wider.returncode == 2 and "d_model 32" in wider.stderr, wider
    base = tmp_path / "lora/base"
    for key in ("vocab_size", "tokenizer"):
        file = tmp_path / "lora/dovetail_base.json"
        right = file.read_text()
        file.write_text(json.dumps({**json.loads(right), key: 7 if key == "vocab_size" else "no"}))
        wrong = said(base)
        assert wrong.returncode == 2 and key in wrong.stderr and str(base) in wrong.stderr, wrong
        file.write_text(right)
    result = dovetail("export", "out", "--cell", "pretrain/prefix_lm/seed1", "--to",
                      tmp_path / "same", cwd=swept)
    assert result.returncode == 0 and said(tmp_path / "same").stderr == "", result
    exported(swept, ("none", "none", "mapping", "lora"), tmp_path / "random", "--with-base")
    unlike = said(tmp_path / "random/base")
    assert unlike.returncode == 0 and "other weights than those" in unlike.stderr, unlike
