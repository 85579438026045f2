# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene of the pool made into a photograph: crop, palette, texture, light, camera; and the masks that may be asked for in it."""
import math

import cv2
import numpy as np

from scenes import BACKGROUND, SIDE


def crop(rng, scene, side):
    """Fields of a random square of the scene at `side` pixels, turned by one of the eight symmetries of the square."""
    span = rng.uniform(min(0.85 * side, SIDE), SIDE)
    x0, y0 = rng.uniform(0, SIDE - span, 2)
    step = (np.arange(side) + 0.5) * span / side
    ys, xs = (y0 + step).astype(int)[:, None], (x0 + step).astype(int)[None, :]
    if rng.random() < 0.5:
        ys = ys[::-1]
    if rng.random() < 0.5:
        xs = xs[:, ::-1]
    turned = rng.random() < 0.5
    take = lambda a: np.ascontiguousarray(a[ys, xs].T if turned else a[ys, xs])
    return {k: take(scene[k]) for k in ("ids", "under", "nx", "ny", "shadow")}


def _colours(rng, n):
    """Linear albedo [n,3]: mostly dull, sometimes vivid, of every lightness."""
    light = rng.beta(1.1, 1.4, (n, 1)) * 0.9 + 0.02
    chroma = rng.normal(0, 1, (n, 3)) * rng.choice([0.05, 0.15, 0.45], (n, 1), p=[0.45, 0.35, 0.2])
    return np.clip(light * np.exp(chroma - chroma.mean(1, keepdims=True)), 0.01, 1)


def _appearance(rng, scene, textures, fresh_light):
    """Per layer: palette, textures, orientation, gloss. Layers of an object share its palette."""
    owner, n = scene["owner"].astype(int), 256
    base, accent = _colours(rng, n), _colours(rng, n)
    same = rng.random(n) < 0.2  # camouflage: the object takes the mean colour of the one drawn before it
    for k in np.nonzero(same)[0]:
        base[k] = np.clip(base[k - 1] * np.exp(rng.normal(0, 0.05, 3)), 0.01, 1)
    mine = np.where(owner == BACKGROUND, 100 + np.arange(n) % 150, owner)  # background layers have palettes of their own
    colour = base[mine] * np.exp(rng.normal(0, rng.choice([0.03, 0.25], (n, 1)), (n, 3)))
    part = scene["level"] > 0
    swap = part & (rng.random(n) < 0.5)
    colour[swap] = accent[mine[swap]]
    second = np.where(rng.random((n, 1)) < 0.4, accent[mine], colour * np.exp(rng.normal(0, 0.5, (n, 1))))
    kind = rng.random(n)  # flat, faint, plain, or with strong edges inside that are no borders
    contrast = np.where(kind < 0.2, 0.03, np.where(kind < 0.5, 0.2, np.where(kind < 0.8, 0.6, 1.0)))
    scale, turn = np.exp(rng.uniform(-1.0, 1.0, n)), rng.uniform(0, 6.3, n)
    glossy = rng.random(n) < (0.25 if not fresh_light else 0.6)
    return {"colour": colour, "second": second, "contrast": contrast, "tex": rng.integers(0, len(textures), n),
            "tex2": rng.integers(0, len(textures), n), "fine": rng.uniform(0, 0.15, n),
            "a": scale * np.cos(turn), "b": scale * np.sin(turn), "o": rng.integers(0, 256, (2, n)),
            "slope": rng.normal(0, 0.5, (2, n)) * (rng.random(n) < 0.4),
            "gloss": glossy * rng.uniform(0.1, 0.9, n), "mirror": (rng.random(n) < 0.06) * rng.uniform(0.2, 0.6, n),
            "clear": (rng.random(n) < 0.05) * rng.uniform(0.2, 0.6, n)}


