#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small random language models, the files they are kept in, and what they must answer, in float64 with PyTorch.

Written from the description of the architectures (GPT-2: pre-norm, Conv1D [in, out], gelu_new; Llama and Qwen2: RMSNorm, rotary
halves, grouped keys, SwiGLU; Medusa; DeepSeek's MTP module; Gloeckle's heads), not from the program's code. Every sequence is
computed whole, with a causal mask and no cache.

    python3 tests/reference/language/lm_reference.py        writes tests/language/data
"""
import json
import math
import pathlib
import struct

import torch
import torch.nn.functional as F

OUT = pathlib.Path(__file__).resolve().parents[2] / "language" / "data"
torch.manual_seed(20240607)
D = torch.float64
TOKENS = torch.randint(0, 64, (14,))


# --- files ------------------------------------------------------------------------------------------------------------
def safetensors(path, tensors):
    names = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int32: "I32"}
    header, data = {}, b""
    for name, t in tensors.items():
        t = t.contiguous()
        raw = (t.view(torch.int16) if t.dtype == torch.bfloat16 else t).numpy().tobytes()
        header[name] = {"dtype": names[t.dtype], "shape": list(t.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def q8_0(t):
    """Bytes of GGML's Q8_0 blocks and the values that they stand for."""
    blocks = t.to(torch.float32).reshape(-1, 32)
    scale = (blocks.abs().amax(1) / 127).to(torch.float16)
    q = torch.where(scale[:, None] > 0, (blocks / scale[:, None].float()).round().clamp(-127, 127), torch.zeros(()))
    raw = b"".join(scale[i].numpy().tobytes() + q[i].to(torch.int8).numpy().tobytes() for i in range(len(blocks)))
    return raw, (q.to(D) * scale[:, None].to(D)).reshape(t.shape)


def gguf(path, keys, tensors):
    """tensors: name -> (type, shape slowest first, bytes)."""
    def text(s):
        return struct.pack("<Q", len(s.encode())) + s.encode()
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    for key, value in keys.items():
        head += text(key)
        if isinstance(value, str):
            head += struct.pack("<I", 8) + text(value)
        elif isinstance(value, float):
            head += struct.pack("<If", 6, value)
        else:
            head += struct.pack("<II", 4, value)
    data = b""
    for name, (kind, shape, raw) in tensors.items():
        data += b"\0" * (-len(data) % 32)
        head += text(name) + struct.pack("<I", len(shape)) + b"".join(struct.pack("<Q", n) for n in reversed(shape))
        head += struct.pack("<IQ", kind, len(data))
        data += raw
    path.write_bytes(head + b"\0" * (-len(head) % 32) + data)


