# SPDX-License-Identifier: GPL-3.0-or-later
"""Token streams of the corpus, made by several processes and kept on disk."""
import multiprocessing
import os

import numpy as np

import bpe
import corpus

_T = None


def _chunk(job):
    global _T
    folder, seed, first, last, kind, fresh = job
    _T = _T or bpe.load(folder)
    end, out = _T.special[corpus.END], []
    for i in range(first, last):
        out += _T.encode(corpus.document(seed, i, kind, fresh))
        out.append(end)
    return np.array(out, np.uint16)


def tokens(folder, seed, documents, workers=1, kind=None, fresh=False, cache=None):
    """Documents 0 … of that seed, each followed by the end token: u16 [N]."""
    if cache and os.path.exists(cache):
        return np.load(cache)
    size = max(1, min(2000, -(-documents // workers)))
    jobs = [(folder, seed, i, min(i + size, documents), kind, fresh) for i in range(0, documents, size)]
    if workers > 1:
        with multiprocessing.Pool(workers) as pool:
            parts = pool.map(_chunk, jobs, 1)
    else:
        parts = [_chunk(j) for j in jobs]
    out = np.concatenate(parts)
    if cache:
        np.save(cache, out)
    return out


def windows(stream, batch, length, step, seed):
    """Batch number `step`: [batch, length] of places drawn from (seed, step)."""
    rng = np.random.default_rng([seed, step])
    at = rng.integers(0, len(stream) - length, batch)
    return np.stack([stream[a:a + length] for a in at]).astype(np.int64)
