// SPDX-License-Identifier: GPL-3.0-or-later
// Runs one case of an op against its float64 reference: forward, gradients by central differences, in f32 and f16.
#pragma once

#include "engine/tensor/tape.h"
#include "tests/tensor/op_inputs.h"

namespace orrery::tensor::test {

constexpr double unit32 = 0x1p-24, unit16 = 0x1p-11, least16 = 0x1p-25;

struct Bed {
    Bed(Context& c, const Case& r, bool h) : context(c), row(r), half(h) {
        for (std::size_t i = 0; i < row.inputs.size(); ++i) {
            const bool narrow = half && row.inputs[i].halves;
            arrays.push_back(filled(row.inputs[i], 100 + i, narrow));
            tensors.push_back(uploaded(context, arrays.back(), row.inputs[i], narrow));
        }
    }

    /// Empty when all is well.
    QString forward() {
        const Tensor y = row.run(context, tensors);
        const Expected want = row.reference(arrays);
        if (y.shape() != want.value.shape)
            return QString("the shape is %1, not %2").arg(y.shape().text().c_str(), want.value.shape.text().c_str());
        const std::vector<float> got = context.read(y);
        double most = 0;
        for (const double value : want.value.values)
            if (std::isfinite(value)) most = std::max(most, std::abs(value));
        for (std::size_t i = 0; i < got.size(); ++i) {
            const double value = want.value[i], scale = want.scale.size() ? want.scale[i] : 1 + most;
            const bool units = half && context.device().info().cooperativeMatrix;
            const double allowed = row.tolerance * unit32 * scale + (units ? row.halved * unit16 * scale : 0) +
                                   (y.type() == DType::f16 ? unit16 * std::abs(value) + least16 : 0);
            const bool same = double(got[i]) == value || std::abs(got[i] - value) <= allowed;
            if (!same)
                return QString("element %1 is %2, not %3; %4 allowed")
                    .arg(i)
                    .arg(double(got[i]), 0, 'g', 9)
                    .arg(value, 0, 'g', 9)
                    .arg(allowed);
            worst = std::max(worst, allowed > 0 ? std::abs(got[i] - value) / allowed : 0);
        }
        return guards();
    }

    QString gradients() {
        const Expected base = row.reference(arrays);
        const Array weights = filled({base.value.shape, Fill::normal}, 7, half);
        std::vector<Tensor> got;
        {
            Tape tape(context);
            for (std::size_t i = 0; i < tensors.size(); ++i)
                if (row.inputs[i].differentiable) tape.watch(tensors[i]);
            const Tensor y = row.run(context, tensors);
            const std::vector<float> seed(weights.values.begin(), weights.values.end());
            const Gradients gradients = tape.backward(y, context.upload(y.shape(), std::span<const float>(seed), y.type()));
            for (const Tensor& tensor : tensors) got.push_back(gradients.of(tensor));
        }
        const auto loss = [&](std::span<const Array> inputs) {
            const Expected e = row.reference(inputs);
            double sum = 0;
            for (std::size_t i = 0; i < e.value.size(); ++i) sum += e.value[i] * weights[i];
            return sum;
        };
        for (std::size_t k = 0; k < tensors.size(); ++k) {
            if (!row.inputs[k].differentiable || arrays[k].size() == 0 || base.value.size() == 0) continue;
            if (!got[k]) return QString("input %1 got no gradient").arg(k);
            if (got[k].shape() != tensors[k].shape() || got[k].type() != tensors[k].type())
                return QString("the gradient of input %1 has another shape or type").arg(k);
            const std::vector<float> values = context.read(got[k]);
            double most = 0;
            std::vector<std::pair<std::size_t, double>> want;
            for (std::size_t n = 0; n < std::min<std::size_t>(samples, arrays[k].size()); ++n) {
                const std::size_t i = arrays[k].size() <= samples ? n : philox(5, std::uint32_t(n), 0, 0)[0] % arrays[k].size();
                std::vector<Array> moved = arrays;
                const double x = arrays[k][i], h = 1e-5 * std::max(1.0, std::abs(x));
                moved[k][i] = x + h;
                const double above = loss(moved);
                moved[k][i] = x - h;
                want.emplace_back(i, (above - loss(moved)) / (2 * h));
                most = std::max(most, std::abs(want.back().second));
            }
            // In f16 a gradient is rounded on its way: into the op, out of it, and up to six times in between.
            const double allowed = row.gradient * (most + 1e-3) + (half ? 8 * unit16 * most + 8 * least16 : 0);
            for (const auto& [i, slope] : want)
                if (!(std::abs(values[i] - slope) <= allowed))
                    return QString("the gradient of input %1 at %2 is %3, not %4; %5 allowed")
                        .arg(k)
                        .arg(i)
                        .arg(double(values[i]), 0, 'g', 9)
                        .arg(slope, 0, 'g', 9)
                        .arg(allowed);
        }
        return guards();
    }

    QString guards() {
        const auto broken = context.checkGuards();
        return broken.empty() ? QString() : QString::fromStdString(broken.front());
    }

    static constexpr std::size_t samples = 24;
    Context& context;
    const Case& row;
    bool half;
    double worst = 0; ///< largest error as a share of what is allowed
    std::vector<Array> arrays;
    std::vector<Tensor> tensors;
};

} // namespace orrery::tensor::test
