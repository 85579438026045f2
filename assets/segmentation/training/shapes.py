# SPDX-License-Identifier: GPL-3.0-or-later
"""Families of outlines. A family draws into a square canvas of `side` pixels and returns the list of its layers:
(mask uint8 [side,side], level), level 0 = the whole, 1 = a part, 2 = a decal. Every layer after the first lies inside the first.

Two families (`ring`, `mirrored`) are held out: no training scene has them, the hold-out set "shapes" has nothing else."""
import math

import cv2
import numpy as np

WHOLE, PART, DECAL = 0, 1, 2


def _fill(side, polygons):
    mask = np.zeros((side, side), np.uint8)
    fixed = [np.round(np.asarray(p) * 16).astype(np.int32) for p in polygons]
    cv2.fillPoly(mask, fixed, 1, lineType=cv2.LINE_8, shift=4)
    return mask


def _angles(n):
    return np.linspace(0, 2 * np.pi, n, endpoint=False)


def _polar(side, radius, aspect=1.0, turn=0.0, centre=None):
    """Closed outline from radius(theta), stretched by aspect and turned."""
    theta = _angles(len(radius))
    x, y = radius * np.cos(theta) * aspect, radius * np.sin(theta) / aspect
    c, s = math.cos(turn), math.sin(turn)
    centre = np.array(centre if centre is not None else (side / 2, side / 2))
    return np.stack([c * x - s * y, s * x + c * y], 1) + centre


def _rough(rng, n, octaves, decay):
    """Periodic 1-D noise of unit-ish amplitude: sum of harmonics with amplitude k^-decay."""
    theta = _angles(n)
    k = np.arange(1, octaves + 1)
    amp = rng.normal(size=(2, octaves)) * k ** -decay
    return amp[0] @ np.cos(k[:, None] * theta) + amp[1] @ np.sin(k[:, None] * theta)


def perlin_polygon(rng, side):
    n = 96
    corners = rng.integers(3, 10)
    base = 1 + rng.uniform(0, 0.25) * np.cos(corners * _angles(n) + rng.uniform(0, 6))
    radius = base * np.exp(rng.uniform(0.05, 0.35) * _rough(rng, n, rng.integers(4, 24), rng.uniform(0.8, 1.6)))
    outline = _polar(side, side * 0.45 * radius / radius.max(), rng.uniform(0.65, 1.35), rng.uniform(0, 6.3))
    return _fill(side, [outline])


def superellipse(rng, side):
    power, theta = math.exp(rng.uniform(math.log(0.7), math.log(8))), _angles(96)
    radius = (np.abs(np.cos(theta)) ** power + np.abs(np.sin(theta)) ** power) ** (-1 / power)
    return _fill(side, [_polar(side, side * 0.36 * radius, rng.uniform(0.55, 1.3), rng.uniform(0, 6.3))])


def metaballs(rng, side):
    y, x = np.mgrid[0:side, 0:side] / side
    field = np.zeros((side, side))
    centre = np.array([0.5, 0.5])
    for _ in range(rng.integers(2, 7)):
        r = rng.uniform(0.08, 0.2)
        field += (r * r) / ((x - centre[0]) ** 2 + (y - centre[1]) ** 2 + 1e-4)
        step = rng.uniform(0, 2 * np.pi)
        centre = np.clip(centre + r * 1.3 * np.array([math.cos(step), math.sin(step)]), 0.2, 0.8)
    return (field > rng.uniform(1.0, 1.6)).astype(np.uint8)


