// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/live_lab.h"

#include "engine/error.h"
#include "engine/labs/segmentation/album.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>

namespace orrery::segmentation {

void LiveLab::configure(const lab::Settings& settings, std::uint64_t, const std::vector<std::string>&) {
    // All that may be refused comes first.
    Request next = requestOf(settings);
    std::vector<std::string> album = m_album;
    if (next.folder.empty())
        album.clear();
    else if (next.folder != m_request.folder)
        album = picturesIn(next.folder);
    if (!album.empty()) next.picture = album[std::size_t(std::min(next.number, std::int64_t(album.size())) - 1)];
    std::optional<Picture> picture;
    const bool noneYet = m_desk.picture().width == 0;
    if (!next.picture.empty() && (next.picture != m_request.picture || noneYet)) picture = loadPicture(next.picture);
    if (next.picture.empty() && settings.text("source") == "shapes" && (!m_request.picture.empty() || noneYet))
        picture = shapes();
    const std::string name = picture ? next.picture.empty() ? "shapes" : std::filesystem::path(next.picture).filename().string()
                                     : m_desk.pictureName();
    const Picture& shown = picture ? *picture : m_desk.picture();
    const bool newFile = next.coco != m_request.coco;
    if (next.coco.empty()) {
        m_coco.clear(), m_cocoPath.clear();
    } else if (next.coco != m_cocoPath) {
        m_coco = loadCoco(next.coco);
        m_cocoPath = next.coco;
    }
    std::map<int, Object> given = m_given;
    if (newFile || picture)
        given = next.coco.empty() ? std::map<int, Object>{}
                                  : givenOf(m_coco, next.coco, name, shown.width, shown.height, newFile && album.empty());
    std::shared_ptr<const ModelPlan> plan;
    const bool model = next.model != m_request.model || next.half != m_request.half;
    if (model && !next.model.empty())
        plan = std::make_shared<ModelPlan>(next.model, next.half ? tensor::DType::f16 : tensor::DType::f32);

    if (picture && !m_album.empty() && !objects().empty()) m_done[m_request.picture] = annotated();
    if (next.folder != m_request.folder) m_done.clear();
    m_album = std::move(album);
    const bool global = next.global != m_desk.global();
    if (picture || model || global) {
        m_jobs.cancelAll();
        setFound({});
        m_search.reset(), m_tried.reset(), m_tryOut.reset();
        m_inside.forget();
        m_looks.clear();
    }
    if (newFile || picture) m_given = std::move(given), ++m_givenRevision;
    m_desk.useGlobal(next.global, m_jobs);
    if (model) m_desk.setModel(plan, m_jobs);
    if (picture) m_desk.setPicture(std::move(*picture), name, m_jobs);
    if (picture || model || global)
        for (auto& [number, track] : m_tracks) track.forget();
    if (!next.zoom) m_looks.clear();
    m_request = std::move(next);
    if (model) fitRanges();
    m_inside.look(m_request.inside);
    m_kernels.look(m_request.kernels);
    std::erase_if(m_tracks, [&](const auto& each) { return !m_request.objects.contains(each.first); });
    for (const auto& [number, prompt] : m_request.objects) {
        Guide guide;
        if (const auto sketch = m_request.sketches.find(number); sketch != m_request.sketches.end())
            guide.sketch = sketch->second;
        if (guide.sketch.empty() && this->given(number)) guide.given = m_givenRevision;
        m_tracks[number].set(prompt, m_request.refine, guide);
    }
    m_position = std::min(m_position, steps());
    m_desk.resume(m_jobs);
    touch();
}

/// Stages and heads of the model that is there.
void LiveLab::fitRanges() {
    if (!m_desk.plan()) return;
    const std::vector<StageShape> stages = m_desk.plan()->encoder().stages();
    std::int64_t heads = 1;
    for (const StageShape& stage : stages) heads = std::max(heads, stage.heads);
    for (lab::Parameter& parameter : m_declared.parameters) {
        if (parameter.key == "stage") {
            parameter.high = double(stages.size()) - 1;
            parameter.fallback = std::int64_t(stages.size()) - 1;
        }
        if (parameter.key == "head") parameter.high = double(heads);
    }
}

const Track* LiveLab::current() const {
    const auto found = m_tracks.find(m_request.object);
    return found == m_tracks.end() ? nullptr : &found->second;
}

bool LiveLab::advance(gpu::Recorder&, int target, double budgetMs) {
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

void LiveLab::collect() {
    if (m_request.inside.show == InsideRequest::Show::kernels) m_kernels.resume(m_jobs);
    m_inside.resume(m_jobs);
    zoomNext();
    if (albumPlace() + 1 < m_album.size()) m_desk.encodeAhead(m_album[albumPlace() + 1], m_jobs);
}

void LiveLab::act(const std::string& action) {
    if (action == "stop") m_jobs.cancelAll();
    if (action == "forget") setFound({}), m_search.reset(), touch();
    if (action == "everything") searchForEverything();
}

void LiveLab::tryOut(const std::optional<Click>& click) {
    if (click == m_tryOut) return;
    m_tryOut = click;
    m_tried.reset();
    touch();
}

std::size_t LiveLab::albumPlace() const { return std::size_t(std::ranges::find(m_album, m_request.picture) - m_album.begin()); }

bool LiveLab::askTrack(int object, Track& track, const Embedded& picture, int upTo) {
    const auto told = [&]() -> Mask {
        const Picture& p = m_desk.picture();
        if (track.guide().given != 0) return decoded(m_given.at(object).mask);
        if (track.guide().sketch.empty()) return {};
        Mask mask{p.width, p.height, std::vector<std::uint8_t>(p.rgb.size() / 3)};
        paint(mask, track.guide().sketch);
        return mask;
    };
    return track.askNext(m_desk.context(), *m_desk.model(), picture, upTo, told);
}

/// The object in hand first, then what the pointer is over, then the others.
bool LiveLab::askNext(const Embedded& picture, int target) {
    if (const auto own = m_tracks.find(m_request.object);
        own != m_tracks.end() && askTrack(own->first, own->second, picture, target))
        return true;
    if (m_tryOut && !m_tried) {
        m_tried = m_desk.model()->ask(m_desk.context(), picture, {{*m_tryOut}, {}, {}});
        return true;
    }
    return std::ranges::any_of(m_tracks,
                               [&](auto& each) { return askTrack(each.first, each.second, picture, each.second.clicks()); });
}

void LiveLab::searchForEverything() {
    if (!m_desk.embedded())
        throw Error("there is nothing to look through yet: open a picture and a model, and wait until it is encoded");
    setFound({});
    EverythingOptions options = m_request.everything;
    if (!m_request.ownThresholds) {
        const Thresholds own = thresholdsOf(*m_desk.plan());
        options.iouThreshold = own.iou, options.stabilityThreshold = own.stability;
    }
    const auto all =
        std::make_shared<Everything>(m_desk.context(), *m_desk.model(), m_desk.picture(), options, m_desk.embedded());
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

LiveLab::Look LiveLab::wantedLook(int object) const {
    const Answer* shown = answer(object);
    if (!shown) return {};
    const Track& track = m_tracks.at(object);
    return {shown->iou,
            m_request.chosen(object, *shown),
            track.promptOf(object == m_request.object ? m_position : track.clicks()),
            {}};
}

const LiveLab::Look* LiveLab::lookOf(int object) const {
    const auto look = m_looks.find(object);
    if (look == m_looks.end()) return nullptr;
    const Look wanted = wantedLook(object);
    const Look& there = look->second;
    return there.iou == wanted.iou && there.mask == wanted.mask && there.prompt == wanted.prompt ? &there : nullptr;
}

const Zoomed* LiveLab::zoomed(int object) const {
    const Look* look = m_request.zoom ? lookOf(object) : nullptr;
    return look && look->zoomed && look->zoomed->agreement >= leastAgreement ? &*look->zoomed : nullptr;
}

/// Adds the job that looks again at an object that has a new answer: the one in hand first.
void LiveLab::zoomNext() {
    if (!m_request.zoom || !m_desk.embedded() || !m_jobs.empty()) return;
    std::vector<int> numbers{m_request.object};
    for (const auto& [number, track] : m_tracks) numbers.push_back(number);
    for (const int object : numbers) {
        const Answer* shown = answer(object);
        if (!shown || lookOf(object)) continue;
        const Look look = m_looks[object] = wantedLook(object);
        const Mask mask = coarseMask(object);
        const std::optional<Crop> crop = cropAround(mask, look.prompt);
        if (!crop) continue;
        const auto zooming = std::make_shared<Zooming>(m_desk.context(), *m_desk.model(), m_desk.picture(), mask,
                                                       Coarse{look.prompt, *shown, look.mask, m_desk.fit()}, *crop);
        const auto finished = [this, zooming, look, object] {
            Look done = look;
            done.zoomed = zooming->result();
            m_looks[object] = std::move(done);
            touch();
        };
        m_jobs.add({"Zooming in", "GFLOP", zooming->encoding().flops() * 1e-9,
                    [zooming](double budgetMs) { return zooming->step(budgetMs); }, finished});
        return;
    }
}

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::segmentation
