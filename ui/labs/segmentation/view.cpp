// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/view.h"

#include "ui/panels/look.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui {

using namespace segmentation;

namespace {

constexpr std::int64_t longestShown = 4096; ///< pixels of a side on the screen's buffer; larger pictures are scaled down

/// Okabe & Ito's colours without black and the ground's grey.
constexpr std::array<std::array<int, 3>, 7> colours{
    {{86, 180, 233}, {230, 159, 0}, {0, 158, 115}, {240, 228, 66}, {204, 121, 167}, {213, 94, 0}, {0, 114, 178}}};

const std::array<int, 3>& colourOf(int object) { return colours[std::size_t(object - 1) % colours.size()]; }

std::uint32_t packed(int r, int g, int b) {
    return std::uint32_t(r) | std::uint32_t(g) << 8 | std::uint32_t(b) << 16 | 0xFF000000U;
}

/// Tints the mask and draws its outline of `width` pixels.
void lay(std::vector<std::uint32_t>& pixels, const Mask& mask, const std::array<int, 3>& colour, double shade,
         std::int64_t width) {
    const std::int64_t W = mask.width, H = mask.height;
    const auto set = [&](std::int64_t x, std::int64_t y) {
        return x >= 0 && y >= 0 && x < W && y < H && mask.pixels[std::size_t(y * W + x)] != 0;
    };
    for (std::int64_t y = 0; y < H; ++y)
        for (std::int64_t x = 0; x < W; ++x) {
            if (!set(x, y)) continue;
            const bool edge = !set(x - width, y) || !set(x + width, y) || !set(x, y - width) || !set(x, y + width);
            const double share = edge ? 1 : shade;
            std::uint32_t& pixel = pixels[std::size_t(y * W + x)];
            const auto mix = [&](int shift, int c) {
                return int(std::lround(double(pixel >> shift & 255) * (1 - share) + c * share));
            };
            pixel = packed(mix(0, colour[0]), mix(8, colour[1]), mix(16, colour[2]));
        }
}

/// Every n-th pixel of a mask, for a picture that is shown smaller.
Mask scaled(const Mask& mask, std::int64_t width, std::int64_t height) {
    if (mask.width == width && mask.height == height) return mask;
    Mask small{width, height, std::vector<std::uint8_t>(std::size_t(width * height))};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            small.pixels[std::size_t(y * width + x)] = mask.pixels[std::size_t(
                (2 * y + 1) * mask.height / (2 * height) * mask.width + (2 * x + 1) * mask.width / (2 * width))];
    return small;
}

} // namespace

SegmentationView::SegmentationView(lab::Session& session)
    : m_session(session), m_lab(dynamic_cast<SegmentationLab&>(session.lab())) {}

Rect SegmentationView::home() const {
    const segmentation::Picture& p = m_lab.desk().picture();
    return {{0, -double(std::max<std::int64_t>(p.height, 1))}, {double(std::max<std::int64_t>(p.width, 1)), 0}};
}

bool SegmentationView::takeRefit() {
    const std::pair now{m_lab.desk().picture().width, m_lab.desk().picture().height};
    return std::exchange(m_fitted, now) != now;
}

/// The picture with everything on it, once per change.
void SegmentationView::compose() {
    const double shade = m_session.settings().number("shade");
    const std::uint64_t revision = m_lab.shownRevision();
    if (revision == m_revision && shade == m_shade) return;
    m_revision = revision, m_shade = shade;
    const segmentation::Picture& whole = m_lab.desk().picture();
    const double less = std::min(1.0, double(longestShown) / double(std::max(whole.width, whole.height)));
    const auto size = [&](std::int64_t n) { return std::max<std::int64_t>(1, std::llround(double(n) * less)); };
    const segmentation::Picture shown = less < 1 ? resizeBilinear(whole, size(whole.width), size(whole.height)) : whole;
    m_pixels.resize(shown.rgb.size() / 3);
    for (std::size_t i = 0; i < m_pixels.size(); ++i)
        m_pixels[i] = packed(shown.rgb[3 * i], shown.rgb[3 * i + 1], shown.rgb[3 * i + 2]);
    const std::int64_t line = std::max<std::int64_t>(1, std::max(shown.width, shown.height) / 500);
    int number = 0;
    for (const Found& found : m_lab.found())
        lay(m_pixels, scaled(decoded(found.mask), shown.width, shown.height), colourOf(++number), shade, line);
    for (const int object : m_lab.objects())
        if (m_lab.answer(object))
            lay(m_pixels, scaled(m_lab.mask(object), shown.width, shown.height), colourOf(object), shade, line);
    m_shown.width = std::uint32_t(shown.width), m_shown.height = std::uint32_t(shown.height), m_shown.rect = home();
    m_upload = true;
}

