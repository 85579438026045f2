// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/view.h"

#include "engine/labs/segmentation/tracks.h"
#include "ui/labs/segmentation/prompt_marks.h"

#include <algorithm>
#include <utility>

namespace orrery::ui {

using namespace segmentation;

SegmentationView::SegmentationView(lab::Session& session)
    : m_session(session),
      m_lab(dynamic_cast<SegmentationLab&>(session.lab())),
      m_hands(session, m_lab),
      m_cards(session, m_lab, m_hands),
      m_inside(session, m_lab),
      m_kernels(m_lab) {}

Rect SegmentationView::home() const {
    const segmentation::Picture& p = m_lab.desk().picture();
    const glm::dvec2 size(std::max<std::int64_t>(p.width, 1), std::max<std::int64_t>(p.height, 1));
    const glm::dvec2 air = glm::dvec2(0.02 * std::max(size.x, size.y)); // around the picture
    return {glm::dvec2(0, -size.y) - air, glm::dvec2(size.x, 0) + air};
}

bool SegmentationView::takeRefit() {
    const std::pair now{m_lab.desk().picture().width, m_lab.desk().picture().height};
    return std::exchange(m_fitted, now) != now;
}

void SegmentationView::settle() {
    try {
        m_hands.settle();
        m_inside.settle(m_hands.hovered());
    } catch (...) {
        m_hands.letGo();
        throw;
    }
    tryOut();
}

/// The pointer over the picture asks by itself as long as the object in hand has no click: what would this place give?
void SegmentationView::tryOut() {
    const auto& objects = m_lab.request().objects;
    const auto own = objects.find(m_lab.request().object);
    const bool open = !kernels() && !m_hands.paints() && (own == objects.end() || own->second.empty());
    const std::optional<glm::dvec2> at = open ? m_hands.hovered() : std::nullopt;
    m_lab.tryOut(at ? std::optional(Click{at->x, at->y, true}) : std::nullopt);
}

void SegmentationView::prepareAnswers(gpu::Device& device) {
    const Fit& fit = m_lab.desk().fit();
    std::erase_if(m_shown, [&](const auto& each) { return m_lab.answer(each.first) == nullptr; });
    for (const int object : m_lab.objects()) {
        const Answer* answer = m_lab.answer(object);
        const bool mended = m_lab.request().dabs.contains(object);
        if (!answer || mended || m_lab.request().hidden(object)) {
            m_shown.erase(object);
            continue;
        }
        std::size_t mask = m_lab.request().chosen(object, *answer);
        if (object == m_lab.request().object && m_cards.pointedAnswer() >= 0) mask = std::size_t(m_cards.pointedAnswer());
        Shown& shown = m_shown[object];
        const Zoomed* zoomed = mask == m_lab.request().chosen(object, *answer) ? m_lab.zoomed(object) : nullptr;
        const float* logits = zoomed ? zoomed->answer.logits.data() : answer->logits.data();
        if (shown.logits == logits && shown.iou == answer->iou && shown.mask == mask) continue;
        shown.logits = logits, shown.iou = answer->iou, shown.mask = mask;
        if (zoomed)
            shown.field.set(device, zoomed->answer.of(zoomed->mask), zoomed->answer.side, zoomed->fit,
                            {zoomed->crop.x, zoomed->crop.y});
        else
            shown.field.set(device, answer->of(mask), answer->side, fit);
    }
    const Answer* tried = m_lab.triedOut();
    if (!tried)
        m_tried.clear();
    else if (m_triedIou != tried->iou)
        m_tried.set(device, tried->of(tried->chosen), tried->side, fit);
    m_triedIou = tried ? tried->iou : std::vector<float>{};
}

/// Masks with strokes, and those of a file, are shown as they are saved, pixel by pixel.
void SegmentationView::prepareMended(gpu::Device& device) {
    const Request& request = m_lab.request();
    const auto pixels = [&](int object) {
        return request.dabs.contains(object) || (m_lab.given(object) && !m_lab.answer(object));
    };
    std::erase_if(m_mendedMasks, [&](const auto& each) { return !pixels(each.first); });
    std::vector<seg::Tinted> tinted;
    for (const int object : m_lab.objects()) {
        if (!pixels(object)) continue;
        const Answer* answer = m_lab.answer(object);
        const auto dabs = request.dabs.find(object);
        const Mended wanted{dabs == request.dabs.end() ? std::vector<Dab>{} : dabs->second,
                            answer ? answer->iou : std::vector<float>{}, answer ? request.chosen(object, *answer) : 0,
                            m_lab.zoomed(object) != nullptr, request.coco};
        Mended& mended = m_mendedMasks[object];
        if (mended.mask.width == 0 || !mended.sameAs(wanted)) {
            mended = wanted;
            mended.mask = encoded(m_lab.mask(object));
        }
        if (!request.hidden(object)) tinted.push_back({mended.mask, seg::colourOf(object)});
    }
    const segmentation::Picture& picture = m_lab.desk().picture();
    m_mended.set(device, picture.width, picture.height, tinted);
}

void SegmentationView::prepare(const Frame& frame) {
    gpu::Device& device = frame.recorder.device();
    const segmentation::Picture& picture = m_lab.desk().picture();
    if (m_desk != m_lab.desk().revision()) {
        m_desk = m_lab.desk().revision();
        const std::uint64_t hash = hashOf(picture);
        if (hash != m_pictureHash || m_picture.empty()) {
            m_pictureHash = hash;
            picture.width > 0 ? m_picture.set(device, picture) : m_picture.clear();
            m_mendedMasks.clear();
        }
    }
    if (m_foundShown != m_lab.foundRevision()) {
        m_foundShown = m_lab.foundRevision();
        std::vector<seg::Tinted> found;
        for (const Found& each : m_lab.found()) found.push_back({each.mask, seg::colourOf(int(found.size()) + 1)});
        m_found.set(device, picture.width, picture.height, found);
    }
    prepareAnswers(device);
    prepareMended(device);
    m_inside.prepare(device);
}

void SegmentationView::main(const Frame& frame, Layers& layers) {
    if (kernels()) return;
    m_picture.draw(frame, layers);
    m_inside.draw(frame, layers);
    const float shade = m_inside.active() ? 0 : float(m_session.settings().number("shade")); // what is inside has its own colours
    m_found.draw(frame, layers, shade);
    m_mended.draw(frame, layers, shade);
    const int inHand = m_lab.request().object;
    const auto draw = [&](int object, const Shown& shown) {
        const glm::vec3 colour = seg::colourOf(object);
        const bool own = object == inHand || object == m_cards.pointedObject();
        shown.field.draw(frame, layers,
                         {.fill = glm::vec4(colour, own ? shade : 0.6f * shade),
                          .edge = glm::vec4(own ? glm::mix(colour, glm::vec3(1), 0.35f) : colour, 1),
                          .bandFill = glm::vec4(1, 1, 1, object == inHand && m_inside.logits() ? 0.45f : 0.f),
                          .edgePx = own ? 2.f : 1.2f,
                          .band = 1});
    };
    for (const auto& [object, shown] : m_shown)
        if (object != inHand) draw(object, shown);
    if (const auto own = m_shown.find(inHand); own != m_shown.end()) draw(inHand, own->second);
    m_tried.draw(frame, layers,
                 {.fill = glm::vec4(seg::colourOf(inHand), 0.5f * shade), .edge = glm::vec4(1, 1, 1, 0.75f), .edgePx = 1.2f});
}

bool SegmentationView::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    if (kernels()) return m_kernels.spot(name, low, high);
    if (name != "canvas") return m_cards.spot(name, low, high) || m_inside.spot(name, low, high);
    low = m_pictureLow, high = m_pictureHigh;
    return high.x > low.x;
}

