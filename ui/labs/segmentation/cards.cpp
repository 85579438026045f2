// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/cards.h"

#include "engine/lab/names.h"
#include "engine/labs/segmentation/tracks.h"
#include "ui/labs/segmentation/prompt_marks.h"
#include "ui/panels/numbers.h"
#include "ui/panels/widgets.h"

#include <algorithm>

namespace orrery::ui::seg {

namespace {

constexpr float padding = 12, margin = 16, gap = 10;
constexpr ImGuiWindowFlags bare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                  ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing |
                                  ImGuiWindowFlags_AlwaysAutoResize | ImGuiWindowFlags_NoBringToFrontOnFocus;
/// SAM's masks of one click: nested, mostly from small to whole; the first is for prompts that leave nothing open.
constexpr const char* answerNames[] = {"single", "part", "middle", "whole"};

void head(const Look& look, const std::string& text) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    drawSmallCapitals(ImGui::GetWindowDrawList(), look, at, toColour(look.theme.secondary), text);
    ImGui::Dummy({1, look.px(20)});
}

void line(const Look& look, float width, const std::string& label, const std::string& value, const glm::vec4& colour) {
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 low = ImGui::GetCursorScreenPos();
    drawText(list, look.fonts.body, low, toColour(colour), label);
    drawText(list, look.fonts.mono, {low.x + width, low.y + look.px(1)}, toColour(colour), value, Align::right);
    ImGui::Dummy({1, look.px(18)});
}

void bar(ImDrawList* list, const Look& look, ImVec2 low, ImVec2 high, double share, const glm::vec4& colour) {
    const float round = (high.y - low.y) / 2;
    list->AddRectFilled(low, high, toColour(look.theme.raised), round);
    const float right = low.x + float(std::clamp(share, 0.0, 1.0)) * (high.x - low.x);
    if (right > low.x) list->AddRectFilled(low, {right, high.y}, toColour(colour), round);
}

} // namespace

bool Cards::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    low = found->second.first, high = found->second.second;
    return true;
}

bool Cards::row(const Look& look, const std::string& name, float width, float height, bool chosen, bool& hovered) {
    const ImVec2 low = ImGui::GetCursorScreenPos(), high(low.x + width, low.y + height);
    ImGui::InvisibleButton(name.c_str(), {width, height});
    hovered = ImGui::IsItemHovered();
    m_spots[name] = {{low.x, low.y}, {high.x, high.y}};
    if (chosen || hovered)
        ImGui::GetWindowDrawList()->AddRectFilled(low, high, toColour(look.theme.raised, chosen ? 1.f : 0.55f), look.px(6));
    return hovered && ImGui::IsItemClicked();
}

void Cards::drawTools(const Look& look, float width) {
    constexpr const char* tools[] = {"click", "sketch", "brush", "eraser"};
    constexpr int count = 4;
    std::vector<std::string> labels;
    int selected = 0, hovered = -1;
    for (int i = 0; i < count; ++i) {
        labels.push_back(look.tr(tools[i]));
        if (m_session.settings().text("tool") == tools[i]) selected = i;
    }
    const ImVec2 low = ImGui::GetCursorScreenPos();
    const Touch touch = segmented(look, "tools", width, count, labels, selected, hovered);
    for (int i = 0; i < count; ++i) // of equal width
        m_spots[tools[i]] = {{low.x + width * float(i) / count, touch.low.y},
                             {low.x + width * float(i + 1) / count, touch.high.y}};
    if (touch.changed) m_hands.takeTool(tools[selected]);
    ImGui::Dummy({1, look.px(6)});
}

/// Which picture of the folder it is, and the way to the one before and after it.
void Cards::drawAlbum(const Look& look, float width) {
    const auto& album = m_lab.album();
    if (album.empty()) return;
    head(look, look.tr("Folder"));
    const float height = look.px(26), small = look.px(26);
    const ImVec2 low = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::size_t place = m_lab.albumPlace();
    const auto arrow = [&](const char* name, float left, int by) {
        ImGui::SetCursorScreenPos({left, low.y});
        bool hovered = false;
        const bool there = by < 0 ? place > 0 : place + 1 < album.size();
        if (row(look, name, small, height, false, hovered) && there) m_hands.turnTo(by);
        const glm::vec4& ink = !there ? look.theme.faint : hovered ? look.theme.brass : look.theme.text;
        const float x = left + small / 2, y = low.y + height / 2, r = look.px(4.5f), to = float(by) * r / 2;
        const ImVec2 chevron[] = {{x - to, y - r}, {x + to, y}, {x - to, y + r}};
        list->AddPolyline(chevron, 3, toColour(ink), 0, look.px(1.6f));
    };
    arrow("previous picture", low.x, -1);
    arrow("next picture", low.x + width - small, 1);
    drawText(list, look.fonts.mono, {low.x + width / 2, low.y + (height - fontHeight(look.fonts.mono)) / 2},
             toColour(look.theme.text), std::to_string(place + 1) + " / " + std::to_string(album.size()), Align::centre);
    ImGui::SetCursorScreenPos({low.x, low.y + height});
    ImGui::Dummy({1, look.px(6)});
}

