# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the files in this folder, once: python3 generate.py, with Debian 12's python3-torch 1.13.1 and python3-numpy.

The tests know the values: element i (row-major) of a tensor is (i - 3) / 8, so that every type holds them exactly but the
whole numbers, which are i - 3, or i for unsigned ones. They need neither PyTorch nor NumPy.
"""
import collections
import os

import numpy as np
import torch

here = os.path.dirname(os.path.abspath(__file__))


def path(name):
    return os.path.join(here, name)


def ramp(*shape, dtype=torch.float32):
    count = int(np.prod(shape))
    values = torch.arange(count, dtype=torch.float64) - 3
    if dtype in (torch.uint8, torch.bool):
        values += 3
    elif dtype.is_floating_point:
        values /= 8
    return values.reshape(shape).to(dtype)


state = collections.OrderedDict()
state["f32"] = ramp(2, 3)
state["f16"] = ramp(3, dtype=torch.float16)
state["bf16"] = ramp(3, dtype=torch.bfloat16)
state["f64"] = ramp(3, dtype=torch.float64)
state["i64"] = ramp(3, dtype=torch.int64)
state["i32"] = ramp(3, dtype=torch.int32)
state["i16"] = ramp(3, dtype=torch.int16)
state["i8"] = ramp(5, dtype=torch.int8)
state["u8"] = ramp(3, dtype=torch.uint8)
state["bool"] = ramp(2, dtype=torch.bool)
state["scalar"] = torch.tensor(0.5)
state["empty"] = torch.zeros(0, 4)
state["transposed"] = ramp(3, 4).t()  # 4 x 3, strides 1, 4
state["window"] = ramp(6, 5)[1:4, 1::2]  # 3 x 2, offset 6, strides 5, 2
state["tied"] = state["f32"]
state["parameter"] = torch.nn.Parameter(ramp(2, 2))
torch.save(state, path("state.pt"))

torch.manual_seed(7)
net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
with torch.no_grad():
    net[0].weight.copy_(ramp(2, 3))
    net[0].bias.copy_(ramp(2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
net(torch.ones(4, 3)).sum().backward()
optimizer.step()
with torch.no_grad():
    net[0].weight.copy_(ramp(2, 3))
    net[0].bias.copy_(ramp(2))
torch.save({"model": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 12, "loss": 0.25, "note": "x"}, path("training.pth"))
torch.save([ramp(2), {"a": ramp(3)}], path("list.pt"))
torch.save(net, path("whole_module.pt"))  # refused: it names classes
torch.save(state["f32"], path("old.pt"), _use_new_zipfile_serialization=False)  # refused: before 1.6

arrays = {
    "f4": np.arange(6, dtype="<f4").reshape(2, 3) / 8,
    "big": np.arange(6, dtype=">f8").reshape(2, 3) / 8,
    "fortran": np.asfortranarray(np.arange(6, dtype="<f2").reshape(2, 3) / 8),
    "i4": np.arange(-3, 3, dtype="<i4"),
    "u8": np.arange(3, dtype="<u8"),
    "b": np.array([True, False]),
    "scalar": np.float32(0.5),
    "empty": np.zeros((0, 2), "<f4"),
}
np.savez(path("stored.npz"), **arrays)
np.savez_compressed(path("packed.npz"), **arrays, long=np.zeros(40000, "<f4"))
