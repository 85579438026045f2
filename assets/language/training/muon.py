# SPDX-License-Identifier: GPL-3.0-or-later
"""Muon (Jordan et al. 2024): the momentum of a weight matrix made nearly orthogonal before it is subtracted. For the matrices inside the
layers; it wants several times fewer tokens than AdamW for the same loss on models of this size."""
import torch


def orthogonal(g, steps=5):
    """U V^T of g = U S V^T, roughly: five Newton-Schulz steps of the fifth order."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.float() / (g.float().norm() + 1e-7)
    turned = x.shape[0] > x.shape[1]
    x = x.T if turned else x
    for _ in range(steps):
        s = x @ x.T
        x = a * x + (b * s + c * s @ s) @ x
    return x.T if turned else x


class Muon(torch.optim.Optimizer):
    def __init__(self, matrices, lr=0.02, momentum=0.95):
        super().__init__(matrices, {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                kept = self.state[p].setdefault("momentum", torch.zeros_like(p))
                kept.lerp_(p.grad, 1 - group["momentum"])
                way = orthogonal(p.grad.lerp(kept, group["momentum"]))
                p.add_(way.to(p.dtype), alpha=-group["lr"] * max(1.0, p.shape[0] / p.shape[1]) ** 0.5)
