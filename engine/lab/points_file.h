// SPDX-License-Identifier: GPL-3.0-or-later
// Points in the plane from a file: .npy (any real dtype, shape [N,C] in either order), or a table in text (comma,
// semicolon, tab or blanks; header line and # comments allowed). The first two columns are x and y; more are skipped.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace orrery::lab {

constexpr std::uint64_t maxPointsInFile = 10'000'000;

/// Reads in slices, so that a lab::Job can do it between frames. Every error is an Error that names the file, the row and
/// the column (text) or the byte position (npy), and what to do.
class PointsFile {
 public:
    explicit PointsFile(const std::string& path); ///< opens it; throws when it cannot be read or is of an unknown kind
    ~PointsFile();
    PointsFile(PointsFile&&) noexcept;
    PointsFile& operator=(PointsFile&&) noexcept;

    /// Reads on for about `budgetMs`; the fraction done, exactly 1 when all is read and at least one point was there.
    double slice(double budgetMs);
    double fraction() const;
    std::uint64_t rows() const; ///< so far
    std::vector<double> take(); ///< x0 y0 x1 y1 …, once slice() gave 1

    struct Reader;

 private:
    std::unique_ptr<Reader> m_reader;
};

/// The same at once.
std::vector<double> readPointsFile(const std::string& path);

} // namespace orrery::lab
