// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/request.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/lab/sending.h"
#include "engine/labs/embedding/curve.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace orrery::embedding {

namespace {

template <class E>
E oneOf(const std::string& key, std::initializer_list<std::pair<const char*, E>> all) {
    for (const auto& [name, value] : all)
        if (key == name) return value;
    throw Error("there is no choice '" + key + "'");
}

std::string versionOf(const std::string& path) {
    std::error_code error;
    const auto time = std::filesystem::last_write_time(path, error);
    if (error)
        throw Error(path + (lab::wasSent(path)
                                ? ": these rows came from another lab and have had to make room since; send them again"
                                : ": there is no such file, or it cannot be read"));
    return std::to_string(time.time_since_epoch().count());
}

} // namespace

Metric metricOf(const std::string& key) {
    return oneOf<Metric>(key, {{"euclid", Metric::euclid}, {"cosine", Metric::cosine}, {"dot", Metric::dot}});
}

std::int64_t GraphRequest::wanted(std::int64_t rows) const {
    if (method == Method::tsne) return std::min(rows - 1, std::int64_t(std::floor(3 * perplexity)));
    return method == Method::umap ? std::min(rows - 1, neighbours - 1) : 0;
}

Request requestOf(const lab::Settings& settings, std::uint64_t seed) {
    Request r;
    DataRequest& data = r.space.data;
    data.file = settings.text("data") == "file";
    if (data.file) {
        data.path = settings.text("file"), data.tensor = settings.text("tensor"), data.metadata = settings.text("metadata");
        if (data.path.empty()) throw Error("choose a file: a table (CSV, TSV), word vectors, .npy, .npz or .safetensors");
        data.version = versionOf(data.path) + (data.metadata.empty() ? "" : "/" + versionOf(data.metadata));
        data.rows = settings.integer("rows");
    } else if (settings.text("data") == "text") {
        data.words = wordsRequestOf(settings, seed);
    } else if (settings.text("data") == "made") {
        data.made = ControlledRequest{shapeOf(settings.text("shape")), settings.integer("made_rows"),
                                      int(settings.integer("made_dims")), seed};
    } else {
        data.rows = settings.integer("count"), data.seed = seed;
    }
    r.space.metric = metricOf(settings.text("metric"));
    r.space.reduce = settings.integer("reduce"), r.space.centred = settings.flag("centred");
    r.graph.method = oneOf<Method>(settings.text("method"), {{"pca", Method::pca},
                                                             {"tsne", Method::tsne},
                                                             {"umap", Method::umap},
                                                             {"random", Method::random},
                                                             {"axes", Method::axes}});
    r.graph.search = oneOf<NeighbourSearch>(
        settings.text("search"),
        {{"automatic", NeighbourSearch::automatic}, {"exact", NeighbourSearch::exact}, {"descent", NeighbourSearch::descent}});
    if (r.graph.method == Method::tsne) r.graph.perplexity = settings.number("perplexity");
    if (r.graph.method == Method::umap) r.graph.neighbours = settings.integer("neighbours");
    r.start.method = r.graph.method, r.start.seed = seed;
    r.start.dims = settings.text("dims") == "3d" ? 3 : 2;
    if (r.descends() || r.graph.method == Method::pca)
        r.path =
            oneOf<Path>(settings.text("path"), {{"automatic", Path::automatic}, {"host", Path::host}, {"vulkan", Path::vulkan}});
    if (r.descends()) {
        r.start.start = oneOf<Start>(
            settings.text("start"),
            {{"pca", Start::pca}, {"random", Start::random}, {"spectral", Start::spectral}, {"picture", Start::picture}});
    }
    if (r.graph.method == Method::pca)
        r.start.components = {settings.integer("component_x"), settings.integer("component_y"), settings.integer("component_z")};
    if (r.graph.method == Method::axes)
        r.start.ends = {settings.text("x_from"), settings.text("x_to"),   settings.text("y_from"),
                        settings.text("y_to"),   settings.text("z_from"), settings.text("z_to")};
    if (r.graph.method == Method::tsne) {
        r.repulsion =
            oneOf<Repulsion>(settings.text("repulsion"),
                             {{"automatic", Repulsion::automatic}, {"exact", Repulsion::exact}, {"grid", Repulsion::grid}});
        r.gridSpacing = settings.number("spacing");
        r.steps = int(settings.integer("iterations"));
    }
    if (r.graph.method == Method::umap) r.steps = int(settings.integer("epochs"));
    return r;
}

Tuning tuningOf(const lab::Settings& settings, std::uint64_t seed) {
    Tuning t;
    t.exaggeration = settings.number("exaggeration"), t.exaggerated = int(settings.integer("exaggerated"));
    t.laterExaggeration = settings.number("later_exaggeration");
    t.rate = settings.number("rate"), t.momentum = settings.number("momentum");
    const Curve curve = curveOf(std::min(settings.number("min_dist"), settings.number("spread")), settings.number("spread"));
    t.a = curve.a, t.b = curve.b;
    t.repulsion = settings.number("gamma"), t.negatives = int(settings.integer("negatives")),
    t.epochs = int(settings.integer("epochs"));
    t.seed = seed;
    return t;
}

void verify(const Request& request, std::int64_t rows) {
    const std::string there = "; this table has " + std::to_string(rows);
    if (rows < 2) throw Error("a projection needs two rows at least" + there + "; add rows to it");
    if (request.graph.method == Method::tsne && 3 * request.graph.perplexity > double(rows - 1)) {
        const double most = std::floor(double(rows - 1) / 3);
        if (most < 1) throw Error("t-SNE needs four rows at least" + there + "; choose principal components");
        throw Error("a perplexity of " + lab::shortest(request.graph.perplexity) + " needs three times as many neighbours, " +
                    std::to_string(std::int64_t(std::ceil(3 * request.graph.perplexity)) + 1) + " rows" + there + ": set it to " +
                    lab::shortest(most) + " at most");
    }
    if (request.graph.method == Method::umap && request.graph.neighbours > rows)
        throw Error(std::to_string(request.graph.neighbours) + " neighbours need as many rows" + there + ": set them to " +
                    std::to_string(rows) + " at most");
}

} // namespace orrery::embedding
