// SPDX-License-Identifier: GPL-3.0-or-later
// Looking inside: principal components against a full eigendecomposition, attention rows against the encoder's own attention and
// against a softmax written out here, affinity against the cosine, and all of it through the lab.
#include "engine/lab/session.h"
#include "engine/labs/segmentation/lab.h"
#include "engine/labs/segmentation/vit.h"
#include "engine/tensor/ops/layout.h"
#include "tests/segmentation/models.h"

#include <numeric>

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

TokenGrid tokensOf(std::int64_t grid, std::int64_t channels, std::int64_t columns, std::int64_t rows) {
    TokenGrid t{grid, channels, columns, rows, filled("tokens", std::size_t(grid * grid * channels), 1, 0.2)};
    for (std::size_t i = 0; i < t.values.size(); ++i)
        t.values[i] *= 1 + 3 / float(1 + i % std::size_t(channels)); // directions differ
    return t;
}

Components componentsOf(const TokenGrid& tokens, double budgetMs = 1e9) {
    PcaWork work(std::make_shared<TokenGrid>(tokens));
    while (work.step(budgetMs) < 1) continue;
    return work.take();
}

/// All eigenvalues of a symmetric matrix by Jacobi's rotations, falling: another way than the one that is tested.
std::vector<double> eigenvalues(std::vector<double> a, std::size_t n) {
    for (int sweep = 0; sweep < 60; ++sweep)
        for (std::size_t p = 0; p < n; ++p)
            for (std::size_t q = p + 1; q < n; ++q) {
                if (std::abs(a[p * n + q]) < 1e-300) continue;
                const double theta = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
                const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::hypot(theta, 1)), c = 1 / std::hypot(t, 1),
                             s = t * c;
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[k * n + p], y = a[k * n + q];
                    a[k * n + p] = c * x - s * y, a[k * n + q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < n; ++k) {
                    const double x = a[p * n + k], y = a[q * n + k];
                    a[p * n + k] = c * x - s * y, a[q * n + k] = s * x + c * y;
                }
            }
    std::vector<double> values;
    for (std::size_t i = 0; i < n; ++i) values.push_back(a[i * n + i]);
    std::ranges::sort(values, std::greater<>());
    return values;
}

std::vector<double> covarianceOf(const TokenGrid& t) {
    const auto C = std::size_t(t.channels);
    std::vector<double> mean(C), all(C * C);
    const double count = double(t.columns * t.rows);
    for (std::int64_t y = 0; y < t.rows; ++y)
        for (std::int64_t x = 0; x < t.columns; ++x)
            for (std::size_t c = 0; c < C; ++c) mean[c] += double(t.token(y, x)[c]) / count;
    for (std::int64_t y = 0; y < t.rows; ++y)
        for (std::int64_t x = 0; x < t.columns; ++x)
            for (std::size_t a = 0; a < C; ++a)
                for (std::size_t b = 0; b < C; ++b)
                    all[a * C + b] += (double(t.token(y, x)[a]) - mean[a]) * (double(t.token(y, x)[b]) - mean[b]) / count;
    return all;
}

struct Loaded {
    explicit Loaded(const std::string& file) : context(orrery::test::device()), plan(file), model(Model::load(context, plan)) {}
    std::map<std::string, tensor::Tensor> encode(const Picture& p) {
        std::map<std::string, tensor::Tensor> stages;
        Encoding encoding =
            model->encode(context, p, [&](const std::string& name, const tensor::Tensor& value) { stages[name] = value; });
        while (!encoding.step(context, 1e3)) continue;
        return stages;
    }
    tensor::Context context;
    ModelPlan plan;
    std::unique_ptr<Model> model;
};

const std::vector<float>& weightOf(const Case& c, const std::string& name) {
    return std::ranges::find(c.tensors, name, &Stored::meta)->values;
}
double sum(const AttentionRow& row) { return std::accumulate(row.weights.begin(), row.weights.end(), 0.0) + row.outside; }

