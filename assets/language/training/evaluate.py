#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures the shipped models on text that training never saw, and prints the tables of ../models/README.md.

    python3 evaluate.py ../models

Seed 9001. "fresh" stories are made of pairs of people and things that never own each other in training. Means over documents with the
95 % interval of 1000 bootstrap samples of documents. Overlap is sum min(p, q), the chance that one draw from the draft is kept at
temperature 1; agreement is that of the likeliest tokens, the chance at temperature 0."""
import json
import os
import re
import sys

import numpy as np
import torch

import bpe
import corpus
import tensors
from model import Config, Gloeckle, Llama, Medusa, Mtp

DOCUMENTS = 40  # of each kind


def config(folder):
    with open(os.path.join(folder, "config.json")) as f:
        c = json.load(f)
    return Config(c["num_hidden_layers"], c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["intermediate_size"],
                  c["vocab_size"], c["max_position_embeddings"], c["rope_theta"], c["rms_norm_eps"])


def opened(folder):
    model = Llama(config(folder))
    model.load_state_dict({k: torch.from_numpy(v) for k, v in tensors.read(os.path.join(folder, "model.safetensors")).items()})
    return model.eval()


def renamed(path, rule):
    return {rule(k): torch.from_numpy(v) for k, v in tensors.read(path).items()}


def heads(folder, target):
    """Medusa with outputs of its own, with the target's, MTP, Gloeckle: those whose files are there."""
    c, out = target.c, {}
    for name, own in (("medusa", True), ("medusa_shared", False)):
        path = os.path.join(folder, name + ".safetensors")
        if os.path.exists(path):
            rule = lambda k: f"blocks.{k.split('.')[0]}.{k.split('.')[-1]}" if ".linear." in k else f"outputs.{k.split('.')[0]}.weight"
            state = renamed(path, rule)
            m = Medusa(c, sum(k.endswith("bias") for k in state), target.model.embed_tokens.weight.detach() if own else None)
            m.load_state_dict(state)
            out[name] = m.eval()
    path = os.path.join(folder, "mtp.safetensors")
    if os.path.exists(path):
        inside = lambda k: k if k.split(".")[0] in ("enorm", "hnorm", "eh_proj") else "norm.weight" if "shared_head" in k else "layer." + k
        m = Mtp(c)
        m.load_state_dict(renamed(path, lambda k: inside(k.split(".", 3)[3])))
        out["mtp"] = m.eval()
    path = os.path.join(folder, "gloeckle.safetensors")
    if os.path.exists(path):
        rule = lambda k: (lambda i, f: f"norms.{i}.weight" if f == "norm.weight" else f"layers.{i}.{f}")(*k.split(".", 2)[1:])
        state = renamed(path, rule)
        m = Gloeckle(c, sum(k.startswith("norms") for k in state))
        m.load_state_dict(state)
        out["gloeckle"] = m.eval()
    return out


def interval(values):
    v = np.array(values)
    rng = np.random.default_rng(1)
    means = v[rng.integers(0, len(v), (1000, len(v)))].mean(1)
    return f"{v.mean():.3f} [{np.quantile(means, 0.025):.3f}, {np.quantile(means, 0.975):.3f}]"


def hits(logits, ids, ahead, first=0):
    """Top-1 and top-5 of rows first … against the tokens `ahead` later."""
    rows = logits[0, first:ids.shape[1] - ahead]
    best = rows.topk(5, -1).indices == ids[0, first + ahead:, None]
    return best[:, 0].float().mean().item(), best.any(1).float().mean().item()


class Trigram:
    """Interpolated Witten-Bell over the documents of seed 2, for comparison with nothing learned by gradient."""

    def __init__(self, tokenizer, vocabulary, documents=4000):
        self.tables, self.v = [{}, {}, {}], vocabulary
        for i in range(documents):
            ids = tokenizer.encode(corpus.document(2, i))
            for n in range(3):
                for k in range(n, len(ids)):
                    row = self.tables[n].setdefault(tuple(ids[k - n:k]), {})
                    row[ids[k]] = row.get(ids[k], 0) + 1

    def law(self, context):
        p = np.full(self.v, 1 / self.v)
        for n in range(3):
            row = self.tables[n].get(tuple(context[len(context) - n:]))
            if row:
                total, kinds = sum(row.values()), len(row)
                p *= kinds / (total + kinds)
                for t, c in row.items():
                    p[t] += c / (total + kinds)
        return p


