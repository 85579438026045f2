// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_onehot.h"

#include "engine/tensor/ops/gather.h"
#include "engine/tensor/ops/matmul.h"
#include "engine/tensor/tape.h"

#include <algorithm>

namespace orrery::embedding {

OneHot oneHot(tensor::Context& context, std::span<const float> table, std::int64_t words, std::span<const std::int32_t> ids,
              std::span<const float> dy) {
    using namespace tensor;
    OneHot r;
    r.batch = std::int64_t(ids.size()), r.words = words, r.dims = std::int64_t(table.size()) / words;
    r.ids.assign(ids.begin(), ids.end()), r.table.assign(table.begin(), table.end()), r.dy.assign(dy.begin(), dy.end());
    r.x.assign(std::size_t(r.batch * words), 0);
    const Tensor picks = uploadIndices(context, {r.batch}, ids, words, "one-hot: number of a word");
    for (std::int64_t b = 0; b < r.batch; ++b) r.x[std::size_t(b * words + ids[std::size_t(b)])] = 1;
    const Tensor x = context.upload({r.batch, words}, std::span<const float>(r.x)), w = context.upload({words, r.dims}, table),
                 gradient = context.upload({r.batch, r.dims}, dy);
    {
        Tape tape(context);
        tape.watch(w);
        const Tensor y = matmul(context, x, w);
        r.product = context.read(y);
        r.byProduct = context.read(tape.backward(y, gradient).of(w));
    }
    {
        Tape tape(context);
        tape.watch(w);
        const Tensor y = tensor::embedding(context, w, picks);
        r.looked = context.read(y);
        r.byScatter = context.read(tape.backward(y, gradient).of(w));
    }
    r.forwardSame = r.product == r.looked, r.backwardSame = r.byProduct == r.byScatter;
    r.multiplications = double(r.batch) * double(words) * double(r.dims), r.copies = double(r.batch) * double(r.dims);
    return r;
}

OneHot oneHotOf(tensor::Context& context, const Matrix& table, std::span<const std::int32_t> text) {
    constexpr std::int64_t rows = 12, picked = 8, columns = 8;
    const std::int64_t words = std::min(rows, table.rows()), dims = std::min(columns, table.columns());
    std::vector<float> values, dy;
    for (std::int64_t w = 0; w < words; ++w) values.insert(values.end(), table.row(w).begin(), table.row(w).begin() + dims);
    std::vector<std::int32_t> ids;
    for (std::int64_t b = 0; b < std::min<std::int64_t>(picked, std::int64_t(text.size())); ++b) {
        ids.push_back(text[std::size_t(b)] % std::int32_t(words));
        for (std::int64_t j = 0; j < dims; ++j) dy.push_back(float((b * 5 + j * 3) % 7 - 3));
    }
    return oneHot(context, values, words, ids, dy);
}

lab::Check oneHotCheck(const OneHot& r) {
    lab::Check check{"one-hot", "Look-up against product",
                     0,         0,
                     0,         lab::Check::Verdict::matches,
                     "numbers", "0 w is 0 and 1 w is w, without rounding; of gradients that are whole numbers no sum rounds"};
    for (std::size_t i = 0; i < r.product.size(); ++i) check.measured += r.product[i] != r.looked[i];
    for (std::size_t i = 0; i < r.byProduct.size(); ++i) check.measured += r.byProduct[i] != r.byScatter[i];
    if (check.measured > 0) check.verdict = lab::Check::Verdict::disagrees;
    return check;
}

} // namespace orrery::embedding
