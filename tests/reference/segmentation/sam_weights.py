# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference's small networks: names, shapes, and weights that are numbers of a formula (tests/segmentation/models.h makes the same)."""
import math

import numpy as np
import torch

MASK64 = (1 << 64) - 1


def fnv(text):
    h = 14695981039346656037
    for byte in text.encode():
        h = (h ^ byte) * 1099511628211 & MASK64
    return h


def uniform(name, count):
    """In [-1, 1): SplitMix64 of the name's FNV-1a and the element's number."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(fnv(name))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-52 - 1


def spread(name, shape):
    """(amplitude, shift) of a tensor: norms around 1, positions well away from 0, matrices that keep a signal's size."""
    if ("norm" in name or ".bn." in name or "neck.1" in name or "neck.3" in name or "mask_downscaling.1" in name
            or "mask_downscaling.4" in name or "output_upscaling.1" in name):
        if name.endswith("running_var"):
            return 0.5, 1.0
        return 0.3, 1.0 if name.endswith("weight") else 0.0
    if "rel_pos" in name or "pos_embed" in name or "attention_biases" in name:
        return 0.4, 0.0
    if "gaussian" in name:
        return 1.7, 0.0
    if name.endswith("bias"):
        return 0.3, 0.0
    if "embed" in name and len(shape) == 2 or "token" in name and len(shape) == 2 and "proj" not in name:
        return 1.0, 0.0
    fan_in = shape[0] if "output_upscaling" in name else int(np.prod(shape[1:]))
    return math.sqrt(3.0 / fan_in), 0.0


class Net:
    def __init__(self):
        self.tensors, self.manifest = {}, []

    def add(self, name, *shape, theirs=None):
        amplitude, shift = spread(name, shape)
        values = (shift + amplitude * uniform(name, int(np.prod(shape)))).astype(np.float32)
        self.tensors[name] = torch.from_numpy(values.astype(np.float64).reshape(shape))
        self.manifest.append([name, theirs or name, list(shape), amplitude, shift])

    def both(self, name, *shape, theirs=None, bias=None):
        self.add(name + ".weight", *shape, theirs=theirs and theirs + ".weight")
        self.add(name + ".bias", bias or shape[0], theirs=theirs and theirs + ".bias")

    def __getitem__(self, name):
        return self.tensors[name]


