// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/problem.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/embedding/glyphs.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/spelling.h"
#include "engine/labs/embedding/table_check.h"
#include "engine/labs/embedding/tsne_device.h"
#include "engine/labs/embedding/umap_device.h"
#include "engine/philox.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <ctime>

namespace orrery::embedding {

namespace {

constexpr int keptComponents = 50;

std::shared_ptr<const Table> tableOf(const DataRequest& data, Progress& progress) {
    if (data.made) return std::make_shared<const Table>(controlled(*data.made));
    if (data.words) return std::make_shared<const Table>(trainedTable(*data.words, progress));
    if (!data.file) return std::make_shared<const Table>(glyphs(data.rows, data.seed, progress));
    Table table;
    try {
        table = readTable(data.path, {.tensor = data.tensor, .metadata = data.metadata, .mostRows = data.rows}, progress);
    } catch (const Error& error) { // .txt may be vectors or prose
        if (!data.path.ends_with(".txt")) throw;
        throw Error(std::string(error.what()) + ". If it is prose to learn word vectors from, choose it under Table: text");
    }
    return std::make_shared<const Table>(checked(std::move(table), data.path));
}

Matrix randomStart(std::int64_t n, int dims, std::uint64_t seed) {
    std::vector<float> values(std::size_t(n * dims));
    for (std::int64_t i = 0; i < n; ++i)
        for (int d = 0; d < dims; ++d)
            values[std::size_t(i * dims + d)] =
                float(normalPair(philox(seed, std::uint32_t(i), std::uint32_t(d), 0x53544152))[0]);
    return Matrix(n, dims, std::move(values));
}

/// Columns of `from` [N, any], as many as the picture has axes; what is missing is zero.
Matrix columnsOf(const Matrix& from, std::span<const std::int64_t> columns) {
    const auto dims = std::int64_t(columns.size());
    std::vector<float> values(std::size_t(from.rows() * dims));
    for (std::int64_t i = 0; i < from.rows(); ++i)
        for (std::int64_t d = 0; d < dims; ++d)
            if (columns[std::size_t(d)] < from.columns())
                values[std::size_t(i * dims + d)] = from.row(i)[std::size_t(columns[std::size_t(d)])];
    return Matrix(from.rows(), dims, std::move(values));
}

} // namespace

Matrix startOf(Problem& p, const PicturePoints& picture, Progress& progress) {
    const StartRequest& start = p.request.start;
    const std::int64_t n = p.table->rows();
    const std::array<std::int64_t, 3> leading = {0, 1, 2};
    const auto principal = [&](std::span<const std::int64_t> which) {
        return columnsOf(p.pca->project(p.table->values, int(*std::max_element(which.begin(), which.end())) + 1), which);
    };
    if (start.method == Method::random) return randomProjection(p.table->values, start.dims, start.seed);
    if (start.method == Method::axes) {
        std::vector<Axis> axes;
        for (int d = 0; d < start.dims; ++d) {
            const std::string &from = start.ends[std::size_t(2 * d)], &to = start.ends[std::size_t(2 * d + 1)];
            if (from.empty() && to.empty() && d > 0) break; // then that axis is the largest component
            axes.push_back({rowsNamed(*p.table, from), rowsNamed(*p.table, to)});
        }
        const Matrix found = axesProjection(p.table->values, axes);
        if (int(axes.size()) == start.dims) return found;
        std::vector<float> values(std::size_t(n * start.dims));
        const Matrix rest = principal(std::span(leading).subspan(0, 2));
        for (std::int64_t i = 0; i < n; ++i)
            for (int d = 0; d < start.dims; ++d)
                values[std::size_t(i * start.dims + d)] =
                    d < int(axes.size()) ? found.row(i)[std::size_t(d)] : rest.row(i)[std::size_t(d - int(axes.size()))];
        return Matrix(n, start.dims, std::move(values));
    }
    if (start.method == Method::pca) {
        std::array<std::int64_t, 3> which{};
        for (std::size_t d = 0; d < 3; ++d) which[d] = start.components[d] - 1;
        return principal(std::span(which).subspan(0, std::size_t(start.dims)));
    }
    if (start.start == Start::picture && picture.n == n) {
        std::vector<float> values(std::size_t(n * start.dims));
        for (std::int64_t i = 0; i < n; ++i)
            for (int d = 0; d < start.dims; ++d) values[std::size_t(i * start.dims + d)] = d < picture.dims ? picture[d][i] : 0;
        return Matrix(n, start.dims, std::move(values));
    }
    if (start.start == Start::random) return randomStart(n, start.dims, start.seed);
    if (start.start == Start::spectral && p.fuzzy) {
        if (Matrix spectral = spectralLayout(*p.fuzzy, start.dims, start.seed, progress); spectral.rows() > 0) return spectral;
        p.remarks.push_back(
            p.fuzzy->components > 1
                ? "The graph has " + std::to_string(p.fuzzy->components) +
                      " parts without an edge between them: the picture begins with principal components."
                : std::string(
                      "The graph's eigenvectors were not found in 300 steps: the picture begins with principal components."));
    }
    return principal(std::span(leading).subspan(0, std::size_t(start.dims)));
}

namespace {

/// Adds the seconds of a part of the work: on the wall, and of the processor over all threads of the program.
class Timed {
 public:
    explicit Timed(Problem& problem) : m_problem(problem) {}
    void done(const std::string& part) {
        const auto now = std::chrono::steady_clock::now();
        const std::clock_t clocks = std::clock();
        m_problem.seconds.emplace_back(part, std::chrono::duration<double>(now - m_begin).count());
        m_problem.seconds.emplace_back(part + " processor", double(clocks - m_clocks) / CLOCKS_PER_SEC);
        m_begin = now, m_clocks = clocks;
    }

