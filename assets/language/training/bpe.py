#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Byte-level BPE as GPT-2 has it (Radford et al. 2019): learns the merges from text, writes vocab.json, merges.txt, tokenizer.json, encodes.

    python3 bpe.py --out models/tiny --size 2048            learns from documents of the corpus, seed 2

Ids: the 256 bytes in the order of their printable stand-ins, then the merges in order of rank, then the special tokens."""
import argparse
import collections
import json
import os
import re

import corpus

SPECIAL = [corpus.END, "<|user|>", "<|assistant|>", "<|pad|>"]
# GPT-2's pattern; in Python's re a letter is a word character that is neither digit nor underscore, which is the same on this corpus
WORDS = re.compile(r"'(?:[sdmt]|ll|ve|re)| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
_SPLIT = re.compile("(" + "|".join(map(re.escape, SPECIAL)) + ")")


def stand_ins():
    """byte -> printable character, GPT-2's table."""
    shown = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table, extra = {b: chr(b) for b in shown}, 0
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + extra)
            extra += 1
    return table


def learn(words, merges):
    """words: Counter of byte strings -> pairs of byte strings in order of rank. The most frequent pair first, ties to the smaller pair."""
    texts = [[bytes([b]) for b in w] for w in words]
    counts = list(words.values())
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for i, t in enumerate(texts):
        for p in zip(t, t[1:]):
            pairs[p] += counts[i]
            where[p].add(i)
    out = []
    while len(out) < merges and pairs:
        best = min(pairs, key=lambda p: (-pairs[p], p))
        if pairs[best] < 2:
            break
        out.append(best)
        joined = best[0] + best[1]
        for i in sorted(where[best]):
            t = texts[i]
            for p in zip(t, t[1:]):
                pairs[p] -= counts[i]
                if not pairs[p]:
                    del pairs[p]
            new, k = [], 0
            while k < len(t):
                if k + 1 < len(t) and (t[k], t[k + 1]) == best:
                    new.append(joined)
                    k += 2
                else:
                    new.append(t[k])
                    k += 1
            texts[i] = new
            for p in zip(new, new[1:]):
                pairs[p] += counts[i]
                where[p].add(i)
    return out


class Tokenizer:
    def __init__(self, merges):
        self.table = stand_ins()
        order = sorted(range(256), key=lambda b: self.table[b])
        self.tokens = [bytes([b]) for b in order] + [a + b for a, b in merges]
        self.rank = {pair: r for r, pair in enumerate(merges)}
        self.id = {t: i for i, t in enumerate(self.tokens)}
        self.special = {s: len(self.tokens) + i for i, s in enumerate(SPECIAL)}
        self.merges, self.cache = merges, {}

    def __len__(self):
        return len(self.tokens) + len(SPECIAL)

    def word(self, w):
        ids = self.cache.get(w)
        if ids is None:
            parts = [bytes([b]) for b in w.encode()]
            while len(parts) > 1:
                rank, k = min((self.rank.get(p, 1 << 30), k) for k, p in enumerate(zip(parts, parts[1:])))
                if rank == 1 << 30:
                    break
                pair, new, k = (parts[k], parts[k + 1]), [], 0
                while k < len(parts):
                    if k + 1 < len(parts) and (parts[k], parts[k + 1]) == pair:
                        new.append(parts[k] + parts[k + 1])
                        k += 2
                    else:
                        new.append(parts[k])
                        k += 1
                parts = new
            ids = [self.id[p] for p in parts]
            if len(self.cache) < 500_000:
                self.cache[w] = ids
        return ids

    def encode(self, text):
        out = []
        for piece in _SPLIT.split(text):
            if piece in self.special:
                out.append(self.special[piece])
            else:
                for w in WORDS.findall(piece):
                    out += self.word(w)
        return out

    def decode(self, ids):
        names = {i: s for s, i in self.special.items()}
        return b"".join(names[i].encode() if i in names else self.tokens[i] for i in ids).decode("utf-8", "replace")

    def shown(self, token):
        return "".join(self.table[b] for b in token)

    def save(self, folder):
        os.makedirs(folder, exist_ok=True)
        vocab = {self.shown(t): i for i, t in enumerate(self.tokens)}
        full = {**vocab, **self.special}
        lines = [f"{self.shown(a)} {self.shown(b)}" for a, b in self.merges]
        with open(os.path.join(folder, "vocab.json"), "w", encoding="utf-8") as f:
            json.dump(full, f, ensure_ascii=False)
        with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8", newline="\n") as f:
            f.write("#version: 0.2\n" + "\n".join(lines) + "\n")
        added = [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
                 for s, i in self.special.items()]
        whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
                 "post_processor": None, "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
                 "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None, "end_of_word_suffix": None,
                           "fuse_unk": False, "byte_fallback": False, "vocab": vocab, "merges": lines}}
        with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as f:
            json.dump(whole, f, ensure_ascii=False)


def load(folder):
    back = {c: b for b, c in stand_ins().items()}
    with open(os.path.join(folder, "merges.txt"), encoding="utf-8") as f:
        pairs = [line.split(" ") for line in f.read().split("\n")[1:] if line]
    return Tokenizer([tuple(bytes(back[c] for c in side) for side in pair) for pair in pairs])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--out", required=True)
    p.add_argument("--size", type=int, default=2048)
    p.add_argument("--documents", type=int, default=8000)
    a = p.parse_args()
    words = collections.Counter()
    for i in range(a.documents):
        for piece in _SPLIT.split(corpus.document(2, i)):
            if piece not in SPECIAL:
                words.update(w.encode() for w in WORDS.findall(piece))
    tokenizer = Tokenizer(learn(words, a.size - 256 - len(SPECIAL)))
    tokenizer.save(a.out)
    print(f"{len(words)} different words, {len(tokenizer)} tokens in {a.out}")


if __name__ == "__main__":
    main()
