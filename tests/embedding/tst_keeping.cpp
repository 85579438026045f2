// SPDX-License-Identifier: GPL-3.0-or-later
// What is kept of a cloud can be read again and says the same: selections as JSON, the graph, the vector figure, word2vec text; and a
// text that is dropped becomes a corpus.
#include "engine/lab/documents.h"
#include "engine/lab/inputs.h"
#include "engine/lab/session.h"
#include "engine/labs/embedding/lab.h"
#include "engine/labs/embedding/save.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstring>
#include <fstream>

using namespace orrery;
using namespace orrery::test;
using namespace orrery::embedding;

namespace {

using Rows = std::vector<std::int64_t>;

struct Run {
    explicit Run(std::vector<std::pair<std::string, lab::Value>> values) : session(device(), "embedding") {
        session.set(values);
        end();
    }
    void end() { session.runTo(0), session.runTo(session.lab().steps()); }
    EmbeddingLab& lab() { return dynamic_cast<EmbeddingLab&>(session.lab()); }
    const Table& table() { return *lab().cloud().problem()->table; }
    void select(const Rows& rows) { session.set("selection", selectionText(rows, table())); }
    std::string kept(const std::string& output) {
        const std::string path = folder.filePath(QString::fromStdString(output)).toStdString();
        session.lab().save(output, path);
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string put(const std::string& name, const std::string& content) const {
        const std::string path = folder.filePath(QString::fromStdString(name)).toStdString();
        std::ofstream(path, std::ios::binary) << content;
        return path;
    }
    lab::Session session;
    QTemporaryDir folder;
};

const std::vector<std::pair<std::string, lab::Value>> glyphs = {{"count", std::int64_t(400)},
                                                                {"method", std::string("tsne")},
                                                                {"perplexity", 8.0},
                                                                {"iterations", std::int64_t(40)},
                                                                {"exaggerated", std::int64_t(20)}};

struct Dots {
    QString colour, name;
    std::vector<std::pair<double, double>> at; ///< in pixels
};

struct Drawing {
    bool whole = false; ///< well-formed to its end
    std::vector<Dots> dots;
    QStringList texts;
};

/// The figure as any reader of SVG sees it; relative moves are added up here, not there.
Drawing drawingOf(const std::string& svg) {
    Drawing drawing;
    QXmlStreamReader xml(QByteArray::fromStdString(svg));
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) continue;
        if (xml.name() == QLatin1String("text")) drawing.texts << xml.readElementText();
        if (xml.name() == QLatin1String("title") && !drawing.dots.empty()) drawing.dots.back().name = xml.readElementText();
        if (xml.name() != QLatin1String("path")) continue;
        Dots dots{xml.attributes().value("stroke").toString(), {}, {}};
        double x = 0, y = 0;
        for (const QString& move : xml.attributes().value("d").toString().split("h1", Qt::SkipEmptyParts)) {
            const QStringList by = move.mid(1).split(' ');
            x += by[0].toDouble(), y += by[1].toDouble();
            dots.at.emplace_back(x / 10, y / 10);
            x += 1;
        }
        drawing.dots.push_back(std::move(dots));
    }
    drawing.whole = !xml.hasError();
    return drawing;
}

bool sameBits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

} // namespace