def decoder_weights(net, c):
    C, inner, hidden, M, up1, up2 = c["channels"], c["inner"], c["decoder_mlp"], 4, c["up1"], c["up2"]
    p, d = "prompt_encoder.", "mask_decoder."
    net.add(p + "pe_layer.positional_encoding_gaussian_matrix", 2, C // 2, theirs="shared_image_embedding.positional_embedding")
    for i in range(4):
        net.add(p + f"point_embeddings.{i}.weight", 1, C, theirs=p + f"point_embed.{i}.weight")
    net.add(p + "not_a_point_embed.weight", 1, C)
    net.add(p + "no_mask_embed.weight", 1, C)
    m1, m2 = c.get("mask_channels", (2, 8))
    for layer, theirs, shape in ((0, "conv1", (m1, 1, 2, 2)), (1, "layer_norm1", (m1,)), (3, "conv2", (m2, m1, 2, 2)),
                                 (4, "layer_norm2", (m2,)), (6, "conv3", (C, m2, 1, 1))):
        net.both(p + f"mask_downscaling.{layer}", *shape, theirs=p + "mask_embed." + theirs)
    net.add(d + "iou_token.weight", 1, C)
    net.add(d + "mask_tokens.weight", M, C)

    def attention(name, width):
        for part in "qkv":
            net.both(f"{name}.{part}_proj", width, C)
        net.both(name + ".out_proj", C, width)

    for i in range(2):
        at = d + f"transformer.layers.{i}."
        attention(at + "self_attn", C)
        attention(at + "cross_attn_token_to_image", inner)
        attention(at + "cross_attn_image_to_token", inner)
        for n in range(1, 5):
            net.both(at + f"norm{n}", C, theirs=at + f"layer_norm{n}")
        net.both(at + "mlp.lin1", hidden, C)
        net.both(at + "mlp.lin2", C, hidden)
    attention(d + "transformer.final_attn_token_to_image", inner)
    net.both(d + "transformer.norm_final_attn", C, theirs=d + "transformer.layer_norm_final_attn")
    net.both(d + "output_upscaling.0", C, up1, 2, 2, theirs=d + "upscale_conv1", bias=up1)
    net.both(d + "output_upscaling.1", up1, theirs=d + "upscale_layer_norm")
    net.both(d + "output_upscaling.3", up1, up2, 2, 2, theirs=d + "upscale_conv2", bias=up2)
    heads = [(f"output_hypernetworks_mlps.{m}", up2) for m in range(M)] + [("iou_prediction_head", M)]
    for name, out in heads:
        for layer, theirs, shape in ((0, "proj_in", (C, C)), (1, "layers.0", (C, C)), (2, "proj_out", (out, C))):
            net.both(d + f"{name}.layers.{layer}", *shape, theirs=d + f"{name}.{theirs}")


def neck_weights(net, c, width):
    C, e, v = c["channels"], "image_encoder.neck.", "vision_encoder.neck."
    net.add(e + "0.weight", C, width, 1, 1, theirs=v + "conv1.weight")
    net.both(e + "1", C, theirs=v + "layer_norm1")
    net.add(e + "2.weight", C, C, 3, 3, theirs=v + "conv2.weight")
    net.both(e + "3", C, theirs=v + "layer_norm2")


def vit_weights(c):
    net = Net()
    D, G, P, K, hd = c["width"], c["side"] // c["patch"], c["patch"], c["window"], c["head_size"]
    inner = c["heads"] * hd
    e, v = "image_encoder.", "vision_encoder."
    net.add(e + "pos_embed", 1, G, G, D, theirs=v + "pos_embed")
    net.both(e + "patch_embed.proj", D, 3, P, P, theirs=v + "patch_embed.projection")
    for i in range(c["depth"]):
        at, theirs = e + f"blocks.{i}.", v + f"layers.{i}."
        rows = 2 * (G if i in c["global"] else K) - 1
        net.both(at + "norm1", D, theirs=theirs + "layer_norm1")
        net.both(at + "attn.qkv", 3 * inner, D, theirs=theirs + "attn.qkv")
        net.both(at + "attn.proj", D, inner, theirs=theirs + "attn.proj")
        net.add(at + "attn.rel_pos_h", rows, hd, theirs=theirs + "attn.rel_pos_h")
        net.add(at + "attn.rel_pos_w", rows, hd, theirs=theirs + "attn.rel_pos_w")
        net.both(at + "norm2", D, theirs=theirs + "layer_norm2")
        net.both(at + "mlp.lin1", c["mlp"], D, theirs=theirs + "mlp.lin1")
        net.both(at + "mlp.lin2", D, c["mlp"], theirs=theirs + "mlp.lin2")
    neck_weights(net, c, D)
    decoder_weights(net, c)
    return net


def tinyvit_weights(c):
    net = Net()

    def convbn(name, out, inp, k):
        net.add(name + ".c.weight", out, inp, k, k)
        for part in ("weight", "bias", "running_mean", "running_var"):
            net.add(f"{name}.bn.{part}", out)

    e, widths = "image_encoder.", c["widths"]
    convbn(e + "patch_embed.seq.0", c["stem"], 3, 3)
    convbn(e + "patch_embed.seq.2", widths[0], c["stem"], 3)
    for s, width in enumerate(widths):
        for b in range(c["depths"][s]):
            at = e + f"layers.{s}.blocks.{b}."
            if s == 0:
                convbn(at + "conv1", 4 * width, width, 1)
                convbn(at + "conv2", 4 * width, 1, 3)
                convbn(at + "conv3", width, 4 * width, 1)
                continue
            heads, w = c["heads"][s], c["windows"][s]
            net.both(at + "attn.norm", width)
            net.both(at + "attn.qkv", 3 * width, width)
            net.both(at + "attn.proj", width, width)
            net.add(at + "attn.attention_biases", heads, w * w)
            convbn(at + "local_conv", width, 1, 3)
            net.both(at + "mlp.norm", width)
            net.both(at + "mlp.fc1", 3 * width, width)
            net.both(at + "mlp.fc2", width, 3 * width)
        if s + 1 < len(widths):
            at, to = e + f"layers.{s}.downsample.", widths[s + 1]
            convbn(at + "conv1", to, width, 1)
            convbn(at + "conv2", to, 1, 3)
            convbn(at + "conv3", to, to, 1)
    neck_weights(net, c, widths[-1])
    decoder_weights(net, c)
    return net
