// SPDX-License-Identifier: GPL-3.0-or-later
// Logits of small random models against PyTorch in float64, from every kind of file, and that each wrong convention is seen.
#include "tests/language/models.h"

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;

namespace {

/// float32 sums of some hundred products of size 1 through two layers: the specification's bound for float32.
constexpr double float32Bound = 2e-4;
/// A wrong convention moves logits of size 1 to 10 by as much; this is far above every rounding and far below that.
constexpr double plainlyWrong = 0.2;

} // namespace

class Models : public QObject {
    Q_OBJECT
 private slots:
    void logits_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("expected");
        QTest::addColumn<int>("path");
        for (const Path path : {Path::host, Path::vulkan}) {
            const auto row = [&](const char* file, const char* model, const char* expected) {
                QTest::addRow("%s %s", file, nameOf(path)) << QString(file) << QString(model) << QString(expected) << int(path);
            };
            row("gpt2", "gpt2", "logits");
            row("gpt2-f32.gguf", "gpt2", "gguf");
            row("llama", "llama", "logits");
            row("llama/model.safetensors", "llama", "logits");
            row("llama-q8_0.gguf", "llama", "gguf");
            row("llama-f16.gguf", "llama", "gguf_f16");
            row("qwen2", "qwen2", "logits");
            row("qwen2-f16.gguf", "qwen2", "gguf");
        }
    }
    void logits() {
        QFETCH(QString, file);
        QFETCH(QString, model);
        QFETCH(QString, expected);
        QFETCH(int, path);
        const Expected known(model.toStdString());
        const auto transformer = Transformer::open(dataPath(file.toStdString()), &orrery::test::device(), {.path = Path(path)});
        const std::vector<float> wanted = known.values(expected.toStdString()), got = logitsOf(*transformer, known.tokens());
        const double off = farthest(got, wanted);
        QVERIFY2(off <= float32Bound, qPrintable(QString("off by %1").arg(off)));
        const auto V = std::ptrdiff_t(transformer->vocabulary());
        for (std::ptrdiff_t at = 0; at < std::ptrdiff_t(got.size()); at += V)
            QCOMPARE(std::max_element(got.begin() + at, got.begin() + at + V) - got.begin(),
                     std::max_element(wanted.begin() + at, wanted.begin() + at + V) - wanted.begin());
    }

    void configured_data() {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("expected");
        QTest::newRow("linear scaling") << "llama"
                                        << "linear";
        QTest::newRow("Llama 3's scaling") << "llama"
                                           << "llama3";
        QTest::newRow("scaled by layer") << "gpt2"
                                         << "inverse_layer";
    }
    void configured() {
        QFETCH(QString, model);
        QFETCH(QString, expected);
        const QTemporaryDir folder;
        const std::string path = editedModel(folder, model.toStdString(), [&](QJsonObject& config) {
            if (expected == "linear") config["rope_scaling"] = QJsonObject{{"type", "linear"}, {"factor", 4.0}};
            if (expected == "llama3")
                config["rope_scaling"] = QJsonObject{{"rope_type", "llama3"},
                                                     {"factor", 8.0},
                                                     {"low_freq_factor", 1.0},
                                                     {"high_freq_factor", 4.0},
                                                     {"original_max_position_embeddings", 64}};
            if (expected == "inverse_layer") config["scale_attn_by_inverse_layer_idx"] = true;
        });
        const Expected known(model.toStdString());
        const std::vector<float> got = logitsOf(ModelFiles(path).load(), known.tokens());
        QVERIFY(farthest(got, known.values(expected.toStdString())) <= float32Bound);
        QVERIFY(farthest(got, known.values("logits")) > plainlyWrong); // so the setting does something
    }

    void bfloat16() {
        const Expected known("qwen2");
        ModelWeights weights = ModelFiles(dataPath("qwen2")).load();
        const auto rounded = [](const Matrix& from) {
            Matrix to(from.rows(), from.columns(), WeightType::bf16);
            std::vector<float> row(std::size_t(from.columns()));
            for (int r = 0; r < from.rows(); ++r) {
                from.rowFloats(r, row);
                for (std::size_t c = 0; c < row.size(); ++c) {
                    const auto bits = std::bit_cast<std::uint32_t>(row[c]);
                    const auto code = std::uint16_t((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
                    std::memcpy(to.row(r) + 2 * c, &code, 2);
                }
            }
            return to;
        };
        const auto roundAll = [](std::vector<float>& values) {
            for (float& v : values) {
                const auto bits = std::bit_cast<std::uint32_t>(v);
                v = std::bit_cast<float>((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000U);
            }
        };
        weights.embedding = weights.output = rounded(weights.embedding);
        for (BlockWeights& block : weights.blocks) {
            for (Matrix* m : {&block.qkv, &block.out, &block.up, &block.down}) *m = rounded(*m);
            for (std::vector<float>* v : {&block.norm1, &block.norm2, &block.qkvBias}) roundAll(*v);
        }
        roundAll(weights.norm);
        QVERIFY(farthest(logitsOf(weights, known.tokens()), known.values("bf16")) <= float32Bound);
    }

    /// The kernels for any machine against those for this one: the same sums, but for fused products.
    void kernelsAgree() {
        std::mt19937 random(3);
        std::uniform_real_distribution<float> some(-1, 1);
        for (const WeightType type : {WeightType::f32, WeightType::f16, WeightType::bf16}) {
            Matrix weights(13, 50, type);
            for (int r = 0; r < 13; ++r)
                for (int c = 0; c < 50; ++c) {
                    const float value = some(random);
                    const std::uint16_t half = std::uint16_t(0x3800 + (c * 37 + r * 11) % 0x400); // 0.5 … 1
                    if (type == WeightType::f32) std::memcpy(weights.row(r) + 4 * c, &value, 4);
                    if (type != WeightType::f32) std::memcpy(weights.row(r) + 2 * c, &half, 2);
                }
            for (int n = 1; n <= 9; ++n) {
                std::vector<float> x(std::size_t(64 * n), 0), a(std::size_t(13 * n)), b = a;
                for (int c = 0; c < n; ++c)
                    for (int k = 0; k < 50; ++k) x[std::size_t(c * 64 + k)] = some(random);
                hostKernels().product(weights, 0, 13, {x.data(), 64, n}, a.data(), 13);
                plainHostKernels().product(weights, 0, 13, {x.data(), 64, n}, b.data(), 13);
                std::vector<float> row(50);
                for (int c = 0; c < n; ++c)
                    for (int r = 0; r < 13; ++r) {
                        weights.rowFloats(r, row);
                        double sum = 0;
                        for (std::size_t k = 0; k < 50; ++k) sum += double(row[k]) * double(x[std::size_t(c * 64) + k]);
                        const auto i = std::size_t(c * 13 + r);
                        QVERIFY(std::abs(double(a[i]) - sum) < 1e-5 && std::abs(double(b[i]) - sum) < 1e-5); // 50 x 2^-24 x 1
                    }
            }
        }
    }

    void normsAndAttentionAgree() {
        std::mt19937 random(5);
        std::uniform_real_distribution<float> some(-1, 1);
        const auto filled = [&](std::size_t numbers, std::size_t pad) {
            std::vector<float> v(pad, 0.0F);
            for (std::size_t i = 0; i < numbers; ++i) v[i] = some(random);
            return v;
        };
        const std::vector<float> x = filled(50, 64), weight = filled(50, 64), bias = filled(50, 64);
        double mean = 0, squares = 0, variance = 0;
        for (std::size_t i = 0; i < 50; ++i) mean += double(x[i]) / 50, squares += double(x[i]) * double(x[i]) / 50;
        for (std::size_t i = 0; i < 50; ++i) variance += (double(x[i]) - mean) * (double(x[i]) - mean) / 50;
        const std::vector<float> query = filled(20, 32), keys = filled(32 * 9, 32 * 9), values = filled(32 * 9, 32 * 9);
        const std::vector<std::int32_t> chain = {6, 8};
        std::vector<double> weights, wanted(20, 0.0);
        for (const int row : {0, 1, 2, 6, 8}) {
            double score = 0;
            for (std::size_t k = 0; k < 20; ++k) score += double(query[k]) * double(keys[std::size_t(row) * 32 + k]);
            weights.push_back(std::exp(0.7 * score));
            for (std::size_t k = 0; k < 20; ++k) wanted[k] += weights.back() * double(values[std::size_t(row) * 32 + k]);
        }
        double sum = 0;
        for (const double w : weights) sum += w;
        for (const HostKernels* kernels : {&hostKernels(), &plainHostKernels()}) {
            std::vector<float> rms(64), layer(64), scores(16), out(32);
            kernels->rmsNorm(x.data(), weight.data(), 50, 1e-5F, rms.data());
            kernels->layerNorm(x.data(), weight.data(), bias.data(), 50, 1e-5F, layer.data());
            kernels->attend({query.data(), keys.data(), values.data(), 32, 3, chain.data(), 2, 32, 0.7F}, scores.data(),
                            out.data());
            for (std::size_t i = 0; i < 64; ++i) { // 50 x 2^-24 on values of size 3
                const double w = double(weight[i]), a = w * double(x[i]) / std::sqrt(squares + 1e-5);
                const double b = i < 50 ? w * (double(x[i]) - mean) / std::sqrt(variance + 1e-5) + double(bias[i]) : 0.0;
                QVERIFY(std::abs(double(rms[i]) - a) < 1e-5 && std::abs(double(layer[i]) - b) < 1e-5);
            }
            for (std::size_t k = 0; k < 20; ++k) QVERIFY(std::abs(double(out[k]) - wanted[k] / sum) < 1e-5);
        }
    }

    // Each of the following is the model as a reader with one wrong convention would understand the same file.
    void wrongTransposition() {
        ModelWeights weights = ModelFiles(dataPath("gpt2")).load();
        for (BlockWeights& block : weights.blocks) {
            Matrix turned(block.out.rows(), block.out.columns(), WeightType::f32);
            for (int r = 0; r < turned.rows(); ++r)
                for (int c = 0; c < turned.columns(); ++c) std::memcpy(turned.row(r) + 4 * c, block.out.row(c) + 4 * r, 4);
            block.out = turned;
        }
        isWrong("gpt2", weights, "logits");
    }
    void wrongGroups() { // query head j with key head j % keyHeads: as if the query heads 1 and 2 had changed places
        ModelWeights weights = ModelFiles(dataPath("llama")).load();
        const int size = weights.config.headSize;
        const auto swapped = [&](int r) { return r / size == 1 ? r + size : r / size == 2 ? r - size : r; };
        for (BlockWeights& block : weights.blocks) {
            block.qkv = reordered(block.qkv, swapped);
            Matrix out(block.out.rows(), block.out.columns(), block.out.type());
            for (int r = 0; r < out.rows(); ++r)
                for (int c = 0; c < out.columns(); ++c) std::memcpy(out.row(r) + 4 * c, block.out.row(r) + 4 * swapped(c), 4);
            block.out = out;
        }
        isWrong("llama", weights, "logits");
    }
    void wrongPairs() { // rotation partners side by side, in a file that has them in halves
        ModelWeights weights = ModelFiles(dataPath("llama")).load();
        permuteHeads(weights);
        isWrong("llama", weights, "logits");
    }
    void wrongHead() {
        const QTemporaryDir folder;
        const std::string path = editedModel(folder, "llama", [](QJsonObject& config) { config["tie_word_embeddings"] = true; });
        isWrong("llama", ModelFiles(path).load(), "logits");
    }
    void permutationLeftInGguf() {
        ModelWeights weights = ModelFiles(dataPath("llama-q8_0.gguf")).load();
        const int size = weights.config.headSize, rotated = weights.config.queryWidth() + weights.config.keyWidth();
        for (BlockWeights& block : weights.blocks) // back to how the file has them
            block.qkv = reordered(block.qkv, [&](int r) {
                if (r >= rotated) return r;
                const int in = r % size;
                return r - in + in % 2 * (size / 2) + in / 2;
            });
        isWrong("llama", weights, "gguf");
    }
    void qwen2IsNotPermuted() {
        ModelWeights weights = ModelFiles(dataPath("qwen2-f16.gguf")).load();
        permuteHeads(weights);
        isWrong("qwen2", weights, "gguf");
    }

 private:
    static void permuteHeads(ModelWeights& weights) {
        const int size = weights.config.headSize, rotated = weights.config.queryWidth() + weights.config.keyWidth();
        for (BlockWeights& block : weights.blocks)
            block.qkv = reordered(block.qkv, [&](int r) {
                if (r >= rotated) return r;
                const int in = r % size, half = in / (size / 2);
                return r - in + 2 * (in % (size / 2)) + half;
            });
    }
    static void isWrong(const std::string& model, const ModelWeights& weights, const char* expected) {
        const Expected known(model);
        const double off = farthest(logitsOf(weights, known.tokens()), known.values(expected));
        QVERIFY2(off > plainlyWrong, qPrintable(QString("off by %1 only").arg(off)));
    }
};

ORRERY_TEST_MAIN(Models)
#include "tst_models.moc"
