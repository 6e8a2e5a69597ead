# SPDX-License-Identifier: Apache-2.0
"""`dovetail score --adapter` and `generate --adapter` beside PEFT: adapters that PEFT saves, on a
small random T5, give PEFT's numbers or are refused by the name of the key."""
import copy
import json
import os
import pathlib
import subprocess
import warnings

import pytest
from conftest import dovetail

os.environ["HF_HUB_OFFLINE"] = "1"
torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
peft = pytest.importorskip("peft")
safetensors_torch = pytest.importorskip("safetensors.torch")

SEED = 11
VOCABULARY = 90
# Of the sums of log-probabilities, relative; the tokens' are compared alike.
TOLERANCE = 1e-5
MODELS = {}


def read_base(folder):
    return transformers.T5ForConditionalGeneration.from_pretrained(folder).eval()


def base_model(folder):
    """A model of its own: PiSSA and OLoRA change the one that they are put on."""
    if folder not in MODELS:
        MODELS[folder] = read_base(folder)
    return copy.deepcopy(MODELS[folder])


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    config = transformers.T5Config(
        vocab_size=VOCABULARY, d_model=32, d_kv=8, num_heads=4, d_ff=48, num_layers=2,
        num_decoder_layers=2, dropout_rate=0.0, feed_forward_proj="gated-gelu",
        tie_word_embeddings=False, decoder_start_token_id=0)
    model = transformers.T5ForConditionalGeneration(config).eval()
    with torch.no_grad():
        for key, weight in model.named_parameters():
            if key.endswith((".o.weight", ".wo.weight")):
                weight *= 3
        model.lm_head.weight.normal_(std=0.35)
    model.save_pretrained(folder)
    return folder


ROWS = [{"source_ids": [17, 30, 5, 44, 61, 1], "target_ids": [40, 12, 1]},
        {"source_ids": [9, 1], "target_ids": [25, 3, 77, 8, 1]},
        {"source_ids": [60, 61, 62, 63, 64, 65, 66, 67, 68, 1], "target_ids": [5, 1]}]


def fill(model):
    """Trained values: every tensor of the adapter away from its start."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            if "lora_magnitude_vector" in name:
                tensor *= 1 + 0.2 * noise
            elif "lora_" in name or "vera_lambda" in name or "ia3_l" in name:
                tensor += 0.2 * noise
            elif "ln_tuning" in name:
                tensor *= 1 + 0.5 * noise
            elif "prompt_encoder" in name:
                tensor.copy_(2 * noise)


def made(base, folder, config, **saving):
    """An adapter of that config with trained values, saved by PEFT."""
    torch.manual_seed(SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = peft.get_peft_model(base_model(base), config)
        fill(model)
        model.save_pretrained(folder, **saving)
    return folder


def loaded(base, folder):
    """PEFT's model of a saved adapter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return peft.PeftModel.from_pretrained(base_model(base), folder).eval()


def logprobs_of(model, row):
    source, labels = torch.tensor([row["source_ids"]]), torch.tensor([row["target_ids"]])
    with torch.no_grad():
        logits = model(input_ids=source, attention_mask=torch.ones_like(source),
                       labels=labels).logits[0]
    return logits.log_softmax(-1).gather(1, labels.T)[:, 0]


def scored(base, folder):
    text = "".join(json.dumps(row) + "\n" for row in ROWS)
    return dovetail("score", "--model", base, "--adapter", folder, "--input", "-", cwd=base,
                    input=text)


def assert_equal_to_peft(base, folder):
    """Their numbers; returns by how much the adapter moves them, lest it does nothing."""
    result = scored(base, folder)
    assert result.returncode == 0 and result.stderr == "", result  # every key of PEFT's is known
    theirs, plain = loaded(base, folder), base_model(base)
    moved = 0.0
    for row, line in zip(ROWS, result.stdout.splitlines(), strict=True):
        expected = logprobs_of(theirs, row)
        found = torch.tensor(json.loads(line)["token_logprobs"])
        assert torch.allclose(found, expected, rtol=TOLERANCE, atol=TOLERANCE), (found, expected)
        assert json.loads(line)["logprob"] == pytest.approx(expected.sum().item(), rel=TOLERANCE)
        moved = max(moved, (logprobs_of(plain, row) - expected).abs().max().item())
    return moved


def lora(**settings):
    chosen = dict(task_type="SEQ_2_SEQ_LM", r=4, lora_alpha=8, target_modules=["q", "v"],
                  init_lora_weights=True)
    return peft.LoraConfig(**{**chosen, **settings})


