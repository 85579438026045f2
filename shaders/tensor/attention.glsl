// SPDX-License-Identifier: GPL-3.0-or-later
// What the kernels of attention share: where queries, keys and values lie, what a query sees, and what is added to a score.
// A group is one key head of one batch entry; its lines are the queries of all heads that read this key head.
layout(constant_id = 4) const int D4 = 16; // groups of four in a head
layout(constant_id = 5) const bool hasBias = false;
layout(constant_id = 6) const bool hasPositions = false; // decomposed relative positions
layout(constant_id = 7) const bool causal = false;
layout(constant_id = 8) const uint maskKind = 0u; // none, bytes, words, bits
layout(constant_id = 9) const bool mapped = false; // keys lie where `rows` says
IN4(0, q)
IN4(1, k)
IN4(2, v)
IN1(3, bias)
IN1(4, relH)
IN1(5, relW)
INI(6, mask)
INI(7, rows)
layout(push_constant) uniform Push {
    uint groupHeads, keyHeads, queries, keys;
    uint capacity; // tokens that k and v have room for
    uint queryAt, queryBatch, queryHead, queryToken; // in groups of four, as all places of q, k, v and y
    uint keyAt, valueAt, keyBatch, keyHead, keyToken;
    uint outBatch, outHead, outToken;
    float scale;
    uint biasBatch, biasHead, biasQuery; // in elements
    uint relHeight, relWidth;
    int offset;            // a causal query i sees keys j <= i + offset
    uint maskFrom, maskRow; // keys before maskFrom are seen; elements or words of a query's row of the mask
    uint chunk, groups;    // keys of a part; groups in all
};

struct Line {
    uint batch, head, query;
    uint row; // of what holds one value per query: [batch, head, query]
};

uint lines() { return groupHeads * queries; }
Line lineOf(uint group, uint line) {
    return Line(group / keyHeads, group % keyHeads * groupHeads + line / queries, line % queries, group * lines() + line);
}
uint queryPlace(Line l) { return queryAt + l.batch * queryBatch + l.head * queryHead + l.query * queryToken; }
uint outPlace(Line l) { return l.batch * outBatch + l.head * outHead + l.query * outToken; }
/// Of a key and its value, without keyAt and valueAt. Rows beyond the buffer are never read, whatever the map says.
uint keyPlace(uint group, uint key) {
    uint token = key;
    if (mapped) token = min(uint(rows(key)), capacity - 1u);
    return group / keyHeads * keyBatch + group % keyHeads * keyHead + token * keyToken;
}

float minusInfinity() { return uintBitsToFloat(0xFF800000u); }

bool seen(uint query, uint key) {
    if (causal && int(key) > int(query) + offset) return false;
    if (maskKind == 0u || key < maskFrom) return true;
    const uint column = key - maskFrom;
    if (maskKind == 3u) return (uint(mask(query * maskRow + (column >> 5))) >> (column & 31u) & 1u) != 0u;
    const uint at = query * maskRow + column;
    if (maskKind == 1u) return (uint(mask(at >> 2)) >> 8u * (at & 3u) & 0xFFu) != 0u;
    return mask(at) != 0;
}

/// The score of a product of query and key; minus infinity for what is not seen.
float score(Line l, uint key, float product) {
    if (key >= keys || !seen(l.query, key)) return minusInfinity();
    float s = product * scale;
    if (hasBias) s += bias(l.batch * biasBatch + l.head * biasHead + l.query * biasQuery + key);
    if (hasPositions) s += relH(l.row * relHeight + key / relWidth) + relW(l.row * relWidth + key % relWidth);
    return s;
}

/// One beyond the last key that any of the queries [.., query] sees by the causal rule.
uint lastKey(uint query) { return causal ? uint(clamp(int(query) + offset + 1, 0, int(keys))) : keys; }
