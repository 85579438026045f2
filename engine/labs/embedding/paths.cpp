// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/paths.h"

#include "engine/labs/embedding/pca_device.h"

namespace orrery::embedding {

namespace {
const char* const noRoom = ", on the host: the device has no room for it";
}

Neighbours neighboursBy(const Paths& paths, bool descent, const Matrix& values, std::int64_t k, Metric metric, std::uint64_t seed,
                        Progress& progress, std::string& how) {
    how = descent ? "NN-descent" : "all pairs";
    const double n = double(values.rows());
    if (paths && n * n * double(values.columns()) >= leastOnDevice) try {
            DeviceSearchReport report;
            Neighbours found =
                descent ? approximateNeighbours(*paths.device, *paths.turns, values, k, metric, seed, progress, {}, &report)
                        : exactNeighbours(*paths.device, *paths.turns, values, k, metric, progress, {}, &report);
            how += report.onDevice ? ", on the device" : ", on the host: too large for the device's bindings";
            if (report.doubtfulRows > 0) how += "; " + std::to_string(report.doubtfulRows) + " rows again on the host";
            return found;
        } catch (const gpu::OutOfMemory&) {
            how += noRoom;
        }
    return descent ? approximateNeighbours(values, k, metric, seed, progress) : exactNeighbours(values, k, metric, progress);
}

Pca pcaBy(const Paths& paths, const Matrix& values, const PcaOptions& options, Progress& progress, std::string& how) {
    if (values.rows() > 1 && wayOf(values, options, bool(paths)) == PcaWay::exact) {
        how = "exact";
        return pca(values, options, progress);
    }
    how = "randomised";
    if (paths) try {
            DeviceProducts products(*paths.device, *paths.turns, progress);
            Pca found = pca(values, options, progress, &products);
            how += ", on the device";
            return found;
        } catch (const gpu::OutOfMemory&) {
            how += noRoom;
        }
    return pca(values, options, progress);
}

} // namespace orrery::embedding
