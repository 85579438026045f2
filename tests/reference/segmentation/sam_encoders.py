# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures and the two encoders of the reference: ViT (Kirillov et al. 2023; Li et al. 2022) and TinyViT (Wu et al. 2022). `m` names
the published mistake that is to be made, or none; `s` keeps the stages."""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image


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
