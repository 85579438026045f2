// SPDX-License-Identifier: GPL-3.0-or-later
// A bundle that one lab writes is, read by the other, the same bits, names and pixels; whatever bytes a name has; all of its files
// or none; and the folder of those that were sent does not grow without end.
#include "engine/lab/bundle.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/model/npy.h"
#include "tests/support/error_of.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

using namespace orrery;
using namespace orrery::lab;
namespace fs = std::filesystem;

namespace {

using Names = std::vector<std::string>;

embedding::Table read(const std::string& path) {
    embedding::Progress progress;
    return embedding::readTable(path, {}, progress);
}

/// Rows whose bits are all different, subnormals and the largest among them.
std::vector<float> hardValues(std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(std::ldexp(float(i % 7 - 3) + 0.1F * float(i), int(i * 37 % 200) - 100));
    values[0] = -0.0F, values[1] = 1e-45F, values[2] = 3.4028235e38F;
    return values;
}

Bundle bundleOf(std::int64_t rows, std::int64_t dims, Names names = {}) {
    Bundle b;
    b.title = "made up, for a test";
    b.rows = rows, b.dims = dims, b.names = std::move(names);
    b.values = [values = hardValues(rows * dims), dims](std::int64_t first, std::span<float> out) {
        std::copy_n(values.begin() + first * dims, out.size(), out.begin());
    };
    return b;
}

BundlePictures picturesOf(std::int64_t rows, std::int64_t side) {
    BundlePictures p{side, {}};
    for (std::int64_t i = 0; i < rows * side * side * 3; ++i) p.rgb.push_back(std::uint8_t(i * 7 + i / 251));
    return p;
}

template <class Act>
QString errorOf(Act act) {
    return QString::fromStdString(orrery::test::errorOf(act));
}

std::set<std::string> filesIn(const std::string& folder) {
    std::set<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder)) all.insert(entry.path().filename().string());
    return all;
}

std::string bytesOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

} // namespace

