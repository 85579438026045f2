// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/hud.h"

#include "ui/panels/card.h"
#include "ui/panels/numbers.h"
#include "ui/panels/spoken.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace orrery::ui {

namespace {

constexpr double refreshSeconds = 0.25; ///< faster, and nobody can read it
constexpr const char* dot = " \xC2\xB7 ";

std::string padded(std::string text, std::size_t width) {
    return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string shortName(const std::string& name) { return name.substr(0, name.find(" (")); }

std::string megabytes(std::uint64_t bytes) { return formatFixed(double(bytes) / (1 << 20), bytes < 10u << 20 ? 1 : 0) + " MiB"; }

/// As many of the parts between dots to a line as there is room for.
std::vector<std::string> brokenAtDots(const ImFont* font, const std::string& text, float room) {
    const std::string_view between = dot;
    std::vector<std::string> lines;
    for (std::size_t from = 0; from < text.size();) {
        const std::size_t end = std::min(text.find(between, from), text.size());
        const std::string part = text.substr(from, end - from);
        if (!lines.empty() && textWidth(font, lines.back() + dot + part) <= room)
            lines.back() += dot + part;
        else
            lines.push_back(part);
        from = end + between.size();
    }
    return lines;
}

/// Job::status() in the person's language. Its figures change all the time: only words are looked up.
std::string statusOf(const lab::Job& job, const Look& look) {
    std::string status = look.tr(job.name()) + job.status().substr(job.name().size());
    const std::string_view left = " s left";
    if (!status.ends_with(left)) return status;
    status.resize(status.size() - left.size());
    const std::size_t figure = status.rfind(' ') + 1;
    std::string words = look.tr("%1 s left");
    if (const std::size_t place = words.find("%1"); place != std::string::npos) words.replace(place, 2, status, figure);
    return status.substr(0, figure) + words;
}

} // namespace

void Hud::measure(gpu::Device& device, const View& view, double framesPerSecond) {
    m_fps = framesPerSecond;
    std::vector<gpu::Timing> timings = device.timings("frame");
    m_timed = !timings.empty();
    m_gauges = view.gauges(timings);
    m_compute = m_draw = 0;
    m_timings.clear();
    for (gpu::Timing& timing : timings) {
        (timing.name == "draw" ? m_draw : m_compute) += timing.milliseconds;
        // A kernel that ran several times in the frame is one row.
        const auto same = std::find_if(m_timings.begin(), m_timings.end(), [&](const auto& t) { return t.name == timing.name; });
        if (same == m_timings.end())
            m_timings.push_back(std::move(timing));
        else
            same->milliseconds += timing.milliseconds;
    }
}

std::vector<Hud::Line> Hud::lines(const Look& look, gpu::Device& device, lab::Session& session, float room) const {
    const Theme& t = look.theme;
    std::vector<Line> lines(3);
    lines[0].push_back({shortName(device.info().name), t.text});
    if (m_fps > 0) lines[0].push_back({dot + padded(formatFixed(m_fps, 0), 3) + " " + look.tr("fps"), t.secondary});
    if (m_timed) {
        lines[1].push_back({padded(formatFixed(m_compute, 1), 5) + " ms " + look.tr("compute"), t.secondary});
        lines[1].push_back({dot + padded(formatFixed(m_draw, 1), 5) + " ms " + look.tr("draw"), t.secondary});
    }
    lines[1].push_back({(lines[1].empty() ? "" : dot) + padded(megabytes(device.memory().reserved), 8), t.secondary});
    for (const lab::Fact& gauge : m_gauges)
        lines[2].push_back({(lines[2].empty() ? "" : dot) + gauge.text + " " + look.tr(gauge.label), t.ok});
    if (lines[2].empty()) lines.pop_back();
    const std::string status = spoken(look, session.lab().status());
    look.texts.note(status);
    for (const std::string& line : brokenAtDots(look.fonts.mono, status, room)) lines.push_back({{line, t.secondary}});
    for (const auto& job : session.lab().jobs().all()) lines.push_back({{statusOf(*job, look), t.brass}});
    return lines;
}

void Hud::draw(const Look& look, gpu::Device& device, lab::Session& session, const View& view, double framesPerSecond,
               double seconds, const Edges& edges) {
    if (!m_shown) return;
    m_age += seconds;
    if (m_age >= refreshSeconds) {
        measure(device, view, framesPerSecond);
        m_age = 0;
    }
    if (m_scale != look.scale) m_width = m_height = 0, m_scale = look.scale;
    const ImFont* font = look.fonts.mono;
    const ImVec2 display = ImGui::GetIO().DisplaySize;
    const float room = std::max(look.px(160), display.x - look.px(edges.left + edges.right + 24));
    const std::vector<Line> text = lines(look, device, session, room);
    for (const Line& line : text) {
        float width = 0;
        for (const Span& span : line) width += textWidth(font, span.text);
        m_width = std::max(m_width, std::ceil(width));
    }
    m_width = std::min(m_width, room);
    const float pitch = fontHeight(font) + look.px(5);
    const ImVec2 size(m_width + look.px(24), pitch * float(text.size()) + look.px(15));
    const ImVec2 at(std::round(display.x - look.px(edges.right) - size.x), look.px(edges.top));
    if (at.x < 0) return; // no room in a very narrow window
    m_height = std::max(m_height, size.y / look.scale);
    ImGui::SetNextWindowPos(at);
    ImGui::SetNextWindowSize(size);
    ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0);
    ImGui::PushStyleColor(ImGuiCol_WindowBg, 0u);
    ImGui::Begin("hud", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                     ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoBringToFrontOnFocus);
    ImDrawList* list = ImGui::GetWindowDrawList();
    drawGround(list, look, at, {at.x + size.x, at.y + size.y});
    float y = at.y + look.px(9);
    for (const Line& line : text) {
        float width = 0;
        for (const Span& span : line) width += textWidth(font, span.text);
        float x = at.x + size.x - look.px(12) - width;
        for (const Span& span : line) {
            drawText(list, font, {x, y}, toColour(span.colour), span.text);
            x += textWidth(font, span.text);
        }
        y += pitch;
    }
    const bool hovered = ImGui::IsWindowHovered();
    ImGui::End();
    ImGui::PopStyleColor();
    ImGui::PopStyleVar();
    if (hovered) drawCard(look, device, session, {at.x + size.x, at.y + size.y + look.px(8)});
}

