#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the averaged weights of a checkpoint as safetensors in 16 bits.

    python3 export.py out/tinyprompt/checkpoint.pt assets/segmentation/models/tinyprompt.safetensors --side 256"""
import argparse
import json
import struct

import numpy as np
import torch

from model import PRESETS


def save_safetensors(path, tensors, metadata):
    """tensors {name: numpy f16 or f32}, metadata {str: str}"""
    kinds = {np.dtype(np.float16): "F16", np.dtype(np.float32): "F32"}
    header, at = {"__metadata__": metadata}, 0
    for name in sorted(tensors):
        a = tensors[name]
        header[name] = {"dtype": kinds[a.dtype], "shape": list(a.shape), "data_offsets": [at, at + a.nbytes]}
        at += a.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for name in sorted(tensors):
            f.write(np.ascontiguousarray(tensors[name]).tobytes())


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint")
    p.add_argument("out")
    p.add_argument("--side", type=int, default=256, help="pixels on a side of the square that the model is run on")
    a = p.parse_args()
    saved = torch.load(a.checkpoint, map_location="cpu")
    preset = saved["options"]["preset"]
    tensors = {k: v.to(torch.float16).numpy() for k, v in saved["average"].items()}
    save_safetensors(a.out, tensors, {"image_size": str(a.side), "decoder_heads": str(PRESETS[preset].heads), "preset": preset,
                                      "steps": str(saved["step"]), "seed": str(saved["options"]["seed"])})


if __name__ == "__main__":
    main()