def _albedo(ids, look, textures, x, y):
    a, b = look["a"][ids], look["b"][ids]
    u = (a * x - b * y + look["o"][0][ids]).astype(np.int32) & 255
    v = (b * x + a * y + look["o"][1][ids]).astype(np.int32) & 255
    t = textures[look["tex"][ids], v, u].astype(np.float32) / 255
    fine = textures[look["tex2"][ids], (v * 2) & 255, (u * 2) & 255].astype(np.float32) / 255 - 0.5
    w = (look["contrast"][ids] * t)[..., None]
    tint = look["colour"][ids] * (1 - w) + look["second"][ids] * w
    side = ids.shape[0]
    drift = look["slope"][0][ids] * (x / side - 0.5) + look["slope"][1][ids] * (y / side - 0.5)
    return tint * np.exp(drift + look["fine"][ids] * 2 * fine)[..., None]


def _lit(rng, albedo, c, look, light, fresh):
    """Lambert and Blinn terms of one shadow-casting light, a fill light and an ambient tone; fresh = harder light than in training."""
    nx, ny = c["nx"] / 127.0, c["ny"] / 127.0
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    high = rng.uniform(0.15, 0.4) if fresh else rng.uniform(0.35, 1.3)
    shadow = c["shadow"] / 255.0
    warm = np.exp(rng.normal(0, 0.12, 3))
    ambient = rng.uniform(0.05, 0.2) if fresh else rng.uniform(0.15, 0.6)
    total = np.full(albedo.shape, ambient) * np.exp(rng.normal(0, 0.1, 3))
    lights = [(light[0], light[1], high, 1 - ambient, shadow)]
    if rng.random() < 0.4:
        turn = rng.uniform(0, 6.3)
        lights.append((math.cos(turn), math.sin(turn), rng.uniform(0.4, 1.2), 0.3, 1.0))
    gleam = 0
    for lx, ly, h, power, visible in lights:
        d = np.clip((nx * lx + ny * ly) * math.cos(h) + nz * math.sin(h), 0, None) / math.sin(h)
        total = total + (power * visible * np.minimum(d, 2.5))[..., None] * warm
        hx, hy, hz = lx * math.cos(h), ly * math.cos(h), math.sin(h) + 1
        half = math.sqrt(hx * hx + hy * hy + hz * hz)
        gleam = gleam + power * visible * np.clip((nx * hx + ny * hy + nz * hz) / half, 0, 1) ** 40
    flat = (look["gloss"][c["ids"]] * gleam * ((nx != 0) | (ny != 0)))[..., None]
    out = albedo * total + flat * 0.7
    mirror = look["mirror"][c["ids"]][..., None]
    if mirror.any():
        out = out * (1 - mirror) + mirror * cv2.GaussianBlur(out[::-1].astype(np.float32), (0, 0), 4)
    return out


def _camera(rng, linear, depth):
    side = linear.shape[0]
    img = linear.astype(np.float32)
    if rng.random() < 0.3:  # defocus grows with the distance from the plane in focus
        focus, strength = rng.uniform(0, 1), rng.uniform(0.5, 4)
        w = np.clip(np.abs(depth - focus) * 2, 0, 1)[..., None].astype(np.float32)
        img = img * (1 - w) + cv2.GaussianBlur(img, (0, 0), strength) * w
    if rng.random() < 0.1:
        n, turn = int(rng.integers(3, 8)), rng.uniform(0, 180)
        k = np.zeros((n, n), np.float32)
        k[n // 2] = 1
        k = cv2.warpAffine(k, cv2.getRotationMatrix2D(((n - 1) / 2, (n - 1) / 2), turn, 1), (n, n))
        img = cv2.filter2D(img, -1, k / k.sum())
    else:
        img = cv2.GaussianBlur(img, (0, 0), rng.uniform(0.35, 0.8))
    if rng.random() < 0.25:
        small = max(24, int(side * rng.uniform(0.35, 1)))
        img = cv2.resize(cv2.resize(img, (small, small), interpolation=cv2.INTER_AREA), (side, side), interpolation=cv2.INTER_LINEAR)
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    img = img * (1 - rng.uniform(0, 0.9) * (x * x + y * y))[..., None] * np.exp(rng.normal(0, 0.08, 3))
    img = img * np.exp(rng.normal(0, 0.25)) / max(0.05, np.quantile(img, 0.97)) * 0.9
    if rng.random() < 0.7:
        full = 10 ** rng.uniform(2.0, 4.5)  # electrons at white: Poisson noise, approximated, and read noise
        img = img + rng.normal(size=img.shape) * np.sqrt(np.clip(img, 0, None) / full) + rng.normal(size=img.shape) * rng.uniform(0, 0.01)
    if rng.random() < 0.2:  # demosaic: colour known at half the resolution only
        low = cv2.resize(cv2.resize(img.astype(np.float32), (side // 2, side // 2), interpolation=cv2.INTER_AREA), (side, side))
        img = low + (img - low).mean(-1, keepdims=True)
    img = np.clip(img, 0, 1) ** (1 / rng.uniform(1.7, 2.5))
    out = np.round(img * 255).astype(np.uint8)
    if rng.random() < 0.5:
        _, code = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 96))])
        out = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return out


