// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/shown.h"

#include <algorithm>

namespace orrery::ui::emb {

namespace {
constexpr float dimmed = 0.82F, dimmedSize = 0.7F; // of what does not stand out
} // namespace

void Shown::setTable(std::shared_ptr<const embedding::Table> table, bool sameRows) {
    if (table == m_table) return;
    m_table = std::move(table);
    if (sameRows) return;
    m_selection.clear(), m_found.reset(), m_quality.reset();
    m_coloursStale = true;
}

void Shown::setPicture(const embedding::PicturePoints& picture) {
    const auto axis = [&](int d) { return std::span(picture[d], std::size_t(picture.n)); };
    const bool spatial = picture.dims > 2;
    if (std::size_t(picture.n) != m_cloud.count()) m_coloursStale = true;
    m_cloud.setPlaces(axis(0), axis(1), spatial ? axis(2) : std::span<const float>());
    m_extent = extentOf(m_cloud.axis(0), m_cloud.axis(1), spatial ? m_cloud.axis(2) : std::span<const float>());
}

void Shown::setQuality(const embedding::Quality* quality) {
    quality ? m_quality = *quality : m_quality = std::nullopt;
    if (m_made && m_made->first.colour != "column" && m_made->first.colour != "none") m_coloursStale = true;
}

void Shown::setSelection(std::vector<std::int64_t> rows) {
    if (rows == m_selection) return;
    m_selection = std::move(rows), m_marksStale = true;
}

void Shown::setFound(std::optional<std::vector<std::int64_t>> rows) {
    if (rows == m_found) return;
    m_found = std::move(rows), m_marksStale = true;
}

const std::vector<std::int64_t>* Shown::pickedOut() const {
    if (!m_selection.empty()) return &m_selection;
    return m_found ? &*m_found : nullptr;
}

const embedding::Column* Shown::column(const std::string& name) const {
    return !m_table || name.empty() ? nullptr : m_table->find(name);
}

void Shown::refresh(const Ask& ask, const Theme& theme) {
    const std::pair now{ask, theme.light};
    if (m_made != now) {
        m_marksStale = true;
        if (!m_made || m_made->second != theme.light || m_made->first.colour != ask.colour ||
            m_made->first.column != ask.column || m_made->first.sizeBy != ask.sizeBy)
            m_coloursStale = true;
        m_made = now;
    }
    if (m_coloursStale) recolour(ask, theme), m_marksStale = true;
    if (m_marksStale) remark(ask, theme);
    m_coloursStale = m_marksStale = false;
}

void Shown::recolour(const Ask& ask, const Theme& theme) {
    m_colouring = plain(rows(), theme);
    const embedding::Column* classes = column(ask.column);
    if (!classes && ask.column.empty()) classes = spoken();
    if (ask.colour == "column" && classes && std::int64_t(classes->values.size()) == rows()) {
        m_colouring = byColumn(*classes, theme);
    } else if (m_quality && (ask.colour == "trust" || ask.colour == "continuity" || ask.colour == "recall")) {
        const std::vector<float>& values = ask.colour == "trust"        ? m_quality->trustOf
                                           : ask.colour == "continuity" ? m_quality->continuityOf
                                                                        : m_quality->recallOf;
        const bool fits = m_quality->rows.size() == values.size() && (m_quality->rows.empty() || m_quality->rows.back() < rows());
        const char* name = ask.colour == "trust" ? "trustworthiness" : ask.colour == "continuity" ? "continuity" : "recall";
        if (fits) m_colouring = byValues(rows(), m_quality->rows, values, name, theme);
    }
    m_sizes = sizesBy(column(ask.sizeBy), rows());
}

void Shown::remark(const Ask& ask, const Theme& theme) {
    std::vector<Mark> marks(static_cast<std::size_t>(rows()));
    const std::vector<std::int64_t>* out = pickedOut();
    const glm::vec3 ground(theme.ground);
    for (std::size_t i = 0; i < marks.size(); ++i) {
        const glm::vec3 colour = m_colouring.colours[i];
        if (!out)
            marks[i] = makeMark(colour, m_sizes[i]);
        else if (ask.isolate)
            marks[i] = makeMark(colour, 0);
        else
            marks[i] = makeMark(glm::mix(colour, ground, dimmed), std::uint32_t(float(m_sizes[i]) * dimmedSize));
    }
    m_hidden = out && ask.isolate ? rows() : 0;
    if (out)
        for (const std::int64_t row : *out) {
            if (row < 0 || row >= rows()) continue;
            const auto i = std::size_t(row);
            marks[i] = makeMark(m_colouring.colours[i], std::min(255u, m_sizes[i] * 5u / 4));
            if (ask.isolate) --m_hidden;
        }
    m_cloud.setMarks(std::move(marks));
    ++m_marksRevision;
}

std::vector<std::vector<std::int64_t>> Shown::sampleOfEntries(std::int64_t most) const {
    std::vector<std::vector<std::int64_t>> rowsOfEntry(m_colouring.entries.size());
    const embedding::Column* shown = column(m_colouring.name);
    if (!shown || !shown->categorical()) return rowsOfEntry;
    std::vector<std::size_t> entryOf(shown->categories.size());
    for (std::size_t e = 0; e < m_colouring.entries.size(); ++e) entryOf[m_colouring.entries[e].category] = e;
    // A stride that is odd does not fall in step with rows that come in turn over their classes.
    const std::int64_t stride = rows() <= most ? 1 : rows() / most | 1;
    for (std::int64_t row = 0; row < rows(); row += stride)
        if (visible(row)) rowsOfEntry[entryOf[std::size_t(shown->values[std::size_t(row)])]].push_back(row);
    return rowsOfEntry;
}

const embedding::Column* Shown::spoken() const { return m_table ? m_table->spoken() : nullptr; }

std::string Shown::nameOf(std::int64_t row) const {
    if (!m_table || row < 0) return {};
    const auto at = std::size_t(row);
    if (at < m_table->tokens.size()) return m_table->tokens[at];
    if (const embedding::Column* classes = spoken(); classes && classes->categorical() && at < classes->values.size())
        return classes->categories[std::size_t(classes->values[at])];
    return std::to_string(row);
}

glm::vec3 Shown::place(std::int64_t row) const {
    const auto at = std::size_t(row);
    return {m_cloud.axis(0)[at], m_cloud.axis(1)[at], m_cloud.axis(2)[at]};
}

std::vector<std::int64_t> Shown::rowsOf(std::size_t category) const {
    std::vector<std::int64_t> found;
    const embedding::Column* shown = column(m_colouring.name);
    if (!shown || !shown->categorical()) return found;
    for (std::size_t i = 0; i < shown->values.size(); ++i)
        if (std::size_t(shown->values[i]) == category) found.push_back(std::int64_t(i));
    return found;
}

} // namespace orrery::ui::emb
