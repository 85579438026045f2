#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Markdown table of `orrery bench segmentation --json` files (or "name<TAB>value" lines) and evaluate.py's lines.

    python3 table.py NAME=bench.json[,peers.jsonl ...] ..."""
import json
import sys

ROWS = [("IoU@1", "IoU after 1 click", "iou@1"), ("IoU@3", "IoU after 3 clicks", "iou@3"), ("IoU@5", "IoU after 5 clicks", "iou@5"),
        ("best of 3 @1", "IoU of the best mask after 1 click", "best@1"), ("NoC@85", "clicks to IoU 0.85", "noc@0.85"),
        ("never", "never at IoU 0.85", "failed@0.85"), ("NoC@90", "clicks to IoU 0.90", "noc@0.9"),
        ("never", "never at IoU 0.90", "failed@0.9"), ("boundary F", "boundary F at 2 px after 3 clicks", "boundary"),
        ("IoU promise off by", "error of the promised IoU", "calibration"), ("respected %", "clicks respected", "respected"),
        ("made worse %", "clicks that made it worse", "lowered"), ("jitter", "spread of IoU under jittered clicks", "jitter")]


def read(path):
    """{contender: {row: (value, low, high)}}"""
    out = {}
    if path.endswith(".jsonl"):
        for line in open(path):
            e = json.loads(line)
            for _, name, key in ROWS:
                if key in e:
                    v = e[key] if isinstance(e[key], list) else [e[key] * (100 if key in ("respected", "lowered") else 1)]
                    out.setdefault(e["contender"], {})[name] = v
        return out
    if path.endswith(".tsv"):
        figures = [line.rstrip("\n").split("\t") for line in open(path)]
    else:
        figures = [(f["name"], f["value"]) for f in json.load(open(path))]
    for name, value in figures:
        who, _, what = name.partition(": ")
        what, _, end = what.partition(", 95 % ")
        out.setdefault(who, {}).setdefault(what, []).append(float(value))
    return out


def cell(v, digits):
    if not v:
        return ""
    text = f"{v[0]:.{digits}f}"
    return text + (f" [{v[1]:.{digits}f}, {v[2]:.{digits}f}]" if len(v) == 3 else "")


for argument in sys.argv[1:]:
    name, _, files = argument.partition("=")
    found = {}
    for f in files.split(","):
        found.update(read(f))
    found = {k: v for k, v in found.items() if any(r[1] in v for r in ROWS)}
    print(f"\n**{name}**\n\n| | " + " | ".join(r[0] for r in ROWS) + " |\n|" + "---|" * (len(ROWS) + 1))
    for who, v in found.items():
        digits = [0 if r[0] == "never" else 1 if r[0].endswith("%") or r[0].startswith("NoC") else 3 if r[0] == "jitter" else 2 for r in ROWS]
        print(f"| {who} | " + " | ".join(cell(v.get(r[1]), d) for r, d in zip(ROWS, digits)) + " |")
