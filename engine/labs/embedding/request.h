// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words, part by part: what a part does not depend on, it does not begin again for.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/embedding/controlled.h"
#include "engine/labs/embedding/neighbours.h"
#include "engine/labs/embedding/pca.h"
#include "engine/labs/embedding/tsne.h"
#include "engine/labs/embedding/words_request.h"

#include <optional>

namespace orrery::embedding {

enum class Method { pca, tsne, umap, random, axes };

struct DataRequest {
    bool file = false;
    std::string path{}, tensor{}, metadata{};
    std::string version{};               ///< of the file: when it was last written
    std::int64_t rows = 0;               ///< most of a file, 0: all; glyphs: how many
    std::uint64_t seed = 0;              ///< of glyphs
    std::optional<WordsRequest> words{}; ///< trained on a text
    std::optional<ControlledRequest> made{};
    bool live = false; ///< a table that is still changing: never the same as another
    bool operator==(const DataRequest&) const = default;
};

struct SpaceRequest {
    DataRequest data;
    Metric metric = Metric::euclid;
    std::int64_t reduce =
        50; ///< principal components that neighbours are sought in when there are more than twice as many columns
    bool centred = true;
    bool operator==(const SpaceRequest&) const = default;
};

enum class NeighbourSearch { automatic, exact, descent };
constexpr std::int64_t mostExactSearch = 50000; ///< rows, where it is left to us

struct GraphRequest {
    Method method = Method::tsne;
    double perplexity = 30;
    std::int64_t neighbours = 15; ///< UMAP, with the row itself
    NeighbourSearch search = NeighbourSearch::automatic;
    std::int64_t wanted(std::int64_t rows) const; ///< neighbours of a row, without itself; 0: none are needed
    bool operator==(const GraphRequest&) const = default;
};

enum class Start { pca, random, spectral, picture };

struct StartRequest {
    Method method = Method::tsne;
    int dims = 2;
    Start start = Start::pca;
    std::uint64_t seed = 1;
    std::array<std::int64_t, 3> components{1, 2, 3}; ///< of PCA, counted from 1
    std::array<std::string, 6> ends{};               ///< of the axes: words or row numbers, with commas between
    bool operator==(const StartRequest&) const = default;
};

struct Request {
    SpaceRequest space;
    GraphRequest graph;
    StartRequest start;
    Repulsion repulsion = Repulsion::automatic;
    double gridSpacing = 0.2;
    Path path = Path::automatic;
    int steps = 1; ///< of the clock
    bool operator==(const Request&) const = default;
    bool descends() const { return graph.method == Method::tsne || graph.method == Method::umap; }
};

/// Throws Error for what can be seen to be wrong without reading the table (a file that is not there).
Request requestOf(const lab::Settings& settings, std::uint64_t seed);
Tuning tuningOf(const lab::Settings& settings, std::uint64_t seed);
Metric metricOf(const std::string& key);

/// Throws Error, one line that says what to set, when a table of so many rows cannot be met.
void verify(const Request& request, std::int64_t rows);

} // namespace orrery::embedding
