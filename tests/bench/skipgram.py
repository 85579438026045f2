#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Skip-gram against gensim (Debian: python3-gensim) on one text with one setting: words a second, and analogies that come true.

    python3 tests/bench/skipgram.py build/orrery-cli [WORDS]

The text is the lab's own grammar of analogies amid words with the frequencies of a language, so that both can be asked. Time is that of
further passes: of a run with six less that of a run with one, so that starting, reading and counting fall out. Both have two threads.
"""
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time

THREADS = 2
SETTINGS = {"dims": 100, "window": 5, "negatives": 5, "rate": 0.025}
TRAITS = 24  # of rows; each has two columns


def write_text(path, words):
    """Grid words meet their companion and their sign; around them stand words of a Zipf law. Returns the questions."""
    rng = random.Random(5)
    filler = [f"w{i}" for i in range(20000)]
    weights = list(itertools.accumulate(1 / (i + 3) for i in range(len(filler))))
    left = words
    with open(path, "w") as out:
        while left > 0:
            sentence = rng.choices(filler, cum_weights=weights, k=17)
            row, column = rng.randrange(TRAITS), rng.randrange(2)
            at = rng.randrange(len(sentence) - 2)
            sentence[at : at] = [f"sign{column}", f"grid{row}x{column}", f"companion{row}"]
            left -= len(sentence)
            out.write(" ".join(sentence) + "\n")
    return [(f"grid{a}x0", f"grid{a}x1", f"grid{b}x0", f"grid{b}x1") for a in range(TRAITS) for b in range(TRAITS) if a != b]


def score(words, vectors, questions):
    import numpy

    index = {word: row for row, word in enumerate(words)}
    units = vectors / numpy.maximum(1e-30, numpy.linalg.norm(vectors, axis=1, keepdims=True))
    right = 0
    for a, b, c, d in questions:
        values = units @ (units[index[b]] - units[index[a]] + units[index[c]])
        values[[index[a], index[b], index[c]]] = -numpy.inf
        right += int(values.argmax()) == index[d]
    return right / len(questions)


def ours(cli, text, passes, out):
    sets = {
        "corpus": "file", "text_file": text, "min_count": 5, "word_dims": SETTINGS["dims"], "window": SETTINGS["window"],
        "drawn": SETTINGS["negatives"], "word_rate": SETTINGS["rate"], "passes": passes,
    }
    command = [cli, "train", "embedding", "--out", out]
    for key, value in sets.items():
        command += ["--set", f"{key}={value}"]
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def load(path):
    import numpy

    with open(path) as file:
        rows, dims = map(int, file.readline().split())
        words, values = [], numpy.empty((rows, dims), "f4")
        for row, line in enumerate(file):
            word, *numbers = line.split()
            words.append(word)
            values[row] = numbers
    return words, values


def theirs(text, passes):
    from gensim.models import Word2Vec

    start = time.perf_counter()
    model = Word2Vec(
        corpus_file=text, vector_size=SETTINGS["dims"], window=SETTINGS["window"], negative=SETTINGS["negatives"], sg=1, sample=0,
        alpha=SETTINGS["rate"], min_count=5, workers=THREADS, epochs=passes, seed=1,
    )
    return time.perf_counter() - start, model.wv.index_to_key, model.wv.vectors


def main():
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})
    try:
        import gensim
    except ImportError:
        print("skipped: gensim is not installed (Debian: python3-gensim)")
        return
    cli, words = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        text, out = os.path.join(folder, "text.txt"), os.path.join(folder, "words.vec")
        questions = write_text(text, words)
        rounds = []
        for _ in range(2):  # by turns
            mine = -ours(cli, text, 1, out) + ours(cli, text, 6, out)
            first, _, _ = theirs(text, 1)
            last, names, vectors = theirs(text, 6)
            rounds.append((5 * words / mine, 5 * words / (last - first)))
        report = {
            "gensim": gensim.__version__, "words": words, "ours_words_per_s": round(max(r[0] for r in rounds)),
            "gensim_words_per_s": round(max(r[1] for r in rounds)), "ours_analogies": score(*load(out), questions),
            "gensim_analogies": score(names, vectors, questions),
        }
        report["time_ratio"] = round(report["gensim_words_per_s"] / report["ours_words_per_s"], 3)
        print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
