#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold-out sets, and peers under the simulated annotator of `orrery bench segmentation`.

    python3 evaluate.py sets --out out/sets                       three folders of 60 pictures with masks: a-known, b-shapes, c-textures
    python3 evaluate.py measure FOLDER --weights FILE [--peer grabcut | --without gcn | --without affinity] [--side N]

The program itself measures the classical methods and the shipped weights: ORRERY_PICTURES=FOLDER orrery bench segmentation --json.
Here are the peers that it does not carry: GrabCut of OpenCV, and TinyPrompt with a part switched off (without training anew).
Needs python3-torch, python3-opencv, python3-pil, python3-numpy."""
import argparse
import json
import os
import struct

import cv2
import numpy as np
import torch
from PIL import Image

import render
import scenes
import shapes
import textures
from model import MEAN, PRESETS, STD, TinyPrompt

SIDE, EACH = 192, 60


def make_sets(out, each):
    """Seeds are none of training's; (b) has held-out shapes, (c) held-out textures under harder light, else as in training."""
    trained, held = textures.bank(9001, textures.TRAINED, 12), textures.bank(9002, textures.HELD_OUT, 24)
    for name, seed, families, bank, fresh in (("a-known", 9101, shapes.TRAINED, trained, False),
                                              ("b-shapes", 9102, shapes.HELD_OUT, trained, False),
                                              ("c-textures", 9103, shapes.TRAINED, held, True)):
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        done = i = 0
        while done < each:
            rng = np.random.default_rng([seed, i])
            i += 1
            scene = scenes.scene(rng, families)
            picture, ids = render.photograph(rng, scene, bank, SIDE, fresh)
            found = render.candidates(scene, ids)[0]
            areas = [np.isin(ids, m).mean() for m in found]
            usable = [m for m, a in zip(found, areas) if 0.01 <= a <= 0.6]
            if not usable:
                continue
            mask = np.isin(ids, usable[rng.integers(len(usable))])
            cv2.imwrite(os.path.join(folder, f"{done:03d}.png"), picture[:, :, ::-1])
            cv2.imwrite(os.path.join(folder, f"{done:03d}.mask.png"), mask.astype(np.uint8) * 255)
            done += 1


def load(folder):
    out = []
    for f in sorted(os.listdir(folder)):
        if f.endswith(".mask.png"):
            base = os.path.join(folder, f[:-9])
            path = base + (".png" if os.path.exists(base + ".png") else ".jpg")
            out.append((np.asarray(Image.open(path).convert("RGB")), cv2.imread(base + ".mask.png", 0) > 127))
    listed = os.path.join(folder, "photographs.json")
    if os.path.exists(listed):
        for e in json.load(open(listed)):
            fine = np.zeros((e["height"] * 8, e["width"] * 8), np.uint8)  # even-odd, sampled at the centres of pixels
            cv2.fillPoly(fine, [np.round(np.array(o) * 8).astype(np.int32) for o in e["outlines"]], 1)
            out.append((np.asarray(Image.open(os.path.join(folder, e["name"] + ".jpg")).convert("RGB")), fine[4::8, 4::8] > 0))
    return out


