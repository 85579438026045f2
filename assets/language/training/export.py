#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints of train.py -> the public formats, floats in 16 bits:

    python3 export.py OUT ../models

models/tiny: config.json, model.safetensors (Llama names), medusa.safetensors, medusa_shared.safetensors (legacy form), mtp.safetensors
(DeepSeek's names; embedding and output matrix are the target's), gloeckle.safetensors; models/draft: the small model."""
import json
import os
import sys

import torch

import tensors
from model import SHAPES


def folder(where, shape, state, note):
    os.makedirs(where, exist_ok=True)
    with open(os.path.join(where, "config.json"), "w") as f:
        json.dump(SHAPES[shape].json(), f, indent=1)
        f.write("\n")
    tensors.write(os.path.join(where, "model.safetensors"), state, note)


def main():
    out, models = sys.argv[1:3]
    kept = torch.load(os.path.join(out, "target.pt"), map_location="cpu")
    layers = SHAPES["tiny"].layers
    folder(os.path.join(models, "tiny"), "tiny", kept["model"], {"format": "pt", "steps": str(kept["step"])})
    path = os.path.join(out, "drafts.pt")
    if not os.path.exists(path):
        return
    kept = torch.load(path, map_location="cpu")
    note, state = {"format": "pt", "steps": str(kept["step"])}, kept["model"]
    part = lambda p: {k[len(p):]: v for k, v in state.items() if k.startswith(p)}
    folder(os.path.join(models, "draft"), "draft", part("draft."), note)
    for name, prefix in (("medusa", "medusa."), ("medusa_shared", "medusa_shared.")):
        heads = {}
        for k, v in part(prefix).items():
            kind, head, field = k.split(".")
            heads[f"{head}.0.linear.{field}" if kind == "blocks" else f"{head}.1.{field}"] = v
        tensors.write(os.path.join(models, "tiny", name + ".safetensors"), heads, note)
    mtp = {}
    for k, v in part("mtp.").items():
        k = k.replace("layer.", "", 1) if k.startswith("layer.") else "shared_head." + k if k.startswith("norm.") else k
        mtp[f"model.layers.{layers}.{k}"] = v
    tensors.write(os.path.join(models, "tiny", "mtp.safetensors"), mtp, note)
    heads = {}
    for k, v in part("gloeckle.").items():
        kind, head, field = k.split(".", 2)
        heads[f"gloeckle.{head}.{field}" if kind == "layers" else f"gloeckle.{head}.norm.{field}"] = v
    tensors.write(os.path.join(models, "tiny", "gloeckle.safetensors"), heads, note)


if __name__ == "__main__":
    main()