class TestKeeping : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aSelectionAsJson() {
        Run run(glyphs);
        run.select({3, 5, 77});
        const auto json = nlohmann::json::parse(run.kept("selected-json"));
        QCOMPARE(json["rows_of_table"].get<int>(), 400);
        QCOMPARE(json["settings"]["method"].get<std::string>(), std::string("tsne"));
        QCOMPARE(json["rows"].size(), std::size_t(3));
        const auto points = run.session.lab().array(device(), "coordinates").values;
        const Column& sign = *run.table().find("sign");
        for (std::size_t i = 0; i < 3; ++i) {
            const auto& one = json["rows"][i];
            const auto row = one["row"].get<std::size_t>();
            QCOMPARE(std::int64_t(row), (Rows{3, 5, 77})[i]);
            QVERIFY(!one.contains("name")); // glyphs have none
            for (std::size_t d = 0; d < 2; ++d) QCOMPARE(one["at"][d].get<float>(), points[2 * row + d]);
            QCOMPARE(one["columns"]["sign"].get<std::string>(), sign.categories[std::size_t(sign.values[row])]);
            QCOMPARE(one["columns"]["slant"].get<float>(), run.table().find("slant")->values[row]);
        }
        bool figure = false, selection = false;
        for (const lab::Document& document : dynamic_cast<const lab::Documents&>(run.session.lab()).documents()) {
            figure |= document.name == "figure.svg" && drawingOf(document.text).whole;
            selection |= document.name == "selection.json" && nlohmann::json::parse(document.text) == json;
        }
        QVERIFY(figure && selection); // what `orrery run` writes
        run.session.set("selection", std::string());
        QVERIFY(errorOf([&] { run.kept("selected-json"); }).find("no row is selected") != std::string::npos);
    }

    void theGraphAsEdges() {
        Run run(glyphs);
        std::istringstream in(run.kept("edges"));
        const auto graph = run.session.lab().array(device(), "graph");
        std::string line;
        std::getline(in, line);
        QCOMPARE(line, std::string("from,to,weight"));
        double sum = 0;
        std::size_t edges = 0;
        for (; std::getline(in, line); ++edges) {
            const QStringList fields = QString::fromStdString(line).split(',');
            QCOMPARE(fields[0].toFloat(), graph.values[3 * edges]);
            QCOMPARE(fields[1].toFloat(), graph.values[3 * edges + 1]);
            QCOMPARE(fields[2].toFloat(), graph.values[3 * edges + 2]);
            sum += 2 * fields[2].toDouble();
        }
        QCOMPARE(edges, std::size_t(graph.shape[0]));
        QVERIFY(std::abs(sum - 1) < 1e-5); // t-SNE's joint probabilities: float32 each within 6e-8 of itself
        run.session.set("method", std::string("pca"));
        run.end();
        QVERIFY(errorOf([&] { run.kept("edges"); }).find("there is no graph") != std::string::npos);
    }

    void theFigureIsTheCloud() {
        Run run(glyphs);
        const Drawing drawing = drawingOf(run.kept("figure"));
        QVERIFY(drawing.whole);
        const Column& sign = *run.table().spoken();
        QCOMPARE(sign.name, std::string("sign"));
        QCOMPARE(drawing.dots.size(), sign.categories.size());
        const auto points = run.session.lab().array(device(), "coordinates").values;
        // One scale and two shifts lay the cloud on the paper: by least squares from all points, then every dot is where they say.
        double sx = 0, sy = 0, spx = 0, spy = 0, sxx = 0, sxp = 0, n = 0;
        std::vector<std::array<double, 4>> all;
        for (const Dots& dots : drawing.dots) {
            std::vector<std::size_t> rows;
            for (std::size_t row = 0; row < 400; ++row)
                if (sign.categories[std::size_t(sign.values[row])] == dots.name.toStdString()) rows.push_back(row);
            QCOMPARE(dots.at.size(), rows.size());
            for (std::size_t i = 0; i < rows.size(); ++i)
                all.push_back(
                    {double(points[2 * rows[i]]), -double(points[2 * rows[i] + 1]), dots.at[i].first, dots.at[i].second});
        }
        QCOMPARE(all.size(), std::size_t(400));
        for (const auto& [x, y, px, py] : all) sx += x, sy += y, spx += px, spy += py, n += 1;
        for (const auto& [x, y, px, py] : all)
            for (const auto& [v, p] : {std::pair{x - sx / n, px - spx / n}, std::pair{y - sy / n, py - spy / n}})
                sxx += v * v, sxp += v * p;
        const double scale = sxp / sxx;
        QVERIFY(scale > 0);
        for (const auto& [x, y, px, py] : all) { // dots stand on tenths of a pixel: 0.05, and as much for the fit
            QVERIFY(std::abs(spx / n + scale * (x - sx / n) - px) < 0.1);
            QVERIFY(std::abs(spy / n + scale * (y - sy / n) - py) < 0.1);
        }
        for (const std::string& category : sign.categories) QVERIFY(drawing.texts.contains(QString::fromStdString(category)));
        QVERIFY(drawing.texts.filter("t-SNE of 400").size() == 1);
    }

    void aSelectionStandsOutInTheFigure() {
        Run run(glyphs);
        Rows rows;
        for (std::int64_t i = 0; i < 50; ++i) rows.push_back(3 * i);
        run.select(rows);
        const auto count = [](const Drawing& drawing, bool named) {
            std::size_t sum = 0;
            for (const Dots& dots : drawing.dots) sum += dots.name.isEmpty() == named ? 0 : dots.at.size();
            return sum;
        };
        Drawing drawing = drawingOf(run.kept("figure"));
        QCOMPARE(count(drawing, true), std::size_t(50));
        QCOMPARE(count(drawing, false), std::size_t(350));
        run.session.set("isolate", true);
        drawing = drawingOf(run.kept("figure"));
        QCOMPARE(count(drawing, true), std::size_t(50));
        QCOMPARE(count(drawing, false), std::size_t(0));
        run.session.set(
            {{"dims", std::string("3d")}, {"colour", std::string("recall")}, {"isolate", false}, {"selection", std::string()}});
        run.end();
        drawing = drawingOf(run.kept("figure"));
        std::size_t dots = 0;
        for (const Dots& each : drawing.dots) dots += each.at.size();
        QVERIFY(drawing.whole && drawing.texts.contains("recall"));
        QCOMPARE(dots, std::size_t(400));
    }

    void wordsGoOutAndComeBackToTheBit() {
        Run run({{"count", std::int64_t(100)}, {"method", std::string("pca")}});
        const std::string first =
            run.put("odd.vec",
                    "5 3\n<&\"\xC3\xA9> 1 2.5e-39 -0.1\nNew York 1e14 9.87654321e14 -0\nroute 66 7 8 9\n7 1 "
                    "1 1\n\xE4\xB8\xAD\xE6\x96\x87 0.3333333 2 3\n");
        run.session.set({{"data", std::string("file")}, {"file", first}});
        run.end();
        const Table there = run.table();
        QCOMPARE(there.tokens[2], std::string("route 66"));
        const std::string again = run.put("again.txt", run.kept("vectors"));
        const std::string svg = run.kept("figure");
        QVERIFY(drawingOf(svg).whole);
        QVERIFY(drawingOf(svg).texts.contains(QString::fromUtf8("<&\"\xC3\xA9>")));
        run.session.set("file", again);
        run.end();
        QCOMPARE(run.table().tokens, there.tokens);
        QVERIFY(sameBits(run.table().values.all(), there.values.all()));
        run.session.set("selection", std::string("1, 3-4"));
        const std::string some = run.put("some.vec", run.kept("vectors"));
        const auto json = nlohmann::json::parse(run.kept("selected-json"));
        QCOMPARE(json["rows"][0]["name"].get<std::string>(), std::string("New York"));
        run.session.set({{"file", some}, {"selection", std::string()}});
        run.end();
        QCOMPARE(run.table().tokens, (std::vector<std::string>{there.tokens[1], there.tokens[3], there.tokens[4]}));
        QVERIFY(sameBits(run.table().values.row(1), there.values.row(3)));
    }

    void axesFromTwoRowsByUnfinishedNames() {
        Run run({{"data", std::string("text")},
                 {"method", std::string("axes")},
                 {"x_from", std::string("KIN")},
                 {"x_to", std::string("Queen")},
                 {"passes", std::int64_t(1)}});
        const auto king = rowsNamed(run.table(), "king").front(), queen = rowsNamed(run.table(), "queen").front();
        const PicturePoints& y = run.lab().cloud().picture();
        QVERIFY(std::abs(y[0][king]) < 1e-4 && std::abs(y[0][queen] - 1) < 1e-4);
        const std::string error = errorOf([&] { run.session.set("x_to", std::string("quen")); });
        QVERIFY2(error.find("spelt like it: queen") != std::string::npos, error.c_str());
    }

    void aTextThatIsDroppedBecomesACorpus() {
        Run run({{"count", std::int64_t(100)}, {"method", std::string("pca")}});
        std::string story;
        for (int i = 0; i < 60; ++i)
            story += "The old king had 3 daughters, and the queen had none.\nOne day the king went out to see the sea.\n";
        const std::string prose = run.put("story.txt", story),
                          vectors = run.put("small.txt", "a 1 2 3\nb 2 3 4\nc 3 4 5\nd 1 1 1\n");
        const lab::Declaration& declaration = run.session.declaration();
        QCOMPARE(lab::inputFor(declaration, prose)->key, std::string("text_file"));
        QCOMPARE(lab::inputFor(declaration, vectors)->key, std::string("file"));
        run.session.set(lab::inputValues(declaration, prose));
        run.end();
        QCOMPARE(run.session.settings().text("data"), std::string("text"));
        QVERIFY(run.lab().learns());
        QVERIFY(rowsNamed(run.table(), "king").size() == 1);
        run.session.set(lab::inputValues(declaration, vectors));
        run.end();
        QCOMPARE(run.table().tokens, (std::vector<std::string>{"a", "b", "c", "d"}));
    }
};

ORRERY_TEST_MAIN(TestKeeping)
#include "tst_keeping.moc"