def depth(mask):
    return cv2.distanceTransform(np.pad(mask.astype(np.uint8), 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]


def deepest(mask):
    d = depth(mask)
    y, x = np.unravel_index(np.argmax(d), d.shape)
    return d[y, x], x, y


def iou(a, b):
    return float((a & b).sum() / max(1, (a | b).sum()))


def boundary_f(a, b, tolerance=2):
    """As engine/labs/segmentation/metrics.h"""
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
    edge = lambda m: m & (cv2.erode(np.pad(m.astype(np.uint8), 1), cross)[1:-1, 1:-1] == 0)
    ea, eb = edge(a), edge(b)
    if not ea.any() or not eb.any():
        return float(ea.any() == eb.any())
    near = lambda e, o: (cv2.distanceTransform(1 - o.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[e] <= tolerance + 1e-3).mean()
    p, r = near(ea, eb), near(eb, ea)
    return 2 * p * r / (p + r) if p + r > 0 else 0.0


class GrabCut:
    name, jitter = "GrabCut (OpenCV)", False

    def open(self, rgb):
        self.bgr = np.ascontiguousarray(rgb[:, :, ::-1])

    def ask(self, clicks):
        h, w = self.bgr.shape[:2]
        state = np.full((h, w), cv2.GC_PR_BGD, np.uint8)
        for x, y, positive in clicks:
            if positive:
                cv2.circle(state, (x, y), int(0.12 * max(w, h)), cv2.GC_PR_FGD, -1)
        for x, y, positive in clicks:
            cv2.circle(state, (x, y), 4, cv2.GC_FGD if positive else cv2.GC_BGD, -1)
        cv2.rectangle(state, (0, 0), (w - 1, h - 1), cv2.GC_BGD, 1)
        cv2.grabCut(self.bgr, state, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
        return [((state == cv2.GC_FGD) | (state == cv2.GC_PR_FGD), 0.5)]


class Tiny:
    jitter = True

    def __init__(self, path, side, without):
        raw = open(path, "rb").read()
        n = struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8:8 + n])
        meta = header.pop("__metadata__")
        kinds = {"F16": np.float16, "F32": np.float32}
        state = {k: torch.from_numpy(np.frombuffer(raw[8 + n + e["data_offsets"][0]:8 + n + e["data_offsets"][1]],
                                                   kinds[e["dtype"]]).reshape(e["shape"]).astype(np.float32)) for k, e in header.items()}
        self.model, self.side = TinyPrompt(PRESETS[meta["preset"]]), side or int(meta["image_size"])
        self.model.load_state_dict(state)
        self.model.eval()
        self.model.image_encoder.gcn.on = without != "gcn"
        self.model.prompt_encoder.use_affinity = without != "affinity"
        self.name = "TinyPrompt" + (f" without {without}" if without else "")

    @torch.no_grad()
    def open(self, rgb):
        h, w = rgb.shape[:2]
        s = self.side / max(h, w)
        self.size, self.own = (int(h * s + 0.5), int(w * s + 0.5)), (h, w)
        small = np.asarray(Image.fromarray(rgb).resize(self.size[::-1], Image.BILINEAR), np.float32)
        x = torch.zeros(1, 3, self.side, self.side)
        x[0, :, :self.size[0], :self.size[1]] = torch.from_numpy((small - MEAN) / STD).permute(2, 0, 1)
        self.encoded, self.former = self.model.encode(x), None

    @torch.no_grad()
    def ask(self, clicks):
        if len(clicks) == 1:
            self.former = None
        fx, fy = self.size[1] / self.own[1], self.size[0] / self.own[0]
        points = torch.tensor([[[x * fx, y * fy] for x, y, _ in clicks] + [[0, 0]]], dtype=torch.float32)
        labels = torch.tensor([[int(p) for _, _, p in clicks] + [-1]])
        masks, guess = self.model.decode(self.encoded, points, labels, self.former)
        order = [0] if len(clicks) > 1 else [int(1 + guess[0, 1:].argmax())]
        if len(clicks) == 1:
            order += [k for k in (1, 2, 3) if k != order[0]]
        self.former = masks[:, order[0]:order[0] + 1]
        up = torch.nn.functional.interpolate(masks, scale_factor=2, mode="bilinear", align_corners=False)
        up = up[:, :, :self.size[0], :self.size[1]]
        up = torch.nn.functional.interpolate(up, self.own, mode="bilinear", align_corners=False)[0]
        return [((up[k] > 0).numpy(), float(guess[0, k])) for k in order]


def follow(contender, rgb, truth, cap, rng):
    contender.open(rgb)
    _, x, y = deepest(truth)
    h, w = truth.shape
    moved = [(float(np.clip(x + dx, 0, w - 1)), float(np.clip(y + dy, 0, h - 1)), True) for dx, dy in rng.uniform(-3, 3, (5, 2))]
    spread = [iou(contender.ask([c])[0][0], truth) for c in moved] if contender.jitter else [0, 0]
    edge = 0
    clicks, shown, oracle, promised, respected, lowered = [(int(x), int(y), True)], [], [], [], 0, 0
    for _ in range(cap):
        answers = contender.ask(clicks)
        mask = answers[0][0]
        shown.append(iou(mask, truth))
        oracle.append(max(iou(m, truth) for m, _ in answers))
        promised.append(answers[0][1])
        respected += bool(mask[clicks[-1][1], clicks[-1][0]]) == clicks[-1][2]
        edge = boundary_f(truth, mask) if len(shown) <= 3 else edge
        lowered += len(shown) > 1 and shown[-1] < shown[-2]
        less, more = deepest(truth & ~mask), deepest(mask & ~truth)
        if max(less[0], more[0]) <= 0:
            break
        clicks.append((int(less[1]), int(less[2]), True) if less[0] >= more[0] else (int(more[1]), int(more[2]), False))
    return shown, oracle, promised, respected, lowered, edge, float(np.std(spread, ddof=1))


def estimate(values, rng):
    v = np.array(values)
    means = np.sort(v[rng.integers(0, len(v), (2000, len(v)))].mean(1))
    return [round(float(x), 4) for x in (v.mean(), means[50], means[1950])]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sub = p.add_subparsers(dest="what", required=True)
    s = sub.add_parser("sets")
    s.add_argument("--out", required=True)
    s.add_argument("--each", type=int, default=EACH)
    m = sub.add_parser("measure")
    m.add_argument("folder")
    m.add_argument("--weights")
    m.add_argument("--side", type=int)
    m.add_argument("--peer", choices=["grabcut"])
    m.add_argument("--without", choices=["gcn", "affinity"])
    m.add_argument("--clicks", type=int, default=20)
    m.add_argument("--each", action="store_true", help="the IoU after 1, 3 and 5 clicks of each picture as well")
    a = p.parse_args()
    if a.what == "sets":
        return make_sets(a.out, a.each)
    torch.set_num_threads(1)
    contender = GrabCut() if a.peer else Tiny(a.weights, a.side, a.without)
    rng = np.random.default_rng(1)
    traces = [follow(contender, rgb, truth, a.clicks, rng) for rgb, truth in load(a.folder)]
    at = lambda v, k: v[min(k, len(v)) - 1]
    needed = lambda v, goal: next((i + 1 for i, x in enumerate(v) if x >= goal), a.clicks)
    out = {"contender": contender.name, "folder": os.path.basename(os.path.normpath(a.folder)), "pictures": len(traces)}
    for k in (1, 3, 5):
        out[f"iou@{k}"] = estimate([at(t[0], k) for t in traces], rng)
        out[f"best@{k}"] = estimate([at(t[1], k) for t in traces], rng)
    for goal in (0.85, 0.9):
        out[f"noc@{goal}"] = estimate([needed(t[0], goal) for t in traces], rng)
        out[f"failed@{goal}"] = sum(max(t[0]) < goal for t in traces)
    out["calibration"] = estimate([abs(t[2][0] - t[0][0]) for t in traces], rng)
    out["boundary"] = estimate([t[5] for t in traces], rng)
    if contender.jitter:
        out["jitter"] = estimate([t[6] for t in traces], rng)
    out["respected"] = round(sum(t[3] for t in traces) / sum(len(t[0]) for t in traces), 4)
    out["lowered"] = round(sum(t[4] for t in traces) / max(1, sum(len(t[0]) - 1 for t in traces)), 4)
    if a.each:
        out["each"] = [[round(at(t[0], k), 5) for k in (1, 3, 5)] for t in traces]
    print(json.dumps(out))


if __name__ == "__main__":
    main()
