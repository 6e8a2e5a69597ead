# SPDX-License-Identifier: Apache-2.0
"""`dovetail score` and `dovetail generate` beside transformers, on a small random folder."""
import json
import os
import select
import shutil
import subprocess

import pytest
from conftest import DOVETAIL, SOURCE, dovetail

os.environ["HF_HUB_OFFLINE"] = "1"
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

SPIECE = SOURCE / "tests/golden/text/spiece.model"   # 1,000 pieces, and 100 sentinels on top
SEED = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a random model whose sequences vary and end."""
    folder = tmp_path_factory.mktemp("model")
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    config = transformers.T5Config(
        vocab_size=1104, d_model=32, d_kv=8, num_heads=4, d_ff=64, num_layers=2, dropout_rate=0.0,
        feed_forward_proj="gated-gelu", tie_word_embeddings=False, decoder_start_token_id=0)
    model = transformers.T5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key.endswith((".o.weight", ".wo.weight")):
                weight *= 5
        model.lm_head.weight.normal_(std=0.35)
    model.save_pretrained(folder)
    shutil.copy(SPIECE, folder / "spiece.model")
    return folder


@pytest.fixture(scope="module")
def model(folder):
    return transformers.T5ForConditionalGeneration.from_pretrained(folder).eval()


@pytest.fixture(scope="module")
def pairs():
    generator = torch.Generator().manual_seed(SEED)
    def ids(most):
        count = int(torch.randint(1, most, (), generator=generator))
        return torch.randint(2, 1104, (count,), generator=generator).tolist() + [1]
    return [{"source_ids": ids(40), "target_ids": ids(12)} for _ in range(60)]


def answers(command, folder, lines, *args):
    text = "".join(json.dumps(line) + "\n" for line in lines)
    result = dovetail(command, "--model", folder, "--input", "-", *args, cwd=folder, input=text)
    assert result.returncode == 0, result
    assert result.stderr == ""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_score_is_the_reference(folder, model, pairs):
    found = answers("score", folder, pairs, "--batch-tokens", "200")

    assert len(found) == len(pairs)
    for pair, scores in zip(pairs, found):
        labels = torch.tensor([pair["target_ids"]])
        with torch.no_grad():
            logits = model(input_ids=torch.tensor([pair["source_ids"]]), labels=labels).logits[0]
        expected = logits.log_softmax(-1).gather(1, labels.T)[:, 0]
        chosen = logits.gather(1, labels.T)
        assert torch.allclose(torch.tensor(scores["token_logprobs"]), expected, atol=1e-4)
        assert scores["logprob"] == pytest.approx(expected.sum().item(), abs=1e-3)
        assert scores["token_ranks"] == ((logits > chosen).sum(1) + 1).tolist()


@pytest.mark.parametrize(
    "args, settings",
    [
        ([], {}),
        (["--num-beams", "4"], dict(num_beams=4)),
        (
            [
                "--num-beams",
                "3",
                "--length-penalty",
                "2",
                "--early-stopping",
                "never",
                "--min-new-tokens",
                "3",
                "--no-repeat-ngram-size",
                "2",
                "--repetition-penalty",
                "1.2",
            ],
            dict(
                num_beams=3,
                length_penalty=2.0,
                early_stopping="never",
                min_new_tokens=3,
                no_repeat_ngram_size=2,
                repetition_penalty=1.2,
            ),
        ),
    ],
)
def test_generate_is_the_reference(folder, model, pairs, args, settings):
    sources = [{"source_ids": pair["source_ids"]} for pair in pairs[:12]]

    found = answers(
        "generate", folder, sources, "--max-new-tokens", "8", "--batch-size", "5", *args
    )

    assert len(found) == len(sources)
    for source, answer in zip(sources, found):
        output = model.generate(input_ids=torch.tensor([source["source_ids"]]), max_new_tokens=8,
                                return_dict_in_generate=True, output_scores=True, **settings)
        ids = output.sequences[0, 1:].tolist()
        assert answer["ids"] == (ids[:ids.index(1)] if 1 in ids else ids)
        if "num_beams" in settings:
            assert answer["score"] == pytest.approx(output.sequences_scores[0].item(), abs=1e-4)


def test_texts_are_encoded_with_their_ends(folder):
    import sentencepiece
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(SPIECE))
    source, target = "a small <extra_id_0> dog", "the young of an animal"
    as_ids = {"source_ids": pieces.encode("a small") + [1099] + pieces.encode("dog") + [1],
              "target_ids": pieces.encode(target) + [1]}

    texts, ids = answers("score", folder, [{"source": source, "target": target}, as_ids])
    answer, same = answers("generate", folder, [{"source": source}, as_ids])

    assert texts["token_ranks"] == ids["token_ranks"]
    assert answer == same
    assert isinstance(answer["text"], str)


def test_truncate_keeps_the_end_of_a_text(folder):
    lines = [{"source": "dog " * 50, "target": "dog"}]

    cut, = answers("score", folder, lines, "--truncate", "--max-source-length", "8")

    import sentencepiece
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(SPIECE))
    ids = pieces.encode("dog " * 50)[:7] + [1]
    expected, = answers("score", folder, [{"source_ids": ids, "target": "dog"}])
    assert cut["token_ranks"] == expected["token_ranks"]


def test_samples_hang_on_the_seed_and_not_on_the_batches(folder, pairs):
    options = (
        "--do-sample",
        "--top-k",
        "0",
        "--num-return-sequences",
        "2",
        "--max-new-tokens",
        "6",
        "--seed",
        "3",
    )

    one = answers("generate", folder, pairs[:9], *options, "--batch-size", "2")
    other = answers("generate", folder, pairs[:9], *options, "--batch-size", "7")

    assert len(one) == 18
    assert [a["ids"] for a in one] == [a["ids"] for a in other]
    assert [a["ids"] for a in one] != [a["ids"] for a in answers("generate", folder, pairs[:9],
                                                                 *options[:-1], "4")]


@pytest.mark.parametrize("command", ["score", "generate"])
def test_a_pipe_gets_its_answer_before_the_next_line(folder, command):
    words = [str(DOVETAIL), command, "--model", str(folder), "--input", "-"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for _ in range(3):
            process.stdin.write(b'{"source_ids": [5, 1], "target_ids": [6, 1]}\n')
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 60)[0]
            assert json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(60) == 0
