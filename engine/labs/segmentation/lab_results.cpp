// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/segmentation/live_lab.h"
#include "engine/tensor/ops/layout.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

std::string LiveLab::status() const {
    if (!m_desk.plan()) return "";
    std::string text = m_desk.plan()->name();
    if (const Answer* shown = answer(m_request.object)) {
        const std::size_t m = m_request.chosen(m_request.object, *shown);
        text += " \xC2\xB7 " + std::to_string(m_position) + "/" + std::to_string(steps()) + " \xC2\xB7 IoU " +
                lab::figures(double(shown->iou[m])) + " \xC2\xB7 \xC2\xB1 " + lab::figures(shown->stability[m]);
    }
    return text;
}

std::span<const lab::Sample> LiveLab::series(const std::string& key) const {
    std::vector<lab::Sample>& samples = m_series[key];
    samples.clear();
    const Track* track = current();
    for (int k = 0; track && k <= track->clicks(); ++k) {
        const Answer* each = track->answer(k);
        if (!each) continue;
        const std::size_t m = m_request.chosen(m_request.object, *each);
        const double value = key == "iou"         ? double(each->iou[m])
                             : key == "stability" ? each->stability[m]
                                                  : 100 * shareOf(*each, m);
        samples.push_back({k, double(k), value});
    }
    return samples;
}

const Answer* LiveLab::answer(int object) const {
    const auto found = m_tracks.find(object);
    if (found == m_tracks.end()) return nullptr;
    return found->second.answer(object == m_request.object ? m_position : found->second.clicks());
}

bool LiveLab::hasMask(int object) const { return answer(object) || m_request.dabs.contains(object) || given(object); }

Mask LiveLab::coarseMask(int object) const {
    const Picture& p = m_desk.picture();
    if (const Answer* shown = answer(object))
        return maskOf(shown->of(m_request.chosen(object, *shown)), shown->side, m_desk.fit());
    if (given(object)) return decoded(m_given.at(object).mask);
    return {p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3)};
}

Mask LiveLab::mask(int object) const {
    Mask result = coarseMask(object);
    if (const Zoomed* look = zoomed(object)) result = pasted(result, *look);
    if (const auto dabs = m_request.dabs.find(object); dabs != m_request.dabs.end()) paint(result, dabs->second);
    return result;
}

std::vector<int> LiveLab::objects() const {
    std::vector<int> numbers;
    for (const auto& [number, track] : m_tracks) numbers.push_back(number);
    for (const auto& [number, dabs] : m_request.dabs) numbers.push_back(number);
    for (const auto& [number, object] : m_given)
        if (given(number)) numbers.push_back(number);
    std::ranges::sort(numbers);
    numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
    return numbers;
}

std::string LiveLab::nameOf(int object) const {
    const std::string named = m_request.nameOf(object);
    return named.empty() && given(object) ? m_given.at(object).label : named;
}

std::array<std::int64_t, 2> LiveLab::pointedToken(std::int64_t grid) const {
    const Picture& p = m_desk.picture();
    std::array<double, 2> at = m_place.value_or(std::array{double(p.width) / 2, double(p.height) / 2});
    const Track* track = current();
    if (!m_place && track && m_position > 0) {
        const Click& click = track->prompt().clicks[std::size_t(std::min(m_position, track->clicks()) - 1)];
        at = {click.x + 0.5, click.y + 0.5}; // the middle of its pixel
    }
    const auto [x, y] = m_desk.fit().toModel(at[0], at[1]);
    const auto token = [&](double of) {
        return std::clamp<std::int64_t>(std::int64_t(std::floor(of * double(grid) / double(m_desk.fit().side))), 0, grid - 1);
    };
    return {token(x), token(y)};
}

double LiveLab::shareOf(const Answer& of, std::size_t mask) const {
    const Fit& fit = m_desk.fit();
    const std::int64_t columns = std::max<std::int64_t>(1, fit.newWidth * of.side / fit.side),
                       rows = std::max<std::int64_t>(1, fit.newHeight * of.side / fit.side);
    std::int64_t above = 0;
    for (std::int64_t y = 0; y < rows; ++y)
        for (std::int64_t x = 0; x < columns; ++x) above += of.of(mask)[std::size_t(y * of.side + x)] > 0;
    return double(above) / double(rows * columns);
}

Annotated LiveLab::annotated() const {
    Annotated all{m_desk.pictureName(), m_desk.picture().width, m_desk.picture().height, {}};
    for (const int number : objects()) {
        if (!hasMask(number)) continue;
        const std::string name = nameOf(number);
        Object object{name.empty() ? "object " + std::to_string(number) : name, encoded(mask(number))};
        if (const Answer* each = answer(number)) {
            const std::size_t m = m_request.chosen(number, *each);
            object.predictedIou = double(each->iou[m]), object.stability = each->stability[m];
        } else if (given(number)) {
            object.predictedIou = m_given.at(number).predictedIou, object.stability = m_given.at(number).stability;
        }
        all.objects.push_back(std::move(object));
    }
    for (const Found& found : m_found) all.objects.push_back({"found", found.mask, found.predictedIou, found.stability});
    return all;
}

