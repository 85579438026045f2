// SPDX-License-Identifier: GPL-3.0-or-later
// All that a picture is made from: the table, its principal components, the neighbours, the graph and where the points begin.
#pragma once

#include "engine/labs/embedding/fuzzy.h"
#include "engine/labs/embedding/paths.h"
#include "engine/labs/embedding/quality.h"
#include "engine/labs/embedding/request.h"

namespace orrery::gpu {
class Device;
}

namespace orrery::embedding {

struct Problem {
    Request request;
    std::shared_ptr<const Table> table;
    std::shared_ptr<const Pca> pca;               ///< of the table, up to 50 components
    Matrix space;                                 ///< where neighbours are sought: the table itself, or its first components
    std::shared_ptr<const Neighbours> neighbours; ///< of `space`; null where no graph is needed
    std::shared_ptr<const Affinities> affinities; ///< t-SNE
    std::shared_ptr<const FuzzyGraph> fuzzy;      ///< UMAP
    Matrix first;                                 ///< [N, dims]: where the points begin, or lie (PCA, random, axes)
    std::shared_ptr<const QualityProbe> probe;    ///< of the table, at a sample of its rows
    std::vector<std::string> remarks;             ///< sentences for whoever looks at it
    std::vector<std::pair<std::string, double>>
        seconds;            ///< of each part that was not taken over: read, components, neighbours, graph, start
    std::string search;     ///< how neighbours were found: "all pairs", "NN-descent, on the device"
    std::string components; ///< and components: "exact", "randomised, on the device"
};

constexpr std::int64_t probedRows = 500; ///< looked at while it runs

/// What `former` has and still holds is taken over. `picture`: what is there now, for a start from it. Runs for seconds to minutes.
std::shared_ptr<const Problem> solve(const Request& request, const std::shared_ptr<const Problem>& former,
                                     const PicturePoints& picture, Progress& progress, const Paths& paths = {});

/// Rows named by words (as spelled() finds them) or numbers with commas between; "#7" is always a number. Throws Error naming the
/// nearest words.
std::vector<std::int64_t> rowsNamed(const Table& table, const std::string& names);
/// What rowsNamed() reads as that row: its word, or "#7" where no word says it.
std::string nameOfRow(const Table& table, std::int64_t row);

/// Where a picture begins, or what a linear projection is: from `p.request.start`, table, components and graph.
Matrix startOf(Problem& p, const PicturePoints& picture, Progress& progress);
State firstState(const Problem& problem); ///< that a descent begins with
/// By the request's path: the device takes what it can hold, where it is a GPU or where it was asked to.
std::shared_ptr<Optimiser> optimiserOf(const Problem& problem, gpu::Device& device);

} // namespace orrery::embedding
