#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""N-grams beside IRSTLM (Debian: irstlm) on one text: counting, asking, memory. Both run here, one after the other.

    python3 tests/bench/ngram.py build/orrery-cli [--text FILE] [--megabytes 4] [--order 3] [--runs 3]

Without a text, words by Zipf's law are made from a seed, half of them called by the word before. IRSTLM reads a copy with the
marks of beginning and end. Its time is that of `ngt` writing its binary table; ours is the reading, counting and packing that
the lab reports. Its memory is its compiled model (`tlm`, Witten-Bell, nothing pruned, `-mm`-able file) without the words' own
text, ours the packed counts; each divided by its own number of n-grams. Asking: `compile-lm --eval` less its loading, ours the
perplexity of the same lines. Of several runs by turns the quickest counts."""
import argparse
import bisect
import itertools
import os
import random
import struct
import subprocess
import sys
import tempfile
import time

BIN = "/usr/lib/irstlm/bin"


def npy(path):
    data = open(path, "rb").read()
    start = 10 + struct.unpack("<H", data[8:10])[0]
    return struct.unpack("<%df" % ((len(data) - start) // 4), data[start:])


def zipf(path, size, words=50000, seed=1):
    random.seed(seed)
    total = list(itertools.accumulate(1 / (i + 2.7) ** 1.05 for i in range(words)))
    names = ["".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(2 + min(8, int(i ** 0.2)))) for i in range(words)]
    written, previous = 0, 0
    with open(path, "w") as out:
        while written < size:
            line = []
            for _ in range(random.randint(5, 30)):
                if random.random() < 0.5:
                    word = (previous * 7919 + random.randint(0, 3) ** 3 * 31) % words
                else:
                    word = bisect.bisect(total, random.random() * total[-1])
                previous = min(word, words - 1)
                line.append(names[previous])
            text = " ".join(line) + "\n"
            written += len(text)
            out.write(text)


def run(*command):
    """Seconds on the wall; the text of both outputs."""
    start = time.monotonic()
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                            env={**os.environ, "IRSTLM": "/usr/lib/irstlm"})
    if result.returncode != 0:
        sys.exit(" ".join(command) + ": " + result.stdout[-400:])
    return time.monotonic() - start, result.stdout


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cli")
    parser.add_argument("--text")
    parser.add_argument("--megabytes", type=float, default=4)
    parser.add_argument("--order", type=int, default=3)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    if not os.path.exists(BIN + "/ngt"):
        print("IRSTLM is not installed (apt-get install irstlm): nothing to compare with")
        return
    with tempfile.TemporaryDirectory() as folder:
        plain, marked = folder + "/plain.txt", folder + "/marked.txt"
        if options.text:
            plain = os.path.abspath(options.text)
        else:
            zipf(plain, options.megabytes * 1e6)
        lines = [line.split() for line in open(plain, encoding="utf-8", errors="surrogateescape")]
        lines = [line for line in lines if line]
        with open(marked, "w", encoding="utf-8", errors="surrogateescape") as out:
            out.writelines("<s> " + " ".join(line) + " </s>\n" for line in lines)
        megabytes, order = os.path.getsize(plain) / 1e6, str(options.order)

        rate, asked, seconds = 0, 0, 1e9
        for _ in range(options.runs):
            run(options.cli, "run", "language", "--set", "show=ngram", "--set", "ngram_source=file", "--set", "ngram_file=" + plain,
                "--set", "ngram_order=" + order, "--set", "ngram_held_out=0", "--steps", "0", "--out", folder + "/out")
            now, each, _, _, questions = npy(folder + "/out/ngram_cost.npy")
            rate, asked = max(rate, now), max(asked, questions)
            seconds = min(seconds, run(BIN + "/ngt", "-i=" + marked, "-n=" + order, "-b=yes", "-o=" + folder + "/table")[0])
        kinds = npy(folder + "/out/ngram_counts.npy")[1::3]

        model = folder + "/model.blm"
        run(BIN + "/tlm", "-tr=" + marked, "-n=" + order, "-lm=wb", "-ps=no", "-obin=" + model)
        theirs = sum(int(n) for n in open(model, "rb").readline().split()[2:])  # "blmt 3 59714 601704 885673"
        size = os.path.getsize(model)
        words = {word for line in lines for word in line}
        size -= sum(len(word.encode("utf-8", "surrogateescape")) + 4 for word in words)
        few, many = folder + "/few.txt", folder + "/many.txt"
        open(few, "w").write("<s> a </s>\n")
        text = "".join(itertools.islice(open(marked, encoding="utf-8", errors="surrogateescape"), 20000))
        open(many, "w", encoding="utf-8", errors="surrogateescape").write(text)
        loading = min(run(BIN + "/compile-lm", model, "--eval=" + few)[0] for _ in range(options.runs))
        asking = min(run(BIN + "/compile-lm", model, "--eval=" + many)[0] for _ in range(options.runs))
        queries = text.count(" ")

        print("text %.1f MB, n = %s, %d different n-grams of the highest order" % (megabytes, order, kinds[-1]))
        print("%-22s %12s %12s %8s" % ("", "Orrery", "IRSTLM", "ratio"))
        print("%-22s %9.2f s %9.2f s %8.2f" % ("counting, packing", megabytes / rate, seconds, megabytes / rate / seconds))
        print("%-22s %7.2f us %7.2f us %8.2f" % ("asking for one", 1e6 / asked, 1e6 * (asking - loading) / queries,
                                                  queries / asked / (asking - loading)))
        print("%-22s %8.2f B %9.2f B %8.2f" % ("memory of an n-gram", each, size / theirs, each / (size / theirs)))


if __name__ == "__main__":
    main()
