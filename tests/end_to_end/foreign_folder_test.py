# SPDX-License-Identifier: Apache-2.0
"""A folder that transformers has saved, model and tokenizer and nothing else, is scored, generated
from, tuned in a sweep, exported, and read by transformers again: of transformers 5 with T5's
special ids and with others, and in the layout of transformers 4."""
import json
import shutil

import pytest
import sentencepiece
import torch
from conftest import SOURCE, dovetail, make_tiny_sweep
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer, T5Config
from transformers import T5ForConditionalGeneration, T5Tokenizer

SPIECE = SOURCE / "tests/golden/text/spiece.model"   # 1,000 pieces
SPECIAL = {"t5": ["<pad>", "</s>", "<unk>"], "others": ["<s>", "<pad>", "<unk>", "</s>"]}
PAIRS = [("the plural of dog is", "dogs"), ("a small cat <extra_id_0> in the house", "house"),
         ("plural [EVENT] mouse", "mice and men")]
AXES = """[axes]
objective = [{ checkpoint = "saved", label = "saved" }]
task = ["card.toml"]
template = ["mapping"]
tuning = ["full"]
train_size = [16]
seed = [1]
"""


def make_tokenizer(special):
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(SPIECE))
    first = next(i for i in range(len(pieces)) if not pieces.is_control(i)
                 and not pieces.is_unknown(i))
    vocabulary = [(token, 0.0) for token in special]
    vocabulary += [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(first, len(pieces))]
    vocabulary += [(f"<extra_id_{i}>", 0.0) for i in range(99, -1, -1)]
    return T5Tokenizer(vocab=vocabulary)


def save_folder(folder, kind):
    torch.manual_seed(11)
    tokenizer = make_tokenizer(SPECIAL[kind])
    model = T5ForConditionalGeneration(T5Config(
        vocab_size=len(tokenizer) + 4, d_model=32, d_kv=8, num_heads=4, d_ff=64, num_layers=2,
        decoder_start_token_id=tokenizer.pad_token_id, pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id)).eval()
    with torch.no_grad():          # so that answers vary
        for name, weight in model.named_parameters():
            if name.endswith((".o.weight", ".wo.weight")):
                weight *= 4
    model.generation_config.num_beams = 2
    model.generation_config.max_new_tokens = 6
    model.generation_config.no_repeat_ngram_size = 1
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    assert not (folder / "spiece.model").exists()


def rewrite(file, edit):
    json_of_file = json.loads(file.read_text())
    edit(json_of_file)
    file.write_text(json.dumps(json_of_file, indent=2))


def plain_token(content):
    return {"content": content, "lstrip": False, "normalized": False, "rstrip": False,
            "single_word": False}


def save_in_the_layout_of_4(folder):
    """Turns a folder of 5.23 into what 4.57.6 saves, as seen there: more files, other keys."""
    save_folder(folder, "t5")
    rewrite(folder / "config.json", lambda config: [
        config.pop(key, None) for key in ("tie_word_embeddings", "scale_decoder_outputs")])
    shutil.copy(SPIECE, folder / "spiece.model")
    named = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    sentinels = [f"<extra_id_{i}>" for i in range(100)]
    (folder / "special_tokens_map.json").write_text(json.dumps(
        {"additional_special_tokens": sentinels}
        | {name: plain_token(content) for name, content in named.items()}))
    by_id = dict(enumerate(["<pad>", "</s>", "<unk>"]))
    by_id |= {1099 - i: sentinel for i, sentinel in enumerate(sentinels)}
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"add_prefix_space": None, "additional_special_tokens": sentinels,
         "added_tokens_decoder": {str(i): plain_token(content) | {"special": True}
                                  for i, content in sorted(by_id.items())},
         "clean_up_tokenization_spaces": False, "extra_ids": 100, "extra_special_tokens": {},
         "legacy": True, "model_max_length": int(1e30), "sp_model_kwargs": {},
         "tokenizer_class": "T5Tokenizer"} | named))
    mark = {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
            "split": True}
    steps = [{"type": "Strip", "strip_left": False, "strip_right": True},
             {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "\u2581"}]

    def pipeline_of_4(tokenizer):
        first = [tokenizer["normalizer"]] if tokenizer["normalizer"] else []
        tokenizer |= {"normalizer": {"type": "Sequence", "normalizers": first + steps},
                      "pre_tokenizer": mark, "decoder": mark}
    rewrite(folder / "tokenizer.json", pipeline_of_4)


def run(*words, cwd, **options):
    result = dovetail(*words, cwd=cwd, **options)
    assert result.returncode == 0, result
    return result


def answers(command, model, folder):
    (folder / "pairs.jsonl").write_text("".join(
        json.dumps({"source": source, "target": target}) + "\n" for source, target in PAIRS))
    out = run(command, "--model", model, "--input", "pairs.jsonl", cwd=folder).stdout
    return [json.loads(line) for line in out.splitlines()]


def assert_is_what_transformers_reads(name, folder):
    model = AutoModelForSeq2SeqLM.from_pretrained(folder / name).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / name)
    scored, written = answers("score", name, folder), answers("generate", name, folder)
    for (source, target), scores, answer in zip(PAIRS, scored, written, strict=True):
        inputs = tokenizer(source, return_tensors="pt").input_ids
        labels = tokenizer(target, return_tensors="pt").input_ids
        with torch.no_grad():
            logits = model(input_ids=inputs, labels=labels).logits
            ids = model.generate(input_ids=inputs)[0, 1:].tolist()
        expected = logits.log_softmax(-1).gather(2, labels.unsqueeze(2)).flatten()
        assert torch.allclose(torch.tensor(scores["token_logprobs"]), expected, atol=1e-4)
        end = tokenizer.eos_token_id
        ids = ids[:ids.index(end)] if end in ids else ids
        assert answer["ids"] == ids, source
        assert answer["text"].strip() == tokenizer.decode(
            [i for i in ids if i < len(tokenizer)]).strip()


@pytest.mark.parametrize("kind", [*SPECIAL, "layout of 4"])
def test_a_folder_saved_by_transformers_goes_all_the_way(tmp_path, kind):
    if kind == "layout of 4":
        save_in_the_layout_of_4(tmp_path / "saved")
    else:
        save_folder(tmp_path / "saved", kind)
    assert_is_what_transformers_reads("saved", tmp_path)

    sweep = make_tiny_sweep(tmp_path)
    text = sweep.read_text()
    text = 'name = "tiny"\n' + text[text.index("[tune]"):text.index("[axes]")] + AXES
    if kind == "t5":      # one id, in the exported folder too
        text += '[text]\nadd_tokens = ["[EVENT]"]\n'
    sweep.write_text(text.replace("[tune]\n", "[tune]\nkeep_model = true\n"))
    said = run("run", "tiny.toml", "--out", "out", cwd=tmp_path).stderr
    # the sweep's own decoding
    assert "set aside: max_new_tokens 6, num_beams 2, no_repeat_ngram_size 1" in said
    run("export", "out", "--cell", "tiny/saved/*/full/*", "--to", "tuned", cwd=tmp_path)

    assert_is_what_transformers_reads("tuned", tmp_path)
    kept = json.loads((tmp_path / "tuned" / "generation_config.json").read_text())
    pieces = AutoTokenizer.from_pretrained(tmp_path / "tuned").tokenize("a [EVENT]")
    assert ("[EVENT]" in pieces) == (kind == "t5")
    assert kept == json.loads((tmp_path / "saved" / "generation_config.json").read_text())
