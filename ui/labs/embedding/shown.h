// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn of a table and its picture: places, colours, sizes; who is selected, found, hidden.
#pragma once

#include "engine/labs/embedding/picture_points.h"
#include "engine/labs/embedding/quality.h"
#include "ui/labs/embedding/colouring.h"
#include "ui/labs/embedding/sight.h"

#include <memory>
#include <optional>

namespace orrery::ui::emb {

class Shown {
 public:
    struct Ask {
        std::string colour = "column";  ///< or "trust", "continuity", "recall", "none"
        std::string column{}, sizeBy{}; ///< names of columns; empty: the table's classes, all alike
        bool isolate = false;           ///< hide what is not picked out
        bool operator==(const Ask&) const = default;
    };

    /// Forgets selection and finds, unless it holds the same rows with other numbers.
    void setTable(std::shared_ptr<const embedding::Table> table, bool sameRows = false);
    void setPicture(const embedding::PicturePoints& picture);
    void setQuality(const embedding::Quality* quality); ///< copied; null: none
    void setSelection(std::vector<std::int64_t> rows);
    /// Of a search; nothing: there is no search.
    void setFound(std::optional<std::vector<std::int64_t>> rows);
    /// Makes colours and sizes anew where something they depend on is another.
    void refresh(const Ask& ask, const Theme& theme);

    const embedding::Table* table() const { return m_table.get(); }
    const std::shared_ptr<const embedding::Table>& shared() const { return m_table; }
    PointCloud& cloud() { return m_cloud; }
    const PointCloud& cloud() const { return m_cloud; }
    bool spatial() const { return m_cloud.spatial(); }
    const Extent& extent() const { return m_extent; }
    const Colouring& colouring() const { return m_colouring; }
    const std::vector<std::int64_t>& selection() const { return m_selection; }
    const std::optional<std::vector<std::int64_t>>& found() const { return m_found; }
    std::int64_t rows() const { return std::int64_t(m_cloud.count()); }
    std::int64_t hidden() const { return m_hidden; }
    std::uint64_t marksRevision() const { return m_marksRevision; }

    std::string nameOf(std::int64_t row) const; ///< its token, or its first category, or its number
    bool visible(std::int64_t row) const { return m_cloud.marks()[std::size_t(row)] >> 24 != 0; }
    glm::vec3 place(std::int64_t row) const;
    std::vector<std::int64_t> rowsOf(std::size_t category) const; ///< of the column that colours
    /// Drawn rows of each of the legend's entries: all of them, or about `most` in all, evenly.
    std::vector<std::vector<std::int64_t>> sampleOfEntries(std::int64_t most) const;
    /// What the search or the selection is about: the rows that stand out; nothing: all alike.
    const std::vector<std::int64_t>* pickedOut() const;

    const embedding::Column* spoken() const; ///< the table's

 private:
    const embedding::Column* column(const std::string& name) const;
    void recolour(const Ask& ask, const Theme& theme);
    void remark(const Ask& ask, const Theme& theme);

    std::shared_ptr<const embedding::Table> m_table;
    std::optional<embedding::Quality> m_quality;
    PointCloud m_cloud;
    Extent m_extent;
    Colouring m_colouring;
    std::vector<std::uint8_t> m_sizes;
    std::vector<std::int64_t> m_selection;
    std::optional<std::vector<std::int64_t>> m_found;
    std::int64_t m_hidden = 0;
    std::uint64_t m_marksRevision = 0;
    std::optional<std::pair<Ask, bool>> m_made; ///< with which theme
    bool m_coloursStale = true, m_marksStale = true;
};

} // namespace orrery::ui::emb
