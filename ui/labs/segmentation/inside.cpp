// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/inside.h"

#include "engine/labs/segmentation/tracks.h"
#include "ui/panels/axes.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui::seg {

namespace {

constexpr float opacity = 0.88f; ///< over the picture: its edges still shine through
constexpr float padding = 12, margin = 16, legendWidth = 460;
constexpr double logitRange = 8; ///< ends of the colours
constexpr ImGuiWindowFlags bare = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                                  ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoFocusOnAppearing |
                                  ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_AlwaysAutoResize;

/// The model's whole square in data units.
glm::dvec2 squareOf(const segmentation::Fit& fit) {
    return glm::dvec2(fit.width, fit.height) * double(fit.side) / glm::dvec2(fit.newWidth, fit.newHeight);
}

/// "stage 2, block 1", word by word.
std::string translated(const Look& look, const std::string& title) {
    std::string all, words;
    const auto put = [&] {
        const std::size_t last = words.find_last_not_of(' ');
        if (last != std::string::npos) all += look.tr(words.substr(0, last + 1)) + words.substr(last + 1);
        words.clear();
    };
    for (const char c : title) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (letter || (c == ' ' && !words.empty())) {
            words += c;
        } else {
            put();
            all += c;
        }
    }
    put();
    return all;
}

std::string percent(double share) { return formatFixed(100 * share, 1) + " %"; }

} // namespace

bool InsideLayer::active() const {
    const Show show = m_lab.inside().asked().show;
    return show != Show::photograph && show != Show::kernels;
}
bool InsideLayer::logits() const { return m_lab.inside().asked().show == Show::logits; }

float InsideLayer::height() const {
    const Show show = m_lab.inside().asked().show;
    return !active() ? 0 : show == Show::embedding ? 108 : show == Show::logits ? 128 : 168;
}

void InsideLayer::settle(std::optional<glm::dvec2> hovered) {
    m_lab.pointAt(hovered ? std::optional(std::array{hovered->x + 0.5, hovered->y + 0.5}) : std::nullopt);
    if (const auto chosen = std::exchange(m_chosen, {})) m_session.set("stage", std::int64_t(*chosen));
}

void InsideLayer::paint(gpu::Device& device, std::int64_t grid, std::int64_t columns, std::int64_t rows,
                        const std::function<glm::vec4(std::int64_t, std::int64_t)>& colour) {
    std::vector<std::uint8_t> rgba;
    rgba.reserve(std::size_t(columns * rows) * 4);
    for (std::int64_t y = 0; y < rows; ++y)
        for (std::int64_t x = 0; x < columns; ++x) {
            const glm::vec4 c = glm::round(255.f * colour(y, x));
            for (int k = 0; k < 4; ++k) rgba.push_back(std::uint8_t(c[k]));
        }
    const glm::dvec2 cell = squareOf(m_lab.desk().fit()) / double(grid);
    m_texture.set(device, std::uint32_t(columns), std::uint32_t(rows), std::move(rgba),
                  {{0, -cell.y * double(rows)}, {cell.x * double(columns), 0}});
}

void InsideLayer::paintRow(gpu::Device& device, std::int64_t grid, const std::vector<float>& values, Colormap map, double low,
                           double high) {
    const segmentation::Fit& fit = m_lab.desk().fit();
    m_map = map, m_low = low, m_high = high;
    paint(device, grid, (fit.newWidth * grid + fit.side - 1) / fit.side, (fit.newHeight * grid + fit.side - 1) / fit.side,
          [&](std::int64_t y, std::int64_t x) {
              const double share = (double(values[std::size_t(y * grid + x)]) - low) / (high - low);
              return glm::vec4(colour(map, share), heatOpacity(map, share)); // as the colour bar shows it
          });
}

void InsideLayer::paintLogits(gpu::Device& device) {
    const segmentation::Answer* answer = m_lab.answer(m_lab.request().object);
    if (!answer) return;
    const std::span<const float> logits = answer->of(segmentation::chosenBy(m_session.settings().text("answer"), *answer));
    paintRow(device, answer->side, {logits.begin(), logits.end()}, Colormap::diverging, -logitRange, logitRange);
}

