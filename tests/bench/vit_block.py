#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The block of `orrery bench vit` in PyTorch on two threads: prints {"global": seconds, "window": seconds}, the best of five,
and the processor's seconds of all threads, which tell more while other programs run.

    tests/bench/vit_block.py [--digest]    --digest: also the output's root mean square and a few of its values
"""
import json
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit("vit_block.py needs PyTorch, which this Python does not have.")

WIDTH, HEADS, HIDDEN, GRID, RUNS = 768, 12, 3072, 64, 5


def numbers(shape, which, amplitude, shift=0.0):
    """As engine/tensor/bench_vit.cpp makes them."""
    count = 1
    for size in shape:
        count *= size
    words = (torch.arange(count, dtype=torch.int64) * 2654435761 + 40503 * which) & 0xFFFFFFFF
    return (shift + amplitude * (2 * words.double() / 4294967296.0 - 1)).float().reshape(shape)


class Block:
    def __init__(self, window):
        self.window, self.side = window, window or GRID
        which = iter(range(1, 100))

        def norm():
            return numbers((WIDTH,), next(which), 0.1, 1.0), numbers((WIDTH,), next(which), 0.1)

        def linear(inputs, outputs):
            amplitude = inputs**-0.5
            return numbers((outputs, inputs), next(which), amplitude), numbers((outputs,), next(which), amplitude)

        self.norm1, self.qkv, self.projection = norm(), linear(WIDTH, 3 * WIDTH), linear(WIDTH, WIDTH)
        self.norm2, self.mlp1, self.mlp2 = norm(), linear(WIDTH, HIDDEN), linear(HIDDEN, WIDTH)
        n = self.side
        index = torch.arange(n)[:, None] - torch.arange(n)[None, :] + n - 1
        self.tables = [numbers((2 * n - 1, WIDTH // HEADS), next(which), 0.1)[index] for _ in range(2)]

    def attend(self, x):
        batch, n, width = x.shape[0], self.side, WIDTH // HEADS
        qkv = F.linear(x, *self.qkv).reshape(batch, n * n, 3, HEADS, width).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.reshape(3, batch * HEADS, n * n, width).unbind(0)
        scores = (q * width**-0.5) @ k.transpose(-2, -1)
        grid = q.reshape(batch * HEADS, n, n, width)
        vertical = torch.einsum("bhwc,hkc->bhwk", grid, self.tables[0])
        horizontal = torch.einsum("bhwc,wkc->bhwk", grid, self.tables[1])
        scores = (scores.view(-1, n, n, n, n) + vertical[..., None] + horizontal[..., None, :]).view(-1, n * n, n * n)
        y = (scores.softmax(-1) @ v).view(batch, HEADS, n, n, width).permute(0, 2, 3, 1, 4)
        return F.linear(y.reshape(batch, n, n, WIDTH), *self.projection)

    def __call__(self, x):
        y = F.layer_norm(x, (WIDTH,), *self.norm1, 1e-6)
        if self.window:
            n, more = self.side, -GRID % self.side
            across = (GRID + more) // n
            y = F.pad(y, (0, 0, 0, more, 0, more)).view(1, across, n, across, n, WIDTH)
            y = self.attend(y.permute(0, 1, 3, 2, 4, 5).reshape(-1, n, n, WIDTH))
            y = y.view(1, across, across, n, n, WIDTH).permute(0, 1, 3, 2, 4, 5).reshape(1, GRID + more, GRID + more, WIDTH)
            y = y[:, :GRID, :GRID].contiguous()
        else:
            y = self.attend(y)
        x = x + y
        y = F.layer_norm(x, (WIDTH,), *self.norm2, 1e-6)
        return x + F.linear(F.gelu(F.linear(y, *self.mlp1)), *self.mlp2)


def main():
    torch.set_num_threads(2)
    x = numbers((1, GRID, GRID, WIDTH), 0, 1.0)
    result = {}
    with torch.no_grad():
        for name, window in (("global", 0), ("window", 14)):
            block, times, processor = Block(window), [], []
            for _ in range(1 + RUNS):  # the first is not counted
                start, used = time.perf_counter(), time.process_time()
                y = block(x)
                times.append(time.perf_counter() - start)
                processor.append(time.process_time() - used)
            result[name], result[name + " processor"] = min(times[1:]), min(processor[1:])
            if "--digest" in sys.argv:
                flat = y.flatten().double()
                result[name + " digest"] = [float(flat.square().mean().sqrt())] + [float(flat[i * 391837]) for i in range(8)]
    print(json.dumps(result))


if __name__ == "__main__":
    main()
