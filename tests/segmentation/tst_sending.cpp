// SPDX-License-Identifier: GPL-3.0-or-later
// What the segmentation lab sends to Embedding: rows are the model's own tokens bit for bit, names and columns say where each of
// them stands, objects are those of most pixels under it, patches are the picture's own pixels, and what fills the square up is
// left out.
#include "engine/lab/sending.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/model/png.h"
#include "tests/segmentation/session.h"

#include <filesystem>
#include <set>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

constexpr std::int64_t G = 10, C = 32; // of the model: 160 pixels in patches of 16

embedding::Table read(const std::string& path) {
    embedding::Progress progress;
    return embedding::readTable(path, {}, progress);
}

lab::Sender& senderOf(Run& run) { return dynamic_cast<lab::Sender&>(run.session.lab()); }

std::string whyNot(Run& run, const char* output) { return senderOf(run).offer(output).why; }

} // namespace

class TestSending : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string m_model;
    std::string path(const std::string& name) const { return m_folder.path().toStdString() + '/' + name; }
    std::string put(const std::string& name, const Picture& p) const {
        model::writePng(path(name), std::uint32_t(p.width), std::uint32_t(p.height), 3, p.rgb);
        return path(name);
    }
    embedding::Table sent(Run& run, const std::string& output) const {
        run.session.lab().save(output, path(output + ".npy"));
        return read(path(output + ".npy"));
    }

 private Q_SLOTS:
    void initTestCase() {
        qputenv("XDG_CACHE_HOME", m_folder.filePath("cache").toUtf8());
        m_model = saved(Case("vit"), path("vit.safetensors"), Form::metaSafetensors);
    }

    void tokensAreTheModels_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("height");
        QTest::addColumn<int>("pixels"); // of a patch
        QTest::newRow("the model's size") << 160 << 160 << 16;
        QTest::newRow("wide, a row half beyond") << 160 << 120 << 16;
        QTest::newRow("high and twice as large") << 200 << 320 << 32;
    }
    void tokensAreTheModels() {
        QFETCH(const int, width);
        QFETCH(const int, height);
        QFETCH(const int, pixels);
        const Picture p = picture(width, height);
        Run run(m_model);
        run.drop(put("street.png", p));
        run.end();
        const lab::Offer offer = senderOf(run).offer("image-tokens");
        const std::int64_t columns = (width + pixels - 1) / pixels, rows = (height + pixels - 1) / pixels;
        QCOMPARE(offer.rows, rows * columns);
        QCOMPARE(offer.dims, C);
        const embedding::Table table = sent(run, "image-tokens");
        QCOMPARE(table.rows(), rows * columns);
        const std::vector<float> all = run.array("embedding"); // [C, G, G]
        for (std::int64_t y = 0; y < rows; ++y)
            for (std::int64_t x = 0; x < columns; ++x) {
                const std::int64_t i = y * columns + x;
                for (std::int64_t c = 0; c < C; ++c)
                    QVERIFY(table.values.row(i)[std::size_t(c)] == all[std::size_t((c * G + y) * G + x)]);
                QCOMPARE(table.tokens[std::size_t(i)], "row " + std::to_string(y) + ", column " + std::to_string(x));
                QCOMPARE(table.find("row")->values[std::size_t(i)], float(y));
                QCOMPARE(table.find("column")->values[std::size_t(i)], float(x));
                std::array<double, 3> sum{};
                std::int64_t inside = 0;
                for (int v = 0; v < pixels; ++v)
                    for (int u = 0; u < pixels; ++u) {
                        const std::int64_t px = x * pixels + u, py = y * pixels + v;
                        const bool in = px < width && py < height;
                        inside += in;
                        for (std::int64_t c = 0; c < 3; ++c) {
                            const std::uint8_t own =
                                in ? p.rgb[std::size_t((py * width + px) * 3 + c)] : std::array{124, 116, 104}[std::size_t(c)];
                            QCOMPARE(table.thumbnails.pixels[std::size_t(((i * pixels + v) * pixels + u) * 3 + c)], own);
                            if (in) sum[std::size_t(c)] += own;
                        }
                    }
                const char* const names[] = {"red", "green", "blue"};
                for (std::size_t c = 0; c < 3; ++c)
                    QVERIFY(std::abs(double(table.find(names[c])->values[std::size_t(i)]) - sum[c] / double(inside)) <= 0.5);
            }
        QCOMPARE(table.thumbnails.width, pixels);
    }

    void objectsAreThoseOfMostPixels() {
        Run run(m_model);
        const Picture p = picture(160, 120);
        run.drop(put("two.png", p));
        run.session.set("strokes", lab::Points{5, {40, 40, 30, 1, 2, 120, 70, 25, 1, 3, 60, 60, 20, 1, 3}}); // they overlap
        run.session.set("names", std::string("dog, cat"));
        run.end();
        const embedding::Table table = sent(run, "image-tokens");
        const embedding::Column& object = *table.find("object");
        QCOMPARE(table.classes(), &object); // what the cloud is coloured by where nobody says otherwise
        const Mask cat = run.lab().mask(2), other = run.lab().mask(3);
        std::set<std::string> seen;
        for (std::int64_t y = 0; y < 8; ++y)
            for (std::int64_t x = 0; x < 10; ++x) {
                std::int64_t first = 0, second = 0, there = 0;
                for (std::int64_t py = 16 * y; py < std::min<std::int64_t>(16 * y + 16, 120); ++py)
                    for (std::int64_t px = 16 * x; px < 16 * x + 16; ++px, ++there)
                        first += cat.pixels[std::size_t(py * 160 + px)], second += other.pixels[std::size_t(py * 160 + px)];
                const std::string expected = 2 * first >= there ? "cat" : 2 * second >= there ? "object 3" : "background";
                QCOMPARE(object.categories[std::size_t(object.values[std::size_t(y * 10 + x)])], expected);
                seen.insert(expected);
            }
        QCOMPARE(seen.size(), std::size_t(3));
        QCOMPARE(senderOf(run).bundle("image-tokens")().colour, std::string("object"));
        run.session.set("strokes", lab::Points{5});
        run.end();
        QCOMPARE(senderOf(run).bundle("image-tokens")().colour, std::string("brightness"));
    }

    void everyStageThatIsLookedAt() {
        Run run(m_model);
        run.drop(put("stages.png", picture(160, 120)));
        QVERIFY(!whyNot(run, "stage-tokens").empty());
        run.end();
        QVERIFY(!whyNot(run, "stage-tokens").empty()); // none is looked at
        std::set<std::string> titles;
        for (std::int64_t stage = 0; stage < 6; ++stage) {
            run.session.set({{"show", std::string("embedding")}, {"stage", stage}});
            run.end();
            QVERIFY2(whyNot(run, "stage-tokens").empty(), whyNot(run, "stage-tokens").c_str());
            const TokenGrid& tokens = *run.lab().inside().tokens();
            const embedding::Table table = sent(run, "stage-tokens");
            QCOMPARE(table.rows(), std::int64_t(80));
            QCOMPARE(table.dims(), tokens.channels);
            for (std::int64_t i = 0; i < 80; ++i)
                QVERIFY(std::memcmp(table.values.row(i).data(), tokens.token(i / 10, i % 10), std::size_t(tokens.channels) * 4) ==
                        0);
            titles.insert(senderOf(run).bundle("stage-tokens")().title);
        }
        QCOMPARE(titles.size(), std::size_t(6));
        // The first is the patch embedding itself, which the lab also gives as an array of the whole square.
        run.session.set("stage", std::int64_t(0));
        run.end();
        const std::vector<float> patches = run.array("patches");
        const embedding::Table table = sent(run, "stage-tokens");
        for (std::int64_t i = 0; i < 80; ++i)
            QVERIFY(std::memcmp(table.values.row(i).data(), patches.data() + i * table.dims(), std::size_t(table.dims()) * 4) ==
                    0);
        // The last is the image embedding.
        run.session.set("stage", std::int64_t(5));
        run.end();
        const embedding::Table last = sent(run, "stage-tokens"), image = sent(run, "image-tokens");
        QVERIFY(std::ranges::equal(last.values.all(), image.values.all()));
    }

    void whatIsNotThereIsSaid() {
        Run run("");
        run.session.set("model", std::string("file")); // and no file
        run.end();
        for (const char* output : {"image-tokens", "stage-tokens"}) {
            QVERIFY(!whyNot(run, output).empty());
            QCOMPARE(errorOf([&] { run.session.lab().save(output, path("none.npy")); }), whyNot(run, output));
        }
        QVERIFY(!std::filesystem::exists(path("none.npy")));
    }

    /// By its job, as the window sends; the picture may change and the job ends with what there was.
    void sentByItsJob() {
        Run run(m_model);
        run.drop(put("job.png", picture(160, 120)));
        run.end();
        std::optional<lab::Sent> told;
        run.session.lab().jobs().add(
            lab::sending(run.session.lab(), "image-tokens", path("sent"), [&](const lab::Sent& s) { told = s; }));
        run.end();
        QVERIFY(told && told->error.empty());
        QCOMPARE(told->title, std::string("job.png, image embedding"));
        QCOMPARE(told->colour, std::string("brightness"));
        QVERIFY(std::ranges::equal(read(told->path).values.all(), sent(run, "image-tokens").values.all()));
        const lab::Scenario scenario = lab::openedFrom(*told);
        QCOMPARE(scenario.lab, std::string("embedding"));
        QCOMPARE(scenario.settings.text("file"), told->path);
        // Where nothing can be written the session and its history stay as they are.
        std::ofstream(path("plain")) << "a file";
        told.reset();
        const std::uint64_t revision = run.session.revision();
        run.session.lab().jobs().add(
            lab::sending(run.session.lab(), "image-tokens", path("plain"), [&](const lab::Sent& s) { told = s; }));
        run.end();
        QVERIFY(told && told->error.find("cannot be written to") != std::string::npos);
        QCOMPARE(run.session.revision(), revision);
        QVERIFY(run.session.canUndo());
        // Cancelled: nothing is told, nothing is left.
        told.reset();
        run.session.lab().jobs().add(
            lab::sending(run.session.lab(), "image-tokens", path("cancelled"), [&](const lab::Sent& s) { told = s; }));
        run.session.lab().jobs().cancelAll();
        run.end();
        QVERIFY(!told);
    }
};

ORRERY_TEST_MAIN(TestSending)
#include "tst_sending.moc"
