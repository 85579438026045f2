# SPDX-License-Identifier: GPL-3.0-or-later
"""TinyPrompt: a promptable segmenter of 0.8 M ("small"), 2 M ("medium") or 3 M ("full") parameters with SAM's prompt encoder and two-way decoder
(Kirillov et al. 2023), a convolutional encoder without batch norm, one Global Convolutional Network block (Peng et al. 2017) for
context, and a dense map of what was clicked. Names and layouts of the tensors are SAM's where SAM has the part.

Picture [B,3,S,S] normalised, S a multiple of 32 -> features at stride 8; masks come out at stride 2."""
import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

RADIUS = 5.0  # of the disk that marks a click, pixels
LIKENESS = 0.4  # of colours: normalised units (some 23 grey levels) at which it has fallen to a half
CLICKED = 5  # channels of the dense map: former logits, + disk, - disk, likeness to + clicks, to - clicks
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


@dataclass(frozen=True)
class Config:
    stem: int = 12  # channels at stride 2
    dims: tuple = (24, 48, 96, 128)  # stages at stride 4, 8, 16, 32
    depths: tuple = (1, 1, 3, 1)
    dim: int = 64  # neck, tokens
    heads: int = 4
    mlp: int = 256
    gcn_kernel: int = 15
    gcn_channels: int = 24
    skip: int = 16  # channels of the stride-4 skip into the upscaler; half of it at stride 2
    masks: int = 4


PRESETS = {"small": Config(), "medium": Config(16, (32, 64, 128, 192), (2, 2, 6, 2), 64, 4, 256, 15, 32, 16),
           "full": Config(16, (32, 64, 128, 192), (2, 2, 6, 2), 128, 4, 512, 15, 32, 32),
           "test": Config(4, (8, 8, 12, 16), (1, 1, 1, 1), 16, 2, 24, 5, 6, 4)}


class LayerNorm2d(nn.Module):
    """Over the channels of every pixel, eps 1e-6."""

    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        return F.layer_norm(x.permute(0, 2, 3, 1), self.weight.shape, self.weight, self.bias, 1e-6).permute(0, 3, 1, 2)


class Block(nn.Module):
    """x + lin2(GELU(lin1(norm(dw7x7(x)))))"""

    def __init__(self, c):
        super().__init__()
        self.dwconv = nn.Conv2d(c, c, 7, padding=3, groups=c)
        self.norm = nn.LayerNorm(c, 1e-6)
        self.lin1 = nn.Linear(c, 4 * c)
        self.lin2 = nn.Linear(4 * c, c)

    def forward(self, x):
        y = self.dwconv(x).permute(0, 2, 3, 1)
        return x + self.lin2(F.gelu(self.lin1(self.norm(y)))).permute(0, 3, 1, 2)


class GlobalConv(nn.Module):
    """x + out(kx1·1xk(x) + 1xk·kx1(x)): no nonlinearity inside. `on` is the switch of the lab."""

    def __init__(self, c, mid, k):
        super().__init__()
        p = k // 2
        self.a1, self.a2 = nn.Conv2d(c, mid, (k, 1), padding=(p, 0)), nn.Conv2d(mid, mid, (1, k), padding=(0, p))
        self.b1, self.b2 = nn.Conv2d(c, mid, (1, k), padding=(0, p)), nn.Conv2d(mid, mid, (k, 1), padding=(p, 0))
        self.out = nn.Conv2d(mid, c, 1)
        self.on = True

    def forward(self, x):
        return x + self.out(self.a2(self.a1(x)) + self.b2(self.b1(x))) if self.on else x