def answers(model, tokenizer, fresh):
    """Share of the questions at the end of a story that greedy decoding answers as the story's world does."""
    right = []
    for i in range(DOCUMENTS):
        text = corpus.document(corpus.TEST, 1000 + i, "story", fresh)
        for m in re.finditer(r"Question: [^?]*\? Answer: ([^.]*?)(, because [^.]*)?\.", text):
            ids = tokenizer.encode(text[:m.start(1)].rstrip())
            wanted = tokenizer.encode(" " + m.group(1))
            if len(ids) + len(wanted) > model.c.context:
                continue
            for _ in wanted:
                ids.append(model(torch.tensor([ids]))[0, -1].argmax().item())
            right.append(float(ids[-len(wanted):] == wanted))
    return right


@torch.no_grad()
def main():
    models = sys.argv[1]
    tokenizer, target = bpe.load(os.path.join(models, "tiny")), opened(os.path.join(models, "tiny"))
    draft = opened(os.path.join(models, "draft")) if os.path.exists(os.path.join(models, "draft")) else None
    extra, trigram = heads(os.path.join(models, "tiny"), target), Trigram(tokenizer, target.c.vocabulary)
    print("| text | tokens | target, bits/token | bits/byte | trigram overlap | trigram agrees | draft model overlap | draft model agrees |")
    print("|---|---|---|---|---|---|---|---|")
    accuracy = {}
    rows = [(k, False) for k in corpus.KINDS] + [("story", True)]
    for kind, fresh in rows:
        bits, per_byte, tri, tri1, ov, ov1, count = [], [], [], [], [], [], 0
        for i in range(DOCUMENTS):
            text = corpus.document(corpus.TEST, i, kind, fresh)
            ids = tokenizer.encode(text)[:target.c.context]
            x = torch.tensor([ids])
            z = target.model(x)
            law = target.logits(z).log_softmax(-1)
            nats = -law[0, :-1].gather(1, x[0, 1:, None])[:, 0]
            bits.append(nats.mean().item() / np.log(2))
            per_byte.append(nats.sum().item() / np.log(2) / len(tokenizer.decode(ids).encode()))
            count += len(ids)
            p = law[0].exp()
            if i < 10:
                at = range(2, min(len(ids) - 1, 120))
                q = np.stack([trigram.law(ids[:k + 1]) for k in at])
                rows_p = p[2:2 + len(at)].numpy()
                tri.append(np.minimum(rows_p, q).sum(1).mean())
                tri1.append((rows_p.argmax(1) == q.argmax(1)).mean())
            if draft:
                q = draft(x).softmax(-1)[0]
                ov.append(torch.minimum(p, q).sum(-1).mean().item())
                ov1.append((p.argmax(-1) == q.argmax(-1)).float().mean().item())
            place = accuracy.setdefault("fresh stories" if fresh else "stories" if kind == "story" else "other", {})
            note = lambda name, pair: place.setdefault(name, []).append(pair)
            for name in ("medusa", "medusa_shared"):
                for k in range(len(extra[name].blocks) if name in extra else 0):
                    note(f"{name} {k + 1}", hits(extra[name](z, k, target), x, 2 + k))
            if "mtp" in extra and len(ids) > 8:
                for d, logits in enumerate(extra["mtp"](x, z, target, 4)):
                    note(f"mtp {d + 1}", hits(logits, x, 2, d))
            for k in range(len(extra["gloeckle"].layers) if "gloeckle" in extra else 0):
                note(f"gloeckle {k + 1}", hits(extra["gloeckle"](z, k, target), x, 2 + k))
        cell = lambda v: interval(v) if v else ""
        print(f"| {'fresh ' if fresh else ''}{kind} | {count} | {interval(bits)} | {interval(per_byte)} | {cell(tri)} | {cell(tri1)} | {cell(ov)} | {cell(ov1)} |", flush=True)
    print("\n| guesses the token after the next one, two, … | " + " | ".join(f"{p}, top 1 | top 5" for p in accuracy) + " |")
    print("|---|" + "---|---|" * len(accuracy))
    for name in next(iter(accuracy.values())):
        print(f"| {name} | " + " | ".join(f"{np.mean([a for a, _ in place[name]]):.3f} | {np.mean([b for _, b in place[name]]):.3f}" for place in accuracy.values()) + " |")
    for fresh in (False, True):
        right = answers(target, tokenizer, fresh)
        print(f"\nQuestions at the end of {'fresh ' if fresh else ''}stories answered: {interval(right)} of {len(right)}")


if __name__ == "__main__":
    main()
