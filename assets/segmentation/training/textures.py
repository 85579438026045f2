# SPDX-License-Identifier: GPL-3.0-or-later
"""A bank of tileable scalar textures [n, 256, 256] uint8, by family. Colour, scale, turn and offset are chosen per part at every step.

Two families (`worley`, `wood`) are held out: no training picture has them, the hold-out set "textures" has nothing else."""
import cv2
import numpy as np

SIDE = 256


def _levels(a):
    """Stretched to 0..255 between the 1 % quantiles, so that no family gives itself away by its contrast."""
    lo, hi = np.quantile(a, [0.01, 0.99])
    return (np.clip((a - lo) / max(hi - lo, 1e-9), 0, 1) * 255).astype(np.uint8)


def _spectral(rng, gain):
    """Periodic noise with amplitude gain(frequency in cycles per side, angle)."""
    f = np.fft.fftfreq(SIDE) * SIDE
    fx, fy = np.meshgrid(f, f)
    white = np.fft.fft2(rng.normal(size=(SIDE, SIDE)))
    return np.fft.ifft2(white * gain(np.hypot(fx, fy), np.arctan2(fy, fx))).real


def fbm(rng):
    slope, low = rng.uniform(0.8, 2.4), rng.integers(1, 8)
    return _spectral(rng, lambda r, a: np.where(r >= low, np.maximum(r, 1) ** -slope, 0))


def gabor(rng):
    centre, width, turn, spread = rng.uniform(8, 50), rng.uniform(2, 12), rng.uniform(0, np.pi), rng.uniform(0.1, 1.5)
    return _spectral(rng, lambda r, a: np.exp(-((r - centre) / width) ** 2 - (np.sin(a - turn) / spread) ** 2))


def _warped(rng, strength):
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    if strength == 0:
        return x, y
    bend = lambda: strength * _spectral(rng, lambda r, a: np.where(r > 0, np.maximum(r, 1) ** -2.0, 0) * (r < 12))
    a, b = bend(), bend()
    return x + a / (np.abs(a).max() + 1e-9) * strength, y + b / (np.abs(b).max() + 1e-9) * strength


def stripes(rng):
    x, y = _warped(rng, rng.choice([0, 0.02, 0.06]))
    wave = np.sin(2 * np.pi * (rng.integers(2, 24) * x + rng.integers(-16, 17) * y) + rng.uniform(0, 6.3))
    return np.tanh(wave * rng.uniform(0.5, 6))


def checks(rng):
    x, y = _warped(rng, rng.choice([0, 0, 0.03]))
    a, b = rng.integers(3, 20, 2)
    wave = np.sin(2 * np.pi * a * x) * np.sin(2 * np.pi * b * y) if rng.random() < 0.6 else np.maximum(
        np.sin(2 * np.pi * a * x), np.sin(2 * np.pi * b * y))
    return np.tanh(wave * rng.uniform(1, 8))


def speckle(rng):
    centre = rng.uniform(10, 60)
    noise = _spectral(rng, lambda r, a: np.exp(-((r - centre) / (centre * 0.5)) ** 2))
    noise /= noise.std()
    return np.tanh((noise - rng.uniform(0.3, 1.5)) * rng.uniform(2, 8))


def convnet(rng):
    """White noise through a random circular convolutional network."""
    coarse = rng.uniform(6, 60)
    maps = np.stack([_spectral(rng, lambda r, a: np.exp(-(r / coarse) ** 2)) for _ in range(4)]).astype(np.float32)
    maps /= maps.std()
    for layer in range(int(rng.integers(3, 6))):
        mixed = np.tensordot(rng.normal(size=(4, 4)), maps, 1) / 2
        out = []
        for m in mixed:
            kernel = rng.normal(size=(5, 5))
            wide = np.pad(m, 2, mode="wrap").astype(np.float32)
            m = cv2.filter2D(wide, cv2.CV_32F, kernel)[2:-2, 2:-2]
            m = (m - m.mean()) / (m.std() + 1e-6)
            out.append(np.tanh(m) if layer % 2 else np.maximum(m, 0.1 * m))
        maps = np.stack(out).astype(np.float32)
    return maps[0]


def gradient(rng):
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    return sum(rng.normal() * np.cos(2 * np.pi * (i * x + j * y) + rng.uniform(0, 6.3)) for i in range(2) for j in range(-1, 2))


def worley(rng):
    """Held out: distance to the nearest of scattered points, with or without cell walls, periodic."""
    n = int(rng.integers(20, 250))
    points = rng.uniform(0, 1, (n, 2))
    seeds = np.ones((3 * SIDE, 3 * SIDE), np.uint8)
    tiles = np.concatenate([points + (i, j) for i in range(3) for j in range(3)])
    seeds[(tiles[:, 1] * SIDE).astype(int), (tiles[:, 0] * SIDE).astype(int)] = 0
    middle = slice(SIDE, 2 * SIDE)
    d = cv2.distanceTransform(seeds, cv2.DIST_L2, 5)[middle, middle]
    if rng.random() < 0.5:
        return d
    return d - 4 * cv2.GaussianBlur(np.abs(cv2.Laplacian(d, cv2.CV_32F)), (0, 0), 1)  # cell walls drawn in


def wood(rng):
    """Held out: warped rings about a distant axis with fine grain."""
    y, x = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    bend = _spectral(rng, lambda r, a: np.where((r > 0) & (r < 8), np.maximum(r, 1) ** -1.5, 0))
    r = np.hypot(np.sin(np.pi * x) * rng.uniform(0.5, 3), np.sin(np.pi * y) * 0.3) + 0.12 * bend / bend.std()
    grain = _spectral(rng, lambda f, a: np.exp(-((f - 60) / 40) ** 2 - (np.sin(a) / 0.2) ** 2))
    return np.abs((r * rng.uniform(4, 12)) % 1.0 - 0.4) + 0.08 * grain / grain.std()


TRAINED = (fbm, gabor, stripes, checks, speckle, convnet, gradient)
HELD_OUT = (worley, wood)


def bank(seed, families, each):
    """[len(families) * each, 256, 256] uint8; texture i belongs to families[i // each]."""
    rng = np.random.default_rng(seed)
    return np.stack([_levels(family(rng)) for family in families for _ in range(each)])
