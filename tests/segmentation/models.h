// SPDX-License-Identifier: GPL-3.0-or-later
// Small models whose weights are numbers of a formula (tests/reference/segmentation/sam_reference.py), in every form that a file
// may have.
#pragma once

#include "engine/labs/segmentation/model.h"
#include "engine/model/numpy_file.h"
#include "engine/model/safetensors.h"
#include "engine/tensor/formats.h"
#include "tests/model/pickles.h"
#include "tests/support/error_of.h"
#include "tests/support/test_main.h"

#include <nlohmann/json.hpp>

#include <QTemporaryDir>

#include <cmath>

namespace orrery::segmentation::test {

using orrery::test::errorOf;
using Json = nlohmann::json;

inline std::string dataPath(const std::string& file) { return std::string(ORRERY_TEST_DATA) + "/segmentation/data/" + file; }

/// Element i of a tensor: SplitMix64 of the name's FNV-1a and i, in [-1, 1), as the script's uniform().
inline std::vector<float> filled(const std::string& name, std::size_t count, double amplitude, double shift) {
    std::uint64_t seed = 14695981039346656037ULL;
    for (const char c : name) seed = (seed ^ std::uint8_t(c)) * 1099511628211ULL;
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15ULL + seed;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        z ^= z >> 31;
        values[i] = float(shift + amplitude * (std::ldexp(double(z >> 11), -52) - 1));
    }
    return values;
}

struct Stored {
    std::string meta, huggingFace;
    std::vector<std::uint64_t> shape;
    std::vector<float> values;
};

/// One of the script's cases.
struct Case {
    explicit Case(const std::string& name) : name(name) {
        std::ifstream in(dataPath(name + ".json"));
        manifest = Json::parse(in);
        for (const Json& row : manifest.at("tensors")) {
            Stored tensor{row[0], row[1], row[2], {}};
            std::size_t count = 1;
            for (const std::uint64_t size : tensor.shape) count *= size;
            tensor.values = filled(tensor.meta, count, row[3], row[4]);
            tensors.push_back(std::move(tensor));
        }
    }
    std::map<std::string, std::string> metadata() const {
        if (config().at("kind") != "tinyvit") return {};
        return {{"image_size", std::to_string(int(config().at("side")))}};
    }
    const Json& config() const { return manifest.at("config"); }
    std::int64_t side() const { return config().at("side"); }
    std::int64_t width() const { return config().at("picture")[0]; }
    std::int64_t height() const { return config().at("picture")[1]; }

    std::string name;
    Json manifest;
    std::vector<Stored> tensors;
};

enum class Form { metaSafetensors, huggingFaceSafetensors, pth, halfSafetensors };

inline std::string saved(const Case& c, const std::string& path, Form form) {
    if (form == Form::pth) {
        namespace p = orrery::test::pickle;
        std::vector<orrery::test::Packed> entries = {{"sam/data.pkl", {}}};
        std::string items;
        for (const auto& [key, value] : c.metadata()) items += p::text(key) + p::integer(std::stoi(value));
        for (std::size_t i = 0; i < c.tensors.size(); ++i) {
            const Stored& t = c.tensors[i];
            std::vector<std::int64_t> shape(t.shape.begin(), t.shape.end()), strides(shape.size(), 1);
            for (std::size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
            const std::string key = std::to_string(i);
            items += p::text(t.meta) + p::tensor(p::storage(key, std::int64_t(t.values.size())), 0, shape, strides);
            entries.push_back({"sam/data/" + key, orrery::test::raw(t.values)});
        }
        entries[0].data = p::dict(items);
        entries.push_back({"sam/version", "3\n"});
        std::ofstream(path, std::ios::binary) << orrery::test::zipOf(entries, false, true);
        return path;
    }
    std::vector<std::vector<std::uint16_t>> halves(c.tensors.size());
    std::vector<model::TensorToWrite> all;
    for (std::size_t i = 0; i < c.tensors.size(); ++i) {
        const Stored& t = c.tensors[i];
        const std::string& name = form == Form::huggingFaceSafetensors ? t.huggingFace : t.meta;
        if (form == Form::halfSafetensors) {
            halves[i].resize(t.values.size());
            tensor::halfFromFloat(t.values, halves[i]);
            all.push_back({name, model::Stored::f16, t.shape, std::as_bytes(std::span(halves[i]))});
        } else {
            all.push_back({name, model::Stored::f32, t.shape, std::as_bytes(std::span(t.values))});
        }
    }
    model::writeSafetensors(path, all, c.metadata());
    return path;
}

/// The script's picture().
inline Picture picture(std::int64_t w, std::int64_t h) {
    Picture p{w, h, {}};
    for (std::int64_t y = 0; y < h; ++y)
        for (std::int64_t x = 0; x < w; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                std::int64_t smooth = (x * x * 3 / (w + 1) + y * 5 + x * y / 7 + 60 * c) % 511;
                if (smooth > 255) smooth = 510 - smooth;
                p.rgb.push_back(std::uint8_t((smooth + (x / 9 + y / 11) % 2 * 90) % 256));
            }
    return p;
}

} // namespace orrery::segmentation::test
