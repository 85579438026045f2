// SPDX-License-Identifier: GPL-3.0-or-later
// Damages files at random (the same way for the same ORRERY_FUZZ_SEED) for ORRERY_FUZZ_SECONDS, 600 by default. Each either is
// read, or throws orrery::Error with one line of readable text that names the file; within five seconds. To be run under the
// sanitizers: tests/run --sanitize --slow -R fuzz. An input that does anything else is kept as fuzz-finding-NUMBER in the
// working folder, and belongs into the rows of the other tests.
#pragma once

#include "engine/error.h"
#include "tests/support/damage.h"
#include "tests/support/error_of.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <ctime>
#include <fstream>
#include <functional>

namespace orrery::test {

inline std::string writeBytes(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path;
}

class Fuzz {
 public:
    /// What is damaged, and what is put around it afterwards: a length, a checksum and a directory that are right let the
    /// damage reach the code behind them.
    struct Seed {
        std::string payload;
        std::function<std::string(const std::string&)> wrap{};
        std::string name = "a.bin";
    };

    Fuzz(std::vector<Seed> seeds, std::vector<std::string> words, std::function<void(const std::string& path)> read)
        : m_seeds(std::move(seeds)),
          m_read(std::move(read)),
          m_damage(std::uint64_t(qEnvironmentVariableIntValue("ORRERY_FUZZ_SEED")), std::move(words)) {}
    const std::vector<Seed>& seeds() const { return m_seeds; }
    std::string path(const std::string& name) const { return m_folder.filePath(QString::fromStdString(name)).toStdString(); }

    /// Rows of a minute, so that one sees it go on.
    static void rows() {
        bool given = false;
        const int asked = qEnvironmentVariableIntValue("ORRERY_FUZZ_SECONDS", &given), seconds = given ? asked : 600;
        QTest::addColumn<int>("seconds");
        for (int from = 0; from < seconds; from += 60) QTest::addRow("from %d s", from) << std::min(60, seconds - from);
    }

    /// A sentence about the first finding; empty where there was none.
    std::string run(int seconds) {
        QElapsedTimer clock;
        clock.start();
        std::uint64_t count = 0, opened = 0;
        for (; clock.elapsed() < 1000LL * seconds; ++count) {
            const Seed& one = m_seeds[m_damage.below(m_seeds.size())];
            std::string bytes = one.payload;
            for (std::size_t i = 0, times = m_damage.times(); i < times; ++i)
                m_damage(bytes, m_seeds[m_damage.below(m_seeds.size())].payload);
            if (one.wrap) bytes = one.wrap(bytes);
            const std::string trouble = troubleOf(writeBytes(path(one.name), bytes), opened);
            if (trouble.empty()) continue;
            const std::string kept = "fuzz-finding-" + std::to_string(m_findings++);
            writeBytes(kept, bytes);
            return trouble + "; kept as " + kept;
        }
        qInfo("%llu files, of which %llu could be read", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(opened));
        return opened > 0 && opened < count ? std::string() : "all of them could be read, or none: nothing was tried";
    }

 private:
    std::string troubleOf(const std::string& path, std::uint64_t& opened) const {
        std::string trouble;
        const std::clock_t begun = std::clock(); // of the processor
        try {
            m_read(path);
            ++opened;
        } catch (const Error& error) {
            const std::string text = error.what();
            if (!text.starts_with(path) && !text.starts_with(m_folder.path().toStdString()))
                trouble = "the error does not name the file: " + text;
            if (text.find('\n') != std::string::npos) trouble = "more than one line: " + text;
            const QString shown = QString::fromStdString(text);
            const bool control =
                std::any_of(shown.begin(), shown.end(), [](QChar c) { return c.category() == QChar::Other_Control; });
            if (control || shown.toStdString() != text) trouble = "not readable as text: " + text;
        } catch (const std::exception& error) {
            trouble = std::string("another exception: ") + error.what();
        }
        const double took = double(std::clock() - begun) / CLOCKS_PER_SEC;
        return took > 5 ? "it took " + std::to_string(took) + " s" : trouble;
    }

    // In memory where there is such a folder: a disk waits for every file.
    QTemporaryDir m_folder{(QDir("/dev/shm").exists() ? QString("/dev/shm") : QDir::tempPath()) + "/orrery-fuzz-XXXXXX"};
    std::vector<Seed> m_seeds;
    std::function<void(const std::string&)> m_read;
    Damage m_damage;
    int m_findings = 0;
};

/// QtTest ends a function that takes longer than five minutes, all its rows together; a fuzz test takes longer.
template <class Test>
int fuzzMain(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT")) qputenv("QTEST_FUNCTION_TIMEOUT", "86400000");
    QCoreApplication application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace orrery::test