def photograph(rng, scene, textures, side, fresh_light=False):
    """Picture uint8 [side,side,3] and the layer ids [side,side] seen in it."""
    c = crop(rng, scene, side)
    look = _appearance(rng, scene, textures, fresh_light)
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    albedo = _albedo(c["ids"], look, textures, x, y)
    clear = look["clear"][c["ids"]]
    clear = np.where(scene["owner"][c["ids"]] == BACKGROUND, 0, clear)[..., None]
    if clear.any():
        albedo = albedo * (1 - clear) + _albedo(c["under"], look, textures, x, y) * clear
    picture = _camera(rng, _lit(rng, albedo, c, look, scene["light"], fresh_light), scene["depth"][c["ids"]])
    return picture, c["ids"]


def candidates(scene, ids):
    """Member layers of everything that may be asked for: {level: [array of layer ids]}."""
    seen, area = np.unique(ids, return_counts=True)
    owner, level, parent = scene["owner"], scene["level"], scene["parent"]
    seen = seen[owner[seen] != BACKGROUND]
    layers = np.nonzero(owner != BACKGROUND)[0]
    found = {0: [], 1: [], 2: []}
    for o in np.unique(owner[seen]):
        members = layers[owner[layers] == o]
        found[0].append(members)
        for p in members[level[members] == 1]:
            found[1].append(np.concatenate([[p], members[(parent[members] == p) & (members != p)]]))
        for p in members[level[members] == 2]:
            found[2].append(np.array([p]))
    return found


def masks(rng, scene, ids, count, least=0.003, most=0.75):
    """`count` visible masks [count, side, side] bool: wholes 60 %, parts 25 %, decals 15 %; a tenth of the wholes are unions of touching
    objects. None where the picture has nothing of note."""
    found = candidates(scene, ids)
    area = np.bincount(ids.ravel(), minlength=256)
    size = lambda members: area[members].sum() / ids.size
    usable = {k: [m for m in v if least <= size(m) <= most] for k, v in found.items()}
    if not usable[0] and not usable[1]:
        return None
    out = []
    while len(out) < count:
        level = rng.choice(3, p=[0.6, 0.25, 0.15])
        if not usable[level]:
            level = 0 if usable[0] else 1
        weight = np.array([size(m) for m in usable[level]]) ** 0.4  # by count alone nearly all would be tiny
        members = usable[level][rng.choice(len(weight), p=weight / weight.sum())]
        inside = np.zeros(256, bool)
        inside[members] = True
        if level == 0 and rng.random() < 0.1:
            m = cv2.dilate(inside[ids].astype(np.uint8), np.ones((3, 3), np.uint8))
            others = [o for o in usable[0] if not inside[o[0]] and np.isin(ids[m > 0], o).any()]
            if others:
                inside[others[rng.integers(len(others))]] = True
                if not least <= inside[ids].mean() <= most:
                    continue
        out.append(inside[ids])
    return np.stack(out)
