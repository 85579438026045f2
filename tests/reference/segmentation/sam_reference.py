#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Segment Anything and MobileSAM in float64, written after the papers' description and nothing of ours: what the lab's stages are held
against. Weights are numbers of a formula (fill) that tests/segmentation makes too, so that only samples of results are kept:

    python3 tests/reference/segmentation/sam_reference.py        # writes tests/segmentation/data/*.{json,npz}

Needs PyTorch, NumPy and Pillow. A mutant is the same network with one published mistake; the test must tell it from the right one."""
import json
import os
import zlib

import numpy as np
import torch
from PIL import Image

# tests/bench/sam.py takes all of these from here.
from sam_decoder import decode, fourier
from sam_encoders import encode_tinyvit, encode_vit, picture, preprocess
from sam_weights import Net, tinyvit_weights, vit_weights

torch.set_grad_enabled(False)
torch.set_num_threads(2)
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "segmentation", "data")


# --- cases ------------------------------------------------------------------------------------------------------------
CASES = {
    "vit": dict(kind="vit", side=160, patch=16, width=48, depth=4, heads=4, head_size=12, window=4, mlp=96, channels=32, inner=16,
                decoder_mlp=64, up1=8, up2=4, picture=(211, 300), **{"global": [1, 3]}),
    "pruned": dict(kind="vit", side=128, patch=16, width=60, depth=3, heads=5, head_size=10, window=5, mlp=68, channels=64, inner=32,
                   decoder_mlp=48, up1=16, up2=8, picture=(90, 61), **{"global": [2]}),
    "tinyvit": dict(kind="tinyvit", side=160, widths=[8, 16, 24, 32], depths=[2, 2, 2, 1], stem=8, heads=[0, 2, 3, 4], windows=[0, 3, 4, 3],
                    channels=32, inner=16, decoder_mlp=64, up1=8, up2=4, picture=(151, 117)),
}
MUTANTS = {
    "vit": ["tanh_gelu", "scaled_rel", "swapped_rel", "masked_padding", "padding_before_norm", "head_major", "first_residual",
            "places_in_values", "pad_dropped", "missing_half", "xy_swapped", "align_corners", "no_antialias", "pad_before_normalise",
            "common_scale", "mask_token_off_by_one", "sheared_portrait", "epsilon"],
    "pruned": ["pad_with_box"],
    "tinyvit": ["padding_after_norm", "three_major", "tanh_gelu"],
}


def prompts_of(c):
    w, h = c["picture"]
    return [
        dict(points=[((0.4 * w, 0.3 * h), 1)]),
        dict(points=[((0.4 * w, 0.3 * h), 1), ((0.8 * w, 0.75 * h), 0)]),
        dict(box=[0.1 * w, 0.2 * h, 0.7 * w, 0.9 * h]),
        dict(points=[((0.5 * w, 0.5 * h), 1)], box=[0.1 * w, 0.2 * h, 0.7 * w, 0.9 * h]),
    ]


def run(name, mutant, full):
    c = CASES[name]
    net = vit_weights(c) if c["kind"] == "vit" else tinyvit_weights(c)
    w, h = c["picture"]
    stages = {}
    resized, x, new = preprocess(picture(w, h), c["side"], mutant)
    stages["resized"], stages["input"] = torch.from_numpy(resized.astype(np.float64)), x
    embedding = (encode_vit if c["kind"] == "vit" else encode_tinyvit)(net, c, x, mutant, stages)
    stages["neck"] = embedding
    out = {}
    prompts = prompts_of(c)
    for number, prompt in enumerate(prompts):
        s = {}
        decode(net, c, embedding, prompt, (h, w), new, mutant, s)
        for key, value in s.items():
            if number == 0 or key in ("logits", "iou", "full", "sparse", "chosen"):
                out[f"{number}.{key}"] = value
        if number == 0:
            mask = s["logits"][0, 1].numpy()
    s = {}  # the first click again, with the answer to it as a mask
    decode(net, c, embedding, dict(prompts[0], mask=mask.astype(np.float32).astype(np.float64)), (h, w), new, mutant, s)
    for key in ("dense", "logits", "iou", "full", "chosen"):
        out[f"{len(prompts)}.{key}"] = s[key]
    if full:
        return net, {**stages, **out}
    return net, {k: v for k, v in {**stages, **out}.items() if k.split(".")[-1] in ("resized", "input", "neck", "logits", "iou", "full", "sparse")}


def sampled(value, most):
    """Elements 0, step, 2 step, … of the flattened result, step odd: what the test takes too."""
    flat = value.reshape(-1).numpy()
    step = (flat.size + most - 1) // most | 1
    return flat[::step].astype(np.float32)


def main():
    os.makedirs(DATA, exist_ok=True)
    for name, c in CASES.items():
        net, stages = run(name, None, True)
        arrays = {key: sampled(value, 400) for key, value in stages.items()}
        for mutant in MUTANTS[name]:
            for key, value in run(name, mutant, False)[1].items():
                if key in stages:
                    kept = sampled(value, 400)
                    if kept.size != arrays[key].size or np.abs(kept - arrays[key]).max() > 0:  # where it shows at all
                        arrays[f"{mutant}:{key}"] = kept[::5]
        np.savez_compressed(os.path.join(DATA, name + ".npz"), **arrays)
        prompts = [{"points": [[*xy, label] for xy, label in p.get("points", [])], "box": p.get("box")} for p in prompts_of(c)]
        with open(os.path.join(DATA, name + ".json"), "w") as out:
            json.dump({"config": c, "prompts": prompts, "mutants": MUTANTS[name], "tensors": net.manifest}, out, separators=(",", ":"))
            out.write("\n")
    sizes = [(210, 300, 112, 160), (90, 61, 128, 87), (1, 1, 64, 64), (1, 300, 1, 64), (37, 500, 19, 256), (640, 480, 64, 48), (31, 33, 31, 33),
             (200, 3, 1024, 15), (999, 777, 500, 600)]
    rows = [[*s, zlib.crc32(np.array(Image.fromarray(picture(s[0], s[1])).resize((s[2], s[3]), Image.BILINEAR)).tobytes())] for s in sizes]
    with open(os.path.join(DATA, "pillow.json"), "w") as out:
        json.dump(rows, out)
        out.write("\n")


def png16(path, values):
    """16 bits a channel, which Pillow does not write."""
    h, w, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunk = lambda kind, body: len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", w.to_bytes(4, "big") + h.to_bytes(4, "big") + b"\x10\x02\0\0\0") +
                  chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def picture_files():
    at = lambda name: os.path.join(DATA, name)
    pixels = picture(23, 31)
    image = Image.fromarray(pixels)
    image.save(at("rgb.png")), image.save(at("rgb.bmp"))
    Image.fromarray(pixels[..., 0]).save(at("grey.png"))
    Image.fromarray(np.dstack([pixels, pixels[..., 1]])).save(at("alpha.png"))
    Image.fromarray(np.dstack([pixels[..., 0], pixels[..., 1]]), "LA").save(at("grey-alpha.png"))
    png16(at("rgb16.png"), pixels.astype(np.uint16) * 256 + 77)
    Image.fromarray(pixels[..., 0].astype(np.uint16) * 256 + 9).save(at("grey16.png"))
    flag = np.zeros((40, 64, 3), np.uint8)  # four colours tell every turn apart
    flag[:20, :32], flag[:20, 32:], flag[20:, :32], flag[20:, 32:] = (230, 20, 20), (20, 220, 20), (20, 20, 230), (230, 220, 30)
    T = Image.Transpose
    undo = {1: None, 2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_90, 7: T.TRANSVERSE, 8: T.ROTATE_270}
    for orientation, turn in undo.items():
        stored = Image.fromarray(flag) if turn is None else Image.fromarray(flag).transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(at(f"exif{orientation}.jpg"), quality=90, subsampling=0, exif=exif)


if __name__ == "__main__":
    main()
    picture_files()
