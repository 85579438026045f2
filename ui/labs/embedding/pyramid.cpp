// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/pyramid.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

/// Rows in an order that depends on nothing but their number.
std::uint32_t hashOf(std::uint32_t v) {
    v ^= v >> 16, v *= 0x7FEB352Du, v ^= v >> 15, v *= 0x846CA68Bu, v ^= v >> 16; // Wellons' lowbias32
    return v;
}

std::uint64_t spread(std::uint32_t value, int bits, int dims) {
    std::uint64_t key = 0;
    for (int bit = 0; bit < bits; ++bit) key |= std::uint64_t(value >> bit & 1) << (bit * dims);
    return key;
}

struct Placed {
    std::uint64_t key;
    std::uint32_t rank;
};

} // namespace

std::vector<std::uint32_t> byProminence(std::span<const Mark> marks, bool ranked, std::size_t most) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> order; // size turned over, then the row or its hash; the row
    for (std::size_t row = 0; row < marks.size(); ++row) {
        const std::uint32_t size = marks[row] >> 24, place = ranked ? std::uint32_t(row) : hashOf(std::uint32_t(row));
        if (size > 0) order.emplace_back(std::uint64_t(255 - size) << 32 | place, std::uint32_t(row));
    }
    if (most < order.size()) {
        std::nth_element(order.begin(), order.begin() + std::ptrdiff_t(most), order.end());
        order.resize(most);
    }
    if (!std::is_sorted(order.begin(), order.end())) std::sort(order.begin(), order.end());
    std::vector<std::uint32_t> rows(order.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = order[i].second;
    return rows;
}

Pyramid::Pyramid(const Source& source, embedding::Progress& progress) {
    m_dims = source.z.empty() ? 2 : 3;
    m_finest = m_dims == 2 ? finestPlane : finestSpace;
    m_at.resize(std::size_t(m_finest) + 1);
    const std::vector<float>* const axes[] = {&source.x, &source.y, &source.z};
    const auto finite = [&](std::uint32_t row) {
        for (int d = 0; d < m_dims; ++d)
            if (!std::isfinite((*axes[d])[row])) return false;
        return true;
    };
    m_order = byProminence(source.marks, source.ranked);
    std::erase_if(m_order, [&](std::uint32_t row) { return !finite(row); });
    if (m_order.empty()) return;
    glm::dvec3 low(0), high(0);
    for (int d = 0; d < m_dims; ++d) {
        low[d] = high[d] = double((*axes[d])[m_order[0]]);
        for (const std::uint32_t row : m_order) {
            low[d] = std::min(low[d], double((*axes[d])[row]));
            high[d] = std::max(high[d], double((*axes[d])[row]));
        }
    }
    m_low = low;
    m_edge = std::max({high.x - low.x, high.y - low.y, high.z - low.z});
    if (!(m_edge > 0)) m_edge = 1; // all at one place

    const double cells = std::exp2(m_finest);
    std::vector<Placed> placed(m_order.size());
    for (std::size_t rank = 0; rank < placed.size(); ++rank) {
        placed[rank] = {0, std::uint32_t(rank)};
        for (int d = 0; d < m_dims; ++d) {
            const double share = (double((*axes[d])[m_order[rank]]) - low[d]) / m_edge;
            placed[rank].key |= spread(std::uint32_t(std::min(share * cells, cells - 1)), m_finest, m_dims) << d;
        }
    }
    progress.at(0.2);
    std::sort(placed.begin(), placed.end(),
              [](const Placed& a, const Placed& b) { return a.key != b.key ? a.key < b.key : a.rank < b.rank; });
    m_keys.reserve(placed.size()), m_ranks.reserve(placed.size());
    for (const Placed& each : placed) m_keys.push_back(each.key), m_ranks.push_back(each.rank);

    std::vector<bool> speaks(placed.size());
    std::size_t speaking = 0;
    for (int level = 0; level <= m_finest && speaking < placed.size(); ++level) {
        progress.at(0.5 + 0.5 * level / m_finest);
        const int shift = m_dims * (m_finest - level);
        for (std::size_t from = 0, to = 0; from < placed.size(); from = to) {
            const std::uint64_t prefix = m_keys[from] >> shift;
            std::size_t best = from;
            for (to = from + 1; to < placed.size() && m_keys[to] >> shift == prefix; ++to)
                if (m_ranks[to] < m_ranks[best]) best = to;
            if (speaks[best]) continue;
            speaks[best] = true, ++speaking;
            m_at[std::size_t(level)].push_back(std::uint32_t(best));
        }
    }
}