void SegmentationView::overlay(const Frame& frame, const Look& look) {
    if (kernels()) return m_kernels.draw(ImGui::GetBackgroundDrawList(), look, m_place);
    const segmentation::Picture& picture = m_lab.desk().picture();
    if (picture.width == 0) return;
    m_pictureLow = frame.camera.toPx({0, 0});
    m_pictureHigh = frame.camera.toPx({picture.width, -picture.height});
    seg::drawPrompts(ImGui::GetBackgroundDrawList(), look, frame.camera, m_lab, m_hands, m_session.settings().points("clicks"));
    m_cards.draw(look, m_place);
    m_inside.overlay(frame, look, m_place);
}

bool SegmentationView::input(const Input& event, const Camera& camera) {
    return !kernels() && m_hands.input(event, camera, m_place.scale);
}

void SegmentationView::click(const Input& event, const Camera& camera) {
    if (!kernels() && event.button == Input::Button::right) m_hands.rightClick(event, camera);
}

std::string SegmentationView::emptyHint() const {
    if (m_lab.desk().picture().width == 0) return "Drop a picture here (PNG, JPEG or BMP), or press Ctrl+O.";
    return m_lab.desk().plan() ? std::string() : "Drop a checkpoint of SAM or MobileSAM here.";
}

} // namespace orrery::ui