/// What the model was to take, said before it was loaded, and what is taken now.
void Cards::drawMemory(const Look& look, float width) {
    const segmentation::ModelPlan* plan = m_lab.desk().plan();
    if (!plan) return;
    const auto megabytes = [](std::uint64_t bytes) { return formatFixed(double(bytes) / 1048576, 0) + " MiB"; };
    const bool looks = m_lab.inside().asked().show != segmentation::InsideRequest::Show::photograph;
    line(look, width, look.tr("memory, planned"), megabytes(plan->memory().total(looks)), look.theme.secondary);
}

void Cards::drawObjects(const Look& look, float width) {
    head(look, look.tr("Objects"));
    std::vector<int> objects = m_lab.objects();
    const int inHand = m_lab.request().object;
    if (std::ranges::find(objects, inHand) == objects.end()) objects.push_back(inHand);
    std::ranges::sort(objects);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float height = look.px(26);
    m_object = -1;
    for (const int object : objects) {
        const ImVec2 low = ImGui::GetCursorScreenPos();
        bool hovered = false;
        const std::string number = std::to_string(object);
        const float small = look.px(22), left = width - 2 * small; // eye and cross at the right
        bool onEye = false, onCross = false;
        if (row(look, "object " + number, left, height, object == inHand, hovered)) m_hands.takeObject(object);
        ImGui::SetCursorScreenPos({low.x + left, low.y});
        if (row(look, "hide " + number, small, height, false, onEye)) m_hands.toggleHidden(object);
        ImGui::SetCursorScreenPos({low.x + left + small, low.y});
        if (row(look, "delete " + number, small, height, false, onCross)) m_hands.deleteObject(object);
        const bool hidden = m_lab.request().hidden(object);
        if (hovered) m_object = object;
        const float middle = low.y + height / 2, text = middle - fontHeight(look.fonts.body) / 2;
        list->AddCircleFilled({low.x + look.px(12), middle}, look.px(5),
                              toColour(glm::vec4(colourOf(object), hidden ? 0.35f : 1)), 24);
        const std::string name = m_lab.nameOf(object);
        drawText(list, look.fonts.body, {low.x + look.px(24), text},
                 toColour(object == inHand ? look.theme.text : look.theme.secondary),
                 name.empty() ? look.tr("object") + " " + number : name);
        const segmentation::Answer* answer = m_lab.answer(object);
        const std::string iou =
            answer ? formatFixed(double(answer->iou[m_lab.request().chosen(object, *answer)]), 2) : std::string("\xE2\x80\x93");
        drawText(list, look.fonts.mono, {low.x + left - look.px(6), middle - fontHeight(look.fonts.mono) / 2},
                 toColour(look.theme.secondary), iou, Align::right);
        const glm::vec4& eye = onEye ? look.theme.brass : hidden ? look.theme.faint : look.theme.secondary;
        const ImVec2 pupil(low.x + left + small / 2, middle);
        list->AddCircle(pupil, look.px(5), toColour(eye), 24, look.px(1.3f));
        if (!hidden) list->AddCircleFilled(pupil, look.px(2.2f), toColour(eye), 16);
        const glm::vec4& ink = onCross ? look.theme.bad : look.theme.faint;
        const float x = low.x + width - small / 2, r = look.px(3.5f);
        list->AddLine({x - r, middle - r}, {x + r, middle + r}, toColour(ink), look.px(1.4f));
        list->AddLine({x - r, middle + r}, {x + r, middle - r}, toColour(ink), look.px(1.4f));
    }
    ImGui::Dummy({1, look.px(4)});
    const Touch next = button(look, "new object", width, look.tr("New object") + "  N");
    m_spots["new object"] = {{next.low.x, next.low.y}, {next.high.x, next.high.y}};
    if (next.changed) m_hands.addObject();
}

