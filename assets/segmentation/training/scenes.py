# SPDX-License-Identifier: GPL-3.0-or-later
"""Pool of layered scenes ("dead leaves" with parts, relief and cast shadow), drawn once and kept on disk; a step of training only
recolours, retextures, lights and films them (render.py).

A scene is  ids, under [256,256] uint8   the layer seen at a pixel, and the one right below its object (for transparency)
            nx, ny    [256,256] int8     surface normal * 127
            shadow    [256,256] uint8    light that arrives, 255 = all
            owner, level, parent [256] uint8, depth [256] f32, light [2] f32: per layer its object (255 = background, never a target),
            whole/part/decal, the layer it lies on; depth 0..1; the direction towards the light that cast the shadow."""
import math
import multiprocessing
import os
import sys

import cv2
import numpy as np

import shapes

SIDE = 256
FIELDS = {"ids": ((SIDE, SIDE), np.uint8), "under": ((SIDE, SIDE), np.uint8), "nx": ((SIDE, SIDE), np.int8), "ny": ((SIDE, SIDE), np.int8),
          "shadow": ((SIDE, SIDE), np.uint8), "owner": ((256,), np.uint8), "level": ((256,), np.uint8), "parent": ((256,), np.uint8),
          "depth": ((256,), np.float32), "light": ((2,), np.float32)}
BACKGROUND = 255