void InsideLayer::prepare(gpu::Device& device) {
    const segmentation::Inside& inside = m_lab.inside();
    const Show show = inside.asked().show;
    Made made{inside.revision(), m_lab.desk().revision(), show == Show::logits ? m_lab.shownRevision() : 0, {}};
    const segmentation::TokenGrid* tokens = inside.tokens();
    const segmentation::HeadView* head = inside.headView();
    const bool byToken = show == Show::affinity || show == Show::attention;
    if (byToken && (head || tokens)) made.token = m_lab.pointedToken(head ? head->grid : tokens->grid);
    if (made == m_made) return;
    m_made = made;
    m_texture.clear();
    m_beyond = 0;
    if (m_lab.desk().fit().side == 0) return;
    const auto [x, y] = made.token;
    if (show == Show::logits) paintLogits(device);
    if (const segmentation::Components* shown = inside.components(); show == Show::embedding && shown)
        paint(device, shown->grid, shown->columns, shown->rows, [&](std::int64_t row, std::int64_t column) {
            const auto rgb = shown->colour(row, column);
            return glm::vec4(glm::vec3(rgb[0], rgb[1], rgb[2]) / 255.f, 1);
        });
    if (!byToken) return;
    if (head) {
        const segmentation::AttentionRow row = segmentation::attentionRow(*head, y, x);
        const segmentation::Fit& fit = m_lab.desk().fit();
        const std::int64_t columns = (fit.newWidth * head->grid + fit.side - 1) / fit.side,
                           rows = (fit.newHeight * head->grid + fit.side - 1) / fit.side;
        m_beyond = row.outside;
        for (std::int64_t v = 0; v < head->grid; ++v)
            for (std::int64_t u = v < rows ? columns : 0; u < head->grid; ++u)
                m_beyond += double(row.weights[std::size_t(v * head->grid + u)]);
        paintRow(device, head->grid, row.weights, Colormap::magma, 0, std::max(1e-9, double(std::ranges::max(row.weights))));
    } else if (tokens && !inside.attends()) {
        const std::vector<float> row = segmentation::affinityRow(*tokens, y, x);
        double least = 1 - 1e-6; // what is farthest is dark: cosines of deep features often lie close together
        for (std::int64_t v = 0; v < tokens->rows; ++v)
            for (std::int64_t u = 0; u < tokens->columns; ++u)
                least = std::min(least, double(row[std::size_t(v * tokens->grid + u)]));
        paintRow(device, tokens->grid, row, Colormap::viridis, least, 1);
    }
}

void InsideLayer::draw(const Frame& frame, Layers& layers) const {
    if (active()) m_texture.draw(frame, layers, opacity);
}

glm::dvec2 InsideLayer::corner(const Camera& camera, std::int64_t grid, std::int64_t x, std::int64_t y) const {
    const glm::dvec2 cell = squareOf(m_lab.desk().fit()) / double(grid);
    return camera.toPx({cell.x * double(x), -cell.y * double(y)});
}

/// The token that is pointed at, and the windows beyond which it sees nothing.
void InsideLayer::drawToken(const Camera& camera, const Look& look) const {
    const segmentation::Inside& inside = m_lab.inside();
    const segmentation::HeadView* head = inside.headView();
    const segmentation::TokenGrid* tokens = inside.tokens();
    if (m_texture.empty() || (!head && !tokens)) return;
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const std::int64_t grid = head ? head->grid : tokens->grid;
    const segmentation::Fit& fit = m_lab.desk().fit();
    const std::int64_t columns = (fit.newWidth * grid + fit.side - 1) / fit.side,
                       rows = (fit.newHeight * grid + fit.side - 1) / fit.side;
    const auto at = [&](std::int64_t x, std::int64_t y) {
        const glm::dvec2 px = corner(camera, grid, std::min(x, columns), std::min(y, rows));
        return ImVec2(float(px.x), float(px.y));
    };
    const auto [x, y] = m_made.token;
    if (head && head->window > 0) {
        const std::int64_t n = head->window;
        const ImU32 faint = toColour(glm::vec4(1, 1, 1, 0.28f));
        for (std::int64_t i = 0; i <= columns; i += n) list->AddLine(at(i, 0), at(i, rows), faint, look.px(1));
        for (std::int64_t i = 0; i <= rows; i += n) list->AddLine(at(0, i), at(columns, i), faint, look.px(1));
        list->AddRect(at(x / n * n, y / n * n), at(x / n * n + n, y / n * n + n), toColour(look.theme.brass), 0, 0, look.px(2));
    }
    list->AddRect(at(x, y), at(x + 1, y + 1), toColour(glm::vec4(0, 0, 0, 0.8f)), 0, 0, look.px(3.4f));
    list->AddRect(at(x, y), at(x + 1, y + 1), toColour(glm::vec4(1, 1, 1, 1)), 0, 0, look.px(1.6f));
}

