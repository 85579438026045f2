# SPDX-License-Identifier: GPL-3.0-or-later
"""Clicks of training, drawn on the stride-2 grid of the masks: cell (i, j) has its centre at pixel (2j + 0.5, 2i + 0.5)."""
import cv2
import numpy as np
import torch

JITTER = 2  # pixels, every click


def _jitter(rng, xy, side):
    return np.clip(xy + rng.uniform(-JITTER, JITTER, xy.shape), 0, side - 1)


def first(rng, masks):
    """masks bool [N,h,w] -> points f32 [N,2,2], labels i64 [N,2]: half a uniform click, 35 % an inner one (distance to the border above
    max/1.7), each with the pad token; 15 % a noisy box."""
    n, h, w = masks.shape
    points, labels = np.zeros((n, 2, 2), np.float32), np.tile(np.array([1, -1]), (n, 1))
    for k in range(n):
        ys, xs = np.nonzero(masks[k])
        kind = rng.random()
        if kind < 0.85:
            if kind >= 0.5:
                d = cv2.distanceTransform(np.pad(masks[k].astype(np.uint8), 1), cv2.DIST_L2, 3)[1:-1, 1:-1]
                ys, xs = np.nonzero(d >= d.max() / 1.7)
            i = rng.integers(len(ys))
            points[k, 0] = _jitter(rng, np.array([2 * xs[i] + 0.5, 2 * ys[i] + 0.5]), 2 * w)
        else:
            box = np.array([[2 * xs.min(), 2 * ys.min()], [2 * xs.max() + 1, 2 * ys.max() + 1]], np.float32)
            sigma = np.minimum(0.1 * (box[1] - box[0]), 20)
            points[k] = np.clip(box + rng.normal(size=(2, 2)) * sigma, 0, [2 * w - 1, 2 * h - 1])
            labels[k] = (2, 3)
    return torch.from_numpy(points), torch.from_numpy(labels)


def corrective(rng, generator, logits, masks):
    """One click per mask, uniform in the error region of logits [N,h,w] > 0 against masks; its label by the kind of error. Where there
    is no error, a click inside the mask."""
    wrong = (logits > 0) != masks
    weight = torch.where(wrong.flatten(1).any(1, keepdim=True), wrong.flatten(1), masks.flatten(1)).float()
    cell = torch.multinomial(weight, 1, generator=generator)[:, 0]
    w = masks.shape[2]
    label = masks.flatten(1).gather(1, cell[:, None])[:, 0].long()
    xy = torch.stack([2 * (cell % w) + 0.5, 2 * (cell // w) + 0.5], 1).numpy()
    return torch.from_numpy(_jitter(rng, xy, 2 * w).astype(np.float32)), label
