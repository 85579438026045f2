#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Segment Anything and MobileSAM in float64, written after the papers' description and nothing of ours: what the lab's stages are held
against. Weights are numbers of a formula (fill) that tests/segmentation makes too, so that only samples of results are kept:

    python3 tests/reference/segmentation/sam_reference.py        # writes tests/segmentation/data/*.{json,npz}

Needs PyTorch, NumPy and Pillow. A mutant is the same network with one published mistake; the test must tell it from the right one."""
import json
import math
import os
import zlib

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

torch.set_grad_enabled(False)
torch.set_num_threads(2)
HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "..", "segmentation", "data")
MASK64 = (1 << 64) - 1


# --- weights by formula -----------------------------------------------------------------------------------------------
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


# --- pictures ---------------------------------------------------------------------------------------------------------
def picture(w, h):
    """Whole-number arithmetic, so that any language makes the same bytes."""
    y, x, c = np.meshgrid(np.arange(h), np.arange(w), np.arange(3), indexing="ij")
    smooth = (x * x * 3 // (w + 1) + y * 5 + x * y // 7 + 60 * c) % 511
    smooth = np.where(smooth > 255, 510 - smooth, smooth)
    square = ((x // 9 + y // 11) % 2) * 90
    return ((smooth + square) % 256).astype(np.uint8)


def preprocess(pixels, side, m):
    h, w = pixels.shape[:2]
    scale = side / max(h, w)
    nh, nw = int(h * scale + 0.5), int(w * scale + 0.5)
    if m == "no_antialias":
        t = torch.from_numpy(pixels.astype(np.float64)).permute(2, 0, 1)[None]
        resized = F.interpolate(t, (nh, nw), mode="bilinear", align_corners=False)[0].permute(1, 2, 0).numpy().round().astype(np.uint8)
    else:
        resized = np.array(Image.fromarray(pixels).resize((nw, nh), Image.BILINEAR))
    mean, std = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])
    full = np.zeros((side, side, 3))
    if m == "pad_before_normalise":
        full[:nh, :nw] = resized
        full = (full - mean) / std
    elif m == "sheared_portrait":  # rows written one after the other, read a whole side apart
        flat = full.reshape(-1)
        values = ((resized - mean) / std).reshape(-1)
        flat[:values.size] = values
        full = flat.reshape(side, side, 3)
    else:
        full[:nh, :nw] = (resized - mean) / std
    return resized, torch.from_numpy(full).permute(2, 0, 1)[None], (nh, nw)


# --- encoders ---------------------------------------------------------------------------------------------------------
def gelu(x, m):
    return F.gelu(x, approximate="tanh") if m == "tanh_gelu" else F.gelu(x)


def ln(net, name, x, eps):
    return F.layer_norm(x, (x.shape[-1],), net[name + ".weight"], net[name + ".bias"], eps)


def ln2d(net, name, x):
    return ln(net, name, x.permute(0, 2, 3, 1), 1e-6).permute(0, 3, 1, 2)


def linear(net, name, x):
    return F.linear(x, net[name + ".weight"], net[name + ".bias"])


def vit_attention(net, at, x, heads, hd, m, keep):
    """x [B, H, W, D]; keep: which tokens are no padding, of the mutant that masks it."""
    B, H, W, _ = x.shape
    qkv = linear(net, at + "qkv", x.reshape(B, H * W, -1))
    if m == "head_major":
        qkv = qkv.reshape(B, H * W, heads, 3, hd).permute(3, 0, 2, 1, 4)
    else:
        qkv = qkv.reshape(B, H * W, 3, heads, hd).permute(2, 0, 3, 1, 4)
    q, k, v = qkv
    scores = (q * hd**-0.5) @ k.transpose(-1, -2)
    th, tw = net[at + "rel_pos_h"], net[at + "rel_pos_w"]
    if m == "swapped_rel":
        th, tw = tw, th
    rh = th[torch.arange(H)[:, None] - torch.arange(H)[None] + H - 1]
    rw = tw[torch.arange(W)[:, None] - torch.arange(W)[None] + W - 1]
    r = (q * hd**-0.5 if m == "scaled_rel" else q).reshape(B, heads, H, W, hd)
    scores = scores.view(B, heads, H, W, H, W)
    scores = scores + torch.einsum("bnhwc,hkc->bnhwk", r, rh)[..., None] + torch.einsum("bnhwc,wkc->bnhwk", r, rw)[..., None, :]
    scores = scores.view(B, heads, H * W, H * W)
    if keep is not None:
        scores = scores.masked_fill(~keep.view(B, 1, 1, H * W), -1e9)
    y = (scores.softmax(-1) @ v).permute(0, 2, 1, 3).reshape(B, H, W, heads * hd)
    return linear(net, at + "proj", y)


def windows(x, K):
    B, H, W, D = x.shape
    ph, pw = (K - H % K) % K, (K - W % K) % K
    x = F.pad(x, (0, 0, 0, pw, 0, ph))
    H2, W2 = H + ph, W + pw
    return x.view(B, H2 // K, K, W2 // K, K, D).permute(0, 1, 3, 2, 4, 5).reshape(-1, K, K, D), (H2, W2)


def unwindows(x, K, padded, size):
    H2, W2 = padded
    x = x.view(1, H2 // K, W2 // K, K, K, -1).permute(0, 1, 3, 2, 4, 5).reshape(1, H2, W2, -1)
    return x[:, :size[0], :size[1]]


def neck(net, x):
    e = "image_encoder.neck."
    x = F.conv2d(x.permute(0, 3, 1, 2), net[e + "0.weight"])
    x = ln2d(net, e + "1", x)
    x = F.conv2d(x, net[e + "2.weight"], padding=1)
    return ln2d(net, e + "3", x)


def encode_vit(net, c, x, m, s):
    e, K, eps = "image_encoder.", c["window"], 1e-5 if m == "epsilon" else 1e-6
    x = F.conv2d(x, net[e + "patch_embed.proj.weight"], net[e + "patch_embed.proj.bias"], stride=c["patch"]).permute(0, 2, 3, 1)
    x = x + net[e + "pos_embed"]
    s["patch_embed"] = x
    for i in range(c["depth"]):
        at = e + f"blocks.{i}."
        size, keep = x.shape[1:3], None
        if i in c["global"]:
            y = vit_attention(net, at + "attn.", ln(net, at + "norm1", x, eps), c["heads"], c["head_size"], m, None)
        else:
            if m == "padding_before_norm":
                y, padded = windows(x, K)
                y = ln(net, at + "norm1", y, eps)
            else:
                y, padded = windows(ln(net, at + "norm1", x, eps), K)
            if m == "masked_padding":
                keep = windows(torch.ones(1, *size, 1), K)[0].bool()
            y = unwindows(vit_attention(net, at + "attn.", y, c["heads"], c["head_size"], m, keep), K, padded, size)
        x = x + y
        x = x + linear(net, at + "mlp.lin2", gelu(linear(net, at + "mlp.lin1", ln(net, at + "norm2", x, eps)), m))
        s[f"block.{i}"] = x
    return neck(net, x)


def encode_tinyvit(net, c, x, m, s):
    def convbn(name, x, stride=1, pad=0, groups=1):
        y = F.conv2d(x, net[name + ".c.weight"], None, stride, pad, 1, groups)
        b = lambda part: net[f"{name}.bn.{part}"].view(1, -1, 1, 1)
        return (y - b("running_mean")) / (b("running_var") + 1e-5).sqrt() * b("weight") + b("bias")

    e = "image_encoder."
    x = convbn(e + "patch_embed.seq.2", gelu(convbn(e + "patch_embed.seq.0", x, 2, 1), m), 2, 1)
    s["patch_embed"] = x
    for st, width in enumerate(c["widths"]):
        for b in range(c["depths"][st]):
            at = e + f"layers.{st}.blocks.{b}."
            if st == 0:
                y = gelu(convbn(at + "conv1", x), m)
                y = convbn(at + "conv3", gelu(convbn(at + "conv2", y, 1, 1, 4 * width), m))
                x = gelu(x + y, m)
                s[f"block.{st}.{b}"] = x
                continue
            heads, w = c["heads"][st], c["windows"][st]
            t = x.permute(0, 2, 3, 1)
            size = t.shape[1:3]
            if m == "padding_after_norm":
                y, padded = windows(ln(net, at + "attn.norm", t, 1e-5), w)
            else:
                y, padded = windows(t, w)
                y = ln(net, at + "attn.norm", y, 1e-5)
            n = y.shape[0]
            qkv = linear(net, at + "attn.qkv", y.reshape(n, w * w, width))
            if m == "three_major":
                q, k, v = qkv.view(n, w * w, 3, heads, -1).permute(2, 0, 3, 1, 4)
            else:
                q, k, v = qkv.view(n, w * w, heads, 3, -1).permute(3, 0, 2, 1, 4)
            place = torch.arange(w * w)
            py, px = place // w, place % w
            index = (py[:, None] - py[None]).abs() * w + (px[:, None] - px[None]).abs()
            scores = (q * (width // heads)**-0.5) @ k.transpose(-1, -2) + net[at + "attn.attention_biases"][:, index]
            y = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, w, w, width)
            t = t + unwindows(linear(net, at + "attn.proj", y), w, padded, size)
            x = convbn(at + "local_conv", t.permute(0, 3, 1, 2), 1, 1, width)
            t = x.permute(0, 2, 3, 1)
            t = t + linear(net, at + "mlp.fc2", gelu(linear(net, at + "mlp.fc1", ln(net, at + "mlp.norm", t, 1e-5)), m))
            x = t.permute(0, 3, 1, 2)
            s[f"block.{st}.{b}"] = t
        if st + 1 < len(c["widths"]):
            at, to = e + f"layers.{st}.downsample.", c["widths"][st + 1]
            x = gelu(convbn(at + "conv1", x), m)
            x = gelu(convbn(at + "conv2", x, 1 if st + 2 == len(c["widths"]) else 2, 1, to), m)
            x = convbn(at + "conv3", x)
    return neck(net, x.permute(0, 2, 3, 1))


# --- prompts and decoder ----------------------------------------------------------------------------------------------
def fourier(net, c):
    c = 2 * c - 1
    c = 2 * math.pi * (c @ net["prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"])
    return torch.cat([c.sin(), c.cos()], -1)


def sparse_tokens(net, prompt, old, new, side, m):
    p, half = "prompt_encoder.", 0.0 if m == "missing_half" else 0.5
    scale = np.array([new[1] / old[1], new[0] / old[0]])
    if m == "common_scale":
        scale = np.array([side / max(old)] * 2)

    def place(xy):
        xy = (np.array(xy, dtype=np.float64) * scale + half) / side
        if m == "xy_swapped":
            xy = xy[::-1].copy()
        return fourier(net, torch.from_numpy(xy))

    tokens = [place(xy) + net[p + f"point_embeddings.{label}.weight"][0] for xy, label in prompt.get("points", [])]
    box = prompt.get("box")
    if (box is None) != (m == "pad_with_box" and box is not None or m == "pad_dropped" and box is None):
        tokens.append(net[p + "not_a_point_embed.weight"][0])
    if box is not None:
        tokens += [place(box[:2]) + net[p + "point_embeddings.2.weight"][0], place(box[2:]) + net[p + "point_embeddings.3.weight"][0]]
    return torch.stack(tokens)[None]


def attention(net, at, q, k, v, heads):
    q, k, v = (linear(net, at + n, x) for n, x in (("q_proj", q), ("k_proj", k), ("v_proj", v)))
    split = lambda x: x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)
    q, k, v = split(q), split(k), split(v)
    y = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1) @ v
    return linear(net, at + "out_proj", y.transpose(1, 2).flatten(2))


def decode(net, c, embedding, prompt, old, new, m, s):
    d, p, heads, side = "mask_decoder.", "prompt_encoder.", 8, c["side"]
    eps = 1e-6 if m == "epsilon" else 1e-5
    G, C = embedding.shape[-1], embedding.shape[1]
    sparse = sparse_tokens(net, prompt, old, new, side, m)
    s["sparse"] = sparse
    centres = (torch.arange(G, dtype=torch.float64) + 0.5) / G
    grid = torch.stack([centres[None].expand(G, G), centres[:, None].expand(G, G)], -1)
    pos = fourier(net, grid).reshape(1, G * G, C)
    s["grid"] = pos[0]
    if "mask" in prompt:
        x = torch.from_numpy(np.asarray(prompt["mask"])).view(1, 1, 4 * G, 4 * G)
        w = lambda layer: (net[p + f"mask_downscaling.{layer}.weight"], net[p + f"mask_downscaling.{layer}.bias"])
        x = gelu(ln2d(net, p + "mask_downscaling.1", F.conv2d(x, *w(0), stride=2)), m)
        x = gelu(ln2d(net, p + "mask_downscaling.4", F.conv2d(x, *w(3), stride=2)), m)
        dense = F.conv2d(x, *w(6))
        s["dense"] = dense.flatten(2).permute(0, 2, 1)
    else:
        dense = net[p + "no_mask_embed.weight"].view(1, C, 1, 1)
    tokens = torch.cat([net[d + "iou_token.weight"], net[d + "mask_tokens.weight"], sparse[0]])[None]
    x, image = tokens, (embedding + dense).flatten(2).permute(0, 2, 1)
    for i in range(2):
        at = d + f"transformer.layers.{i}."
        if i == 0:
            y = attention(net, at + "self_attn.", x, x, x, heads)
            x = x + y if m == "first_residual" else y
        else:
            q = x + tokens
            x = x + attention(net, at + "self_attn.", q, q, x, heads)
        x = ln(net, at + "norm1", x, eps)
        values = image + pos if m == "places_in_values" else image
        x = ln(net, at + "norm2", x + attention(net, at + "cross_attn_token_to_image.", x + tokens, image + pos, values, heads), eps)
        x = ln(net, at + "norm3", x + linear(net, at + "mlp.lin2", F.relu(linear(net, at + "mlp.lin1", x))), eps)
        image = ln(net, at + "norm4", image + attention(net, at + "cross_attn_image_to_token.", image + pos, x + tokens, x, heads), eps)
        s[f"decoder.{i}.tokens"], s[f"decoder.{i}.image"] = x, image
    t = d + "transformer."
    values = image + pos if m == "places_in_values" else image
    x = ln(net, t + "norm_final_attn",
           x + attention(net, t + "final_attn_token_to_image.", x + tokens, image + pos, values, heads), eps)
    s["decoder.tokens"] = x
    u = d + "output_upscaling."
    y = image.transpose(1, 2).view(1, C, G, G)
    y = F.conv_transpose2d(y, net[u + "0.weight"], net[u + "0.bias"], stride=2)
    y = gelu(ln2d(net, u + "1", y), m)
    y = gelu(F.conv_transpose2d(y, net[u + "3.weight"], net[u + "3.bias"], stride=2), m)
    s["upscaled"] = y

    def head(name, v):
        for layer in range(3):
            v = linear(net, f"{d}{name}.layers.{layer}", v)
            v = F.relu(v) if layer < 2 else v
        return v

    first = 0 if m == "mask_token_off_by_one" else 1
    hyper = torch.stack([head(f"output_hypernetworks_mlps.{i}", x[0, first + i]) for i in range(4)])
    s["hyper"] = hyper
    s["logits"] = torch.einsum("mc,bchw->bmhw", hyper, y)
    s["iou"] = head("iou_prediction_head", x[:, 0])
    points = sparse.shape[1]
    chosen = 0 if points >= 3 else 1 + int(s["iou"][0, 1:].argmax())
    corners = m == "align_corners"
    z = F.interpolate(s["logits"], (side, side), mode="bilinear", align_corners=corners)[..., :new[0], :new[1]]
    s["full"] = F.interpolate(z, old, mode="bilinear", align_corners=corners)[0, chosen]
    s["chosen"] = torch.tensor([float(chosen)])


# --- cases ------------------------------------------------------------------------------------------------------------
CASES = {
    "vit": dict(kind="vit", side=160, patch=16, width=48, depth=4, heads=4, head_size=12, window=4, mlp=96, channels=32, inner=16,
                decoder_mlp=64, up1=8, up2=4, picture=(211, 300), **{"global": [1, 3]}),
    "pruned": dict(kind="vit", side=128, patch=16, width=60, depth=3, heads=5, head_size=10, window=5, mlp=68, channels=64, inner=32,
                   decoder_mlp=48, up1=16, up2=8, picture=(90, 61), **{"global": [2]}),
    "tinyvit": dict(kind="tinyvit", side=160, widths=[8, 16, 24, 32], depths=[2, 2, 2, 1], stem=8, heads=[0, 2, 3, 4], windows=[0, 3, 4, 3],
                    channels=32, inner=16, decoder_mlp=64, up1=8, up2=4, picture=(151, 117)),
}
MUTANTS = {
    "vit": ["tanh_gelu", "scaled_rel", "swapped_rel", "masked_padding", "padding_before_norm", "head_major", "first_residual",
            "places_in_values", "pad_dropped", "missing_half", "xy_swapped", "align_corners", "no_antialias", "pad_before_normalise",
            "common_scale", "mask_token_off_by_one", "sheared_portrait", "epsilon"],
    "pruned": ["pad_with_box"],
    "tinyvit": ["padding_after_norm", "three_major", "tanh_gelu"],
}


def prompts_of(c):
    w, h = c["picture"]
    return [
        dict(points=[((0.4 * w, 0.3 * h), 1)]),
        dict(points=[((0.4 * w, 0.3 * h), 1), ((0.8 * w, 0.75 * h), 0)]),
        dict(box=[0.1 * w, 0.2 * h, 0.7 * w, 0.9 * h]),
        dict(points=[((0.5 * w, 0.5 * h), 1)], box=[0.1 * w, 0.2 * h, 0.7 * w, 0.9 * h]),
    ]


def run(name, mutant, full):
    c = CASES[name]
    net = vit_weights(c) if c["kind"] == "vit" else tinyvit_weights(c)
    w, h = c["picture"]
    stages = {}
    resized, x, new = preprocess(picture(w, h), c["side"], mutant)
    stages["resized"], stages["input"] = torch.from_numpy(resized.astype(np.float64)), x
    embedding = (encode_vit if c["kind"] == "vit" else encode_tinyvit)(net, c, x, mutant, stages)
    stages["neck"] = embedding
    out = {}
    prompts = prompts_of(c)
    for number, prompt in enumerate(prompts):
        s = {}
        decode(net, c, embedding, prompt, (h, w), new, mutant, s)
        for key, value in s.items():
            if number == 0 or key in ("logits", "iou", "full", "sparse", "chosen"):
                out[f"{number}.{key}"] = value
        if number == 0:
            mask = s["logits"][0, 1].numpy()
    s = {}  # the first click again, with the answer to it as a mask
    decode(net, c, embedding, dict(prompts[0], mask=mask.astype(np.float32).astype(np.float64)), (h, w), new, mutant, s)
    for key in ("dense", "logits", "iou", "full", "chosen"):
        out[f"{len(prompts)}.{key}"] = s[key]
    if full:
        return net, {**stages, **out}
    return net, {k: v for k, v in {**stages, **out}.items() if k.split(".")[-1] in ("resized", "input", "neck", "logits", "iou", "full", "sparse")}


def sampled(value, most):
    """Elements 0, step, 2 step, … of the flattened result, step odd: what the test takes too."""
    flat = value.reshape(-1).numpy()
    step = (flat.size + most - 1) // most | 1
    return flat[::step].astype(np.float32)


def main():
    os.makedirs(DATA, exist_ok=True)
    for name, c in CASES.items():
        net, stages = run(name, None, True)
        arrays = {key: sampled(value, 400) for key, value in stages.items()}
        for mutant in MUTANTS[name]:
            for key, value in run(name, mutant, False)[1].items():
                if key in stages:
                    kept = sampled(value, 400)
                    if kept.size != arrays[key].size or np.abs(kept - arrays[key]).max() > 0:  # where it shows at all
                        arrays[f"{mutant}:{key}"] = kept[::5]
        np.savez_compressed(os.path.join(DATA, name + ".npz"), **arrays)
        prompts = [{"points": [[*xy, label] for xy, label in p.get("points", [])], "box": p.get("box")} for p in prompts_of(c)]
        with open(os.path.join(DATA, name + ".json"), "w") as out:
            json.dump({"config": c, "prompts": prompts, "mutants": MUTANTS[name], "tensors": net.manifest}, out, separators=(",", ":"))
            out.write("\n")
    sizes = [(210, 300, 112, 160), (90, 61, 128, 87), (1, 1, 64, 64), (1, 300, 1, 64), (37, 500, 19, 256), (640, 480, 64, 48), (31, 33, 31, 33),
             (200, 3, 1024, 15), (999, 777, 500, 600)]
    rows = [[*s, zlib.crc32(np.array(Image.fromarray(picture(s[0], s[1])).resize((s[2], s[3]), Image.BILINEAR)).tobytes())] for s in sizes]
    with open(os.path.join(DATA, "pillow.json"), "w") as out:
        json.dump(rows, out)
        out.write("\n")


def png16(path, values):
    """16 bits a channel, which Pillow does not write."""
    h, w, _ = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunk = lambda kind, body: len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", w.to_bytes(4, "big") + h.to_bytes(4, "big") + b"\x10\x02\0\0\0") +
                  chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def picture_files():
    at = lambda name: os.path.join(DATA, name)
    pixels = picture(23, 31)
    image = Image.fromarray(pixels)
    image.save(at("rgb.png")), image.save(at("rgb.bmp"))
    Image.fromarray(pixels[..., 0]).save(at("grey.png"))
    Image.fromarray(np.dstack([pixels, pixels[..., 1]])).save(at("alpha.png"))
    Image.fromarray(np.dstack([pixels[..., 0], pixels[..., 1]]), "LA").save(at("grey-alpha.png"))
    png16(at("rgb16.png"), pixels.astype(np.uint16) * 256 + 77)
    Image.fromarray(pixels[..., 0].astype(np.uint16) * 256 + 9).save(at("grey16.png"))
    flag = np.zeros((40, 64, 3), np.uint8)  # four colours tell every turn apart
    flag[:20, :32], flag[:20, 32:], flag[20:, :32], flag[20:, 32:] = (230, 20, 20), (20, 220, 20), (20, 20, 230), (230, 220, 30)
    T = Image.Transpose
    undo = {1: None, 2: T.FLIP_LEFT_RIGHT, 3: T.ROTATE_180, 4: T.FLIP_TOP_BOTTOM, 5: T.TRANSPOSE, 6: T.ROTATE_90, 7: T.TRANSVERSE, 8: T.ROTATE_270}
    for orientation, turn in undo.items():
        stored = Image.fromarray(flag) if turn is None else Image.fromarray(flag).transpose(turn)
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(at(f"exif{orientation}.jpg"), quality=90, subsampling=0, exif=exif)


if __name__ == "__main__":
    main()
    picture_files()