class TestBundle : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_folders = 0;
    std::string fresh() {
        const std::string folder = m_folder.filePath(QString::number(++m_folders)).toStdString();
        fs::create_directory(folder);
        return folder;
    }

 private Q_SLOTS:
    void itComesBackAsItWas() {
        // What a tokenizer has for tokens, and what breaks tables: each is one cell, and can be told from the others by eye.
        const Names names = {"a\tb", "line\nend",   "\r",  "\"quoted", "\xFF\xFE", std::string("\0\x01", 2), "",
                             " the", "the",         "the", "#hash",    "\xC2\x85", "\xE4\xB8\xAD",           "\\n",
                             "\n",   "the (row 9)", ""};
        const Names expected = {"a\\tb",
                                "line\\nend",
                                "\\r",
                                "\"quoted",
                                "\\xFF\\xFE",
                                "\\x00\\x01",
                                "",
                                " the",
                                "the",
                                "the (row 9)",
                                "#hash",
                                "\\xC2\\x85",
                                "\xE4\xB8\xAD",
                                "\\n",
                                "\\n (row 14)",
                                "the (row 9) (row 15)",
                                " (row 16)"};
        const auto n = std::int64_t(names.size());
        Bundle b = bundleOf(n, 5, names);
        BundleColumn kind{"kind", {}}, count{"count", {}};
        for (std::int64_t i = 0; i < n; ++i)
            kind.texts.push_back(i % 3 == 0 ? "tab\there" : "plain"), count.texts.push_back(std::to_string(i * i));
        b.columns = {kind, count};
        b.pictures = picturesOf(n, 6);
        const std::string folder = fresh(), path = folder + "/x.npy";
        writeBundle(b, path);
        QCOMPARE(filesIn(folder), (std::set<std::string>{"x.npy", "x.labels.tsv", "x.thumbs.png"}));
        const embedding::Table table = read(path);
        const std::vector<float> values = hardValues(n * 5);
        QCOMPARE(table.rows(), n);
        QCOMPARE(table.dims(), std::int64_t(5));
        QVERIFY(std::memcmp(table.values.data(), values.data(), values.size() * 4) == 0);
        for (std::size_t i = 0; i < names.size(); ++i) QCOMPARE(table.tokens.at(i), expected[i]);
        QCOMPARE(table.columns.size(), std::size_t(2));
        QCOMPARE(table.columns[0].categories, (Names{"tab\\there", "plain"}));
        QVERIFY(!table.columns[1].categorical());
        for (std::int64_t i = 0; i < n; ++i) QCOMPARE(table.columns[1].values[std::size_t(i)], float(i * i));
        QCOMPARE(table.thumbnails.width, 6);
        QCOMPARE(table.thumbnails.pixels, b.pictures.rgb);
        QVERIFY(table.remarks.empty());
    }

    void smallOnes() {
        const std::string folder = fresh();
        writeBundle(bundleOf(1, 3, {"alone"}), folder + "/one.npy");
        QCOMPARE(read(folder + "/one.npy").tokens, Names{"alone"});
        writeBundle(bundleOf(1, 3, {""}), folder + "/empty.npy");
        QCOMPARE(read(folder + "/empty.npy").tokens, Names{""});
        writeBundle(bundleOf(3, 1, {"3", "1", "2"}), folder + "/numbers.npy"); // names that are numbers stay names
        QCOMPARE(read(folder + "/numbers.npy").tokens, (Names{"3", "1", "2"}));
        writeBundle(bundleOf(4, 2), folder + "/bare.npy");
        QVERIFY(!fs::exists(folder + "/bare.labels.tsv"));
        QCOMPARE(read(folder + "/bare.npy").rows(), std::int64_t(4));
        Bundle column = bundleOf(3, 2);
        column.columns = {{"side", {"", "right", ""}}};
        writeBundle(column, folder + "/column.npy");
        const embedding::Table table = read(folder + "/column.npy");
        QCOMPARE(table.find("side")->categories, (Names{"", "right"}));
    }

    /// More rows than are written at once.
    void largeOnes() {
        const std::string path = fresh() + "/large.npy";
        writeBundle(bundleOf(70001, 9), path);
        const std::vector<float> values = hardValues(70001 * 9);
        const embedding::Table table = read(path);
        QCOMPARE(table.rows(), std::int64_t(70001));
        QVERIFY(std::memcmp(table.values.data(), values.data(), values.size() * 4) == 0);
    }

    void picturesShrinkToWhatATextureHolds() {
        const BundlePictures few = picturesOf(9, 64);
        QCOMPARE(fittedPictures(few, 9), few);
        const std::int64_t rows = 64 * 64 + 1; // 65 a row: 63 pixels each
        BundlePictures many{64, {}};
        many.rgb.resize(std::size_t(rows * 64 * 64 * 3));
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t y = 0; y < 64; ++y)
                for (std::int64_t x = 0; x < 64; ++x)
                    for (std::int64_t c = 0; c < 3; ++c)
                        many.rgb[std::size_t(((i * 64 + y) * 64 + x) * 3 + c)] = std::uint8_t(c == 0   ? 3 * x
                                                                                              : c == 1 ? 3 * y
                                                                                                       : i);
        const BundlePictures fitted = fittedPictures(many, rows);
        QCOMPARE(fitted.side, std::int64_t(63));
        QCOMPARE(fitted.rgb.size(), std::size_t(rows * 63 * 63 * 3));
        // A ramp shrunk by areas is the ramp at the middles: 3 (64/63 (x + 1/2) - 1/2), and rounded. What a plane cannot show is
        // half a step of 64/63, where a pixel of the ramp ends within.
        for (const std::int64_t i : {std::int64_t(0), rows / 2, rows - 1})
            for (std::int64_t y = 0; y < 63; ++y)
                for (std::int64_t x = 0; x < 63; ++x) {
                    const std::uint8_t* const p = fitted.rgb.data() + ((i * 63 + y) * 63 + x) * 3;
                    const auto at = [](std::int64_t k) { return 3 * ((double(k) + 0.5) * 64 / 63 - 0.5); };
                    QVERIFY(std::abs(double(p[0]) - at(x)) <= 1.3 && std::abs(double(p[1]) - at(y)) <= 1.3);
                    QCOMPARE(int(p[2]), int(std::uint8_t(i)));
                }
        QCOMPARE(fittedPictures({8, {}}, 1'100'000).side, std::int64_t(0)); // three pixels: nothing to be seen
    }

    /// The next bundle of that name leaves nothing of the last one standing.
    void anotherOfTheSameName() {
        const std::string folder = fresh(), path = folder + "/x.npy";
        Bundle first = bundleOf(9, 2, Names{"a", "b", "c", "d", "e", "f", "g", "h", "i"});
        first.pictures = picturesOf(9, 4);
        writeBundle(first, path);
        writeBundle(bundleOf(4, 2), path);
        QCOMPARE(filesIn(folder), std::set<std::string>{"x.npy"});
        QVERIFY(!read(path).thumbnails && read(path).tokens.empty());
    }

    void whatFailsChangesNothing() {
        const std::string folder = fresh(), path = folder + "/x.npy";
        writeBundle(bundleOf(3, 2, {"a", "b", "c"}), path);
        const std::string before = bytesOf(path);
        Bundle bad = bundleOf(5, 3);
        bad.values = [](std::int64_t, std::span<float> out) {
            std::fill(out.begin(), out.end(), 1.0F);
            out[7] = NAN;
        };
        QVERIFY2(errorOf([&] { writeBundle(bad, path); }).contains("row 2, column 1 (counted from 0) is no finite number"),
                 qPrintable(errorOf([&] { writeBundle(bad, path); })));
        int told = 0;
        QCOMPARE(errorOf([&] { writeBundle(bundleOf(5, 3), path, [&](double) { return ++told < 2; }); }), QString("cancelled"));
        QCOMPARE(bytesOf(path), before);
        QCOMPARE(filesIn(folder), (std::set<std::string>{"x.npy", "x.labels.tsv"}));
        QVERIFY(errorOf([&] { writeBundle(bundleOf(3, 2), folder + "/none/x.npy"); }).contains("no such folder"));
        QVERIFY(errorOf([&] { writeBundle(bundleOf(3, 2), folder + "/x.csv"); }).contains(".npy"));
        Bundle none = bundleOf(3, 2);
        none.rows = 0;
        QVERIFY(errorOf([&] { writeBundle(none, path); }).contains("no rows"));
        QVERIFY(errorOf([&] { writeBundle(bundleOf(3, 2, {"a"}), path); }).contains("names"));
        std::ofstream(folder + "/file") << "in the way";
        QVERIFY(errorOf([&] { keepBundle(bundleOf(3, 2), folder + "/file"); }).contains("cannot be written to"));
    }

    void whatIsKeptIsKeptOnceAndNotForEver() {
        const std::string folder = fresh() + "/below/sent";
        const std::string first = keepBundle(bundleOf(6, 2, {"a", "b", "c", "d", "e", "f"}), folder);
        QVERIFY(QString::fromStdString(first).contains("/made-up-for-a-test-"));
        QCOMPARE(keepBundle(bundleOf(6, 2, {"a", "b", "c", "d", "e", "f"}), folder), first);
        QCOMPARE(filesIn(folder).size(), std::size_t(2));
        QVERIFY(keepBundle(bundleOf(6, 2, {"a", "b", "c", "d", "e", "g"}), folder) != first); // a name is content
        QCOMPARE(read(first).tokens, (Names{"a", "b", "c", "d", "e", "f"}));
        const auto now = fs::file_time_type::clock::now();
        Names kept;
        for (std::size_t i = 0; i < mostBundles + 8; ++i) {
            kept.push_back(keepBundle(bundleOf(4 + std::int64_t(i), 2), folder));
            fs::last_write_time(kept.back(), now - std::chrono::hours(1) + std::chrono::seconds(i));
        }
        std::size_t there = 0;
        for (const std::string& file : filesIn(folder)) there += file.ends_with(".npy");
        QCOMPARE(there, mostBundles);
        QVERIFY(fs::exists(first)); // written a moment ago, while the others are made an hour old
        QVERIFY(!fs::exists(kept[0]) && fs::exists(kept.back()));
        for (const std::string& file : filesIn(folder))
            if (file.ends_with(".labels.tsv")) QVERIFY(fs::exists(folder + "/" + file.substr(0, file.size() - 11) + ".npy"));
    }
};

QTEST_APPLESS_MAIN(TestBundle)
#include "tst_bundle.moc"