/// Queries and keys are in f32: scores of some units are off by 1e-6, ten times that is let pass.
constexpr double enough = 2e-5;

/// A block's attention in float64, from its weights as they are stored.
struct Plain {
    std::vector<float> x{}; ///< [G, G, D]
    std::int64_t G = 0, D = 0, d = 0, n = 0;
    double epsilon = 1e-6;
    bool filledBeforeNorm = false; ///< else zeros come behind it
    const std::vector<float>&normW, &normB, &qkvW, &qkvB;
    std::function<std::int64_t(std::int64_t kind, std::int64_t e)> row{};
    std::function<double(const std::vector<double>& q, std::int64_t dy, std::int64_t dx)> added{};

    std::vector<double> made(std::int64_t y, std::int64_t column, std::int64_t kind) const {
        std::vector<double> token(std::size_t(D), 0.0), out;
        const bool inside = y < G && column < G;
        if (inside) token.assign(x.begin() + (y * G + column) * D, x.begin() + (y * G + column + 1) * D);
        if (inside || filledBeforeNorm) {
            const double mean = std::accumulate(token.begin(), token.end(), 0.0) / double(D);
            double square = 0;
            for (const double value : token) square += std::pow(value - mean, 2) / double(D);
            for (std::size_t i = 0; i < token.size(); ++i)
                token[i] = (token[i] - mean) / std::sqrt(square + epsilon) * double(normW[i]) + double(normB[i]);
        }
        for (std::int64_t e = 0; e < d; ++e) {
            const std::int64_t r = row(kind, e);
            double value = double(qkvB[std::size_t(r)]);
            for (std::int64_t j = 0; j < D; ++j) value += token[std::size_t(j)] * double(qkvW[std::size_t(r * D + j)]);
            out.push_back(value);
        }
        return out;
    }
    /// How far a row is from ours at most, beside weights of a hundredth and more.
    double apartFrom(const AttentionRow& found, std::int64_t y, std::int64_t column) const {
        const std::int64_t top = y / n * n, left = column / n * n;
        const std::vector<double> q = made(y, column, 0);
        std::vector<double> scores;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                const std::vector<double> k = made(top + i, left + j, 1);
                const double product = std::inner_product(q.begin(), q.end(), k.begin(), 0.0);
                scores.push_back(std::exp(product / std::sqrt(double(d)) + added(q, y - top - i, column - left - j)));
            }
        const double all = std::accumulate(scores.begin(), scores.end(), 0.0);
        double most = 0;
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j)
                if (top + i < G && left + j < G) {
                    const double wanted = scores[std::size_t(i * n + j)] / all;
                    const auto weight = double(found.weights[std::size_t((top + i) * G + left + j)]);
                    most = std::max(most, std::abs(weight - wanted) / std::max(wanted, 0.01));
                }
        return most;
    }
};

} // namespace

