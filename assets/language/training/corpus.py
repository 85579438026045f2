#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text that the shipped language models are trained on: document i of seed s depends on (s, i) alone.

    python3 corpus.py --seed 1 --documents 2000 --out stories.txt          some text, documents separated by an empty line and ###
    python3 corpus.py --seed 9001 --documents 200 --fresh --kind story     held-out pairs of people and things

Shares of documents: stories in English 55 %, in Chinese 9 %, records 16 %, sums and sorting 10 %, dialogues 10 %."""
import argparse
import random
import sys

import other_texts
import story

KINDS = {"story": (55, story.english), "chinese": (9, story.chinese), "json": (4, other_texts.json_record), "table": (4, other_texts.table),
         "list": (4, other_texts.packing_list), "code": (4, other_texts.code), "sums": (6, other_texts.sums), "sorting": (4, other_texts.sorting),
         "dialogue": (10, other_texts.dialogue)}
END = "<|endoftext|>"
TRAINED, VALIDATION, TEST = 1, 8001, 9001  # seeds


def document(seed, i, kind=None, fresh=False):
    rng = random.Random(f"{seed}/{i}")
    if kind is None:
        kind = rng.choices(list(KINDS), [w for w, _ in KINDS.values()])[0]
    make = KINDS[kind][1]
    return make(rng, fresh) if kind in ("story", "chinese") else make(rng)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seed", type=int, default=TRAINED)
    p.add_argument("--documents", type=int, default=1000)
    p.add_argument("--kind", choices=KINDS)
    p.add_argument("--fresh", action="store_true", help="held-out pairs of people and things")
    p.add_argument("--out")
    a = p.parse_args()
    out = open(a.out, "w", encoding="utf-8", newline="\n") if a.out else sys.stdout
    for i in range(a.documents):
        out.write(document(a.seed, i, a.kind, a.fresh) + "\n\n" + ("###\n\n" if not a.kind else ""))


if __name__ == "__main__":
    main()