class Encoder(nn.Module):
    """-> embedding [B,dim,S/8,S/8], skips [B,skip,S/4,S/4] and [B,skip/2,S/2,S/2] for the upscaler, colours [B,3,S/2,S/2]."""

    def __init__(self, c):
        super().__init__()
        self.stem = nn.ModuleList([nn.Conv2d(3, c.stem, 3, 2, 1), LayerNorm2d(c.stem), nn.Conv2d(c.stem, c.dims[0], 3, 2, 1),
                                   LayerNorm2d(c.dims[0])])
        self.stages = nn.ModuleList()
        self.downsample = nn.ModuleList()
        for i, (d, n) in enumerate(zip(c.dims, c.depths)):
            self.stages.append(nn.ModuleList([Block(d) for _ in range(n)]))
            if i:
                self.downsample.append(nn.ModuleList([LayerNorm2d(c.dims[i - 1]), nn.Conv2d(c.dims[i - 1], d, 2, 2)]))
        self.gcn = GlobalConv(c.dims[2], c.gcn_channels, c.gcn_kernel)
        self.lateral = nn.ModuleList([nn.Conv2d(d, c.dim, 1) for d in c.dims[1:]])
        self.neck = nn.ModuleList([nn.Conv2d(c.dim, c.dim, 3, padding=1, bias=False), LayerNorm2d(c.dim)])
        self.skip4 = nn.Conv2d(c.dims[0], c.skip, 1)
        self.skip2 = nn.Conv2d(c.stem, c.skip // 2, 1)

    def forward(self, x):
        colours = F.avg_pool2d(x, 2)
        half = F.gelu(self.stem[1](self.stem[0](x)))
        x = self.stem[3](self.stem[2](half))
        out = []
        for i, blocks in enumerate(self.stages):
            if i:
                x = self.downsample[i - 1][1](self.downsample[i - 1][0](x))
            for block in blocks:
                x = block(x)
            if i == 2:
                x = self.gcn(x)
            out.append(x)
        up = lambda a: F.interpolate(a, scale_factor=2, mode="nearest")
        top = self.lateral[1](out[2]) + up(self.lateral[2](out[3]))
        y = self.lateral[0](out[1]) + up(top)
        return self.neck[1](self.neck[0](y)), self.skip4(out[0]), self.skip2(half), colours


class PositionEmbedding(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.register_buffer("positional_encoding_gaussian_matrix", torch.randn(2, dim // 2))

    def forward(self, unit):
        """unit [..., 2] = (x, y) in 0..1 -> [..., dim]"""
        phase = 2 * math.pi * ((2 * unit - 1) @ self.positional_encoding_gaussian_matrix)
        return torch.cat([phase.sin(), phase.cos()], -1)


def disks(points, labels, wanted, side):
    """[N,1,side/2,side/2] in 0..1: 1 inside RADIUS px of a click of that label, falling to 0 within one cell of the grid."""
    g = torch.arange(side // 2, device=points.device, dtype=points.dtype) * 2 + 0.5  # centre of a 2x2 cell, in pixel indices
    d = ((g[None, None, None, :] - points[:, :, 0, None, None]) ** 2 + (g[None, None, :, None] - points[:, :, 1, None, None]) ** 2).sqrt()
    inside = ((RADIUS + 1 - d) / 2).clamp(0, 1) * (labels == wanted)[:, :, None, None]
    return inside.amax(1, keepdim=True)


def affinity(embedding, points, labels, wanted):
    """[N,1,h,w]: cosine of every feature with the most similar clicked feature (bilinear at the click); 0 where there is no such click."""
    unit = F.normalize(embedding, dim=1, eps=1e-6)
    side = embedding.shape[-1] * 8
    at = ((points + 0.5) / side * 2 - 1)[:, :, None, :]
    clicked = F.grid_sample(unit, at, mode="bilinear", padding_mode="border", align_corners=False)[..., 0]  # [N,C,P]
    cosine = torch.einsum("nchw,ncp->nphw", unit, F.normalize(clicked, dim=1, eps=1e-6))
    cosine = cosine.masked_fill((labels != wanted)[:, :, None, None], -2)
    best = cosine.amax(1, keepdim=True)
    return torch.where(best < -1.5, torch.zeros_like(best), best)


def likeness(colours, points, labels, wanted):
    """[N,1,h,w] in 0..1: 1 / (1 + (distance of colours / LIKENESS)^2) to the most similar clicked colour, which is the mean of 3 x 3 cells,
    bilinear at the click; 0 where there is no such click."""
    smooth = F.avg_pool2d(colours, 3, 1, 1, count_include_pad=False)
    at = ((points + 0.5) / (colours.shape[-1] * 2) * 2 - 1)[:, :, None, :]
    clicked = F.grid_sample(smooth, at, mode="bilinear", padding_mode="border", align_corners=False)[..., 0]  # [N,3,P]
    out = torch.zeros_like(colours[:, :1])
    for k in range(points.shape[1]):
        d = ((colours - clicked[:, :, k, None, None]) ** 2).sum(1, keepdim=True)
        out = torch.maximum(out, (labels[:, k] == wanted)[:, None, None, None] / (1 + d / LIKENESS ** 2))
    return out


class PromptEncoder(nn.Module):
    """points [N,P,2] in pixels (x, y), labels [N,P]: 1 positive, 0 negative, 2/3 box corners, -1 nothing."""

    def __init__(self, c):
        super().__init__()
        self.pe_layer = PositionEmbedding(c.dim)
        self.point_embeddings = nn.ModuleList([nn.Embedding(1, c.dim) for _ in range(4)])
        self.not_a_point_embed = nn.Embedding(1, c.dim)
        self.no_mask_embed = nn.Embedding(1, c.dim)
        self.mask_downscaling = nn.ModuleList([nn.Conv2d(CLICKED, 4, 2, 2), LayerNorm2d(4), nn.GELU(), nn.Conv2d(4, 16, 2, 2),
                                               LayerNorm2d(16), nn.GELU(), nn.Conv2d(16, c.dim, 1)])
        self.affinity = nn.Conv2d(2, c.dim, 1)
        self.use_affinity = True

    def sparse(self, points, labels, side):
        pe = self.pe_layer((points + 0.5) / side)
        table = torch.stack([e.weight[0] for e in self.point_embeddings])
        tokens = pe + table[labels.clamp(min=0)]
        return torch.where((labels < 0)[..., None], self.not_a_point_embed.weight[0].expand_as(pe), tokens)

    def dense(self, embedding, colours, points, labels, previous):
        """previous [N,1,S/2,S/2] logits, or None -> the map itself [N,5,S/2,S/2] and what it adds to the embedding"""
        side = embedding.shape[-1] * 8
        pos, neg = disks(points, labels, 1, side), disks(points, labels, 0, side)
        # logits are fed back through tanh(x / 8): the scale of a certain one would drown the disks
        x = clicked = torch.cat([torch.zeros_like(pos) if previous is None else torch.tanh(previous / 8), pos, neg,
                                 likeness(colours, points, labels, 1), likeness(colours, points, labels, 0)], 1)
        for layer in self.mask_downscaling:
            x = layer(x)
        if previous is None:
            x = x + self.no_mask_embed.weight[0][None, :, None, None]
        if self.use_affinity:
            x = x + self.affinity(torch.cat([affinity(embedding, points, labels, w) for w in (1, 0)], 1))
        return clicked, x

    def grid(self, h, w):
        y = (torch.arange(h, device=self.no_mask_embed.weight.device, dtype=self.no_mask_embed.weight.dtype) + 0.5) / h
        x = (torch.arange(w, device=y.device, dtype=y.dtype) + 0.5) / w
        return self.pe_layer(torch.stack([x[None, :].expand(h, w), y[:, None].expand(h, w)], -1))


class Attention(nn.Module):
    def __init__(self, dim, inner, heads):
        super().__init__()
        self.heads = heads
        self.q_proj, self.k_proj, self.v_proj = (nn.Linear(dim, inner) for _ in range(3))
        self.out_proj = nn.Linear(inner, dim)

    def forward(self, q, k, v):
        split = lambda x: x.reshape(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)
        q, k, v = split(self.q_proj(q)), split(self.k_proj(k)), split(self.v_proj(v))
        a = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]), -1)
        return self.out_proj((a @ v).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.lin1, self.lin2 = nn.Linear(dim, hidden), nn.Linear(hidden, dim)

    def forward(self, x):
        return self.lin2(F.relu(self.lin1(x)))


class TwoWayLayer(nn.Module):
    def __init__(self, c, first):
        super().__init__()
        self.first = first
        self.self_attn = Attention(c.dim, c.dim, c.heads)
        self.cross_attn_token_to_image = Attention(c.dim, c.dim // 2, c.heads)
        self.cross_attn_image_to_token = Attention(c.dim, c.dim // 2, c.heads)
        self.mlp = Mlp(c.dim, c.mlp)
        self.norm1, self.norm2, self.norm3, self.norm4 = (nn.LayerNorm(c.dim) for _ in range(4))

    def forward(self, t, image, t0, pos):
        t = self.norm1(self.self_attn(t, t, t) if self.first else t + self.self_attn(t + t0, t + t0, t))
        t = self.norm2(t + self.cross_attn_token_to_image(t + t0, image + pos, image))
        t = self.norm3(t + self.mlp(t))
        image = self.norm4(image + self.cross_attn_image_to_token(image + pos, t + t0, t))
        return t, image


class Transformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.layers = nn.ModuleList([TwoWayLayer(c, i == 0) for i in range(2)])
        self.final_attn_token_to_image = Attention(c.dim, c.dim // 2, c.heads)
        self.norm_final_attn = nn.LayerNorm(c.dim)

    def forward(self, t0, image, pos):
        t = t0
        for layer in self.layers:
            t, image = layer(t, image, t0, pos)
        return self.norm_final_attn(t + self.final_attn_token_to_image(t + t0, image + pos, image)), image


class Head(nn.Module):
    def __init__(self, dim, out):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(dim, dim), nn.Linear(dim, dim), nn.Linear(dim, out)])

    def forward(self, x):
        return self.layers[2](F.relu(self.layers[1](F.relu(self.layers[0](x)))))


class MaskDecoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.iou_token, self.mask_tokens = nn.Embedding(1, c.dim), nn.Embedding(c.masks, c.dim)
        self.transformer = Transformer(c)
        self.output_upscaling = nn.ModuleList([nn.ConvTranspose2d(c.dim, c.skip, 2, 2), LayerNorm2d(c.skip), nn.GELU(),
                                               nn.ConvTranspose2d(c.skip, c.skip // 2, 2, 2), nn.GELU()])
        self.output_hypernetworks_mlps = nn.ModuleList([Head(c.dim, c.skip // 2) for _ in range(c.masks)])
        self.iou_prediction_head = Head(c.dim, c.masks)
        self.prompt_skip = nn.Conv2d(CLICKED, c.skip // 2, 1)  # the dense map at full resolution: what was clicked stays sharp
        self.boundary = nn.ModuleList([nn.Conv2d(c.masks, c.masks, 3, padding=1) for _ in range(2)])

    def forward(self, embedding, skip4, skip2, pos, sparse, clicked, dense):
        n, (h, w) = sparse.shape[0], embedding.shape[2:]
        t0 = torch.cat([self.iou_token.weight, self.mask_tokens.weight])[None].expand(n, -1, -1)
        t0 = torch.cat([t0, sparse], 1)
        t, image = self.transformer(t0, (embedding + dense).flatten(2).transpose(1, 2), pos.flatten(0, 1)[None])
        x = image.transpose(1, 2).reshape(n, -1, h, w)
        u = self.output_upscaling
        x = u[2](u[1](u[0](x) + skip4))
        x = u[4](u[3](x) + skip2 + self.prompt_skip(clicked))
        m = self.mask_tokens.weight.shape[0]
        hyper = torch.stack([f(t[:, 1 + i]) for i, f in enumerate(self.output_hypernetworks_mlps)], 1)
        masks = torch.einsum("nmc,nchw->nmhw", hyper, x)
        masks = masks + self.boundary[1](F.relu(self.boundary[0](masks)))  # boundary refinement
        return masks, self.iou_prediction_head(t[:, 0])[:, :m]


class TinyPrompt(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.image_encoder, self.prompt_encoder, self.mask_decoder = Encoder(config), PromptEncoder(config), MaskDecoder(config)

    def encode(self, picture):
        return self.image_encoder(picture)

    def decode(self, encoded, points, labels, previous=None):
        """encoded: rows already repeated, one per prompt. -> logits [N,4,S/2,S/2], predicted IoU [N,4]; mask 0 is the single answer,
        1..3 whole, part, decal in whatever order training settled on."""
        embedding, skip4, skip2, colours = encoded
        p = self.prompt_encoder
        sparse = p.sparse(points, labels, embedding.shape[-1] * 8)
        clicked, dense = p.dense(embedding, colours, points, labels, previous)
        return self.mask_decoder(embedding, skip4, skip2, p.grid(*embedding.shape[2:]), sparse, clicked, dense)


def normalise(pictures):
    """uint8 [B,S,S,3] RGB -> f32 [B,3,S,S]"""
    x = (pictures.float() - torch.tensor(MEAN)) / torch.tensor(STD)
    return x.permute(0, 3, 1, 2)
