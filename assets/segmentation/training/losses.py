# SPDX-License-Identifier: GPL-3.0-or-later
"""Losses of a promptable segmenter. logits, target [..., h, w]; each returns [...]."""
import torch
import torch.nn.functional as F


def focal(logits, target, gamma=2.0, alpha=0.25):
    p = torch.sigmoid(logits)
    ce = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    pt = p * target + (1 - p) * (1 - target)
    weight = alpha * target + (1 - alpha) * (1 - target)
    return (weight * (1 - pt) ** gamma * ce).mean((-2, -1))


def normalised_focal(logits, target, border, gamma=2.0, alpha=0.5):
    """Focal weights rescaled to a mean of one (detached), so that the gradient does not fade as the mask gets right (Sofiiuk et al. 2022);
    border: True within 3 px of the outline, counted twice."""
    p = torch.sigmoid(logits)
    pt = 1 - (target - p).abs()
    beta = (1 - pt) ** gamma
    scale = (beta.shape[-1] * beta.shape[-2] / (beta.sum((-2, -1), keepdim=True) + 1e-6)).detach().clamp(max=50)
    ce = -torch.log((pt + 1e-6).clamp(max=1))
    return (alpha * scale * beta * ce * (1 + border)).mean((-2, -1))


def dice(logits, target):
    p = torch.sigmoid(logits)
    return 1 - (2 * (p * target).sum((-2, -1)) + 1) / (p.sum((-2, -1)) + target.sum((-2, -1)) + 1)


def iou(logits, target):
    """Of the thresholded masks, no gradient."""
    a, b = logits.detach() > 0, target > 0.5
    union = (a | b).sum((-2, -1)).float()
    return torch.where(union > 0, (a & b).sum((-2, -1)).float() / union.clamp(min=1), torch.ones_like(union))


def near_border(target):
    """[N,h,w] -> 1 within one stride-2 cell (3 px) of the outline"""
    t = target[:, None]
    return (F.max_pool2d(t, 3, 1, 1) != -F.max_pool2d(-t, 3, 1, 1)).float()[:, 0]