void SegmentationView::prepare(const Frame& frame) {
    compose();
    if (!m_upload) return;
    if (m_shown.rgba.size() < m_pixels.size() * 4)
        m_shown.rgba = frame.recorder.device().buffer({.name = "picture", .size = m_pixels.size() * 4});
    frame.recorder.upload({m_shown.rgba, 0, m_pixels.size() * 4}, std::as_bytes(std::span(m_pixels)));
    m_upload = false;
}

void SegmentationView::main(const Frame& frame, Layers& layers) { layers.picture(frame, m_shown); }

void SegmentationView::overlay(const Frame& frame, const Look& look) {
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const int inHand = m_lab.request().object, shownClicks = m_lab.position();
    const auto at = [&](double x, double y) {
        const glm::dvec2 px = frame.camera.toPx({x, -y});
        return ImVec2(float(px.x), float(px.y));
    };
    for (const auto& [object, prompt] : m_lab.request().objects) {
        const auto& c = colourOf(object);
        const ImU32 colour = IM_COL32(c[0], c[1], c[2], 255), ink = IM_COL32(12, 16, 28, 230),
                    paper = IM_COL32(255, 255, 255, 245);
        if (prompt.box)
            list->AddRect(at(prompt.box->x0, prompt.box->y0), at(prompt.box->x1, prompt.box->y1), colour, 0, 0, look.px(1.5F));
        int number = 0;
        for (const Click& click : prompt.clicks) {
            ++number;
            const bool applied = object != inHand || number <= shownClicks;
            const ImVec2 p = at(click.x + 0.5, click.y + 0.5);
            const float r = look.px(object == inHand ? 6 : 4);
            list->AddCircleFilled(p, r + look.px(1.5F), ink, 24);
            list->AddCircleFilled(p, r, !applied ? ink : click.positive ? colour : paper, 24);
            if (!applied) list->AddCircle(p, r, colour, 24, look.px(1));
            const ImU32 mark = click.positive ? paper : IM_COL32(190, 30, 30, 255);
            list->AddLine({p.x - r * 0.55F, p.y}, {p.x + r * 0.55F, p.y}, mark, look.px(1.6F));
            if (click.positive) list->AddLine({p.x, p.y - r * 0.55F}, {p.x, p.y + r * 0.55F}, mark, look.px(1.6F));
        }
    }
}

void SegmentationView::click(const Input& event, const Camera& camera) {
    const glm::dvec2 data = camera.toData(event.px);
    m_pending = Click{std::floor(data.x), std::floor(-data.y), !event.shift};
}

void SegmentationView::settle() {
    if (!m_pending) return;
    const Click click = *std::exchange(m_pending, std::nullopt);
    const segmentation::Picture& p = m_lab.desk().picture();
    if (click.x < 0 || click.y < 0 || click.x >= double(p.width) || click.y >= double(p.height)) return;
    add(click);
}

void SegmentationView::add(const Click& click) {
    lab::Points points = m_session.settings().points("clicks");
    for (const double value : {click.x, click.y, click.positive ? 1.0 : 0.0, double(m_lab.request().object)})
        points.values.push_back(value);
    m_session.set("clicks", points);
    m_session.transport().seek(m_session.lab().steps());
}

std::string SegmentationView::emptyHint() const {
    return m_lab.desk().plan() ? std::string() : "Drop a SAM checkpoint (.pth, .safetensors)";
}

bool SegmentationView::settled() const { return m_lab.jobs().empty(); }

} // namespace orrery::ui
