#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small tokenizers in the public file formats, and the ids of texts worked out here, for tests/model/tst_tokenizer.cpp.

Written from the formats' descriptions, without the program: needs only the `regex` module (Unicode categories).
The merging is the plain one: find the pair of lowest rank in the piece, join it wherever it stands, again.

    python3 tests/reference/language/tokenizers.py tests/model/data/tokenizer
"""
import json
import random
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import regex

GPT2 = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
         r"|\s+(?!\S)|\s+")

TEXT = """The orrery turns: Mercury, Venus, the Earth and its Moon; Mars, Jupiter, Saturn. The old clockmaker's wheels
don't slip, they've never slipped, and she'll wind them again tomorrow at 10:30. "Who made it?" asked the child. The maker
didn't say. 1781: Uranus; 1846: Neptune; 1930: Pluto, which isn't one of them any more. for (int i = 0; i < 10; ++i) turn(i);
Größe, naïve, façade, señor; 天球仪转动着，孩子问：“谁做的？” 行星绕着太阳转。Солнце и Луна. \U0001F30D\U0001F319
""" * 2

SAMPLES = [
    "", " ", "   ", "a", "The Moon", " The Moon turns.", "the  wheels\n\n turn\t again ", "don't DON'T they'll we'Ve",
    "x1234 y 56.78e9", "naïve façade Größe", "nai\u0308ve", "天球仪转动着，孩子", "\U0001F30D\U0001F319\U0001F468\u200d\U0001F469", "a\u00a0b\u2003c\u0085d\u000be",
    "\r\n\r\n  x\r\n", "if(x){return 'y';}\n\n\n\n  }", "\u1e9b\u0323 \u212b \u2167 \u00bd ٣٤", "<|endoftext|>The<|endoftext|> Moon", "<s>Hi</s> there", "Солнце и Луна",
    "e\u0301\u0301\u0301", "\u0e01\u0e33\u0e02", "  \n  \n \t\tdone", "\u017f's 'ſ K",
]


def byte_map():
    keep = list(range(0x21, 0x7F)) + list(range(0xA1, 0xAD)) + list(range(0xAE, 0x100))
    table, extra = {}, 0
    for b in range(256):
        if b in keep:
            table[b] = chr(b)
        else:
            table[b] = chr(256 + extra)
            extra += 1
    return table


BYTES = byte_map()


def to_symbols(piece):
    return [BYTES[b] for b in piece.encode("utf-8")]


def merge_all(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == pair:
            out.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def train(words, count):
    """The most frequent pair becomes a merge; of equals the first by text."""
    words = {tuple(w): n for w, n in words.items()}
    merges = []
    while len(merges) < count:
        pairs = Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        if not pairs:
            break
        best = min(pairs, key=lambda p: (-pairs[p], p))
        merges.append(best)
        words = {tuple(merge_all(list(w), best)): n for w, n in words.items()}
    return merges


def bpe(symbols, ranks):
    symbols = list(symbols)
    while len(symbols) > 1:
        best = min(zip(symbols, symbols[1:]), key=lambda p: ranks.get(p, 1 << 30))
        if best not in ranks:
            break
        symbols = merge_all(symbols, best)
    return symbols


def split_specials(text, specials):
    if not specials:
        return [(text, False)]
    pattern = "(" + "|".join(regex.escape(s) for s in sorted(specials, key=len, reverse=True)) + ")"
    return [(part, part in specials) for part in regex.split(pattern, text) if part]


def byte_level(text, pattern, vocab, ranks, specials, nfc):
    ids = []
    for part, special in split_specials(text, specials):
        if special:
            ids.append(specials[part])
            continue
        if nfc:
            part = unicodedata.normalize("NFC", part)
        pieces = regex.findall(pattern, part)
        assert "".join(pieces) == part
        for piece in pieces:
            ids += [vocab[s] for s in bpe(to_symbols(piece), ranks)]
    return ids


def llama(text, vocab, ranks, specials):
    ids = []
    for part, special in split_specials(text, specials):
        if special:
            ids.append(specials[part])
            continue
        part = "\u2581" + part.replace(" ", "\u2581")
        for symbol in bpe(list(part), ranks):
            ids += [vocab[symbol]] if symbol in vocab else [vocab["<0x%02X>" % b] for b in symbol.encode("utf-8")]
    return ids


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


def main(folder):
    random.seed(5)
    folder.mkdir(parents=True, exist_ok=True)
    alphabet = [BYTES[b] for b in range(256)]

    def level_files(name, pattern, merge_count, special):
        words = Counter(tuple(to_symbols(p)) for p in regex.findall(pattern, TEXT))
        merges = train(words, merge_count)
        vocab = {s: i for i, s in enumerate(alphabet)}
        for a, b in merges:
            vocab.setdefault(a + b, len(vocab))
        return vocab, merges, {special: len(vocab)}

    # GPT-2: two files
    vocab, merges, specials = level_files("gpt2", GPT2, 200, "<|endoftext|>")
    (folder / "gpt2").mkdir(exist_ok=True)
    write(folder / "gpt2" / "vocab.json", vocab | specials)
    (folder / "gpt2" / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    ranks = {m: i for i, m in enumerate(merges)}
    expected = {"gpt2": [{"text": t, "ids": byte_level(t, GPT2, vocab, ranks, specials, False)} for t in SAMPLES]}

    # Qwen2: one file, NFC, merges as pairs
    vocab, merges, specials = level_files("qwen2", QWEN2, 200, "<|endoftext|>")
    (folder / "qwen2").mkdir(exist_ok=True)
    write(folder / "qwen2" / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                          "special": True} for s, i in specials.items()],
        "normalizer": {"type": "NFC"},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": QWEN2}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False}]},
        "post_processor": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        "decoder": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False, "use_regex": False},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
                  "fuse_unk": False, "byte_fallback": False, "ignore_merges": False, "vocab": vocab, "merges": merges}})
    ranks = {tuple(m): i for i, m in enumerate(merges)}
    expected["qwen2"] = [{"text": t, "ids": byte_level(t, QWEN2, vocab, ranks, specials, True)} for t in SAMPLES]

    # Llama 2: characters, byte fallback, merges as texts
    words = Counter(tuple("\u2581" + w) for w in TEXT.split())
    merges = train(words, 200)
    specials = {"<unk>": 0, "<s>": 1, "</s>": 2}
    vocab = dict(specials)
    for b in range(256):
        vocab["<0x%02X>" % b] = len(vocab)
    for c in sorted({c for w in words for c in w if ord(c) < 0x400 or c == "\u2581"}):
        vocab[c] = len(vocab)
    merges = [(a, b) for a, b in merges if all(ord(c) < 0x400 or c == "\u2581" for c in a + b)]
    for a, b in merges:
        vocab.setdefault(a + b, len(vocab))
    (folder / "llama").mkdir(exist_ok=True)
    write(folder / "llama" / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": i, "content": s, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
                          "special": True} for s, i in specials.items()],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
                                                           {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
        "pre_tokenizer": None,
        "post_processor": {"type": "TemplateProcessing",
                           "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                           "pair": [], "special_tokens": {"<s>": {"id": "<s>", "ids": [1], "tokens": ["<s>"]}}},
        "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                                                     {"type": "ByteFallback"}, {"type": "Fuse"},
                                                     {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "dropout": None, "unk_token": "<unk>", "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": True, "byte_fallback": True, "ignore_merges": False, "vocab": vocab,
                  "merges": [a + " " + b for a, b in merges]}})
    ranks = {m: i for i, m in enumerate(merges)}
    expected["llama"] = [{"text": t, "ids": llama(t, vocab, ranks, specials)} for t in SAMPLES]
    write(folder / "expected.json", expected)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
