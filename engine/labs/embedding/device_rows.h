// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of a table in the device's memory, and slices of work over them that last as long as a frame can wait.
#pragma once

#include "engine/labs/embedding/device_turns.h"
#include "engine/labs/embedding/table.h"
#include "engine/tensor/context.h"

namespace orrery::embedding {

/// In parts that a binding of the device can hold; rows padded to groups of four with zeros.
struct DeviceRows {
    std::vector<tensor::Tensor> parts; ///< [rows, 4 groups] each
    std::int64_t rows = 0, partRows = 0, groups = 0;
    std::int64_t first(std::size_t part) const { return std::int64_t(part) * partRows; }
    std::int64_t count(std::size_t part) const { return std::min(partRows, rows - first(part)); }
};

/// How much of a kind of work a slice may hold: learned from those before.
class Slice {
 public:
    static constexpr double aim = 8; ///< milliseconds
    explicit Slice(double first) : m_work(first) {}
    double work() const { return m_work; }
    void took(double work, double milliseconds) {
        m_longest = m_counted++ > 0 ? std::max(m_longest, milliseconds) : m_longest; // the first makes the pipelines
        m_work = std::clamp(work * aim / std::max(milliseconds, 0.05), m_work / 8, m_work * (m_counted > 1 ? 16 : 1));
    }
    double longest() const { return m_longest; } ///< milliseconds
    int count() const { return m_counted; }

 private:
    double m_work, m_longest = 0;
    int m_counted = 0;
};

/// What a piece of work keeps on the device; destroyed with the tensors in it.
struct DeviceWork {
    explicit DeviceWork(gpu::Device& device, const tensor::ContextOptions& options = {}) : context(device, options) {}
    virtual ~DeviceWork() = default;
    tensor::Context context;
    gpu::Download download;
};

/// Such work in the hands of another thread: made, used and destroyed in the device's own.
class Aboard {
 public:
    Aboard(Turns& turns, Progress& progress, const std::function<std::unique_ptr<DeviceWork>()>& make);
    ~Aboard();
    Aboard(const Aboard&) = delete;
    template <class T>
    T& as() const {
        return static_cast<T&>(*m_work);
    }
    /// Runs in the device's thread.
    void turn(const std::function<void(tensor::Context&)>& work) const;
    /// Work recorded and done to its end in one turn; returns its milliseconds.
    double slice(const std::function<void(tensor::Context&)>& record) const;

 private:
    Turns& m_turns;
    Progress& m_progress;
    std::unique_ptr<DeviceWork> m_work;
};

/// Row i times `factor(i)`, sent some MiB a turn; in parts of so many rows.
DeviceRows sendRows(const Aboard& aboard, const Matrix& values, std::int64_t partRows,
                    const std::function<double(std::int64_t)>& factor);

/// The most rows of a part: a multiple of 64, or 0 where the device cannot bind 64 such rows.
std::int64_t rowsOfPart(const gpu::Device& device, std::int64_t columns);

} // namespace orrery::embedding