def bezier_blob(rng, side):
    n = int(rng.integers(4, 9))
    theta = _angles(n) + rng.uniform(-0.3, 0.3, n)
    anchors = np.stack([np.cos(theta), np.sin(theta)], 1) * rng.uniform(0.35, 1, (n, 1)) * side * 0.45 + side / 2
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    outline = []
    for i in range(n):  # quadratic arcs through the middles of neighbouring anchors: smooth everywhere
        a, b, c = (anchors[i - 1] + anchors[i]) / 2, anchors[i], (anchors[i] + anchors[(i + 1) % n]) / 2
        outline.append((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c)
    return _fill(side, [np.concatenate(outline)])


def _branch(rng, mask, at, direction, length, width, depth):
    end = at + length * np.array([math.cos(direction), math.sin(direction)])
    cv2.line(mask, tuple(int(v) for v in at), tuple(int(v) for v in end), 1, max(1, int(width)))
    if depth > 0:
        for _ in range(rng.integers(2, 4)):
            _branch(rng, mask, end, direction + rng.normal(0, 0.6), length * rng.uniform(0.5, 0.85), width * 0.7, depth - 1)


def thin(rng, side):
    mask = np.zeros((side, side), np.uint8)
    kind = rng.integers(0, 4)
    if kind == 0:
        up = rng.uniform(0, 2 * np.pi)
        root = np.array([side / 2, side / 2]) - 0.4 * side * np.array([math.cos(up), math.sin(up)])
        _branch(rng, mask, root, up, side * 0.3, max(3, side * 0.05), 3)
    elif kind == 1:
        t = np.linspace(0, 1, 40)
        points = np.stack([t, 0.5 + 0.22 * np.interp(t * 8, np.arange(9), rng.normal(size=9))], 1) * side
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(0, 360), 0.9)
        points = points @ turn[:, :2].T + turn[:, 2]
        cv2.polylines(mask, [points.astype(np.int32)], False, 1, max(2, int(side * rng.uniform(0.03, 0.1))))
    elif kind == 2:
        text = "".join(rng.choice(list("ABCDEFGHJKLMNPRSTUVXYZ23456789&?"), rng.integers(1, 4)))
        scale = side / 22 / max(1, len(text)) * 0.85
        thick = max(2, int(side * rng.uniform(0.04, 0.1)))
        (w, h), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, scale, thick)
        cv2.putText(mask, text, ((side - w) // 2, (side + h) // 2), cv2.FONT_HERSHEY_DUPLEX, scale, 1, thick)
    else:
        for _ in range(rng.integers(2, 5)):
            x = rng.uniform(0.15, 0.85, 4) * side
            cv2.line(mask, (int(x[0]), int(side * 0.1)), (int(x[1]), int(side * 0.9)), 1, max(2, int(side * 0.06)))
        cv2.line(mask, (int(side * 0.1), int(x[2])), (int(side * 0.9), int(x[3])), 1, max(2, int(side * 0.07)))
    return mask


def extruded_box(rng, side):
    """Three visible faces of a box under a random oblique projection; the faces are parts."""
    turn, w, h = rng.uniform(-0.5, 0.5), rng.uniform(0.25, 0.5) * side, rng.uniform(0.25, 0.5) * side
    c, s = math.cos(turn), math.sin(turn)
    u, v = np.array([c, s]) * w, np.array([-s, c]) * h
    lean = rng.uniform(0.2, 0.7) * min(w, h)
    d = lean * np.array([math.cos(rng.uniform(-1.2, -0.4)), -abs(math.sin(rng.uniform(0.4, 1.2)))])
    o = np.array([side, side]) / 2 - (u + v + d) / 2
    front, top, right = [o, o + u, o + u + v, o + v], [o, o + d, o + u + d, o + u], [o + u, o + u + d, o + u + v + d, o + u + v]
    whole = _fill(side, [front]) | _fill(side, [top]) | _fill(side, [right])
    return whole, [_fill(side, [front]), _fill(side, [top]), _fill(side, [right])]


def ring(rng, side):
    """Held out: annuli, gapped rings, perforated plates."""
    y, x = np.mgrid[0:side, 0:side] / side - 0.5
    a = rng.uniform(0.7, 1.3)
    r, theta = np.hypot(x * a, y / a), np.arctan2(y, x)
    if rng.random() < 0.6:
        outer = rng.uniform(0.32, 0.42)
        mask = (r < outer) & (r > outer * rng.uniform(0.4, 0.75))
        if rng.random() < 0.5:
            mask &= np.abs(np.angle(np.exp(1j * (theta - rng.uniform(0, 6.3))))) > rng.uniform(0.2, 0.6)
    else:
        mask = r < 0.4
        n, phase = rng.integers(3, 7), rng.uniform(0, 6.3)
        for k in range(n):
            cx, cy = 0.24 * math.cos(phase + 2 * np.pi * k / n), 0.24 * math.sin(phase + 2 * np.pi * k / n)
            mask &= np.hypot(x - cx, y - cy) > rng.uniform(0.05, 0.1)
    return mask.astype(np.uint8)


def mirrored(rng, side):
    """Held out: vases, leaves, insects: one wandering half-outline and its mirror image."""
    n = 40
    t = np.linspace(0, 1, n)
    half = np.abs(0.22 + 0.14 * np.interp(t * 7, np.arange(8), rng.normal(size=8))) * (np.sin(np.pi * t) ** 0.4) + 0.012
    left, right = np.stack([0.5 - half, 0.05 + 0.9 * t], 1), np.stack([0.5 + half, 0.05 + 0.9 * t], 1)[::-1]
    outline = np.clip(np.concatenate([left, right]), 0.02, 0.98) * side
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(0, 360), 0.95)
    return _fill(side, [outline @ turn[:, :2].T + turn[:, 2]])


TRAINED = {f.__name__: f for f in (perlin_polygon, superellipse, metaballs, bezier_blob, thin, extruded_box)}
HELD_OUT = {f.__name__: f for f in (ring, mirrored)}
WEIGHT = {"perlin_polygon": 0.28, "superellipse": 0.17, "metaballs": 0.15, "bezier_blob": 0.2, "thin": 0.08,
          "extruded_box": 0.12, "ring": 0.5, "mirrored": 0.5}


def _inside(rng, families, side, within, scale):
    """A small shape somewhere inside `within`, clipped to it; None where nothing of note is left."""
    s = max(8, int(side * scale))
    small = families[rng.choice([k for k in families if k not in ("extruded_box", "thin")] or list(families))](rng, s)
    ys, xs = np.nonzero(within)
    if len(ys) == 0:
        return None
    i = rng.integers(len(ys))
    y0, x0 = ys[i] - s // 2, xs[i] - s // 2
    layer = np.zeros_like(within)
    a, b = max(0, y0), max(0, x0)
    c, d = min(side, y0 + s), min(side, x0 + s)
    layer[a:c, b:d] = small[a - y0:c - y0, b - x0:d - x0]
    layer &= within
    area = layer.sum()
    return layer if 20 <= area <= 0.8 * within.sum() else None


def draw(rng, families, side):
    """One object: [(mask, level, layer index of the parent)], whole first."""
    names = list(families)
    weight = np.array([WEIGHT[n] for n in names])
    name = rng.choice(names, p=weight / weight.sum())
    drawn = families[name](rng, side)
    whole, faces = drawn if isinstance(drawn, tuple) else (drawn, [])
    layers = [(whole, WHOLE, -1)] + [(f, PART, 0) for f in faces]
    if name != "thin" and side >= 24 and rng.random() < 0.6:
        for _ in range(rng.integers(1, 6)):
            if rng.random() < 0.35:  # a straight cut: one side of a line is a part
                y, x = np.mgrid[0:side, 0:side] / side - 0.5
                turn, shift = rng.uniform(0, 6.3), rng.uniform(-0.2, 0.2)
                part = whole & ((x * math.cos(turn) + y * math.sin(turn)) > shift).astype(np.uint8)
                part = part if 0.1 < part.sum() / max(1, whole.sum()) < 0.7 else None
            else:
                part = _inside(rng, families, side, whole, rng.uniform(0.2, 0.6))
            if part is None:
                continue
            layers.append((part, PART, 0))
            if rng.random() < 0.35:
                decal = _inside(rng, families, side, part, rng.uniform(0.12, 0.3))
                if decal is not None:
                    layers.append((decal, DECAL, len(layers) - 1))
    return name, layers