def _relief(rng, mask):
    """Normals (nx, ny) of a bevelled or inflated body over the mask."""
    d = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
    width = max(1.5, d.max() * rng.uniform(0.08, 1.0))
    t = np.minimum(d / width, 1)
    h = cv2.GaussianBlur((np.sqrt(1 - (1 - t) ** 2) * width * rng.uniform(0.2, 1.0)).astype(np.float32), (0, 0), 1.0)
    gx, gy = cv2.Sobel(h, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(h, cv2.CV_32F, 0, 1, scale=1 / 8)
    n = np.sqrt(gx * gx + gy * gy + 1)
    return -gx / n, -gy / n


def _radii(rng, n):
    """Density ~ r^-3 between 0.3 % and 70 % of the area, the first one or two drawn from the large end."""
    lo, hi = SIDE * math.sqrt(0.003 / math.pi), SIDE * math.sqrt(0.7 / math.pi)
    u = rng.random(n)
    r = (u * (lo ** -2 - hi ** -2) + hi ** -2) ** -0.5
    large = rng.integers(1, 4)
    r[:large] = rng.uniform(0.15, 0.47, min(large, n)) * SIDE
    return r[np.argsort(-r * np.exp(rng.normal(0, 0.5, n)))]


class Painter:
    def __init__(self, rng):
        self.rng = rng
        self.canvas = {k: np.zeros(s, t) for k, (s, t) in FIELDS.items()}
        self.canvas["owner"][:] = BACKGROUND
        self.shadow = np.ones((SIDE, SIDE), np.float32)
        turn = rng.uniform(0, 2 * np.pi)
        self.canvas["light"][:] = (math.cos(turn), math.sin(turn))
        self.next = 1

    def background(self):
        for _ in range(self.rng.integers(0, 3)):  # ground, wall, sky: wandering halves of the plane
            y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE - 0.5
            turn = self.rng.normal(np.pi / 2, 0.7)
            edge = x * math.cos(turn) + y * math.sin(turn) + 0.03 * np.sin(x * self.rng.uniform(0, 30))
            self.canvas["ids"][edge > self.rng.uniform(-0.3, 0.35)] = self.next
            self.canvas["depth"][self.next] = self.rng.uniform(0, 0.3)
            self.next += 1

    def place(self, index, layers, x0, y0, depth, labelled=True):
        c = self.canvas
        side = layers[0][0].shape[0]
        a, b, e, f = max(0, y0), max(0, x0), min(SIDE, y0 + side), min(SIDE, x0 + side)
        if e - a < 4 or f - b < 4 or self.next + len(layers) > 250:
            return
        cut = (slice(a - y0, e - y0), slice(b - x0, f - x0))
        here = (slice(a, e), slice(b, f))
        whole = layers[0][0][cut].astype(bool)
        self._cast(layers[0][0][cut], here)
        c["under"][here][whole] = c["ids"][here][whole]
        first = self.next
        faces = len(layers) == 4 and all(l[2] == 0 and l[1] == shapes.PART for l in layers[1:]) and (
            sum(int(l[0].sum()) for l in layers[1:]) >= 0.97 * layers[0][0].sum())
        for k, (mask, level, parent) in enumerate(layers):
            m = mask[cut].astype(bool)
            c["ids"][here][m] = self.next
            c["owner"][self.next] = index if labelled else BACKGROUND
            c["level"][self.next] = level
            c["parent"][self.next] = first + parent if parent >= 0 else self.next
            c["depth"][self.next] = depth
            self.next += 1
            if k == 0 or (not faces and self.rng.random() < 0.35):
                nx, ny = _relief(self.rng, mask)
                c["nx"][here][m], c["ny"][here][m] = (np.round(nx * 127).astype(np.int8)[cut][m], np.round(ny * 127).astype(np.int8)[cut][m])
            elif faces:
                tilt = self.rng.uniform(-0.8, 0.8, 2)
                c["nx"][here][m], c["ny"][here][m] = np.round(tilt * 127).astype(np.int8)

    def _cast(self, mask, here):
        """Contact darkening and a cast shadow on what lies below; none on the object itself."""
        rng, pad = self.rng, 24
        m = np.zeros((SIDE + 2 * pad, SIDE + 2 * pad), np.float32)
        m[here[0].start + pad:here[0].stop + pad, here[1].start + pad:here[1].stop + pad] = mask
        a, b = here[0].start, here[1].start
        window = (slice(a, here[0].stop + 2 * pad), slice(b, here[1].stop + 2 * pad))
        local = m[window]
        reach = rng.uniform(0, 18) if rng.random() < 0.7 else 0
        dx, dy = -self.canvas["light"] * reach
        moved = cv2.warpAffine(local, np.float32([[1, 0, dx], [0, 1, dy]]), local.shape[::-1])
        dark = rng.uniform(0.1, 0.75) * cv2.GaussianBlur(moved, (0, 0), 0.6 + reach * rng.uniform(0.02, 0.4))
        dark = np.maximum(dark, rng.uniform(0, 0.4) * cv2.GaussianBlur(local, (0, 0), rng.uniform(1, 4)))
        wide = np.ones((SIDE + 2 * pad, SIDE + 2 * pad), np.float32)
        wide[pad:-pad, pad:-pad] = self.shadow
        wide[window] = np.where(local > 0, 1, np.minimum(wide[window], 1 - dark * (wide[window] > 0)))
        self.shadow = wide[pad:-pad, pad:-pad]


def scene(rng, families):
    painter = Painter(rng)
    painter.background()
    n = int(np.exp(rng.uniform(np.log(4), np.log(45))))
    depths = np.sort(rng.uniform(0.2, 1, n))
    for k, r in enumerate(_radii(rng, n)):
        side = int(max(12, 2 * r / 0.9))
        _, layers = shapes.draw(rng, families, side)
        if layers[0][0].sum() < 30:
            continue
        x, y = (rng.uniform(-0.05, 1.05, 2) * SIDE - side / 2).astype(int)
        painter.place(k, layers, x, y, depths[k], labelled=rng.random() > 0.08)
    painter.canvas["shadow"][:] = np.round(painter.shadow * 255)
    return painter.canvas


def _some(job):
    seed, start, count, held_out = job
    cv2.setNumThreads(1)
    families = shapes.HELD_OUT if held_out else shapes.TRAINED
    out = {k: np.zeros((count,) + s, t) for k, (s, t) in FIELDS.items()}
    for i in range(count):
        for k, v in scene(np.random.default_rng([seed, start + i]), families).items():
            out[k][i] = v
    return out


def pool(folder, seed, count, held_out=False, workers=2, chunk=50):
    """Draws (or opens) `count` scenes of a seed: {field: memory map [count, ...]}. Scene i depends on (seed, i) alone."""
    name = os.path.join(folder, f"scenes-{seed}-{count}{'-heldout' if held_out else ''}")
    if not os.path.exists(os.path.join(name, "done")):
        os.makedirs(name, exist_ok=True)
        maps = {k: np.lib.format.open_memmap(os.path.join(name, k + ".npy"), "w+", t, (count,) + s) for k, (s, t) in FIELDS.items()}
        jobs = [(seed, s, min(chunk, count - s), held_out) for s in range(0, count, chunk)]
        with multiprocessing.get_context("spawn").Pool(workers) as workers_:
            for job, part in zip(jobs, workers_.imap(_some, jobs)):
                for k, v in part.items():
                    maps[k][job[1]:job[1] + job[2]] = v
                print(f"scenes {job[1] + job[2]}/{count}", file=sys.stderr, flush=True)
        for m in maps.values():
            m.flush()
        open(os.path.join(name, "done"), "w").close()
    return {k: np.load(os.path.join(name, k + ".npy"), mmap_mode="r") for k in FIELDS}
