// SPDX-License-Identifier: GPL-3.0-or-later
// What the state-space tests share.
#pragma once

#include "engine/labs/statespace/algebra.h"
#include "engine/philox.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

namespace orrery::statespace::test {

using orrery::test::errorOf;

inline Vector normals(std::size_t count, std::uint64_t seed) {
    Vector x(count);
    for (std::size_t i = 0; i < count; ++i) x[i] = normalPair(philox(seed, std::uint32_t(i), 0, 99))[0];
    return x;
}

inline Matrix normalMatrix(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
    Matrix m(rows, columns);
    m.values = normals(m.values.size(), seed);
    return m;
}

inline double farthest(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size()) return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) most = std::isnan(a[i] - b[i]) ? INFINITY : std::max(most, std::abs(a[i] - b[i]));
    return most;
}

/// QVERIFY with the number that failed.
#define WITHIN(value, tolerance)                                                                                          \
    do {                                                                                                                  \
        const double measured = (value);                                                                                  \
        QVERIFY2(measured <= (tolerance), qPrintable(QString(#value " = %1 > %2").arg(measured).arg(double(tolerance)))); \
    } while (false)

} // namespace orrery::statespace::test