 private:
    Problem& m_problem;
    std::chrono::steady_clock::time_point m_begin = std::chrono::steady_clock::now();
    std::clock_t m_clocks = std::clock();
};

/// What is odd about the rows: told once.
void remarkOn(const Neighbours& neighbours, std::vector<std::string>& remarks) {
    std::int64_t twins = 0;
    for (std::int64_t i = 0; i < neighbours.n; ++i) twins += neighbours.distances(i)[0] <= 0;
    if (twins > 0) remarks.push_back(std::to_string(twins) + " rows have another at distance 0.");
}

void connect(Problem& p, const std::shared_ptr<const Problem>& former, Progress& progress, const Paths& paths) {
    const Request& r = p.request;
    const std::int64_t n = p.table->rows(), k = r.graph.wanted(n);
    if (k <= 0) return;
    Timed timed(p);
    const bool sameSpace =
        former && former->request.space == r.space && former->neighbours && former->request.graph.search == r.graph.search;
    if (sameSpace && former->neighbours->k == k) {
        p.neighbours = former->neighbours, p.search = former->search;
    } else if (sameSpace && former->neighbours->k > k) { // the first k of those that are there
        auto fewer = std::make_shared<Neighbours>(Neighbours{n, k, {}, {}});
        for (std::int64_t i = 0; i < n; ++i) {
            fewer->index.insert(fewer->index.end(), former->neighbours->of(i).begin(), former->neighbours->of(i).begin() + k);
            fewer->distance.insert(fewer->distance.end(), former->neighbours->distances(i).begin(),
                                   former->neighbours->distances(i).begin() + k);
        }
        p.neighbours = fewer, p.search = former->search;
    } else {
        const bool descent =
            r.graph.search == NeighbourSearch::descent || (r.graph.search == NeighbourSearch::automatic && n > mostExactSearch);
        p.neighbours = std::make_shared<const Neighbours>(
            neighboursBy(paths, descent, p.space, k, r.space.metric, r.start.seed, progress, p.search));
    }
    timed.done("neighbours");
    remarkOn(*p.neighbours, p.remarks);
    if (r.graph.method == Method::tsne) {
        auto found = std::make_shared<Affinities>(affinities(*p.neighbours, r.graph.perplexity));
        if (found->clamped > 0)
            p.remarks.push_back(std::to_string(found->clamped) +
                                " rows have so many neighbours at one distance that no precision gives this perplexity.");
        p.affinities = std::move(found);
    } else {
        p.fuzzy = std::make_shared<const FuzzyGraph>(fuzzyGraph(*p.neighbours));
    }
    timed.done("graph");
}

} // namespace

namespace {

std::int64_t rowNamed(const Table& table, const std::string& name) {
    const bool marked = name.starts_with('#'); // always a number, whatever the rows are called
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(name.data() + (marked ? 1 : 0), name.data() + name.size(), number);
    const bool isRow = error == std::errc() && end == name.data() + name.size() && number >= 0 && number < table.rows();
    if (isRow && marked) return number;
    if (isRow && std::find(table.tokens.begin(), table.tokens.end(), name) == table.tokens.end()) return number;
    return spelled(table.tokens, name).at;
}

} // namespace

std::string nameOfRow(const Table& table, std::int64_t row) {
    if (table.tokens.empty()) return std::to_string(row);
    const std::string& name = table.tokens[std::size_t(row)];
    const bool plain = !name.empty() && name.size() <= 40 && name.find(',') == std::string::npos && name.front() != ' ' &&
                       name.back() != ' ' && std::none_of(name.begin(), name.end(), [](char c) { return std::uint8_t(c) < 32; });
    return plain && rowNamed(table, name) == row ? name : "#" + std::to_string(row);
}

std::vector<std::int64_t> rowsNamed(const Table& table, const std::string& names) {
    std::vector<std::int64_t> rows;
    for (std::size_t at = 0; at <= names.size();) {
        const std::size_t comma = std::min(names.find(',', at), names.size());
        std::string name = names.substr(at, comma - at);
        at = comma + 1;
        name.erase(0, name.find_first_not_of(' '));
        name.erase(name.find_last_not_of(' ') + 1);
        if (name.empty()) continue;
        if (const std::int64_t row = rowNamed(table, name); row >= 0)
            rows.push_back(row);
        else
            throw Error("no row is called '" + name + "'" + spellingHint(table.tokens, name) + "; rows have numbers from 0 to " +
                        std::to_string(table.rows() - 1));
    }
    if (rows.empty())
        throw Error("name a row for each end of an axis: a word, or a number from 0 to " + std::to_string(table.rows() - 1));
    return rows;
}

std::shared_ptr<const Problem> solve(const Request& request, const std::shared_ptr<const Problem>& former,
                                     const PicturePoints& picture, Progress& progress, const Paths& paths) {
    auto p = std::make_shared<Problem>();
    p->request = request;
    const bool sameData = former && former->request.space.data == request.space.data,
               sameSpace = sameData && former->request.space == request.space;
    progress.part(0, 0.35);
    Timed timed(*p);
    p->table = sameData ? former->table : tableOf(request.space.data, progress);
    timed.done("read");
    p->remarks = p->table->remarks;
    const std::int64_t n = p->table->rows(), D = p->table->dims();
    verify(request, n);
    progress.part(0.35, 0.5);
    const bool reduces = request.space.reduce > 0 && D > 2 * request.space.reduce;
    if (sameSpace)
        p->pca = former->pca, p->space = former->space, p->probe = former->probe, p->components = former->components;
    else {
        const auto wanted =
            int(std::min<std::int64_t>({std::max<std::int64_t>(keptComponents, reduces ? request.space.reduce : 0), n, D}));
        p->pca = std::make_shared<const Pca>(
            pcaBy(paths, p->table->values, {.components = wanted, .centred = request.space.centred}, progress, p->components));
        p->space = reduces && request.space.metric == Metric::euclid
                       ? p->pca->project(p->table->values, int(request.space.reduce))
                       : p->table->values;
        timed.done("components");
        if (n >= 4) p->probe = std::make_shared<const QualityProbe>(p->table->values, request.space.metric, probedRows);
    }
    progress.part(0.5, 0.95);
    connect(*p, former, progress, paths);
    progress.part(0.95, 1);
    Timed start(*p);
    const bool sameStart = sameSpace && former->request.start == request.start && former->first.rows() == n;
    p->first = sameStart ? former->first : startOf(*p, picture, progress);
    start.done("start");
    return p;
}

State firstState(const Problem& p) {
    if (p.request.graph.method == Method::umap) return umapStart(p.first, p.request.start.seed);
    if (p.request.graph.method == Method::tsne) return tsneStart(p.first);
    State state{PicturePoints(p.first.rows(), int(p.first.columns())), {}, {}};
    for (int d = 0; d < state.y.dims; ++d)
        for (std::int64_t i = 0; i < state.y.n; ++i) state.y[d][i] = p.first.row(i)[std::size_t(d)];
    return state;
}

std::shared_ptr<Optimiser> optimiserOf(const Problem& p, gpu::Device& device) {
    const bool onDevice =
        takesDevice(p.request.path, device) && (p.request.path == Path::vulkan || deviceRefusal(device, p.table->rows()).empty());
    if (p.request.graph.method == Method::tsne) {
        GridRepulsion::Options grid;
        grid.spacing = p.request.gridSpacing;
        if (onDevice) return std::make_shared<DeviceTsne>(device, p.affinities, p.request.repulsion, grid);
        return std::make_shared<Tsne>(p.affinities, p.request.repulsion, grid);
    }
    if (p.request.graph.method != Method::umap) return nullptr;
    if (onDevice) return std::make_shared<DeviceUmap>(device, *p.fuzzy, p.request.start.seed);
    return std::make_shared<Umap>(p.fuzzy, p.request.start.seed);
}

} // namespace orrery::embedding
