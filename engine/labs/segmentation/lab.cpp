// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/lab.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/segmentation/declaration.h"
#include "engine/tensor/ops/layout.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace orrery::segmentation {

namespace {

class LiveLab final : public SegmentationLab {
 public:
    explicit LiveLab(gpu::Device& device) : m_desk(device), m_inside(m_desk) {}
    ~LiveLab() override { m_jobs.cancelAll(); }
    const lab::Declaration& declaration() const override { return segmentation::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t, const std::vector<std::string>&) override {
        // All that may be refused comes first.
        const Request next = requestOf(settings);
        std::optional<Picture> picture;
        const bool noneYet = m_desk.picture().width == 0;
        if (!next.picture.empty() && (next.picture != m_request.picture || noneYet)) picture = loadPicture(next.picture);
        if (next.picture.empty() && settings.text("source") == "shapes" && (!m_request.picture.empty() || noneYet))
            picture = shapes();
        std::shared_ptr<const ModelPlan> plan;
        const bool model = next.model != m_request.model || next.half != m_request.half;
        if (model && !next.model.empty())
            plan = std::make_shared<ModelPlan>(next.model, next.half ? tensor::DType::f16 : tensor::DType::f32);

        if (picture || model) {
            m_jobs.cancelAll();
            setFound({});
            m_search.reset(), m_tried.reset(), m_tryOut.reset();
            m_inside.forget();
        }
        if (model) m_desk.setModel(plan, m_jobs);
        if (picture) {
            const std::string name = next.picture.empty() ? "shapes" : std::filesystem::path(next.picture).filename().string();
            m_desk.setPicture(std::move(*picture), name, m_jobs);
        }
        if (picture || model)
            for (auto& [number, track] : m_tracks) track.forget();
        m_request = next;
        m_inside.look(next.inside);
        std::erase_if(m_tracks, [&](const auto& each) { return !next.objects.contains(each.first); });
        for (const auto& [number, prompt] : next.objects) m_tracks[number].set(prompt, next.refine);
        m_position = std::min(m_position, steps());
        m_desk.resume(m_jobs);
        touch();
    }

    int steps() const override { return current() ? current()->clicks() : 0; }
    double clock(int step) const override { return step; }
    std::vector<lab::Mark> marks() const override { return {{0, "no click"}, {steps(), "last click"}}; }
    int position() const override { return m_position; }
    std::string status() const override {
        if (!m_desk.plan()) return "";
        std::string text = m_desk.plan()->name();
        if (const Answer* shown = answer(m_request.object)) {
            const std::size_t m = m_request.chosen(m_request.object, *shown);
            text += " \xC2\xB7 " + std::to_string(m_position) + "/" + std::to_string(steps()) + " \xC2\xB7 IoU " +
                    lab::figures(double(shown->iou[m])) + " \xC2\xB7 \xC2\xB1 " + lab::figures(shown->stability[m]);
        }
        return text;
    }

    bool advance(gpu::Recorder&, int target, double budgetMs) override {
        target = std::clamp(target, 0, steps());
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        while (const Embedded* picture = m_desk.embedded()) {
            const bool asked = askNext(*picture, target);
            if (asked) touch();
            if (!asked) break;
            if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() >= budgetMs) return false;
        }
        const Track* track = current();
        int reached = target;
        while (reached > 0 && track && track->asks(reached) && !track->answer(reached)) --reached;
        if (reached != m_position) m_position = reached, touch();
        return reached == target || !m_desk.embedded();
    }
    void collect() override { m_inside.resume(m_jobs); }
    void act(const std::string& action) override {
        if (action == "stop") m_jobs.cancelAll();
        if (action == "forget") setFound({}), m_search.reset(), touch();
        if (action == "everything") searchForEverything();
    }

    std::span<const lab::Sample> series(const std::string& key) const override {
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
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    void save(const std::string& output, const std::string& path) override;
    lab::Jobs& jobs() override { return m_jobs; }
    std::vector<lab::Check> checks() const override;

    const Desk& desk() const override { return m_desk; }
    const Request& request() const override { return m_request; }
    std::uint64_t shownRevision() const override { return m_shown + m_desk.revision(); }
    const Answer* answer(int object) const override {
        const auto found = m_tracks.find(object);
        if (found == m_tracks.end()) return nullptr;
        return found->second.answer(object == m_request.object ? m_position : found->second.clicks());
    }
    Mask mask(int object) const override {
        const Picture& p = m_desk.picture();
        const Answer* shown = answer(object);
        Mask result = shown ? maskOf(shown->of(m_request.chosen(object, *shown)), shown->side, m_desk.fit())
                            : Mask{p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3)};
        if (const auto dabs = m_request.dabs.find(object); dabs != m_request.dabs.end()) paint(result, dabs->second);
        return result;
    }
    std::vector<int> objects() const override {
        std::vector<int> numbers;
        for (const auto& [number, track] : m_tracks) numbers.push_back(number);
        for (const auto& [number, dabs] : m_request.dabs)
            if (!m_tracks.contains(number)) numbers.push_back(number);
        std::ranges::sort(numbers);
        return numbers;
    }
    const std::vector<Found>& found() const override { return m_found; }
    std::uint64_t foundRevision() const override { return m_foundRevision; }
    const std::optional<Search>& search() const override { return m_search; }
    void tryOut(const std::optional<Click>& click) override {
        if (click == m_tryOut) return;
        m_tryOut = click;
        m_tried.reset();
        touch();
    }
    const Answer* triedOut() const override { return m_tried ? &*m_tried : nullptr; }