void Pyramid::corners(const Cell& cell, glm::dvec3& low, glm::dvec3& high) const {
    const double edge = m_edge * std::exp2(-cell.level);
    low = high = m_low;
    for (int d = 0; d < m_dims; ++d) {
        std::uint64_t index = 0;
        for (int bit = 0; bit < cell.level; ++bit) index |= (cell.prefix >> (bit * m_dims + d) & 1) << bit;
        low[d] += double(index) * edge, high[d] = low[d] + edge;
    }
}

void Pyramid::descend(const Cell& cell, Asking& asking) const {
    if (asking.found.size() > asking.enough) return;
    if (asking.seen) {
        glm::dvec3 low, high;
        corners(cell, low, high);
        if (!asking.seen(low, high)) return;
    }
    const std::vector<std::uint32_t>& first = m_at[std::size_t(cell.level)];
    const auto speaker = std::lower_bound(first.begin(), first.end(), cell.from);
    if (speaker != first.end() && *speaker < cell.to) asking.found.push_back({cell.level, m_ranks[*speaker]});
    if (cell.level == asking.deepest || cell.to - cell.from == 1) return; // a row alone has spoken here or further up
    const int shift = m_dims * (m_finest - cell.level - 1);
    for (std::size_t from = cell.from; from < cell.to;) {
        const std::uint64_t prefix = m_keys[from] >> shift;
        const auto end = std::upper_bound(m_keys.begin() + std::ptrdiff_t(from), m_keys.begin() + std::ptrdiff_t(cell.to), prefix,
                                          [shift](std::uint64_t p, std::uint64_t key) { return p < key >> shift; });
        const auto to = std::size_t(end - m_keys.begin());
        descend({cell.level + 1, prefix, from, to}, asking);
        from = to;
    }
}

int Pyramid::levelOf(double edge) const {
    const double level = std::ceil(std::log2(m_edge / std::max(edge, 1e-300)) - 1e-9);
    return int(std::clamp(level, 0.0, double(m_finest)));
}

std::vector<std::int64_t> Pyramid::rowsOf(std::vector<Found> found, std::size_t most) const {
    std::sort(found.begin(), found.end(),
              [](const Found& a, const Found& b) { return a.level != b.level ? a.level < b.level : a.rank < b.rank; });
    if (found.size() > most) found.resize(most);
    std::vector<std::int64_t> rows;
    for (const Found& each : found) rows.push_back(std::int64_t(m_order[each.rank]));
    return rows;
}

std::vector<std::int64_t> Pyramid::speakers(double edge, const std::function<bool(glm::dvec3, glm::dvec3)>& seen,
                                            std::size_t most) const {
    if (m_order.empty()) return {};
    Asking asking{levelOf(edge), seen, ~std::size_t(0)};
    descend({0, 0, 0, m_keys.size()}, asking);
    return rowsOf(std::move(asking.found), most);
}

std::optional<std::vector<std::int64_t>> Pyramid::allSpeakers(double edge, std::size_t most) const {
    if (m_order.empty()) return std::vector<std::int64_t>();
    const std::function<bool(glm::dvec3, glm::dvec3)> everywhere;
    Asking asking{levelOf(edge), everywhere, most};
    descend({0, 0, 0, m_keys.size()}, asking);
    if (asking.found.size() > most) return std::nullopt;
    return rowsOf(std::move(asking.found), most);
}

} // namespace orrery::ui::emb
