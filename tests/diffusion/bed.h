// SPDX-License-Identifier: GPL-3.0-or-later
// The diffusion lab on a test bench: a session with settings, run to a step, its particles and checks at hand.
#pragma once

#include "engine/error.h"
#include "engine/lab/session.h"
#include "engine/labs/diffusion/lab.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <cmath>
#include <numeric>

namespace orrery::diffusion::test {

using lab::Points;
using lab::Session;
using orrery::test::errorOf;
using Verdict = lab::Check::Verdict;
using Changes = std::vector<std::pair<std::string, lab::Value>>;

struct Bed {
    Session session{orrery::test::device(), "diffusion"};
    DiffusionLab& lab = dynamic_cast<DiffusionLab&>(session.lab());

    explicit Bed(const Changes& changes = {}) { session.set(changes); }

    void run(int step = -1) { session.runTo(step < 0 ? lab.steps() : step); }
    std::vector<float> particles() { return lab.array(orrery::test::device(), "particles").values; }
    lab::Check check(const std::string& key) {
        for (int tries = 0; tries < 200; ++tries) { // the reference goes on a little with every frame
            lab.collect();
            for (const lab::Check& check : lab.checks())
                if (check.key == key && check.verdict != Verdict::pending) return check;
        }
        return {};
    }
    std::vector<Verdict> verdicts() {
        std::vector<Verdict> all;
        for (const char* key : {"reference", "mean_x", "mean_y", "variance", "density"}) all.push_back(check(key).verdict);
        return all;
    }
    /// Everything was compared, nothing disagrees, and the reference was followed.
    bool sound() {
        const std::vector<Verdict> all = verdicts();
        const auto has = [&](Verdict verdict) { return std::find(all.begin(), all.end(), verdict) != all.end(); };
        return all[0] == Verdict::matches && !has(Verdict::disagrees) && !has(Verdict::pending);
    }
};

inline Changes quick(Changes more = {}) {
    Changes all = {{"particles", std::int64_t(2000)}, {"steps", std::int64_t(60)}, {"forward_steps", std::int64_t(60)}};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

inline void write(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(bytes);
}

/// A circle of `count` points.
inline QByteArray csv(int count) {
    QByteArray text = "x,y\n";
    for (int i = 0; i < count; ++i)
        text += QByteArray::number(5 + 2 * std::cos(0.01 * i)) + "," + QByteArray::number(-3 + 2 * std::sin(0.01 * i)) + "\n";
    return text;
}

} // namespace orrery::diffusion::test
