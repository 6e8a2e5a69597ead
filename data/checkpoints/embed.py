# SPDX-License-Identifier: Apache-2.0
"""Copies the products of sweeps/embedded_checkpoints.toml here, in bfloat16 (half the size).

    jobs/launch -n 2 build/dovetail run sweeps/embedded_checkpoints.toml
    .venv/bin/python data/checkpoints/embed.py results/embedded_checkpoints
"""
import json
import pathlib
import shutil
import sys

import h5py
import safetensors.torch
import torch

HERE = pathlib.Path(__file__).parent


COLUMNS = ("steps", "text_tokens", "loss_tokens", "flops", "final_span_share", "train_loss",
           "held_out_loss")


def embed(name, key, results):
    source, target = results / "artefacts" / key, HERE / name
    target.mkdir(exist_ok=True)
    tensors = safetensors.torch.load_file(source / "model.safetensors")
    safetensors.torch.save_file({name: t.to(torch.bfloat16) for name, t in tensors.items()},
                                target / "model.safetensors", metadata={"format": "pt"})
    (target / "model.safetensors").chmod(0o644)
    for file in ("config.json", "spiece.model", "tokenizer_config.json"):
        if (source / file).exists():
            shutil.copy(source / file, target / file)


def main(results):
    """Copies each checkpoint, and prints its row of README.md's table."""
    jobs = json.loads((results / "plan.json").read_text())["jobs"]
    keys = {job["name"]: job["key"] for job in jobs if job["kind"] == "pretrain"}
    print("| folder |", " | ".join(COLUMNS), "|")
    with h5py.File(results / "results.h5") as file:
        table = file["cells"]
        for row, name in enumerate(table["name"][:]):
            _, objective, seed = name.decode().split("/")
            embed(objective, keys[f"pretrain/{objective}/{seed}"], results)
            print(f"| `{objective}` |",
                  " | ".join(f"{table[column][row]:.5g}" for column in COLUMNS), "|")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
