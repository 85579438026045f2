#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trains the target and, with it frozen, everything that drafts for it; each stage goes on from its last checkpoint.

    python3 train.py target --tokenizer ../models/tiny --out OUT --device cuda --workers 16
    python3 train.py drafts --tokenizer ../models/tiny --out OUT --device cuda --workers 16

Batch i depends on (seed, i) alone, and the rate is constant until it falls over the last third of --steps: so --steps may be set anew
while a run has not come that far, and the run is the same as if it had been begun so. Matrices of layers are trained by Muon, the rest
by AdamW. Needs python3-torch (1.13 or newer) and python3-numpy."""
import argparse
import contextlib
import csv
import os
import time

import numpy as np
import torch
import torch.nn.functional as F

import corpus
import data
from model import SHAPES, Gloeckle, Llama, Medusa, Mtp
from muon import Muon


def options():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("stage", choices=["target", "drafts"])
    p.add_argument("--tokenizer", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--shape", default="tiny", choices=SHAPES)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--documents", type=int, default=120_000)
    p.add_argument("--steps", type=int)
    p.add_argument("--batch", type=int)
    p.add_argument("--length", type=int)
    p.add_argument("--rate", type=float)
    p.add_argument("--heads", type=int, default=4, help="of Medusa")
    p.add_argument("--gloeckle", type=int, default=3)
    p.add_argument("--depths", type=int, default=3, help="of the MTP module in training")
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--device", default="cpu")
    p.add_argument("--compile", action="store_true")
    p.add_argument("--save-every", type=float, default=60, help="seconds")
    a = p.parse_args()
    usual = {"target": (8000, 16, 256, 2e-3), "drafts": (2500, 8, 256, 2e-3)}[a.stage]
    a.given = a.steps is not None
    a.steps, a.batch, a.length, a.rate = (x if x is not None else u for x, u in zip((a.steps, a.batch, a.length, a.rate), usual))
    return a


def rate_at(a, i):
    """Share of the full rate: warm-up, constant, then down to 1 % over the last third."""
    return min(1, (i + 1) / 60, 0.01 + 0.99 * 3 * (1 - i / a.steps))


def cross_entropy(logits, ids, ahead):
    """Row t against token t + ahead."""
    return F.cross_entropy(logits[:, :-ahead].float().flatten(0, 1), ids[:, ahead:].flatten())


def target_losses(a, model, ids):
    return {"loss": cross_entropy(model(ids), ids, 1)}


class Drafts(torch.nn.Module):
    def __init__(self, a, target):
        super().__init__()
        c, table = target.c, target.model.embed_tokens.weight.data
        self.draft = Llama(SHAPES["draft" if a.shape == "tiny" else "test"])
        self.medusa, self.medusa_shared = Medusa(c, a.heads, table), Medusa(c, a.heads)
        self.mtp, self.gloeckle = Mtp(c), Gloeckle(c, a.gloeckle)


def draft_losses(a, model, ids, target):
    with torch.no_grad():
        z = target.model(ids)
        law = target.logits(z).float().log_softmax(-1)
    out = {"draft": F.kl_div(model.draft(ids).float().log_softmax(-1), law, reduction="none", log_target=True).sum(-1).mean()}
    for k in range(a.heads):
        weight = 0.8 ** k
        out[f"medusa{k}"] = weight * cross_entropy(model.medusa(z, k, target), ids, 2 + k)
        out[f"shared{k}"] = weight * cross_entropy(model.medusa_shared(z, k, target), ids, 2 + k)
    for d, logits in enumerate(model.mtp(ids, z, target, a.depths)):
        out[f"mtp{d}"] = 0.8 ** d * cross_entropy(logits[:, d:], ids[:, d:], 2)
    for i in range(a.gloeckle):
        out[f"gloeckle{i}"] = cross_entropy(model.gloeckle(z, i, target), ids, 2 + i)
    return out


def main():
    a = options()
    os.makedirs(a.out, exist_ok=True)
    device = torch.device(a.device)
    torch.manual_seed(a.seed)
    torch.backends.cuda.matmul.allow_tf32 = True
    half = (lambda: torch.autocast("cuda", torch.bfloat16)) if device.type == "cuda" else contextlib.nullcontext
    stream = data.tokens(a.tokenizer, corpus.TRAINED, a.documents, a.workers, cache=os.path.join(a.out, f"tokens-{a.documents}.npy"))
    check = data.tokens(a.tokenizer, corpus.VALIDATION, min(400, a.documents), 1)
    print(f"{len(stream)} tokens of training", flush=True)
    target = Llama(SHAPES[a.shape]).to(device)
    if a.stage == "drafts":
        target.load_state_dict(torch.load(os.path.join(a.out, "target.pt"), map_location=device)["model"])
        target.requires_grad_(False)
        model = Drafts(a, target).to(device)
        losses = lambda ids: draft_losses(a, model, ids, target)
    else:
        model = target
        losses = lambda ids: target_losses(a, run, ids)
    run = torch.compile(model) if a.compile and a.stage == "target" else model
    inner = lambda name, p: p.ndim > 1 and "embed" not in name and "outputs" not in name
    matrices = [p for name, p in model.named_parameters() if p.requires_grad and inner(name, p)]
    rest = [p for name, p in model.named_parameters() if p.requires_grad and not inner(name, p)]
    optimisers = [torch.optim.AdamW(rest, lr=a.rate, betas=(0.9, 0.95), weight_decay=0), Muon(matrices)]
    full = [[g["lr"] for g in o.param_groups] for o in optimisers]
    file, start, spent = os.path.join(a.out, a.stage + ".pt"), 0, 0.0
    if os.path.exists(file):
        saved = torch.load(file, map_location=device)
        model.load_state_dict(saved["model"])
        for o, state in zip(optimisers, saved["optimisers"]):
            o.load_state_dict(state)
        start, spent = saved["step"], saved["seconds"]
        a.steps = a.steps if a.given else saved["steps"]
        print(f"going on from step {start}", flush=True)
    began = saved_at = time.time()

    def save(step):
        torch.save({"model": model.state_dict(), "optimisers": [o.state_dict() for o in optimisers], "step": step, "steps": a.steps,
                    "seconds": spent + time.time() - began, "options": {k: v for k, v in vars(a).items()}}, file + ".new")
        os.replace(file + ".new", file)

    def validate():
        model.eval()
        with torch.no_grad(), half():
            each = [losses(torch.from_numpy(data.windows(check, min(16, a.batch), a.length, i, 99)).to(device)) for i in range(8)]
        model.train()
        return {k: float(np.mean([e[k].item() for e in each])) for k in each[0]}

    log_file = open(os.path.join(a.out, a.stage + ".csv"), "a", newline="")
    log, window = csv.writer(log_file), []
    i = start
    while i < a.steps:
        share = rate_at(a, i)
        for o, rates in zip(optimisers, full):
            for group, rate in zip(o.param_groups, rates):
                group["lr"] = rate * share
        ids = torch.from_numpy(data.windows(stream, a.batch, a.length, i, a.seed)).to(device, non_blocking=True)
        with half():
            values = losses(ids)
            total = sum(values.values())
        model.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for o in optimisers:
            o.step()
        i += 1
        if i % 20 == 0:
            window.append({k: v.item() for k, v in values.items()})
        if i % 200 == 0 or i == a.steps:
            held = validate()
            if log_file.tell() == 0:
                log.writerow(["step", "seconds", "share of the rate"] + [f"train {k}" for k in held] + [f"held out {k}" for k in held])
            mean = [np.mean([w[k] for w in window]) for k in held] if window else [float("nan")] * len(held)
            log.writerow([i, round(spent + time.time() - began, 1), f"{share:.3g}", *(f"{v:.4f}" for v in mean), *(f"{v:.4f}" for v in held.values())])
            log_file.flush()
            print(i, {k: round(v, 3) for k, v in held.items()}, flush=True)
            window = []
        if time.time() - saved_at > a.save_every:
            save(i)
            saved_at = time.time()
    save(a.steps)


if __name__ == "__main__":
    main()
