// SPDX-License-Identifier: GPL-3.0-or-later
// The small random models of tests/reference/language/lm_reference.py and what they must answer.
#pragma once

#include "engine/labs/language/host_kernels.h"
#include "engine/labs/language/model_files.h"
#include "engine/labs/language/transformer.h"
#include "engine/model/safetensors.h"
#include "engine/tensor/host_threads.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>

namespace orrery::language::test {

using orrery::test::errorOf;

inline std::string dataPath(const std::string& name) {
    std::string path = ORRERY_TEST_DATA;
    path += "/language/data/";
    path += name;
    return path;
}

class Expected {
 public:
    explicit Expected(const std::string& model) : m_file(dataPath(model + "/expected.safetensors")) {
        for (const float token : values("tokens")) m_tokens.push_back(std::int32_t(token));
    }
    const std::vector<std::int32_t>& tokens() const { return m_tokens; }
    std::vector<float> values(const std::string& name) const { return m_file.readAll(m_file.find(name)); }

 private:
    model::SafetensorsFile m_file;
    std::vector<std::int32_t> m_tokens;
};

inline double farthest(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size() || a.empty()) return INFINITY;
    double most = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(double(a[i]) - double(b[i]));
        if (!(d <= most)) most = std::isnan(d) ? INFINITY : d;
    }
    return most;
}

inline bool sameBits(std::span<const float> a, std::span<const float> b) {
    return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

/// Logits of all positions, as one chain of pending nodes.
inline std::vector<float> logitsOf(Predictor& model, std::span<const std::int32_t> tokens) {
    std::vector<TreeToken> chain;
    for (const std::int32_t token : tokens) chain.push_back({token, std::int32_t(chain.size()) - 1});
    const auto rows = model.extend(chain);
    return {rows.begin(), rows.end()};
}

inline std::vector<float> logitsOf(const ModelWeights& weights, std::span<const std::int32_t> tokens) {
    Transformer model(std::make_shared<const ModelWeights>(weights), nullptr);
    return logitsOf(model, tokens);
}

/// A copy of a model's folder whose config.json has been changed by `edit`.
inline std::string editedModel(const QTemporaryDir& folder, const std::string& model,
                               const std::function<void(QJsonObject&)>& edit) {
    const std::string to = folder.filePath(QString::fromStdString(model)).toStdString();
    std::filesystem::copy(dataPath(model), to,
                          std::filesystem::copy_options::overwrite_existing | std::filesystem::copy_options::recursive);
    QFile file(QString::fromStdString(to + "/config.json"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("no config.json");
    QJsonObject config = QJsonDocument::fromJson(file.readAll()).object();
    file.close();
    edit(config);
    if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate)) qFatal("cannot write");
    file.write(QJsonDocument(config).toJson());
    return to;
}

/// Rows of a matrix in another order: row r of the result is row order(r).
template <class Order>
Matrix reordered(const Matrix& from, const Order& order) {
    Matrix to(from.rows(), from.columns(), from.type());
    const auto bytes = std::size_t(from.bytes() / std::uint64_t(from.rows()));
    for (int r = 0; r < from.rows(); ++r) std::memcpy(to.row(r), from.row(order(r)), bytes);
    return to;
}

/// Where the tests run: on the host, and on Vulkan.
inline const char* nameOf(Path path) { return path == Path::host ? "host" : "Vulkan"; }

} // namespace orrery::language::test
