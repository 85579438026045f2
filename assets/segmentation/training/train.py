#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains TinyPrompt on generated scenes; started again with the same command it goes on from its last checkpoint.

    python3 train.py --preset small --out out/tinyprompt            on two CPU cores
    python3 train.py --preset full --device cuda --batch 64 --steps 30000 --sides 256,384 --workers 12 --out out/tinyprompt

Needs python3-torch (1.13 or newer), python3-opencv, python3-numpy. Batch i depends on (seed, i) alone."""
import argparse
import csv
import math
import os
import signal
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

import clicks
import losses
import render
import scenes
import textures
from model import MEAN, PRESETS, TinyPrompt, normalise


class Batches(torch.utils.data.Dataset):
    """Item i: the i-th batch: pictures u8 [B,S,S,3] and masks bool [B*K,S/2,S/2]."""

    def __init__(self, a):
        self.a, self.maps = a, None

    def __len__(self):
        return self.a.steps

    def __getitem__(self, i):
        a = self.a
        if self.maps is None:
            cv2.setNumThreads(1)
            self.maps = scenes.pool(a.pool, a.seed, a.scenes)
            self.crowd = np.array([len(np.unique(owner)) for owner in self.maps["owner"]])
            self.bank = np.load(os.path.join(a.pool, f"textures-{a.seed}.npy"), mmap_mode="r")
        rng, side = np.random.default_rng([a.seed, 77, i]), side_at(a, i)
        pictures, masks = [], []
        while len(pictures) < batch_at(a, i):
            k = min(rng.integers(a.scenes, size=2), key=lambda k: self.crowd[k])  # the less crowded of two
            scene = {f: np.asarray(m[k]) for f, m in self.maps.items()}
            picture, ids = render.photograph(rng, scene, self.bank, side)
            m = render.masks(rng, scene, ids, a.masks)
            if m is None:
                continue
            if rng.random() < 0.35:  # a picture that is not square lies in one filled up with the mean colour, right or below
                keep = int(side * rng.uniform(0.5, 0.95))
                cut = (slice(keep, None), slice(None)) if rng.random() < 0.5 else (slice(None), slice(keep, None))
                rest = m.copy()
                rest[(slice(None), *cut)] = False
                if rest.mean((1, 2)).min() > 0.003:
                    picture[cut], m = np.round(MEAN).astype(np.uint8), rest
            pictures.append(picture)
            masks.append(m.reshape(a.masks, side // 2, 2, side // 2, 2).mean((2, 4)) >= 0.5)
        masks = np.concatenate(masks)
        masks[~masks.any((1, 2)), side // 4, side // 4] = True  # thinner than a cell everywhere: rare, but a click needs a place
        return torch.from_numpy(np.stack(pictures)), torch.from_numpy(masks)


def side_at(a, i):
    return a.sides[0] if i < a.switch * a.steps else a.sides[-1]


def batch_at(a, i):
    return max(2, round(a.batch * (a.sides[0] / side_at(a, i)) ** 2))


def rate_at(a, i):
    if i < a.warmup:
        return a.rate * (i + 1) / a.warmup
    return 1e-5 + (a.rate - 1e-5) * 0.5 * (1 + math.cos(math.pi * (i - a.warmup) / max(1, a.steps - a.warmup)))


def repeat(encoded, k):
    return [e.repeat_interleave(k, 0) for e in encoded]


def step_loss(model, a, i, pictures, masks, device):
    """Three rounds of clicks on every mask of the batch. -> loss, log values."""
    rng, generator = np.random.default_rng([a.seed, 99, i]), torch.Generator().manual_seed(a.seed * 1_000_003 + i)
    pictures, target = normalise(pictures).to(device), masks.float().to(device)
    if device.type == "cpu":
        pictures = pictures.contiguous(memory_format=torch.channels_last)
    encoded = repeat(model.encode(pictures), a.masks)
    late, border = i >= a.plain * a.steps, losses.near_border(target)[:, None]
    points, labels = clicks.first(rng, masks.numpy())
    previous, total, log = None, 0, {}
    for round_ in range(a.rounds):
        logits, guess = model.decode(encoded, points.to(device), labels.to(device), previous)
        logits, guess = logits.float(), guess.float()
        m, g = (logits[:, 1:], guess[:, 1:]) if round_ == 0 else (logits[:, :1], guess[:, :1])
        t = target[:, None].expand_as(m)
        pixel = losses.normalised_focal(m, t, border) if late else 20 * losses.focal(m, t)
        each = pixel + losses.dice(m, t)
        true = losses.iou(m, t)
        total = total + each.min(1).values.mean() + F.mse_loss(g, true)
        best = g.argmax(1, keepdim=True)
        log[f"iou{round_ + 1}"] = true.gather(1, best).mean().item()
        if round_ == 0:
            log["oracle1"] = true.max(1).values.mean().item()
            log["calibration"] = (g - true).abs().mean().item()
        chosen = m.gather(1, best[..., None, None].expand(-1, -1, *m.shape[2:])).detach()
        previous = chosen
        if round_ + 1 < a.rounds and not (round_ == 1 and i % 4 == 3):  # every fourth batch: a round with no new click
            xy, label = clicks.corrective(rng, generator, chosen[:, 0].cpu(), masks)
            points, labels = torch.cat([points, xy[:, None]], 1), torch.cat([labels, label[:, None]], 1)
    log["loss"] = total.item()
    return total / a.rounds, log


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--preset", default="small", choices=PRESETS)
    p.add_argument("--out", required=True)
    p.add_argument("--pool", help="folder of the scenes (default OUT/pool)")
    p.add_argument("--scenes", type=int, default=3000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--steps", type=int, default=4000)
    p.add_argument("--batch", type=int, default=8, help="pictures a step at the first side; fewer at a larger one")
    p.add_argument("--masks", type=int, default=3, help="masks asked for in each picture")
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--sides", type=lambda s: tuple(int(v) for v in s.split(",")), default=(128, 192))
    p.add_argument("--switch", type=float, default=0.7, help="share of the steps at the first side")
    p.add_argument("--plain", type=float, default=0.667, help="share of the steps with plain focal loss, normalised after that")
    p.add_argument("--rate", type=float, default=1e-3)
    p.add_argument("--warmup", type=int, default=150)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--device", default="cpu")
    p.add_argument("--save-every", type=float, default=120, help="seconds")
    a = p.parse_args()
    a.pool = a.pool or os.path.join(a.out, "pool")
    return a


def main():
    a = options()
    os.makedirs(a.out, exist_ok=True)
    scenes.pool(a.pool, a.seed, a.scenes, workers=max(2, a.workers))
    bank = os.path.join(a.pool, f"textures-{a.seed}.npy")
    if not os.path.exists(bank):
        np.save(bank, textures.bank(a.seed, textures.TRAINED, 48))
    torch.manual_seed(a.seed)
    device = torch.device(a.device)
    model = TinyPrompt(PRESETS[a.preset]).to(device)
    if device.type == "cpu":
        model = model.to(memory_format=torch.channels_last)
    average = {k: v.clone() for k, v in model.state_dict().items()}
    decay = [p for p in model.parameters() if p.ndim > 1]
    optimiser = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05},
                                   {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0}], lr=a.rate)
    start, spent, file = 0, 0.0, os.path.join(a.out, "checkpoint.pt")
    if os.path.exists(file):
        saved = torch.load(file, map_location=device)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        average, start, spent = saved["average"], saved["step"], saved["seconds"]
        print(f"going on from step {start}", flush=True)
    stop = []
    owner = os.getpid()  # workers are forked and inherit the handler: there it does nothing
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1) if os.getpid() == owner else os._exit(0))

    def save(step):
        torch.save({"model": model.state_dict(), "average": average, "optimiser": optimiser.state_dict(), "step": step,
                    "seconds": spent + time.time() - began, "options": vars(a)}, file + ".new")
        os.replace(file + ".new", file)

    loader = torch.utils.data.DataLoader(Batches(a), batch_size=None, sampler=range(start, a.steps), num_workers=a.workers,
                                         prefetch_factor=4, multiprocessing_context="fork")
    began = last = time.time()
    half = torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")
    log_file = open(os.path.join(a.out, "log.csv"), "a", newline="")
    log, window = csv.writer(log_file), []
    for i, (pictures, masks) in zip(range(start, a.steps), loader):
        for group in optimiser.param_groups:
            group["lr"] = rate_at(a, i)
        with half:
            loss, values = step_loss(model, a, i, pictures, masks, device)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        if torch.isfinite(loss):
            optimiser.step()
        d = min(0.999, (1 + i) / (10 + i))
        with torch.no_grad():
            for k, v in model.state_dict().items():
                average[k].lerp_(v, 1 - d)
        window.append(values)
        if (i + 1) % 20 == 0:
            keys = sorted(window[0])
            mean = [float(np.mean([w[k] for w in window])) for k in keys]
            if log_file.tell() == 0:
                log.writerow(["step", "seconds", "rate", *keys])
            log.writerow([i + 1, round(spent + time.time() - began, 1), f"{rate_at(a, i):.3g}", *(f"{v:.4f}" for v in mean)])
            log_file.flush()
            window = []
        if stop or time.time() - last > a.save_every:
            save(i + 1)
            last = time.time()
        if stop:
            return
    save(a.steps)


if __name__ == "__main__":
    main()
