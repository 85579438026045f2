# SPDX-License-Identifier: GPL-3.0-or-later
"""A language model of the Llama family, with the public names of its tensors, and what drafts for it: Medusa heads (Cai et al. 2024), a
multi-token-prediction module in DeepSeek-V3's form, and the heads of Gloeckle et al. 2024.

z is the target's last hidden state after the final norm, [B,T,d]: what the output matrix is multiplied with. All of them read z."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Config:
    layers: int = 4
    width: int = 128
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 352
    vocabulary: int = 2048
    context: int = 1024
    theta: float = 10000.0
    eps: float = 1e-5

    @property
    def head(self):
        return self.width // self.heads

    def json(self):
        """config.json as Hugging Face writes it for LlamaForCausalLM"""
        return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": self.width, "intermediate_size": self.hidden,
                "num_hidden_layers": self.layers, "num_attention_heads": self.heads, "num_key_value_heads": self.kv_heads, "head_dim": self.head,
                "vocab_size": self.vocabulary, "max_position_embeddings": self.context, "rms_norm_eps": self.eps, "rope_theta": self.theta,
                "rope_scaling": None, "hidden_act": "silu", "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
                "bos_token_id": self.vocabulary - 4, "eos_token_id": self.vocabulary - 4, "torch_dtype": "float16"}


SHAPES = {"tiny": Config(), "small": Config(6, 192, 6, 3, 512), "draft": Config(1, 64, 2, 2, 176), "test": Config(2, 48, 3, 3, 64)}


class RMSNorm(nn.Module):
    def __init__(self, d, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(d)), eps

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.eps)).to(x.dtype) * self.weight.to(x.dtype)


def rotate(x, positions, theta):
    """RoPE with the pairs (i, i + head/2). x [B,H,T,head]"""
    half = x.shape[-1] // 2
    angle = positions.float()[:, None] * theta ** (-torch.arange(half, device=x.device).float() / half)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.q_proj = nn.Linear(c.width, c.heads * c.head, False)
        self.k_proj = nn.Linear(c.width, c.kv_heads * c.head, False)
        self.v_proj = nn.Linear(c.width, c.kv_heads * c.head, False)
        self.o_proj = nn.Linear(c.heads * c.head, c.width, False)

    def qkv(self, x, positions):
        c, (b, t) = self.c, x.shape[:2]
        split = lambda y, n: y.view(b, t, n, c.head).transpose(1, 2)
        q, k = rotate(split(self.q_proj(x), c.heads), positions, c.theta), rotate(split(self.k_proj(x), c.kv_heads), positions, c.theta)
        n = c.heads // c.kv_heads
        return q, k.repeat_interleave(n, 1), split(self.v_proj(x), c.kv_heads).repeat_interleave(n, 1)

    def merge(self, y):
        return self.o_proj(y.transpose(1, 2).flatten(2))

    def forward(self, x, positions):
        q, k, v = self.qkv(x, positions)
        if hasattr(F, "scaled_dot_product_attention"):  # PyTorch 2
            return self.merge(F.scaled_dot_product_attention(q, k, v, is_causal=True))
        ahead = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        scores = (q @ k.transpose(2, 3)) * self.c.head ** -0.5
        return self.merge(scores.masked_fill(ahead, float("-inf")).softmax(-1) @ v)


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(c.width, c.hidden, False), nn.Linear(c.width, c.hidden, False)
        self.down_proj = nn.Linear(c.hidden, c.width, False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm, self.self_attn = RMSNorm(c.width, c.eps), Attention(c)
        self.post_attention_layernorm, self.mlp = RMSNorm(c.width, c.eps), MLP(c)

    def forward(self, x, positions):
        x = x + self.self_attn(self.input_layernorm(x), positions)
        return x + self.mlp(self.post_attention_layernorm(x))


class Trunk(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embed_tokens = nn.Embedding(c.vocabulary, c.width)
        self.layers = nn.ModuleList([Layer(c) for _ in range(c.layers)])
        self.norm = RMSNorm(c.width, c.eps)

    def forward(self, ids):
        x, positions = self.embed_tokens(ids), torch.arange(ids.shape[1], device=ids.device)
        for layer in self.layers:
            x = layer(x, positions)
        return self.norm(x)


class Llama(nn.Module):
    """Output matrix tied to the embedding."""

    def __init__(self, c):
        super().__init__()
        self.c, self.model = c, Trunk(c)
        for name, p in self.named_parameters():
            if p.ndim > 1:
                scale = (2 * c.layers) ** -0.5 if name.endswith(("o_proj.weight", "down_proj.weight")) else 1.0
                nn.init.normal_(p, 0, 0.02 * scale if "embed" in name else p.shape[1] ** -0.5 * 0.6 * scale)

    def logits(self, z):
        return F.linear(z, self.model.embed_tokens.weight)

    def forward(self, ids):
        return self.logits(self.model(ids))


class Medusa(nn.Module):
    """Head k: z + SiLU(W z + b), then an output matrix of its own (begun as the target's) or the target's. Head k guesses token t+2+k."""

    def __init__(self, c, heads, table=None):
        super().__init__()
        self.blocks = nn.ModuleList([nn.Linear(c.width, c.width) for _ in range(heads)])
        self.outputs = nn.ModuleList([nn.Linear(c.width, c.vocabulary, False) for _ in range(heads)]) if table is not None else None
        for b in self.blocks:
            nn.init.zeros_(b.weight)
            nn.init.zeros_(b.bias)
        for o in self.outputs or []:
            o.weight.data.copy_(table)

    def forward(self, z, k, target):
        y = z + F.silu(self.blocks[k](z))
        return self.outputs[k](y) if self.outputs is not None else target.logits(y)


class Mtp(nn.Module):
    """Slot j takes (token j+1, z_j) and guesses token j+2; its output before shared_head.norm stands for z_{j+1} at the next depth, whose
    slot attends to the slots of the first depth before it and to its own forerunners: training sees what drafting will see. The
    embedding of slot 0 is zero, as in the released code."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.enorm, self.hnorm = RMSNorm(c.width, c.eps), RMSNorm(c.width, c.eps)
        self.eh_proj = nn.Linear(2 * c.width, c.width, False)
        self.layer = Layer(c)
        self.norm = RMSNorm(c.width, c.eps)

    def forward(self, ids, z, target, depths):
        """-> one [B,T,V] per depth; row j of depth d (0-based) guesses token j+2; only rows j >= d mean something."""
        c, t = self.c, ids.shape[1]
        follower = F.pad(ids[:, 1:], (0, 1))
        e = target.model.embed_tokens(follower).detach()
        e = torch.cat([torch.zeros_like(e[:, :1]), e[:, 1:]], 1)
        positions = torch.arange(t, device=ids.device)
        h, keys, values, out = z, [], [], []
        for d in range(depths):
            if d:
                h = F.pad(h[:, :-1], (0, 0, 1, 0))  # the state of the slot before
            x = self.eh_proj(torch.cat([self.enorm(e), self.hnorm(h)], -1))
            q, k, v = self.layer.self_attn.qkv(self.layer.input_layernorm(x), positions)
            keys.append(k)
            values.append(v)
            seen = torch.ones(t, t, dtype=torch.bool, device=ids.device).tril(-d)
            scores = (q @ keys[0].transpose(2, 3)).masked_fill(~seen, float("-inf"))
            back = lambda a, n: F.pad(a[:, :, : t - n], (0, 0, n, 0)) if n else a
            for i in range(1, d + 1):
                scores = torch.cat([scores, (q * back(keys[i], d - i)).sum(-1, keepdim=True)], -1)
            w = (scores.float() * c.head ** -0.5).softmax(-1).to(x.dtype)
            y = w[..., :t] @ values[0]
            for i in range(1, d + 1):
                y = y + w[..., t + i - 1: t + i] * back(values[i], d - i)
            x = x + self.layer.self_attn.merge(y)
            h = x + self.layer.mlp(self.layer.post_attention_layernorm(x))
            out.append(target.logits(self.norm(h)))
        return out


class Gloeckle(nn.Module):
    """Head i: a layer of its own over z and a norm of its own, then the target's output matrix. Head i guesses token t+2+i."""

    def __init__(self, c, heads):
        super().__init__()
        self.layers = nn.ModuleList([Layer(c) for _ in range(heads)])
        self.norms = nn.ModuleList([RMSNorm(c.width, c.eps) for _ in range(heads)])

    def forward(self, z, i, target):
        return target.logits(self.norms[i](self.layers[i](z, torch.arange(z.shape[1], device=z.device))))
