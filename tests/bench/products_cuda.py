#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""PyTorch on a CUDA device doing what `orrery bench tensor` does on a GPU: prints {"figure's name": GFLOP/s}, the median of
seven runs. f32 products are f32 throughout (no TF32). Says a sentence and ends where there is no PyTorch or no such device.

    tests/bench/products_cuda.py
"""
import json
import statistics
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit("products_cuda.py needs PyTorch, which this Python does not have.")
if not torch.cuda.is_available():
    sys.exit("products_cuda.py needs a CUDA device, and PyTorch finds none.")

torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False


def rate(flops, work):
    def seconds(rounds):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(rounds):
            work()
        torch.cuda.synchronize()
        return (time.perf_counter() - start) / rounds

    seconds(2)
    rounds = max(1, min(1000, int(0.05 / seconds(2))))
    return flops / statistics.median(seconds(rounds) for _ in range(7)) * 1e-9


def uniform(shape, dtype):
    return (torch.rand(shape, device="cuda") * 2 - 1).to(dtype)


figures = {}
for dtype, name, sizes in ((torch.float32, "f32", (256, 512, 1024, 2048, 4096)), (torch.float16, "f16", (1024, 2048, 4096, 8192))):
    for n in sizes:
        a, b = uniform((n, n), dtype), uniform((n, n), dtype)
        figures[f"matmul {name} {n}"] = rate(2 * n**3, lambda: a @ b)
    q, k, v = (uniform((4, 16, 4096, 64), dtype) for _ in range(3))
    figures[f"attention {name}, 4 x 16 heads of 64, 4096 tokens"] = rate(
        4 * 64 * 4096**2 * 64, lambda: F.scaled_dot_product_attention(q, k, v)
    )
print(json.dumps({"device": torch.cuda.get_device_name(), "torch": torch.__version__, "GFLOP/s": figures}, indent=1))
