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


def embed(job, results):
    objective = job["name"].split("/")[1]
    source, target = results / "artefacts" / job["key"], HERE / objective
    target.mkdir(exist_ok=True)
    tensors = safetensors.torch.load_file(source / "model.safetensors")
    safetensors.torch.save_file({name: t.to(torch.bfloat16) for name, t in tensors.items()},
                                target / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "spiece.model", "tokenizer_config.json"):
        if (source / name).exists():
            shutil.copy(source / name, target / name)
    return objective


def main(results):
    jobs = [job for job in json.loads((results / "plan.json").read_text())["jobs"]
            if job["kind"] == "pretrain"]
    with h5py.File(results / "results.h5") as file:
        table = file["jobs"] if "jobs" in file else file["cells"]
        names = [name.decode() for name in table["name"][:]]
        for job in jobs:
            row = names.index(job["name"]) if job["name"] in names else None
            objective = embed(job, results)
            loss = ("" if row is None or "train_loss" not in table
                    else f"{table['train_loss'][row]:.3f}")
            print(objective, job["settings"]["pretrain"]["steps"], "steps, final training loss",
                  loss)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