/// A cell for each stage, those with attention marked by a dot.
void InsideLayer::drawStages(const Look& look, float width) {
    const segmentation::Inside& inside = m_lab.inside();
    const auto count = float(std::max<std::size_t>(inside.stages().size(), 1));
    ImDrawList* list = ImGui::GetWindowDrawList();
    const ImVec2 from = ImGui::GetCursorScreenPos();
    const float height = look.px(16), gap = look.px(2), each = std::min(look.px(40), (width + gap) / count);
    for (std::size_t i = 0; i < inside.stages().size(); ++i) {
        const ImVec2 low(from.x + float(i) * each, from.y), high(low.x + each - gap, low.y + height);
        const std::string name = "stage " + std::to_string(i);
        ImGui::SetCursorScreenPos(low);
        ImGui::InvisibleButton(name.c_str(), {each - gap, height});
        m_spots[name] = {{low.x, low.y}, {high.x, high.y}};
        const bool hovered = ImGui::IsItemHovered(), chosen = i == inside.stage();
        if (hovered && ImGui::IsItemClicked()) m_chosen = i;
        list->AddRectFilled(low, high, toColour(chosen ? look.theme.brass : look.theme.raised, hovered && !chosen ? 0.6f : 1.f),
                            look.px(3));
        if (inside.stages()[i].heads > 0)
            list->AddCircleFilled({(low.x + high.x) / 2, (low.y + high.y) / 2}, look.px(2.2f), toColour(look.theme.secondary),
                                  12);
    }
    ImGui::SetCursorScreenPos({from.x, from.y + height + look.px(6)});
}

std::vector<std::string> InsideLayer::lines(const Look& look) const {
    const segmentation::Inside& inside = m_lab.inside();
    const Show show = inside.asked().show;
    std::vector<std::string> all;
    if (show == Show::logits) {
        all.push_back(look.tr("Line: 0. Light band: from -1 to 1, where the threshold decides."));
        return all;
    }
    if (inside.stages().empty()) return {"\xE2\x80\xA6"};
    const segmentation::StageShape& stage = inside.stages()[inside.stage()];
    all.push_back(std::to_string(inside.stage()) + " / " + std::to_string(inside.stages().size() - 1) + "  " +
                  translated(look, stage.title) + " \xC2\xB7 " + std::to_string(stage.grid) + " \xC3\x97 " +
                  std::to_string(stage.grid) + " \xC2\xB7 " + std::to_string(stage.channels) + " " + look.tr("channels"));
    if (show == Show::embedding) {
        const segmentation::Components* shown = inside.components();
        if (shown && shown->variance > 0)
            all.push_back(look.tr("Share of the variance") + ": " + look.tr("red") + " " +
                          percent(shown->variances[0] / shown->variance) + ", " + look.tr("green") + " " +
                          percent(shown->variances[1] / shown->variance) + ", " + look.tr("blue") + " " +
                          percent(shown->variances[2] / shown->variance));
    }
    if (show == Show::attention && stage.heads == 0)
        all.push_back(look.tr("This stage has no attention: convolutions only. Shown is the affinity."));
    if (show == Show::attention && stage.heads > 0) {
        all.push_back(
            look.tr("head") + " " + std::to_string(inside.head() + 1) + " / " + std::to_string(stage.heads) + " \xC2\xB7 " +
            (stage.window > 0
                 ? look.tr("windows of") + " " + std::to_string(stage.window) + " \xC3\x97 " + std::to_string(stage.window)
                 : look.tr("all tokens")));
        if (m_beyond > 0) all.back() += " \xC2\xB7 " + look.tr("beyond the picture") + ": " + percent(m_beyond);
    }
    return all;
}

void InsideLayer::overlay(const Frame& frame, const Look& look, const ViewPlace& place) {
    m_spots.clear();
    if (!active()) return;
    const Show show = m_lab.inside().asked().show;
    if (show == Show::affinity || show == Show::attention) drawToken(frame.camera, look);
    const float free = float(place.size.x) - look.px(place.panel + cardWidth + 3 * margin); // beside the cards
    const float width = std::clamp(free, look.px(240), look.px(legendWidth)) - look.px(2 * padding);
    ImGui::SetNextWindowPos({look.px(place.panel + margin), float(place.size.y) - look.px(margin)}, ImGuiCond_Always, {0, 1});
    ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, {look.px(padding), look.px(padding)});
    ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, look.px(2)});
    ImGui::Begin("segmentation, inside", nullptr, bare);
    if (show != Show::logits) drawStages(look, width);
    for (const std::string& line : lines(look)) {
        drawText(ImGui::GetWindowDrawList(), look.fonts.body, ImGui::GetCursorScreenPos(), toColour(look.theme.secondary), line);
        ImGui::Dummy({width, look.px(17)});
    }
    const bool bar = show != Show::embedding && !m_texture.empty();
    const bool weights = show == Show::attention && m_lab.inside().attends();
    if (bar)
        drawColourBar(ImGui::GetWindowDrawList(), look, ImGui::GetCursorScreenPos(),
                      {m_map, m_low, m_high,
                       look.tr(show == Show::logits ? "logit"
                               : weights            ? "attention weight"
                                                    : "cosine with the token pointed at"),
                       ""});
    if (bar) ImGui::Dummy({look.px(colourBarWidth), look.px(colourBarHeight)});
    ImGui::End();
    ImGui::PopStyleVar(2);
}

bool InsideLayer::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    low = found->second.first, high = found->second.second;
    return true;
}

} // namespace orrery::ui::seg
