// SPDX-License-Identifier: GPL-3.0-or-later
// Where tensor work runs: a device, a pool of buffers, the list that is being recorded, and the tape that may listen.
// Ops are functions that take a Context first and return their result; the work is recorded, not yet done.
#pragma once

#include "engine/gpu/recorder.h"
#include "engine/tensor/tensor.h"

#include <functional>
#include <map>
#include <span>

namespace orrery::tensor {

struct Format;
class Tape;

/// Who computes large matrix products (design: on a CPU device the host's BLAS, over the same memory).
enum class Products { automatic, vulkan, host };

struct ContextOptions {
    Products products = Products::automatic; ///< automatic also looks at ORRERY_MATMUL=vulkan|host
    bool guarded = false; ///< new tensors hold NaN and a tail behind them that checkGuards() looks at. For tests.
};

/// The format that an op's floating-point inputs are brought to.
struct Rule {
    DType type = DType::f32;
    const Format* rounded = nullptr; ///< values are rounded to this format and kept in f32: emulates what has no DType
    bool operator==(const Rule&) const = default;
};
/// By op name, as in PyTorch's autocast; ops that are not named follow their widest input. See precision.h for the usual tables.
using Policy = std::map<std::string, Rule>;

class Context {
 public:
    explicit Context(gpu::Device& device, const ContextOptions& options = {});
    ~Context(); ///< work recorded and not submitted is submitted
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    gpu::Device& device() const { return m_device; }

    Tensor empty(const Shape& shape, DType type = DType::f32); ///< content undefined
    Tensor full(const Shape& shape, double value, DType type = DType::f32);
    Tensor zeros(const Shape& shape, DType type = DType::f32) { return full(shape, 0, type); }
    /// The values, rounded to nearest where the type is narrower. Throws Error when their number is not the shape's.
    Tensor upload(const Shape& shape, std::span<const float> values, DType type = DType::f32);
    Tensor upload(const Shape& shape, std::span<const std::int32_t> values);
    Tensor upload(const Shape& shape, std::span<const std::uint8_t> values);
    /// Overwrites the tensor's values, for inputs that change while shape and place stay.
    void assign(const Tensor& to, std::span<const float> values);
    void assignPart(const Tensor& to, std::int64_t from, std::span<const float> values); ///< `from`: an even number in f16

    /// Submits, waits and fetches; f16 and integers come as float (exact up to 2^24).
    std::vector<float> read(const Tensor& tensor);
    std::vector<std::int32_t> readInts(const Tensor& tensor);
    float readScalar(const Tensor& tensor) { return read(tensor).at(0); }

    /// The list that ops record into.
    gpu::Recorder& recorder();
    /// One range per binding; `halves` says by the tensors' types which bindings hold f16 (specialisation constant 3, see
    /// shaders/common/tensor.glsl); more constants follow from 4 on.
    struct Launch {
        const char* kernel = nullptr;
        std::vector<Tensor> tensors;
        std::vector<gpu::Binding> bindings; ///< as many
        std::vector<std::uint32_t> constants{};
        std::array<std::uint32_t, 3> local{64, 1, 1};
        std::array<std::uint64_t, 3> groups{1, 1, 1}; ///< split into a grid by grid() where a kernel counts in one line
        double flops = 0;                             ///< for the profile
    };
    template <class Push>
    void run(Launch launch, const Push& push) {
        run(launch, std::as_bytes(std::span(&push, 1)));
    }
    void run(const Launch& launch, std::span<const std::byte> push);

    /// Runs on the host, now, after all that was recorded has been done. The pointer to a tensor's values: hostData().
    void onHost(const std::function<void()>& work, const char* name = "host", double flops = 0); ///< the latter for the profile
    /// Of a CPU device, whose memory is the host's; null otherwise. Valid while the tensor lives.
    void* hostData(const Tensor& tensor) const;
    bool hostProducts() const { return m_hostProducts; } ///< matrix products and FFTs may go to the host's libraries
    Products products() const { return m_products; }

    gpu::Ticket submit(); ///< what is recorded, if anything; the ticket of all of it
    void finish();        ///< submits and waits

    Tape* tape = nullptr; ///< listens to the ops; see tape.h
    Policy policy{};
    std::map<std::string, Tensor> kept; ///< tables that ops make once and want again (twiddle factors), by name
    /// The tensor as the policy wants an op of that name to take it: itself or a cast, recorded on the tape.
    Tensor admit(const char* op, const Tensor& tensor);

    /// Names of tensors' neighbourhoods that were written to: empty unless a kernel wrote beside its output. Guarded only.
    std::vector<std::string> checkGuards();

    struct Pool;

 private:
    Tensor make(const Shape& shape, DType type);

    gpu::Device& m_device;
    ContextOptions m_options;
    Products m_products;
    bool m_hostProducts;
    std::shared_ptr<Pool> m_pool;
    std::unique_ptr<gpu::Recorder> m_recorder;
    int m_recorded = 0; ///< dispatches since the last submit
};

/// Workgroups for that many items in a line, as a grid: no side beyond what every device offers (65,535). Kernels get their
/// number by lineIndex() of shaders/common/tensor.glsl and leave where it is beyond the last item.
std::array<std::uint64_t, 3> grid(std::uint64_t items, std::uint32_t local);
/// Workgroups of 64 for kernels that take several items each, lineCount() apart: enough to fill the device and no more.
std::array<std::uint64_t, 3> stridedGrid(const Context& context, std::uint64_t items);

} // namespace orrery::tensor