class TestInside : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string file(const std::string& which) {
        return saved(Case(which), (m_folder.path() + '/').toStdString() + which + ".safetensors", Form::metaSafetensors);
    }

 private Q_SLOTS:
    void componentsAreThoseOfTheWholeProblem_data() {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("columns");
        QTest::newRow("many channels") << 40 << 9;
        QTest::newRow("few channels") << 5 << 12;
        QTest::newRow("a portrait") << 16 << 4;
        QTest::newRow("two channels") << 2 << 12;
    }
    void componentsAreThoseOfTheWholeProblem() {
        QFETCH(int, channels);
        QFETCH(int, columns);
        const TokenGrid tokens = tokensOf(12, channels, columns, 12);
        const Components c = componentsOf(tokens);
        const auto C = std::size_t(channels);
        const std::vector<double> covariance = covarianceOf(tokens), all = eigenvalues(covariance, C);
        const double total = std::accumulate(all.begin(), all.end(), 0.0);
        // Float64 sums of some hundred terms; eigenvalues are then exact to 1e-12 of the largest, and the axes stop there too.
        QVERIFY(std::abs(c.variance - total) <= 1e-12 * total);
        for (std::size_t k = 0; k < componentCount; ++k) {
            const double wanted = k < C ? all[k] : 0;
            QVERIFY2(std::abs(c.variances[k] - wanted) <= 1e-10 * all[0], qPrintable(QString::number(c.variances[k] - wanted)));
            if (k >= C) continue;
            for (std::size_t l = 0; l <= k; ++l) { // orthonormal
                double product = 0;
                for (std::size_t i = 0; i < C; ++i) product += c.axes[k * C + i] * c.axes[l * C + i];
                QVERIFY(std::abs(product - (k == l ? 1 : 0)) < 1e-12);
            }
            std::size_t largest = 0;
            for (std::size_t i = 0; i < C; ++i) { // an eigenvector, and its sign
                double image = 0;
                for (std::size_t j = 0; j < C; ++j) image += covariance[i * C + j] * c.axes[k * C + j];
                QVERIFY(std::abs(image - c.variances[k] * c.axes[k * C + i]) < 1e-9 * all[0]);
                if (std::abs(c.axes[k * C + i]) > std::abs(c.axes[k * C + largest])) largest = i;
            }
            QVERIFY(c.axes[k * C + largest] > 0);
            double spread = 0, mean = 0; // the scores have that variance, about zero
            for (std::int64_t y = 0; y < 12; ++y)
                for (std::int64_t x = 0; x < columns; ++x) {
                    const double score = c.scores[std::size_t(y * 12 + x) * 3 + k];
                    spread += score * score / (12.0 * columns), mean += score / (12.0 * columns);
                }
            QVERIFY(std::abs(spread - c.variances[k]) < 1e-10 * all[0]);
            QVERIFY(std::abs(mean) < 1e-10 * std::sqrt(all[0]));
        }
        QVERIFY(componentsOf(tokens, 0).scores == c.scores); // in slices the same bits
    }
    void whatFillsUpHasNoSay() {
        TokenGrid tokens = tokensOf(12, 16, 4, 12);
        const Components before = componentsOf(tokens);
        for (std::int64_t c = 0; c < 16; ++c) tokens.values[std::size_t(11 * 16 + c)] = 1e3F; // beyond the fourth column
        QVERIFY(componentsOf(tokens).axes == before.axes);
    }
    void aPlainPictureIsGrey() {
        TokenGrid tokens{4, 6, 4, 4, std::vector<float>(4 * 4 * 6, 0.5F)};
        const Components c = componentsOf(tokens);
        QCOMPARE(c.variance, 0.0);
        QCOMPARE(c.explained(), 0.0);
        QCOMPARE(int(c.colour(1, 1)[0]), 128);
    }

    void affinityIsTheCosine() {
        TokenGrid tokens = tokensOf(6, 7, 6, 6);
        std::fill_n(tokens.values.begin() + 7 * 7, 7, 0.0F);
        const std::vector<float> row = affinityRow(tokens, 2, 3);
        for (std::int64_t i = 0; i < 36; ++i) {
            double product = 0, own = 0, other = 0;
            for (std::int64_t c = 0; c < 7; ++c) {
                const double a = double(tokens.token(2, 3)[c]), b = double(tokens.token(i / 6, i % 6)[c]);
                product += a * b, own += a * a, other += b * b;
            }
            const double wanted = other > 0 ? product / std::sqrt(own * other) : 0;
            QVERIFY(std::abs(double(row[std::size_t(i)]) - wanted) < 1e-7);
        }
        QCOMPARE(row[2 * 6 + 3], 1.0F);
        QCOMPARE(row[7], 0.0F);
    }

    void everyStageThatIsNamedIsTold_data() {
        QTest::addColumn<QString>("which");
        for (const char* name : {"vit", "pruned", "tinyvit", "tiny"}) QTest::newRow(name) << name;
    }
    void everyStageThatIsNamedIsTold() {
        QFETCH(QString, which);
        Loaded loaded(which == "tiny" ? dataPath("tiny.safetensors") : file(which.toStdString()));
        const auto told = loaded.encode(picture(90, 70));
        const std::vector<StageShape> stages = loaded.plan.encoder().stages();
        QVERIFY(stages.size() >= 4);
        for (const StageShape& stage : stages) {
            QVERIFY2(told.contains(stage.watch), stage.watch.c_str());
            const tensor::Shape& shape = told.at(stage.watch).shape();
            const tensor::Shape wanted = stage.channelsFirst ? tensor::Shape{1, stage.channels, stage.grid, stage.grid}
                                                             : tensor::Shape{1, stage.grid, stage.grid, stage.channels};
            QVERIFY2(shape == wanted, stage.watch.c_str());
            if (stage.heads > 0) QVERIFY2(told.contains(stage.input), stage.input.c_str());
        }
    }

    /// For blocks with windows that are filled up and some over all tokens.
    void attentionIsTheSoftmaxOfTheStage() {
        const Case c("vit");
        Loaded loaded(file("vit"));
        const auto told = loaded.encode(picture(90, 70));
        const VitShape shape = vitShape(loaded.plan.file());
        bool windows = false, global = false, filledUp = false;
        for (std::size_t b = 0; b < shape.blocks.size(); ++b) {
            const std::string at = "image_encoder.blocks." + std::to_string(b) + '.';
            const auto weight = [&](const std::string& name) -> const std::vector<float>& { return weightOf(c, at + name); };
            const StageShape stage = loaded.plan.encoder().stages()[b + 1];
            const std::int64_t h = stage.heads - 1, d = stage.headSize, n = shape.side(b), y = stage.grid - 1;
            const Plain plain{.x = loaded.context.read(told.at(stage.input)),
                              .G = stage.grid,
                              .D = stage.channels,
                              .d = d,
                              .n = n,
                              .normW = weight("norm1.weight"),
                              .normB = weight("norm1.bias"),
                              .qkvW = weight("attn.qkv.weight"),
                              .qkvB = weight("attn.qkv.bias"),
                              .row = [&](std::int64_t kind, std::int64_t e) { return kind * stage.heads * d + h * d + e; },
                              .added =
                                  [&](const std::vector<double>& q, std::int64_t dy, std::int64_t dx) {
                                      double score = 0;
                                      for (std::int64_t e = 0; e < d; ++e)
                                          score += q[std::size_t(e)] *
                                                   (double(weight("attn.rel_pos_h")[std::size_t((dy + n - 1) * d + e)]) +
                                                    double(weight("attn.rel_pos_w")[std::size_t((dx + n - 1) * d + e)]));
                                      return score;
                                  }};
            const HeadView view = loaded.model->encoder().head(loaded.context, stage.watch, h, told.at(stage.input));
            const AttentionRow row = attentionRow(view, y, y - 1);
            QVERIFY2(plain.apartFrom(row, y, y - 1) < enough, at.c_str());
            QVERIFY(std::abs(sum(row) - 1) < 1e-6);               // its weights are in f32
            HeadView swapped = view, bare = view, strange = view; // planted faults
            std::swap(swapped.tableH, swapped.tableW);
            bare.tableH.clear();
            std::swap(strange.queries, strange.keys);
            for (const HeadView* wrong : {&swapped, &bare, &strange})
                QVERIFY2(plain.apartFrom(attentionRow(*wrong, y, y - 1), y, y - 1) > 10 * enough, at.c_str());
            if (row.outside > 0) {
                HeadView silent = view;
                std::ranges::fill(silent.outside, 0.0F);
                QVERIFY(plain.apartFrom(attentionRow(silent, y, y - 1), y, y - 1) > 10 * enough);
            }
            windows |= stage.window > 0, global |= stage.window == 0, filledUp |= row.outside > 0;
        }
        QVERIFY(windows && global && filledUp);
    }
    void tinyVitsAttentionIsTheSoftmaxOfTheStage() {
        const Case c("tinyvit");
        Loaded loaded(file("tinyvit"));
        const auto told = loaded.encode(picture(90, 70));
        int compared = 0;
        for (const StageShape& stage : loaded.plan.encoder().stages()) {
            if (stage.heads == 0) continue;
            const std::size_t dot = stage.watch.rfind('.');
            const std::string at =
                "image_encoder.layers." + stage.watch.substr(6, dot - 6) + ".blocks." + stage.watch.substr(dot + 1) + ".attn.";
            const auto weight = [&](const std::string& name) -> const std::vector<float>& { return weightOf(c, at + name); };
            const std::int64_t h = stage.heads - 1, d = stage.headSize, n = stage.window, y = stage.grid - 1;
            tensor::Tensor input = told.at(stage.input); // a merge hands on convolutions
            if (stage.input.starts_with("merge")) input = tensor::permute(loaded.context, input, {0, 2, 3, 1});
            const Plain plain{
                .x = loaded.context.read(input),
                .G = stage.grid,
                .D = stage.channels,
                .d = d,
                .n = n,
                .epsilon = 1e-5,
                .filledBeforeNorm = true,
                .normW = weight("norm.weight"),
                .normB = weight("norm.bias"),
                .qkvW = weight("qkv.weight"),
                .qkvB = weight("qkv.bias"),
                .row = [&](std::int64_t kind, std::int64_t e) { return (3 * h + kind) * d + e; },
                .added =
                    [&](const std::vector<double>&, std::int64_t dy, std::int64_t dx) {
                        return double(weight("attention_biases")[std::size_t(h * n * n + std::abs(dy) * n + std::abs(dx))]);
                    }};
            const HeadView view = loaded.model->encoder().head(loaded.context, stage.watch, h, input);
            const AttentionRow row = attentionRow(view, y, y - 1);
            QVERIFY2(plain.apartFrom(row, y, y - 1) < enough, at.c_str());
            QVERIFY(std::abs(sum(row) - 1) < 1e-6);
            HeadView bare = view; // a planted fault
            bare.biases.clear();
            QVERIFY2(plain.apartFrom(attentionRow(bare, y, y - 1), y, y - 1) > 10 * enough, at.c_str());
            ++compared;
        }
        QVERIFY(compared > 1);
    }

    void theLabShowsThem() {
        lab::Session session(orrery::test::device(), "segmentation");
        session.set({{"model", std::string("file")}, {"weights", file("vit")}});
        const auto array = [&](const char* key) { return session.lab().array(orrery::test::device(), key); };
        session.runTo(0);
        QVERIFY(array("pca").values.empty());
        session.set({{"show", std::string("embedding")}, {"stage", std::int64_t(2)}});
        session.runTo(0);
        const lab::HostArray two = array("pca");
        QVERIFY((two.shape == std::vector<std::uint64_t>{10, 10, 3}));
        session.set("stage", std::int64_t(40)); // beyond the last is the last
        session.runTo(0);
        const lab::HostArray last = array("pca");
        QVERIFY(last.values != two.values);
        session.set("stage", std::int64_t(2));
        session.runTo(0);
        QVERIFY(array("pca").values == two.values);
        session.set("show", std::string("attention"));
        session.runTo(0);
        const std::vector<float> middle = array("attention").values;
        QVERIFY(std::accumulate(middle.begin(), middle.end(), 0.0) > 0.1);
        auto& lab = dynamic_cast<SegmentationLab&>(session.lab());
        lab.pointAt(std::array{5.0, 5.0});
        QVERIFY((lab.pointedToken(10) == std::array<std::int64_t, 2>{0, 0}));
        QVERIFY(array("attention").values != middle);
        session.set("show", std::string("affinity"));
        session.runTo(0);
        QCOMPARE(array("affinity").values[0], 1.0F);
        session.lab().act("stop"); // nothing is under way; the next look works
        session.set({{"stage", std::int64_t(1)}, {"show", std::string("embedding")}});
        session.runTo(0);
        QVERIFY(!array("pca").values.empty());
    }
};

ORRERY_TEST_MAIN(TestInside)
#include "tst_inside.moc"