    const Inside& inside() const override { return m_inside; }
    void pointAt(const std::optional<std::array<double, 2>>& place) override { m_place = place; }
    std::array<std::int64_t, 2> pointedToken(std::int64_t grid) const override {
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

 private:
    const Track* current() const {
        const auto found = m_tracks.find(m_request.object);
        return found == m_tracks.end() ? nullptr : &found->second;
    }
    void touch() { ++m_shown; }
    void setFound(std::vector<Found> found) { m_found = std::move(found), ++m_foundRevision; }

    /// The object in hand first, then what the pointer is over, then the others.
    bool askNext(const Embedded& picture, int target) {
        tensor::Context& context = m_desk.context();
        const Model& model = *m_desk.model();
        if (const auto own = m_tracks.find(m_request.object);
            own != m_tracks.end() && own->second.askNext(context, model, picture, target))
            return true;
        if (m_tryOut && !m_tried) {
            m_tried = model.ask(context, picture, {{*m_tryOut}, {}, {}});
            return true;
        }
        return std::ranges::any_of(
            m_tracks, [&](auto& each) { return each.second.askNext(context, model, picture, each.second.clicks()); });
    }

    double shareOf(const Answer& of, std::size_t mask) const {
        const Fit& fit = m_desk.fit();
        const std::int64_t columns = std::max<std::int64_t>(1, fit.newWidth * of.side / fit.side),
                           rows = std::max<std::int64_t>(1, fit.newHeight * of.side / fit.side);
        std::int64_t above = 0;
        for (std::int64_t y = 0; y < rows; ++y)
            for (std::int64_t x = 0; x < columns; ++x) above += of.of(mask)[std::size_t(y * of.side + x)] > 0;
        return double(above) / double(rows * columns);
    }

    void searchForEverything() {
        if (!m_desk.embedded())
            throw Error("there is nothing to look through yet: open a picture and a model, and wait until it is encoded");
        setFound({});
        const auto all = std::make_shared<Everything>(m_desk.context(), *m_desk.model(), m_desk.picture(), m_request.everything,
                                                      m_desk.embedded());
        const auto slice = [this, all](double budgetMs) {
            const double done =
                all->step(budgetMs, [this](const Found& found) { m_found.push_back(found), ++m_foundRevision, touch(); });
            m_search = Search{all->asked(), false};
            return done;
        };
        const auto finished = [this, all] { setFound(all->masks()), m_search = Search{all->asked(), true}, touch(); };
        const auto clicks = double(m_request.everything.pointsPerSide * m_request.everything.pointsPerSide);
        m_jobs.add({"Everything", "clicks", clicks, slice, finished});
    }

    Annotated annotated() const {
        Annotated all{m_desk.pictureName(), m_desk.picture().width, m_desk.picture().height, {}};
        for (const int number : objects()) {
            const Answer* each = answer(number);
            if (!each && !m_request.dabs.contains(number)) continue;
            Object object{m_request.nameOf(number), encoded(mask(number))};
            if (each) {
                const std::size_t m = m_request.chosen(number, *each);
                object.predictedIou = double(each->iou[m]), object.stability = each->stability[m];
            }
            all.objects.push_back(std::move(object));
        }
        for (const Found& found : m_found) all.objects.push_back({"found", found.mask, found.predictedIou, found.stability});
        return all;
    }

    lab::Jobs m_jobs;
    Desk m_desk;
    Inside m_inside;
    std::optional<std::array<double, 2>> m_place;
    Request m_request;
    std::map<int, Track> m_tracks;
    int m_position = 0;
    std::uint64_t m_shown = 0, m_foundRevision = 0;
    std::vector<Found> m_found;
    std::optional<Search> m_search;
    std::optional<Click> m_tryOut;
    std::optional<Answer> m_tried;
    mutable std::map<std::string, std::vector<lab::Sample>> m_series;
};

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
    if (key == "mask" && (shown || m_request.dabs.contains(m_request.object))) {
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
    if (output == "objects") return saveJson(path, cocoOf({annotated()}));
    if (!answer(m_request.object) && !m_request.dabs.contains(m_request.object))
        throw Error(path + ": object " + std::to_string(m_request.object) + " has no mask yet; click on it");
    if (output == "mask") return saveMask(path, mask(m_request.object));
    if (output == "cutout") return saveCutout(path, m_desk.picture(), mask(m_request.object));
    lab::Lab::save(output, path);
}

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::segmentation
