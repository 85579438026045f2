# SPDX-License-Identifier: GPL-3.0-or-later
"""Prompts and the two-way decoder of the reference (Kirillov et al. 2023, appendix A)."""
import math

import numpy as np
import torch
import torch.nn.functional as F

from sam_encoders import gelu, linear, ln, ln2d


def fourier(net, c):
    basis = net["prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"]
    c = 2 * math.pi * ((2 * c - 1).to(basis.dtype) @ basis)  # places are float64; bench/sam.py asks in float32
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