void Hud::drawCard(const Look& look, gpu::Device& device, lab::Session& session, ImVec2 topRight) const {
    Card card(look, 360);
    const Theme& t = look.theme;
    card.title(device.info().name);
    card.words(device.info().driver + ", Vulkan " + device.info().version() + ", " + device.whyChosen(), &t.faint);
    const gpu::MemoryReport memory = device.memory();
    card.gap().row(look.tr("memory in use"), megabytes(memory.used)).row(look.tr("memory reserved"), megabytes(memory.reserved));
    card.gap();
    if (m_timings.empty()) card.words(look.tr(m_timed ? "No work in the last frame." : "This device has no timestamps."));
    std::vector<gpu::Timing> sorted = m_timings;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.milliseconds > b.milliseconds; });
    for (const gpu::Timing& timing : sorted) card.row(timing.name, formatFixed(timing.milliseconds, 3) + " ms");
    addChecks(card, look, session.lab().checks());
    const ImVec2 size = card.size();
    card.draw(ImGui::GetForegroundDrawList(), {std::max(look.px(8), topRight.x - size.x), topRight.y});
}

void addChecks(Card& card, const Look& look, const std::vector<lab::Check>& checks) {
    const Theme& t = look.theme;
    if (!checks.empty()) card.gap();
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const lab::Check& check = checks[i];
        const bool pending = check.verdict == lab::Check::Verdict::pending;
        const glm::vec4 colour = pending                                           ? t.faint
                                 : check.verdict == lab::Check::Verdict::matches   ? t.ok
                                 : check.verdict == lab::Check::Verdict::explained ? t.brass
                                                                                   : t.bad;
        const std::string unit = check.unit.empty() ? "" : " " + check.unit;
        card.row(look.tr(check.label),
                 pending ? "\xE2\x80\xA6" : formatShort(check.measured, 4) + " / " + formatShort(check.expected, 4) + unit,
                 &colour);
        // Neighbours with the same reason share it.
        const bool last = i + 1 == checks.size() || checks[i + 1].because != check.because;
        if (!pending && last) card.words(look.tr(check.because), &t.faint);
    }
}

} // namespace orrery::ui
