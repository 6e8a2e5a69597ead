# SPDX-License-Identifier: Apache-2.0
"""Small files of weights, written by PyTorch and safetensors themselves: make.py, run in this
folder.

Every tensor is a run of whole numbers, so that what must be read can be checked by eye.
"""
import collections
import os

import safetensors.torch
import torch


class RunsCode:
    def __reduce__(self):
        return os.system, ("echo this must never be printed",)


def state():
    base = torch.arange(12.0)
    return collections.OrderedDict(
        plain=torch.arange(6.0).reshape(2, 3),
        transposed=torch.arange(6.0).reshape(2, 3).t(),
        part=base[4:7],                             # a storage of 12, read from its fifth element
        every_third=base[1::3],                     # 1, 4, 7, 10
        half=torch.tensor([0.5, -2.0], dtype=torch.float16),
        brain=torch.tensor([1.0, 3.0], dtype=torch.bfloat16),
        double=torch.tensor([[0.25]], dtype=torch.float64),
        parameter=torch.nn.Parameter(torch.tensor([7.0, 8.0])),
        empty=torch.empty(0, 4),
        scalar=torch.tensor(9.0))


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.save(state(), "new.bin")
    torch.save(state(), "old.bin", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 1).state_dict(), "module.bin")    # its pickle sets attributes
    torch.save({"a": RunsCode()}, "runs_code.bin")
    torch.save({"a": RunsCode()}, "runs_code_old.bin", _use_new_zipfile_serialization=False)
    torch.save({"model": state(), "step": 7}, "training_state.bin")
    torch.save({"expanded": torch.zeros(1).expand(1000)}, "expanded.bin")
    torch.save({"whole": torch.arange(3)}, "whole_numbers.bin")
    safetensors.torch.save_file(
        {key: tensor.detach().contiguous() for key, tensor in state().items()},
        "small.safetensors")
