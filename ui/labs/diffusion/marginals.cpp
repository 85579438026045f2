// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/marginals.h"

#include "ui/labs/diffusion/grids.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

void Marginals::prepare(gpu::Recorder& recorder, diffusion::DiffusionLab& lab, const Rect& seen, double mostPairs,
                        std::uint64_t moment) {
    const double low[2] = {seen.low.x, seen.low.y}, high[2] = {seen.high.x, seen.high.y};
    if (!(high[0] > low[0] && high[1] > low[1])) return;
    lab.requestHistogram(recorder, low, high, bins);
    if (m_moment == moment && m_seen == seen) return;
    m_moment = moment, m_seen = seen;
    const int count = std::clamp(int(mostPairs / std::max(1., lab.fieldPairs(1)) / 2), 33, 401);
    for (int axis = 0; axis < 2; ++axis) {
        Curve& curve = m_curves[std::size_t(axis)];
        const double step = (high[axis] - low[axis]) / (count - 1);
        curve.places.resize(std::size_t(count));
        for (int i = 0; i < count; ++i) curve.places[std::size_t(i)] = low[axis] + step * i;
        curve.densities = lab.marginal(axis, low[axis], step, count);
        curve.peak = 0;
        for (const double d : curve.densities)
            if (std::isfinite(d)) curve.peak = std::max(curve.peak, d);
    }
}

void Marginals::bars(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, int axis,
                     ImVec2 origin) const {
    const diffusion::DiffusionLab::Histogram& h = lab.histogram();
    const auto& counts = h.counts[axis];
    const double peak = m_curves[std::size_t(axis)].peak;
    if (counts.empty() || h.particles == 0 || !(peak > 0)) return;
    const diffusion::Frame2 frame = lab.frame();
    const double width = (h.high[axis] - h.low[axis]) / double(counts.size());
    const ImU32 ink = toColour(look.theme.secondary, look.theme.light ? 0.5f : 0.42f);
    const float most = look.px(band);
    const auto edge = [&](std::size_t bin) {
        const double standard = h.low[axis] + width * double(bin);
        const glm::dvec2 px = camera.toPx(toData({standard, standard}, frame));
        return float(axis == 0 ? px.x : px.y);
    };
    for (std::size_t bin = 0; bin < counts.size(); ++bin) {
        if (counts[bin] == 0) continue;
        const double density = double(counts[bin]) / (double(h.particles) * width);
        const float tall = std::min(1.12f, float(density / peak)) * most * 0.88f, gap = look.px(0.5f);
        const float from = edge(bin), to = edge(bin + 1);
        if (axis == 0)
            list->AddRectFilled({from + gap, origin.y - tall}, {std::max(from + gap + 1, to - gap), origin.y}, ink);
        else
            list->AddRectFilled({origin.x - tall, to + gap}, {origin.x, std::max(to + gap + 1, from - gap)}, ink);
    }
}

void Marginals::curve(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, int axis,
                      ImVec2 origin) const {
    const Curve& curve = m_curves[std::size_t(axis)];
    if (!(curve.peak > 0)) return;
    const diffusion::Frame2 frame = lab.frame();
    std::vector<ImVec2> line;
    const auto flush = [&] {
        list->AddPolyline(line.data(), int(line.size()), toColour(look.theme.brass), 0, look.px(1.5f));
        line.clear();
    };
    const float least = look.px(0.4f); // where there is nothing the curve would only hide the axis
    bool wasFlat = true;
    for (std::size_t i = 0; i < curve.places.size() && i < curve.densities.size(); ++i) {
        const glm::dvec2 px = camera.toPx(toData({curve.places[i], curve.places[i]}, frame));
        const float tall = float(curve.densities[i] / curve.peak) * look.px(band) * 0.88f;
        const bool flat = !(tall >= least);
        if (flat && wasFlat) line.clear();
        line.push_back(axis == 0 ? ImVec2(float(px.x), origin.y - tall) : ImVec2(origin.x - tall, float(px.y)));
        if (flat && !wasFlat) flush();
        wasFlat = flat;
    }
    flush();
}

void Marginals::draw(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, ImVec2 size,
                     float right, float bottom) const {
    const ImVec2 origin(size.x - look.px(right), size.y - look.px(bottom)); // where the two axes meet
    list->PushClipRect({0, 0}, origin, true);
    for (int axis = 0; axis < 2; ++axis) {
        bars(list, look, camera, lab, axis, origin);
        curve(list, look, camera, lab, axis, origin);
    }
    list->PopClipRect();
}

} // namespace orrery::ui