void Cards::drawAnswers(const Look& look, float width) {
    m_answer = -1;
    const segmentation::Answer* answer = m_lab.answer(m_lab.request().object);
    if (!answer) return;
    ImGui::Dummy({1, look.px(gap)});
    head(look, look.tr("Answers"));
    const std::size_t chosen = m_lab.request().chosen(m_lab.request().object, *answer);
    ImDrawList* list = ImGui::GetWindowDrawList();
    const float height = look.px(36);
    for (std::size_t mask = 0; mask < std::size_t(answer->masks); ++mask) {
        const ImVec2 low = ImGui::GetCursorScreenPos();
        bool hovered = false;
        if (row(look, "answer " + std::to_string(mask), width, height, mask == chosen, hovered)) m_hands.chooseAnswer(int(mask));
        if (hovered) m_answer = int(mask);
        const float left = low.x + look.px(8), right = low.x + width - look.px(8);
        drawText(list, look.fonts.body, {left, low.y + look.px(3)},
                 toColour(mask == chosen ? look.theme.text : look.theme.secondary),
                 look.tr(answerNames[std::min<std::size_t>(mask, 3)]));
        drawText(list, look.fonts.mono, {right, low.y + look.px(4)}, toColour(look.theme.secondary),
                 "IoU " + formatFixed(double(answer->iou[mask]), 2) + "  \xC2\xB1 " + formatFixed(answer->stability[mask], 2),
                 Align::right);
        const glm::vec4 colour(colourOf(m_lab.request().object), mask == chosen ? 1.f : 0.5f);
        bar(list, look, {left, low.y + look.px(24)}, {right, low.y + look.px(28)}, double(answer->iou[mask]), colour);
    }
}

void Cards::drawSearch(const Look& look, float width) {
    const auto& search = m_lab.search();
    if (!search) return;
    ImGui::Dummy({1, look.px(gap)});
    head(look, look.tr("Everything"));
    line(look, width, look.tr("clicks asked"), std::to_string(search->asked), look.theme.secondary);
    line(look, width, look.tr("masks found"), std::to_string(m_lab.found().size()), look.theme.text);
    if (!search->done || !m_lab.found().empty()) return;
    ImGui::PushTextWrapPos(0);
    ImGui::PushStyleColor(ImGuiCol_Text, toColour(look.theme.secondary));
    ImGui::TextUnformatted(look.tr("None passed: lower the predicted IoU or the stability that is asked for.").c_str());
    ImGui::PopStyleColor();
    ImGui::PopTextWrapPos();
}

void Cards::drawEncoding(const Look& look, float width) {
    const segmentation::Encoding* encoding = m_lab.desk().encoding();
    const bool loading = m_lab.desk().plan() && !m_lab.desk().model();
    if (loading) {
        ImGui::Dummy({1, look.px(gap)});
        head(look, look.tr("Loading"));
        drawMemory(look, width);
    }
    if (!encoding || encoding->done()) return;
    ImGui::Dummy({1, look.px(gap)});
    head(look, look.tr("Encoding"));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 at = ImGui::GetCursorScreenPos();
    bar(list, look, {at.x, at.y + look.px(2)}, {at.x + width, at.y + look.px(8)}, encoding->fraction(), look.theme.brass);
    ImGui::Dummy({1, look.px(14)});
    drawMemory(look, width);
    double milliseconds = 0;
    for (const auto& stage : encoding->stages()) milliseconds += stage.milliseconds;
    constexpr std::size_t shown = 5; // stages: the one under way and those before it
    const std::size_t now = encoding->stage(), first = now + 1 > shown ? now + 1 - shown : 0;
    for (std::size_t stage = first; stage <= now && stage < encoding->stages().size(); ++stage) {
        const auto& each = encoding->stages()[stage];
        line(look, width, each.name,
             each.milliseconds > 0 ? formatFixed(each.milliseconds, 0) + " ms" : std::string("\xE2\x80\xA6"),
             stage == now ? look.theme.text : look.theme.secondary);
    }
    if (milliseconds > 0)
        line(look, width, look.tr("rate"),
             formatPrefixed(encoding->flops() * encoding->fraction() / (milliseconds / 1000)) + "FLOP/s", look.theme.brass);
}

void Cards::draw(const Look& look, const ViewPlace& place) {
    m_spots.clear();
    const float width = look.px(cardWidth), top = look.px(place.hud + margin);
    ImGui::SetNextWindowPos({float(place.size.x) - width - look.px(margin), top});
    const float tallest = std::max(look.px(80), float(place.size.y) - top - look.px(margin)); // what is below scrolls
    ImGui::SetNextWindowSizeConstraints({width, 0}, {width, tallest});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {look.px(padding), look.px(padding)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, look.px(2)});
    ImGui::Begin("segmentation, objects", nullptr, bare);
    const float inner = width - 2 * look.px(padding);
    drawTools(look, inner);
    drawAlbum(look, inner);
    drawObjects(look, inner);
    drawEncoding(look, inner);
    drawAnswers(look, inner);
    drawSearch(look, inner);
    ImGui::End();
    ImGui::PopStyleVar(2);
}

} // namespace orrery::ui::seg
