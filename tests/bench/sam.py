#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Full-size SAM layouts of random weights, and what PyTorch takes for them: the peer of `orrery segment --stats`.

    python3 tests/bench/sam.py write vit_b sam.safetensors      # or vit_l, vit_h, mobile; a name ending in .pth: torch.save
    python3 tests/bench/sam.py time vit_b [--threads 2] [--runs 3] [--compare DUMP]

`--compare` holds the stages of `orrery segment --dump DUMP` on the script's picture (picture.png, written beside the weights) against
float32 PyTorch. Needs PyTorch, NumPy, Pillow."""
import argparse
import glob
import json
import os
import struct
import sys
import time

import numpy as np
import torch
from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference", "segmentation"))
import sam_reference as sam

COMMON = dict(side=1024, channels=256, inner=128, decoder_mlp=2048, up1=64, up2=32, mask_channels=(4, 16), picture=(1024, 683))


def vit(width, depth, heads, every):
    return dict(kind="vit", patch=16, width=width, depth=depth, heads=heads, head_size=width // heads, window=14, mlp=4 * width, **COMMON,
                **{"global": [i for i in range(depth) if i % every == every - 1]})


LAYOUTS = {
    "vit_b": vit(768, 12, 12, 3), "vit_l": vit(1024, 24, 16, 6), "vit_h": vit(1280, 32, 16, 8),
    "mobile": dict(kind="tinyvit", widths=[64, 128, 160, 320], depths=[2, 2, 6, 2], stem=32, heads=[0, 4, 5, 10], windows=[0, 7, 14, 7], **COMMON),
}


class Mobile(sam.Net):
    """The reference makes an MLP of three times the width; MobileSAM's is four times."""

    def both(self, name, *shape, **more):
        if name.endswith("mlp.fc1"):
            shape = (shape[1] * 4, shape[1])
        if name.endswith("mlp.fc2"):
            shape = (shape[0], shape[0] * 4)
        super().both(name, *shape, **more)


def network(layout):
    c = LAYOUTS[layout]
    if c["kind"] == "vit":
        return c, sam.vit_weights(c)
    sam.Net = Mobile
    net = sam.tinyvit_weights(c)
    net.both("image_encoder.norm_head", 320)  # stored in the released file and never used
    net.both("image_encoder.head", 1000, 320)
    return c, net


def write(layout, path):
    c, net = network(layout)
    if path.endswith((".pth", ".pt")):
        torch.save({name: t.float() for name, t in net.tensors.items()}, path)
    else:
        header, at = {}, 0
        for name, t in net.tensors.items():
            header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + 4 * t.numel()]}
            at += 4 * t.numel()
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(path, "wb") as out:
            out.write(struct.pack("<Q", len(text)) + text)
            for t in net.tensors.values():
                out.write(t.numpy().astype("<f4").tobytes())
    Image.fromarray(sam.picture(*c["picture"])).save(os.path.join(os.path.dirname(path) or ".", "picture.png"))
    print(f"{path}: {sum(t.numel() for t in net.tensors.values()):,} numbers")


def measure(layout, threads, runs, dump):
    torch.set_num_threads(threads)
    c, net = network(layout)
    net.tensors = {name: t.float() for name, t in net.tensors.items()}
    w, h = c["picture"]
    _, x, new = sam.preprocess(sam.picture(w, h), c["side"], None)
    x = x.float()
    float_fourier = sam.fourier
    sam.fourier = lambda n, at: float_fourier(n, at.float())
    encode = sam.encode_vit if c["kind"] == "vit" else sam.encode_tinyvit
    prompt = dict(points=[((0.4 * w, 0.3 * h), 1)])
    best = {"encode": 1e9, "decode": 1e9, "encode cpu": 1e9, "decode cpu": 1e9}

    def timed(name, work):
        start, cpu = time.perf_counter(), time.process_time()
        result = work()
        best[name] = min(best[name], time.perf_counter() - start)
        best[name + " cpu"] = min(best[name + " cpu"], time.process_time() - cpu)
        return result

    for _ in range(runs):
        stages = {}
        stages["neck"] = timed("encode", lambda: encode(net, c, x, None, stages))
        for _ in range(5):
            s = {}
            timed("decode", lambda: sam.decode(net, c, stages["neck"], prompt, (h, w), new, None, s))
    print(f"{layout}, PyTorch {torch.__version__}, {threads} threads, best of {runs}: encode {best['encode']:.3f} s "
          f"({best['encode cpu']:.3f} s of CPU), one click {best['decode']:.4f} s ({best['decode cpu']:.4f}), its mask included")
    for path in sorted(glob.glob(os.path.join(dump, "*.npy"))) if dump else []:
        name = os.path.basename(path)[4:-4]
        theirs = stages.get(name, s.get(name))
        if theirs is None:
            continue
        ours, theirs = np.load(path).astype(np.float64).reshape(-1), theirs.numpy().astype(np.float64).reshape(-1)
        print(f"  {name:20s} relative difference {np.linalg.norm(ours - theirs) / np.linalg.norm(theirs):.2e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["write", "time"])
    parser.add_argument("layout", choices=LAYOUTS)
    parser.add_argument("path", nargs="?")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--compare", default="")
    options = parser.parse_args()
    write(options.layout, options.path) if options.what == "write" else measure(options.layout, options.threads, options.runs, options.compare)
