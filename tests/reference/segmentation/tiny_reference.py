#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TinyPrompt in float64: a small model of random weights on a small picture, every stage sampled.

    python3 tests/reference/segmentation/tiny_reference.py        writes tests/segmentation/data/tiny.{safetensors,npz}
    ... --weights assets/segmentation/models/tinyprompt.safetensors --picture tests/segmentation/photographs/coffee.jpg \
        --out tests/segmentation/data/tinyprompt                  the same of the shipped weights, and the resized picture (python3-pil)

Weights are rounded to what the file holds before anything is computed. Needs python3-torch 1.13 or newer."""
import argparse
import json
import os
import struct
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..", "..")
sys.path.insert(0, os.path.join(ROOT, "assets", "segmentation", "training"))
from export import save_safetensors  # noqa: E402
from model import MEAN, PRESETS, STD, TinyPrompt  # noqa: E402

SIDE = 64


def random_weights(model, seed):
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in list(model.named_parameters()) + list(model.named_buffers()):
            r = torch.rand(p.shape, generator=g) * 2 - 1
            norm = name.endswith("weight") and p.ndim == 1
            fan = max(1, p[0].numel()) if p.ndim > 1 else 1
            p.copy_(1 + 0.3 * r if norm else r * 0.3 if p.ndim == 1 else r * (3.0 / fan) ** 0.5)
        for e in [model.prompt_encoder.pe_layer.positional_encoding_gaussian_matrix]:
            e.copy_(torch.randn(e.shape, generator=g))
        for e in model.prompt_encoder.point_embeddings:
            e.weight.mul_(5)  # an embedding of one row: its fan is its width


def read_safetensors(path):
    raw = open(path, "rb").read()
    n = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8:8 + n])
    kinds = {"F16": np.float16, "F32": np.float32}
    out = {}
    for k, e in header.items():
        if k != "__metadata__":
            b, f = e["data_offsets"]
            out[k] = torch.from_numpy(np.frombuffer(raw[8 + n + b:8 + n + f], kinds[e["dtype"]]).reshape(e["shape"]).astype(np.float64))
    return out, header["__metadata__"]


def formula_picture():
    """uint8 [48, 64, 3]"""
    y, x = np.mgrid[0:48, 0:64]
    return np.stack([(x * 7 + y * 3) % 256, (x * y) % 251, (x * x + 5 * y) % 241], -1).astype(np.uint8)


def sample(a):
    """At most 400 values at an odd distance, as the test's sampled()."""
    flat = np.asarray(a, np.float64).reshape(-1)
    return flat[::((flat.size + 399) // 400) | 1]


def run(model, rgb, side, prompts):
    """rgb of the resized size; -> {stage: array}, picture [1, 3, side, side] filled up with zeros."""
    h, w = rgb.shape[:2]
    image = torch.zeros(1, 3, side, side, dtype=torch.float64)
    image[0, :, :h, :w] = ((torch.from_numpy(rgb.astype(np.float64)) - torch.tensor(MEAN, dtype=torch.float64)) /
                           torch.tensor(STD, dtype=torch.float64)).permute(2, 0, 1)
    stages, hooks = {}, []
    keep = lambda name, last: lambda m, i, o: stages.__setitem__(name, o.permute(0, 2, 3, 1) if last else o)
    enc = model.image_encoder
    hooks.append(enc.stem[3].register_forward_hook(keep("stem", True)))
    for i, blocks in enumerate(enc.stages):
        for j, b in enumerate(blocks):
            hooks.append(b.register_forward_hook(keep(f"block.{i}.{j}", True)))
    hooks.append(enc.gcn.register_forward_hook(keep("gcn", True)))
    hooks.append(enc.neck[1].register_forward_hook(keep("neck", False)))
    encoded = model.encode(image)
    for k, (points, labels, former) in enumerate(prompts):
        points, labels = torch.tensor([points], dtype=torch.float64), torch.tensor([labels])
        former = None if not former else torch.from_numpy(former_logits(side))[None, None]
        _, dense = model.prompt_encoder.dense(encoded[0], encoded[3], points, labels, former)
        stages[f"{k}.dense"] = dense.flatten(2).transpose(1, 2)
        masks, iou = model.decode(encoded, points, labels, former)
        stages[f"{k}.logits"], stages[f"{k}.iou"] = masks, iou
    for h_ in hooks:
        h_.remove()
    return {k: v.detach().numpy() for k, v in stages.items()}


def former_logits(side):
    y, x = np.mgrid[0:side // 2, 0:side // 2]
    return 6.0 * np.sin(0.3 * x) * np.cos(0.2 * y)


def prompts_for(w, h):
    """(points, labels, former logits?) in pixels of the model's square; -1 stands for nothing."""
    a, b, c = [0.3 * w, 0.4 * h], [0.62 * w, 0.55 * h], [0.1 * w, 0.85 * h]
    return [([a, [0, 0]], [1, -1], False), ([a, b, c, [0, 0]], [1, 0, 1, -1], True),
            ([b, [0.2 * w, 0.1 * h], [0.9 * w, 0.8 * h]], [0, 2, 3], True)]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--weights")
    p.add_argument("--picture")
    p.add_argument("--out", default=os.path.join(ROOT, "tests", "segmentation", "data", "tiny"))
    a = p.parse_args()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    if a.weights:
        from PIL import Image
        state, meta = read_safetensors(a.weights)
        model, side = TinyPrompt(PRESETS[meta["preset"]]), int(meta["image_size"])
        model.load_state_dict(state)
        picture = Image.open(a.picture).convert("RGB")
        scale = side / max(picture.size)
        size = tuple(int(v * scale + 0.5) for v in picture.size)
        rgb = np.asarray(picture.resize(size, Image.BILINEAR))
        Image.fromarray(rgb).save(a.out + ".png")
    else:
        model, side, rgb = TinyPrompt(PRESETS["test"]), SIDE, formula_picture()
        random_weights(model, 5)
        tensors = {k: v.numpy().astype(np.float32) for k, v in model.state_dict().items()}
        save_safetensors(a.out + ".safetensors", tensors,
                         {"image_size": str(SIDE), "decoder_heads": str(PRESETS["test"].heads), "preset": "test"})
        model.load_state_dict({k: torch.from_numpy(v.astype(np.float64)) for k, v in tensors.items()})
    h, w = rgb.shape[:2]
    found = run(model, rgb, side, prompts_for(w, h))
    np.savez_compressed(a.out + ".npz", **{k: sample(v) for k, v in found.items()})
    print({k: v.shape for k, v in found.items()})


if __name__ == "__main__":
    main()
