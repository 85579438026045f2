# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes and reads safetensors: u64 length, JSON header, data. Floats are stored in 16 bits."""
import json
import struct

import numpy as np


def write(path, tensors, note):
    """tensors: name -> torch tensor or array; note: strings for __metadata__."""
    arrays = {n: np.ascontiguousarray(np.asarray(t.detach().float().cpu() if hasattr(t, "detach") else t), "<f2") for n, t in sorted(tensors.items())}
    header, at = {"__metadata__": note}, 0
    for n, a in arrays.items():
        header[n] = {"dtype": "F16", "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(a.tobytes() for a in arrays.values()))


def read(path):
    with open(path, "rb") as f:
        raw = f.read()
    n = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + n])
    header.pop("__metadata__", None)
    take = lambda e: np.frombuffer(raw[8 + n + e["data_offsets"][0]: 8 + n + e["data_offsets"][1]], "<f2").reshape(e["shape"])
    return {name: take(e).astype(np.float32) for name, e in header.items()}