LORAS = {
    "patterns": dict(
        use_rslora=True,
        rank_pattern={r"encoder\.block\.0.*q": 2, "SelfAttention.v": 3, "v": 7},
        alpha_pattern={r"^encoder\.block\.1\.layer\.0\.SelfAttention\.q": 32,
                       r".*EncDecAttention\.(q|v)": 3, "q": 5}),
    "regex": dict(target_modules=r".*decoder.*(SelfAttention|EncDecAttention)\.(q|v)$"),
    "all_linear": dict(target_modules="all-linear", exclude_modules=r".*block\.[1-9]\..*wo",
                       init_lora_weights="lora_ga", lora_ga_config=peft.LoraGAConfig(),
                       bias="all", lora_dropout=0.3, fan_in_fan_out=True),
    "layers": dict(target_modules=["q", "wo", "wi_0"], exclude_modules=["SelfAttention.q"],
                   layers_to_transform=[1]),
    "layers_pattern": dict(target_modules=["wo", "k"], layers_to_transform=[0, 2],
                           layers_pattern="layer"),
    "parameters": dict(target_modules=["k"], target_parameters=["SelfAttention.q.weight"],
                       alpha_pattern={"q": 64, r"q\.weight": 12}, rank_pattern={"q": 2}),
    "pissa": dict(init_lora_weights="pissa", use_rslora=True, rank_pattern={"v": 2},
                  target_modules=["q", "v", "wo"]),
    "olora": dict(init_lora_weights="olora", alpha_pattern={"v": 3}),
    "dora": dict(use_dora=True, init_lora_weights="pissa", alpha_pattern={"q": 3},
                 target_modules=["q", "o", "wi_1"]),
}


@pytest.mark.parametrize("name", LORAS)
def test_lora_is_pefts(base, tmp_path, name):
    folder = made(base, tmp_path / "adapter", lora(**LORAS[name]))
    assert assert_equal_to_peft(base, folder) > 1e-2


OTHERS = {
    "ia3": peft.IA3Config(task_type="SEQ_2_SEQ_LM"),
    "ia3 of the output": peft.IA3Config(task_type="SEQ_2_SEQ_LM", target_modules=["q", "wi_1", "o"],
                                        feedforward_modules=["o"]),
    "vera": peft.VeraConfig(task_type="SEQ_2_SEQ_LM", r=8, target_modules=["q", "v"],
                            vera_dropout=0.1),
    "vera of other widths": peft.VeraConfig(task_type="SEQ_2_SEQ_LM", r=5, d_initial=0.5,
                                            target_modules=["k", "wi_0", "wo"]),
    "norms": peft.LNTuningConfig(task_type="SEQ_2_SEQ_LM"),
    "some norms": peft.LNTuningConfig(task_type="SEQ_2_SEQ_LM",
                                      target_modules=r".*decoder.*layer_norm"),
    "prefix": peft.PrefixTuningConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=3),
    "prefix of a network": peft.PrefixTuningConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=4,
                                                   prefix_projection=True, encoder_hidden_size=6),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_kinds_are_pefts(base, tmp_path, name):
    folder = made(base, tmp_path / "adapter", OTHERS[name])
    assert assert_equal_to_peft(base, folder) > 1e-2


# Every tuning that PEFT has a form for, and the choices that its form has.
OURS = [
    ["lora", {"r": 4, "lora_alpha": 3}],
    ["lora", {"use_rslora": True, "target_modules": ["k", "wi_0", "wo"]}],
    ["lora", {"init_lora_weights": "pissa", "target_modules": ["q", "wi_1"]}],
    ["lora", {"init_lora_weights": "olora", "lora_alpha": 16}],
    ["dora", {"target_modules": ["q", "o", "wi_1"]}],
    ["vera", {"r": 6, "target_modules": ["v", "wo"]}],
    ["ia3", {}],
    ["ia3", {"target_modules": ["q", "o"], "feedforward_modules": ["o"]}],
    ["prefix", {"sharing": "peft", "num_virtual_tokens": 3}],
    ["norms", {}],
    ["soft_prompt", {"num_virtual_tokens": 5}],
    ["soft_prompt", {"encoder": "mlp", "num_virtual_tokens": 2}],
]


