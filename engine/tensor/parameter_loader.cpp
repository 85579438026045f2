// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/parameter_loader.h"

#include "engine/error.h"
#include "engine/model/tensor_file.h"
#include "engine/tensor/formats.h"

#include <algorithm>

namespace orrery::tensor {

ParameterLoader::ParameterLoader(Context& context, const Parameters& parameters, const model::TensorFile& file,
                                 const std::string& prefix)
    : m_context(context), m_file(file) {
    for (const Parameter& parameter : parameters.all()) {
        const model::StoredTensor& stored = file.find(prefix + parameter.name);
        const auto& sizes = parameter.value.shape().sizes();
        if (!std::ranges::equal(stored.shape, sizes, [](std::uint64_t a, std::int64_t b) { return std::int64_t(a) == b; }))
            throw Error(file.path() + ": '" + stored.name + "' has the shape " + stored.shapeText() + ", the network wants " +
                        parameter.value.shape().text());
        m_total += stored.count;
        if (stored.count > 0) m_pieces.push_back({stored.name, parameter.value});
    }
}

double ParameterLoader::step(std::uint64_t numbers) {
    numbers = std::max<std::uint64_t>(2, numbers / 2 * 2); // whole words of f16, so that a piece starts on one
    while (numbers > 0 && !finished()) {
        const Piece& piece = m_pieces[m_at];
        const model::StoredTensor& stored = m_file.find(piece.stored);
        std::vector<float> values(std::size_t(std::min(numbers, stored.count - m_from)));
        m_file.readFloats(stored, m_from, values);
        m_context.assignPart(piece.to, std::int64_t(m_from), values);
        m_from += values.size(), m_done += values.size();
        numbers -= std::min(numbers, std::uint64_t(values.size()) + values.size() % 2);
        if (m_from == stored.count) ++m_at, m_from = 0;
    }
    m_context.submit(); // the device takes this piece while the next is read
    return finished() ? 1 : double(m_done) / double(m_total);
}

} // namespace orrery::tensor
