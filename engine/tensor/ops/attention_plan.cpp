// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/attention_plan.h"

#include "engine/error.h"

#include <cmath>

namespace orrery::tensor {

namespace {

Heads lying(const Tensor& x, HeadOrder order) {
    const Shape& s = x.shape();
    Heads heads{.tensor = x, .batch = s.product(1, 4)};
    const bool first = order == HeadOrder::headsFirst;
    heads.head = first ? s[2] * s[3] : s[3];
    heads.token = first ? s[3] : s[2] * s[3];
    return heads;
}

void requireTables(AttentionPlan& plan) {
    const AttentionOptions& o = plan.options;
    if (!o.relH && !o.relW) return;
    const auto fits = [&](const Tensor& table) {
        const Shape rows{plan.batch, plan.heads, plan.queries};
        return table && table.shape().rank() == 4 && table.shape().with(3, 1) == Shape{rows[0], rows[1], rows[2], 1};
    };
    if (fits(o.relH) && fits(o.relW)) {
        plan.relHeight = o.relH.shape()[3], plan.relWidth = o.relW.shape()[3];
        if (plan.relHeight * plan.relWidth == plan.keys) return;
    }
    const auto text = [](const Tensor& t) { return t ? t.shape().text() : std::string("none"); };
    throw Error("attention: relative positions of the shapes " + text(o.relH) + " and " + text(o.relW) + " for " +
                Shape{plan.batch, plan.heads, plan.queries, plan.keys}.text() + " scores");
}

void requireBias(AttentionPlan& plan) {
    const Tensor& bias = plan.options.bias;
    if (!bias) return;
    const Shape scores{plan.batch, plan.heads, plan.queries, plan.keys}, &own = bias.shape();
    const bool whole = own.rank() >= 1 && own.rank() <= 4 && own.at(-1) == plan.keys;
    if (!whole || broadcast(own, scores, "attention's bias") != scores)
        throw Error("attention: a bias of shape " + own.text() + " for " + scores.text() + " scores");
    std::int64_t* const strides[] = {&plan.biasQuery, &plan.biasHead, &plan.biasBatch};
    std::int64_t stride = own.at(-1);
    for (std::size_t n = 0; n + 2 <= own.rank(); ++n) {
        const std::int64_t size = own.at(-2 - int(n));
        *strides[n] = size == 1 ? 0 : stride;
        stride *= size;
    }
}

void requireMask(AttentionPlan& plan) {
    const AttentionOptions& o = plan.options;
    if (!o.mask) return;
    const bool bits = o.maskBits > 0;
    const Shape& own = o.mask.shape();
    const bool typed = o.mask.type() == DType::i32 || (o.mask.type() == DType::u8 && !bits);
    const std::int64_t columns = bits ? o.maskBits : own.rank() == 2 ? own[1] : 0;
    if (own.rank() != 2 || own[0] != plan.queries || columns > plan.keys || !typed || (bits && own[1] != (o.maskBits + 31) / 32))
        throw Error("attention: a mask of " + std::string(toString(o.mask.type())) + " " + own.text() + " for " +
                    std::to_string(plan.queries) + " queries and " + std::to_string(plan.keys) + " keys");
    plan.maskKind = bits ? MaskKind::bits : o.mask.type() == DType::u8 ? MaskKind::bytes : MaskKind::words;
    plan.maskFrom = plan.keys - columns, plan.maskRow = own[1];
}

void finish(AttentionPlan& plan) {
    plan.scale = plan.options.scale.value_or(1 / std::sqrt(double(std::max<std::int64_t>(1, plan.size))));
    requireTables(plan);
    requireBias(plan);
    requireMask(plan);
}

} // namespace

AttentionPlan planAttention(const Tensor& q, const Tensor& k, const Tensor& v, const AttentionOptions& options) {
    const auto complain = [&](const std::string& why = {}) {
        throw Error("attention: the shapes " + q.shape().text() + ", " + k.shape().text() + " and " + v.shape().text() +
                    " do not fit together" + why);
    };
    if (q.shape().rank() != 4 || k.shape().rank() != 4 || v.shape() != k.shape()) complain();
    const bool first = options.order == HeadOrder::headsFirst;
    const std::size_t head = first ? 1 : 2, token = first ? 2 : 1;
    AttentionPlan plan;
    plan.batch = q.shape()[0], plan.heads = q.shape()[head], plan.queries = q.shape()[token], plan.size = q.shape()[3];
    plan.keyHeads = k.shape()[head], plan.capacity = k.shape()[token];
    if (k.shape()[0] != plan.batch || k.shape()[3] != plan.size) complain();
    if (plan.keyHeads == 0 || plan.heads % plan.keyHeads != 0) complain(": the heads are no multiple of the key heads");
    const Tensor& rows = options.rows;
    if (rows && (rows.type() != DType::i32 || rows.shape().rank() != 1))
        throw Error("attention: a map of rows is i32 with one axis, not " + std::string(toString(rows.type())) + " " +
                    rows.shape().text());
    const std::int64_t most = rows ? rows.count() : plan.capacity;
    plan.keys = options.length.value_or(most);
    if (plan.keys < 0 || plan.keys > most || (plan.keys > 0 && plan.capacity == 0))
        complain(" for " + std::to_string(plan.keys) + " keys");
    plan.q = lying(q, options.order), plan.k = lying(k, options.order), plan.v = lying(v, options.order);
    plan.y = plan.q, plan.y.tensor = {};
    plan.shape = q.shape();
    plan.options = options;
    finish(plan);
    return plan;
}

AttentionPlan planAttention(const Tensor& qkv, std::int64_t heads, std::int64_t keyHeads, const AttentionOptions& options) {
    const Shape& s = qkv.shape();
    const std::int64_t slots = heads + 2 * keyHeads;
    if (s.rank() != 3 || heads < 1 || keyHeads < 1 || heads % keyHeads != 0 || s[2] % slots != 0)
        throw Error("attention: the shape " + s.text() + " does not hold " + std::to_string(heads) + " heads and twice " +
                    std::to_string(keyHeads) + " key heads");
    AttentionPlan plan;
    plan.batch = s[0], plan.queries = plan.keys = plan.capacity = s[1], plan.size = s[2] / slots;
    plan.heads = heads, plan.keyHeads = keyHeads;
    plan.q = {qkv, 0, s[1] * s[2], plan.size, s[2]};
    plan.k = plan.v = plan.q;
    plan.k.at = heads * plan.size, plan.v.at = (heads + keyHeads) * plan.size;
    plan.shape = {s[0], s[1], heads * plan.size};
    plan.y = {{}, 0, s[1] * heads * plan.size, plan.size, heads * plan.size};
    plan.options = options;
    plan.options.rows = {}, plan.options.length.reset();
    finish(plan);
    return plan;
}

} // namespace orrery::tensor