std::vector<Annotated> LiveLab::allAnnotated() const {
    if (m_album.empty()) return {annotated()};
    std::vector<Annotated> all;
    for (const std::string& path : m_album) {
        const auto done = m_done.find(path);
        if (path == m_request.picture)
            all.push_back(annotated());
        else if (done != m_done.end())
            all.push_back(done->second);
    }
    return all;
}

namespace {

lab::HostArray insideArray(const Inside& inside, const SegmentationLab& lab, const std::string& key) {
    if (const Components* shown = inside.components(); key == "pca" && shown) {
        const auto G = std::uint64_t(shown->grid);
        return {{G, G, componentCount}, {shown->scores.begin(), shown->scores.end()}};
    }
    if (const TokenGrid* tokens = inside.tokens(); key == "affinity" && tokens) {
        const auto [x, y] = lab.pointedToken(tokens->grid);
        return {{std::uint64_t(tokens->grid), std::uint64_t(tokens->grid)}, affinityRow(*tokens, y, x)};
    }
    if (const HeadView* head = inside.headView(); key == "attention" && head) {
        const auto [x, y] = lab.pointedToken(head->grid);
        return {{std::uint64_t(head->grid), std::uint64_t(head->grid)}, attentionRow(*head, y, x).weights};
    }
    return {{0}, {}};
}

} // namespace

lab::HostArray LiveLab::array(gpu::Device&, const std::string& key) {
    const Picture& p = m_desk.picture();
    const std::vector<std::uint64_t> size{std::uint64_t(p.height), std::uint64_t(p.width)};
    if (key == "picture") return {{size[0], size[1], 3}, {p.rgb.begin(), p.rgb.end()}};
    if (key == "patches") return m_desk.patches();
    if (key == "labels") {
        std::vector<float> labels(p.rgb.size() / 3);
        for (const int number : objects()) {
            const Mask each = mask(number);
            for (std::size_t i = 0; i < labels.size(); ++i)
                if (each.pixels[i] != 0) labels[i] = float(number);
        }
        return {size, labels};
    }
    if (key == "embedding" && m_desk.embedded()) {
        const tensor::Tensor& e = m_desk.embedded()->features.embedding;
        const auto C = std::uint64_t(e.shape()[2]), G = std::uint64_t(m_desk.plan()->encoder().grid());
        return {{C, G, G}, m_desk.context().read(tensor::transpose(m_desk.context(), e))};
    }
    if (key == "pca" || key == "affinity" || key == "attention") return insideArray(m_inside, *this, key);
    const Answer* shown = answer(m_request.object);
    if (key == "reach") {
        lab::HostArray all{{0}, {}};
        for (const Wide kind : wides) {
            const ReceptiveField* field = m_kernels.field(kind);
            if (!field) return {{0}, {}};
            all.shape = {wides.size(), std::uint64_t(field->side), std::uint64_t(field->side)};
            all.values.insert(all.values.end(), field->energy.begin(), field->energy.end());
        }
        return all;
    }
    if (key == "mask" && hasMask(m_request.object)) {
        const Mask m = mask(m_request.object);
        return {size, {m.pixels.begin(), m.pixels.end()}};
    }
    if (key == "logits" && shown) {
        const auto side = std::uint64_t(shown->side);
        return {{std::uint64_t(shown->masks), side, side}, shown->logits};
    }
    if (key == "iou" && shown) return {{std::uint64_t(shown->masks)}, shown->iou};
    return {{0}, {}};
}

/// A model may disregard what it was told; whoever looks at the mask should know.
std::vector<lab::Check> LiveLab::checks() const {
    if (m_request.inside.show == InsideRequest::Show::kernels) return m_kernels.checks();
    const Answer* shown = answer(m_request.object);
    const auto prompt = m_request.objects.find(m_request.object);
    if (!shown || prompt == m_request.objects.end() || m_position == 0) return {};
    const auto logits = shown->of(m_request.chosen(m_request.object, *shown));
    int respected = 0;
    for (int i = 0; i < m_position; ++i) {
        const Click& click = prompt->second.clicks[std::size_t(i)];
        respected += (logitAt(logits, shown->side, m_desk.fit(), click.x + 0.5, click.y + 0.5) > 0) == click.positive;
    }
    using Verdict = lab::Check::Verdict;
    return {{.key = "respected",
             .label = "clicks respected",
             .measured = double(respected),
             .expected = double(m_position),
             .tolerance = 0,
             .verdict = respected == m_position ? Verdict::matches : Verdict::explained,
             .unit = "",
             .because = respected == m_position ? "Every click lies on its side of the mask's edge."
                                                : "The model does not follow every click: click again, or take another answer."}};
}

void LiveLab::save(const std::string& output, const std::string& path) {
    if (output == "objects") return saveJson(path, cocoOf(allAnnotated()));
    if (output == "polygons") return saveJson(path, cocoOf(allAnnotated(), CocoMasks::outlines));
    if (output == "labelme") return saveJson(path, labelMeOf(annotated()));
    if (output == "labels") return saveLabels(path, annotated());
    if (output.ends_with("-tokens")) return lab::saveSent(*this, output, path);
    if (!hasMask(m_request.object))
        throw Error(path + ": object " + std::to_string(m_request.object) + " has no mask yet; click on it");
    if (output == "mask") return saveMask(path, mask(m_request.object));
    if (output == "cutout") return saveCutout(path, m_desk.picture(), mask(m_request.object));
    lab::Lab::save(output, path);
}

} // namespace orrery::segmentation