@pytest.fixture(scope="module")
def ours(base, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ours")
    program = pathlib.Path(os.environ["DOVETAIL"]).parent / "tests" / "tuning" / "write_adapters"
    subprocess.run([program, base, folder, json.dumps(OURS)], check=True)
    return folder


@pytest.mark.parametrize("number", range(len(OURS)), ids=[f"{t} {p}" for t, p in OURS])
def test_peft_reads_ours(base, ours, number):
    assert assert_equal_to_peft(base, ours / str(number)) > 1e-2


@pytest.mark.parametrize("number", [4, 6, 8])
def test_greedy_answers_are_pefts(base, ours, number):
    """DoRA, (IA)^3 and prefixes in the decoder with its caches."""
    folder = ours / str(number)
    text = "".join(json.dumps({"source_ids": row["source_ids"]}) + "\n" for row in ROWS)
    result = dovetail("generate", "--model", base, "--adapter", folder, "--input", "-",
                      "--max-new-tokens", "6", cwd=base, input=text)
    assert result.returncode == 0, result
    for row, line in zip(ROWS, result.stdout.splitlines(), strict=True):
        source = torch.tensor([row["source_ids"]])
        expected = loaded(base, folder).generate(
            input_ids=source, attention_mask=torch.ones_like(source), max_new_tokens=6,
            do_sample=False)[0, 1:].tolist()
        found = json.loads(line)["ids"]
        assert found == expected[:len(found)], (found, expected)


def test_vera_without_its_matrices_is_refused(base, tmp_path):
    folder = made(base, tmp_path / "adapter", peft.VeraConfig(
        task_type="SEQ_2_SEQ_LM", r=4, target_modules=["q"], save_projection=False))
    result = scored(base, folder)
    assert result.returncode == 2 and result.stdout == "", result
    assert "save_projection" in result.stderr, result


@pytest.fixture(scope="module")
def plain(base, tmp_path_factory):
    return made(base, tmp_path_factory.mktemp("plain"), lora())


def changed(plain, folder, **keys):
    """The plain adapter with other keys in adapter_config.json, in the order given."""
    folder.mkdir()
    config = json.loads((plain / "adapter_config.json").read_text())
    (folder / "adapter_config.json").write_text(json.dumps({**config, **keys}))
    (folder / "adapter_model.safetensors").symlink_to(plain / "adapter_model.safetensors")
    return folder


def test_the_first_pattern_of_the_file_decides(base, plain, tmp_path):
    """PEFT sorts them when it saves; another writer's order is the one that counts."""
    folder = changed(plain, tmp_path / "adapter", alpha_pattern={"v": 3, "SelfAttention.v": 64})
    assert assert_equal_to_peft(base, folder) > 1e-2


def test_an_older_file_and_whole_weights_beside_the_update(base, plain, tmp_path):
    """adapter_model.bin, tensors that name the adapter, and an embedding that was saved too."""
    folder = changed(plain, tmp_path / "adapter")
    tensors = {name.replace("lora_A.", "lora_A.default."): tensor for name, tensor
               in safetensors_torch.load_file(folder / "adapter_model.safetensors").items()}
    for name in ("shared", "lm_head"):
        tensors[f"base_model.model.{name}.weight"] = base_model(base).shared.weight.detach() * 1.1
    (folder / "adapter_model.safetensors").unlink()
    torch.save(tensors, folder / "adapter_model.bin")
    assert assert_equal_to_peft(base, folder) > 1e-2


def test_a_model_that_no_two_loads_agree_on_is_refused(base, plain, tmp_path):
    """With pissa_niter_N, PEFT takes away what a random algorithm finds."""
    folder = changed(plain, tmp_path / "adapter", init_lora_weights="pissa_niter_4")
    one, other = loaded(base, folder), loaded(base, folder)
    assert not torch.equal(logprobs_of(one, ROWS[0]), logprobs_of(other, ROWS[0]))

    result = scored(base, folder)

    assert result.returncode == 2 and result.stdout == "", result
    assert '"init_lora_weights"' in result.stderr and "adapter_config.json" in result.stderr, result


def generated(base, folder):
    text = "".join(json.dumps(row) + "\n" for row in ROWS)
    result = dovetail("generate", "--model", base, "--adapter", folder, "--input", "-",
                      "--max-new-tokens", "8", cwd=base, input=text)
    assert result.returncode == 0, result
    return [json.loads(line)["ids"] for line in result.stdout.splitlines()]


def test_a_prompt_is_pefts(base, tmp_path):
    """PEFT saves as many rows again for the decoder, and uses them nowhere."""
    config = peft.PromptTuningConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=5)
    folder = made(base, tmp_path / "adapter", config)
    rows = safetensors_torch.load_file(folder / "adapter_model.safetensors")["prompt_embeddings"]
    assert rows.shape == (10, 32)

    assert assert_equal_to_peft(base, folder) > 1e-2

    theirs = loaded(base, folder)
    for row, found in zip(ROWS, generated(base, folder), strict=True):
        source = torch.tensor([row["source_ids"]])
        ids = theirs.generate(input_ids=source, attention_mask=torch.ones_like(source),
                              max_new_tokens=8)[0, 1:].tolist()
        assert found == (ids[:ids.index(1)] if 1 in ids else ids)


def test_a_prompt_that_an_encoder_made_is_pefts(base, tmp_path):
    config = peft.PromptEncoderConfig(task_type="SEQ_2_SEQ_LM", num_virtual_tokens=5,
                                      encoder_hidden_size=16)
    assert assert_equal_to_peft(base, made(base, tmp_path / "adapter", config)) > 1e-2


@pytest.mark.parametrize("config, kind", [
    (peft.LoraConfig, "LORA"), (peft.PromptTuningConfig, "PROMPT_TUNING, P_TUNING"),
    (peft.PromptEncoderConfig, "PROMPT_TUNING, P_TUNING"), (peft.IA3Config, "IA3"),
    (peft.VeraConfig, "VERA"), (peft.PrefixTuningConfig, "PREFIX_TUNING"),
    (peft.LNTuningConfig, "LN_TUNING")])
def test_every_key_that_peft_writes_is_declared(config, kind, tmp_path):
    config(task_type="SEQ_2_SEQ_LM").save_pretrained(tmp_path)
    written = json.loads((tmp_path / "adapter_config.json").read_text())

    listed = dovetail("list", "foreign_keys", cwd=tmp_path).stdout
    declared = listed.split(f"### adapter_config.json ({kind})\n")[1].split("\n### ")[0]

    assert [key for key in written if f"| `{key}` |" not in declared] == []