# --- mechanisms -------------------------------------------------------------------------------------------------------
def causal(q, k, v, scale):
    """q [T, H, hd], k, v [T, Hk, hd]; query head j uses key head j // (H / Hk)."""
    T, H, _ = q.shape
    group = H // k.shape[1]
    out = torch.zeros_like(q)
    for j in range(H):
        scores = q[:, j] @ k[:, j // group].T * scale
        scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf)
        out[:, j] = scores.softmax(1) @ v[:, j // group]
    return out.reshape(T, -1)


def gpt2(c, w, tokens):
    d, H = c["n_embd"], c["n_head"]
    x = w["wte.weight"][tokens] + w["wpe.weight"][: len(tokens)]
    def ln(x, name):
        return F.layer_norm(x, (d,), w[name + ".weight"], w[name + ".bias"], c["layer_norm_epsilon"])
    def conv1d(x, name):
        return x @ w[name + ".weight"] + w[name + ".bias"]
    for i in range(c["n_layer"]):
        at = f"h.{i}."
        qkv = conv1d(ln(x, at + "ln_1"), at + "attn.c_attn").split(d, 1)
        q, k, v = (part.reshape(len(tokens), H, d // H) for part in qkv)
        scale = 1 / math.sqrt(d // H) if c.get("scale_attn_weights", True) else 1
        if c.get("scale_attn_by_inverse_layer_idx"):
            scale /= i + 1
        x = x + conv1d(causal(q, k, v, scale), at + "attn.c_proj")
        u = conv1d(ln(x, at + "ln_2"), at + "mlp.c_fc")
        u = 0.5 * u * (1 + torch.tanh(math.sqrt(2 / math.pi) * (u + 0.044715 * u**3)))
        x = x + conv1d(u, at + "mlp.c_proj")
    return ln(x, "ln_f") @ w["wte.weight"].T


def rms(x, weight, eps):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * weight


def frequencies(c):
    hd = c.get("head_dim") or c["hidden_size"] // c["num_attention_heads"]
    f = c["rope_theta"] ** (-torch.arange(0, hd, 2, dtype=D) / hd)
    s = c.get("rope_scaling")
    if not s:
        return f
    if s["rope_type"] == "linear":
        return f / s["factor"]
    out = []
    for one in f.tolist():
        wave = 2 * math.pi / one
        if wave < s["original_max_position_embeddings"] / s["high_freq_factor"]:
            out.append(one)
        elif wave > s["original_max_position_embeddings"] / s["low_freq_factor"]:
            out.append(one / s["factor"])
        else:
            smooth = (s["original_max_position_embeddings"] / wave - s["low_freq_factor"]) / (s["high_freq_factor"] - s["low_freq_factor"])
            out.append((1 - smooth) * one / s["factor"] + smooth * one)
    return torch.tensor(out, dtype=D)


def rotate(x, f):
    """Pairs (i, i + hd / 2)."""
    angle = torch.arange(len(x), dtype=D)[:, None] * f
    cos, sin = angle.cos()[:, None], angle.sin()[:, None]
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def llama_block(c, w, at, x):
    T, H, Hk = len(x), c["num_attention_heads"], c["num_key_value_heads"]
    hd = c.get("head_dim") or c["hidden_size"] // H
    def linear(x, name):
        return F.linear(x, w[at + name + ".weight"], w.get(at + name + ".bias"))
    y = rms(x, w[at + "input_layernorm.weight"], c["rms_norm_eps"])
    q = rotate(linear(y, "self_attn.q_proj").reshape(T, H, hd), frequencies(c))
    k = rotate(linear(y, "self_attn.k_proj").reshape(T, Hk, hd), frequencies(c))
    v = linear(y, "self_attn.v_proj").reshape(T, Hk, hd)
    x = x + linear(causal(q, k, v, 1 / math.sqrt(hd)), "self_attn.o_proj")
    y = rms(x, w[at + "post_attention_layernorm.weight"], c["rms_norm_eps"])
    return x + linear(F.silu(linear(y, "mlp.gate_proj")) * linear(y, "mlp.up_proj"), "mlp.down_proj")


def llama(c, w, tokens):
    """Logits and the hidden states that the output matrix is multiplied with."""
    x = w["model.embed_tokens.weight"][tokens]
    for i in range(c["num_hidden_layers"]):
        x = llama_block(c, w, f"model.layers.{i}.", x)
    hidden = rms(x, w["model.norm.weight"], c["rms_norm_eps"])
    return hidden @ w["model.embed_tokens.weight" if c["tie_word_embeddings"] else "lm_head.weight"].T, hidden


# --- random weights ---------------------------------------------------------------------------------------------------
def matrix(rows, columns, dtype):
    return (torch.randn(rows, columns) * 1.3 / math.sqrt(columns)).to(dtype)


def near_one(n, dtype):
    return (1 + 0.2 * torch.randn(n)).to(dtype)


def small(n, dtype):
    return (0.3 * torch.randn(n)).to(dtype)


def block_weights(c, at, dtype):
    d, f, H, Hk = c["hidden_size"], c["intermediate_size"], c["num_attention_heads"], c["num_key_value_heads"]
    hd = c.get("head_dim") or d // H
    w = {at + "input_layernorm.weight": near_one(d, dtype), at + "post_attention_layernorm.weight": near_one(d, dtype)}
    for name, rows, columns in (("q_proj", H * hd, d), ("k_proj", Hk * hd, d), ("v_proj", Hk * hd, d), ("o_proj", d, H * hd)):
        w[at + f"self_attn.{name}.weight"] = matrix(rows, columns, dtype) * (2 if name in ("q_proj", "k_proj") else 1)
        if (c["model_type"] == "qwen2" and name != "o_proj") or c.get("attention_bias"):
            w[at + f"self_attn.{name}.bias"] = small(rows, dtype)
    for name, rows, columns in (("gate_proj", f, d), ("up_proj", f, d), ("down_proj", d, f)):
        w[at + f"mlp.{name}.weight"] = matrix(rows, columns, dtype)
    return w


def llama_weights(c, dtype):
    w = {"model.embed_tokens.weight": matrix(c["vocab_size"], c["hidden_size"], dtype) * 4}
    for i in range(c["num_hidden_layers"]):
        w |= block_weights(c, f"model.layers.{i}.", dtype)
    w["model.norm.weight"] = near_one(c["hidden_size"], dtype)
    if not c["tie_word_embeddings"]:
        w["lm_head.weight"] = matrix(c["vocab_size"], c["hidden_size"], dtype) * 2
    return w


def gpt2_weights(c):
    d, t = c["n_embd"], torch.float32
    w = {"wte.weight": matrix(c["vocab_size"], d, t) * 3, "wpe.weight": matrix(c["n_positions"], d, t),
         "ln_f.weight": near_one(d, t), "ln_f.bias": small(d, t)}
    for i in range(c["n_layer"]):
        at = f"h.{i}."
        for name in ("ln_1", "ln_2"):
            w[at + name + ".weight"], w[at + name + ".bias"] = near_one(d, t), small(d, t)
        for name, a, b in (("attn.c_attn", d, 3 * d), ("attn.c_proj", d, d), ("mlp.c_fc", d, 4 * d), ("mlp.c_proj", 4 * d, d)):
            w[at + name + ".weight"], w[at + name + ".bias"] = matrix(b, a, t).T.contiguous() * 1.5, small(b, t)
    return w


def wide(w):
    return {name: t.to(D) for name, t in w.items()}


def save(name, config, weights, expected):
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    if weights:
        safetensors(folder / "model.safetensors", weights)
    safetensors(folder / "expected.safetensors",
                {"tokens": TOKENS.to(torch.int32)} | {k: v.to(torch.float32) for k, v in expected.items()})


# --- GGUF -------------------------------------------------------------------------------------------------------------
def permuted(t, heads):
    """Rows of each head from (half, i) to (i, half), as the converter writes llama's query and key matrices."""
    return t.reshape(heads, 2, t.shape[0] // heads // 2, -1).transpose(1, 2).reshape(t.shape)


def packed(t, kind):
    if kind == 8 and t.dim() == 2:
        raw, values = q8_0(t)
        return (8, list(t.shape), raw), values
    if kind == 1 and t.dim() == 2:
        half = t.to(torch.float16)
        return (1, list(t.shape), half.numpy().tobytes()), half.to(D)
    return (0, list(t.shape), t.to(torch.float32).contiguous().numpy().tobytes()), t.to(torch.float32).to(D)


LLAMA_NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
               "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
               "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down"}


def llama_gguf(name, c, weights, kind, architecture):
    tensors, kept = {}, {}
    for key, t in weights.items():
        parts = key.split(".")
        if parts[1] == "layers":
            theirs = f"blk.{parts[2]}." + LLAMA_NAMES[".".join(parts[3:-1])] + "." + parts[-1]
        else:
            theirs = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
                      "lm_head.weight": "output.weight"}[key]
        heads = {"q_proj": c["num_attention_heads"], "k_proj": c["num_key_value_heads"]}.get(parts[-2])
        if architecture == "llama" and heads:
            tensors[theirs], values = packed(permuted(t.float(), heads), kind)
            inverse = permuted(torch.arange(t.shape[0])[:, None], heads)[:, 0]
            kept[key] = torch.empty_like(values)
            kept[key][inverse] = values
        else:
            tensors[theirs], kept[key] = packed(t.float(), kind)
    a = architecture
    gguf(OUT / f"{name}.gguf", {
        "general.architecture": a, f"{a}.context_length": c["max_position_embeddings"], f"{a}.embedding_length": c["hidden_size"],
        f"{a}.block_count": c["num_hidden_layers"], f"{a}.feed_forward_length": c["intermediate_size"],
        f"{a}.attention.head_count": c["num_attention_heads"], f"{a}.attention.head_count_kv": c["num_key_value_heads"],
        f"{a}.attention.layer_norm_rms_epsilon": c["rms_norm_eps"], f"{a}.rope.freq_base": float(c["rope_theta"])}
         | ({f"{a}.attention.key_length": c["head_dim"], f"{a}.attention.value_length": c["head_dim"]} if "head_dim" in c else {}),
         tensors)
    return llama(c, kept, TOKENS)[0]


def gpt2_gguf(name, c, weights, kind):
    names = {"ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
             "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down"}
    tensors, kept = {}, {}
    for key, t in weights.items():
        parts = key.split(".")
        conv = parts[0] == "h" and t.dim() == 2
        theirs = (f"blk.{parts[1]}." + names[".".join(parts[2:-1])] + "." + parts[-1] if parts[0] == "h" else
                  {"wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm"}[parts[0]] + "." + parts[-1])
        tensors[theirs], values = packed(t.T.contiguous() if conv else t, kind)
        kept[key] = values.T if conv else values
    gguf(OUT / f"{name}.gguf", {
        "general.architecture": "gpt2", "gpt2.context_length": c["n_positions"], "gpt2.embedding_length": c["n_embd"],
        "gpt2.block_count": c["n_layer"], "gpt2.feed_forward_length": 4 * c["n_embd"], "gpt2.attention.head_count": c["n_head"],
        "gpt2.attention.layer_norm_epsilon": c["layer_norm_epsilon"]}, tensors)
    return gpt2(c, kept, TOKENS)


# --- heads ------------------------------------------------------------------------------------------------------------
def heads(c, w, hidden):
    """Medusa (own and shared output), DeepSeek's MTP applied twice, Gloeckle's heads; all on the llama model."""
    d, V, t = c["hidden_size"], c["vocab_size"], torch.float32
    expected, folder = {"hidden": hidden}, OUT / "llama"
    wide_w = wide(w)
    def res(x, weight, bias):
        return x + F.silu(F.linear(x, weight, bias))
    own, shared = {}, {}
    for h in range(3):
        own[f"{h}.0.linear.weight"], own[f"{h}.0.linear.bias"] = matrix(d, d, t), small(d, t)
        own[f"{h}.1.weight"] = matrix(V, d, t) * 2
        shared[f"{h}.0.linear.weight"], shared[f"{h}.0.linear.bias"] = matrix(d, d, t), small(d, t)
    expected["medusa"] = torch.stack([res(hidden, own[f"{h}.0.linear.weight"].to(D), own[f"{h}.0.linear.bias"].to(D))
                                      @ own[f"{h}.1.weight"].to(D).T for h in range(3)], 1)
    expected["medusa_shared"] = torch.stack([res(hidden, shared[f"{h}.0.linear.weight"].to(D), shared[f"{h}.0.linear.bias"].to(D))
                                             @ wide_w["lm_head.weight"].T for h in range(3)], 1)
    safetensors(folder / "medusa.safetensors", own)
    safetensors(folder / "medusa_shared.safetensors", {"medusa_head." + k: v for k, v in shared.items()})

    # MTP: position i takes the embedding of token i + 1 and the hidden state at i; position 0's embedding is zeroed.
    at = f"model.layers.{c['num_hidden_layers']}."
    m = {at + "enorm.weight": near_one(d, t), at + "hnorm.weight": near_one(d, t), at + "eh_proj.weight": matrix(d, 2 * d, t),
         at + "shared_head.norm.weight": near_one(d, t), at + "shared_head.head.weight": matrix(V, d, t) * 2,
         at + "embed_tokens.weight": w["model.embed_tokens.weight"]} | block_weights(c, at, t)
    safetensors(folder / "mtp.safetensors", m)
    wm = wide(m)
    def module(embedding_tokens, hidden):
        e = wm[at + "embed_tokens.weight"][embedding_tokens].clone()
        e[0] = 0
        y = torch.cat([rms(e, wm[at + "enorm.weight"], c["rms_norm_eps"]), rms(hidden, wm[at + "hnorm.weight"], c["rms_norm_eps"])], 1)
        x = llama_block(c, wm, at, y @ wm[at + "eh_proj.weight"].T)
        return rms(x, wm[at + "shared_head.norm.weight"], c["rms_norm_eps"]) @ wm[at + "shared_head.head.weight"].T, x
    # `hidden` here is what the target hands over; the module's own output hidden goes into the next use.
    logits, x = module(TOKENS[1:], hidden[:-1])
    expected["mtp"], expected["mtp_hidden"] = logits, x
    # Second use at the last position: one more token, appended to the same cache with the module's own hidden state.
    next_token = torch.tensor([7])
    logits2, x2 = module(torch.cat([TOKENS[1:], next_token]), torch.cat([hidden[:-1], x[-1:]]))
    expected["mtp_again"], expected["mtp_hidden_again"] = logits2[-1:], x2[-1:]

    g, results = {}, []
    for h in range(2):
        g |= block_weights(c, f"gloeckle.{h}.", t)
        x = llama_block(c, wide(g), f"gloeckle.{h}.", hidden)
        norm = wide_w["model.norm.weight"]
        if h == 1:  # a norm of its own
            g["gloeckle.1.norm.weight"] = near_one(d, t)
            norm = g["gloeckle.1.norm.weight"].to(D)
        results.append(rms(x, norm, c["rms_norm_eps"]) @ wide_w["lm_head.weight"].T)
    safetensors(folder / "gloeckle.safetensors", g)
    expected["gloeckle"] = torch.stack(results, 1)
    return expected


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    c = {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": 2, "n_embd": 32, "n_head": 4, "n_positions": 32,
         "vocab_size": 64, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"}
    w = gpt2_weights(c)
    inverse = c | {"scale_attn_by_inverse_layer_idx": True}
    expected = {"logits": gpt2(c, wide(w), TOKENS), "inverse_layer": gpt2(inverse, wide(w), TOKENS),
                "gguf": gpt2_gguf("gpt2-f32", c, w, 0)}
    buffers = {"h.0.attn.bias": torch.ones(1, 1, 4, 4), "h.0.attn.masked_bias": torch.tensor(-1e4)}
    save("gpt2", c, {"transformer." + k: v for k, v in (w | buffers).items()}, expected)

    c = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2, "hidden_size": 32,
         "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 64, "rope_theta": 10000.0, "rms_norm_eps": 1e-5,
         "vocab_size": 64, "max_position_embeddings": 128, "tie_word_embeddings": False, "hidden_act": "silu", "bos_token_id": 1,
         "eos_token_id": [2, 3]}
    w = llama_weights(c, torch.float32)
    linear = c | {"rope_scaling": {"rope_type": "linear", "factor": 4.0}}
    bent = c | {"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                                 "original_max_position_embeddings": 64}}
    logits, hidden = llama(c, wide(w), TOKENS)
    expected = {"logits": logits, "linear": llama(linear, wide(w), TOKENS)[0], "llama3": llama(bent, wide(w), TOKENS)[0],
                "gguf": llama_gguf("llama-q8_0", c, w, 8, "llama"), "gguf_f16": llama_gguf("llama-f16", c, w, 1, "llama")}
    save("llama", c, w, expected | heads_of(c, w))

    c = {"model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "num_hidden_layers": 2, "hidden_size": 32,
         "num_attention_heads": 4, "num_key_value_heads": 1, "head_dim": 16, "intermediate_size": 64, "rope_theta": 1000000.0,
         "rms_norm_eps": 1e-6, "vocab_size": 64, "max_position_embeddings": 128, "tie_word_embeddings": True, "hidden_act": "silu",
         "sliding_window": 64, "use_sliding_window": False}
    w = llama_weights(c, torch.float16)
    brain = {k: v.to(torch.bfloat16) for k, v in w.items()}
    expected = {"logits": llama(c, wide(w), TOKENS)[0], "bf16": llama(c, wide(brain), TOKENS)[0],
                "gguf": llama_gguf("qwen2-f16", c, w, 1, "qwen2")}
    save("qwen2", c, w, expected)


def heads_of(c, w):
    (OUT / "llama").mkdir(parents=True, exist_ok=True)
    return heads(c, w, llama(c, wide(w), TOKENS)[1])


if __name__ == "__main__":
    main()
