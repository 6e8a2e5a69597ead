# SPDX-License-Identifier: Apache-2.0
"""Ten steps of every optimizer by its reference: torch.optim, transformers, or the paper's lines.

Usage: optimizer_oracle.py OUTPUT_FOLDER
Writes OUTPUT_FOLDER/CASE/settings.json, and CASE/steps.safetensors with start.I, gradient.STEP.I
and after.STEP.I of tensors I of several shapes.
"""
import json
import pathlib
import sys

import numpy as np
import safetensors.torch
import torch
from transformers.optimization import Adafactor

SEED = 20
STEPS = 10
SHAPES = [(17,), (1,), (12, 31), (64, 5), (3, 6, 10)]


class Lion:
    """Chen et al. 2023, algorithm 2, line by line in numpy."""

    def __init__(self, params, lr, betas, weight_decay):
        self.params, self.lr, self.betas, self.decay = params, lr, betas, weight_decay
        self.momenta = [np.zeros(p.shape, np.float64) for p in params]

    def step(self):
        beta1, beta2 = self.betas
        for i, p in enumerate(self.params):
            gradient = p.grad.double().numpy()
            update = np.sign(beta1 * self.momenta[i] + (1 - beta1) * gradient)
            theta = p.detach().double().numpy()
            theta = theta - self.lr * (update + self.decay * theta)
            self.momenta[i] = beta2 * self.momenta[i] + (1 - beta2) * gradient
            with torch.no_grad():
                p.copy_(torch.from_numpy(theta))


def adafactor(params, rate, decay, given):
    given = {"scale_parameter": False, "relative_step": False, "warmup_init": False} | given
    return Adafactor(params, lr=None if given["relative_step"] else rate, weight_decay=decay,
                     **given)


# name of the optimizer, learning rate, weight decay, our parameters, how the reference is made
CASES = {
    "adamw": ("adamw", 1e-2, 0.0, {}, lambda p, r, d, o: torch.optim.AdamW(p, r, weight_decay=d)),
    "adamw_betas_decay": (
        "adamw", 3e-2, 0.1, {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-6},
        lambda p, r, d, o: torch.optim.AdamW(p, r, (o["beta1"], o["beta2"]), o["epsilon"], d)),
    "adafactor_fixed": ("adafactor", 1e-2, 0.0, {}, adafactor),
    "adafactor_decay": ("adafactor", 1e-2, 0.1, {"clip_threshold": 0.5, "decay_rate": -0.5},
                        adafactor),
    "adafactor_beta1": ("adafactor", 1e-2, 0.0, {"beta1": 0.9}, adafactor),
    "adafactor_scale": ("adafactor", 1e-2, 0.01, {"scale_parameter": True}, adafactor),
    "adafactor_relative": ("adafactor", 1e-3, 0.0, {"relative_step": True, "scale_parameter": True},
                           adafactor),
    "adafactor_warmup": ("adafactor", 1e-3, 0.0,
                         {"relative_step": True, "warmup_init": True, "beta1": 0.5}, adafactor),
    "sgd": ("sgd", 1e-1, 0.0, {}, lambda p, r, d, o: torch.optim.SGD(p, r)),
    "sgd_momentum": ("sgd", 1e-1, 0.1, {"momentum": 0.9},
                     lambda p, r, d, o: torch.optim.SGD(p, r, weight_decay=d, **o)),
    "sgd_nesterov": ("sgd", 1e-1, 0.1, {"momentum": 0.9, "nesterov": True},
                     lambda p, r, d, o: torch.optim.SGD(p, r, weight_decay=d, **o)),
    "lion": ("lion", 1e-2, 0.0, {}, lambda p, r, d, o: Lion(p, r, (0.9, 0.99), d)),
    "lion_decay": ("lion", 1e-2, 0.3, {"beta1": 0.95, "beta2": 0.98},
                   lambda p, r, d, o: Lion(p, r, (o["beta1"], o["beta2"]), d)),
}


def make_case(case, folder):
    name, rate, decay, parameters, make = CASES[case]
    torch.manual_seed(SEED)
    params = [torch.nn.Parameter(torch.randn(shape)) for shape in SHAPES]
    optimizer = make(params, rate, decay, parameters)
    tensors = {f"start.{i}": p.detach().clone() for i, p in enumerate(params)}
    for step in range(STEPS):
        for i, p in enumerate(params):
            p.grad = torch.randn_like(p) * 10.0 ** (i - 2)
            tensors[f"gradient.{step}.{i}"] = p.grad.clone()
        optimizer.step()
        tensors |= {f"after.{step}.{i}": p.detach().clone() for i, p in enumerate(params)}
    folder.mkdir(parents=True, exist_ok=True)
    safetensors.torch.save_file(tensors, folder / "steps.safetensors")
    settings = {"name": name, "learning_rate": rate, "weight_decay": decay,
                "parameters": parameters, "steps": STEPS, "tensors": len(SHAPES), "seed": SEED}
    (folder / "settings.json").write_text(json.dumps(settings))


if __name__ == "__main__":
    for case_name in CASES:
        make_case(case_name, pathlib.Path(sys.argv[1]) / case_name)
