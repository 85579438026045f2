// SPDX-License-Identifier: GPL-3.0-or-later
// What follows the lab. What hands and cards ask for is in view_hands.cpp, what is drawn over the cloud in view_draw.cpp.
#include "ui/labs/embedding/view.h"

#include "ui/labs/embedding/pick.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using namespace emb;

namespace {
constexpr double searchMs = 5;
constexpr std::int64_t mostAnswers = 12;
constexpr std::int64_t mostLive = 300000; ///< rows up to which neighbours in the picture follow every step
} // namespace

EmbeddingView::EmbeddingView(lab::Session& session)
    : m_session(session), m_lab(dynamic_cast<embedding::EmbeddingLab&>(session.lab())) {}

bool EmbeddingView::moves() const { return m_still < 3; }

std::optional<std::int64_t> EmbeddingView::chosen() const {
    const std::int64_t row = settings().integer("chosen");
    return row >= 0 && row < m_shown.rows() ? std::optional(row) : std::nullopt;
}

void EmbeddingView::place(glm::dvec2 size, float scale, float panel, float hud) {
    m_size = size, m_scale = scale, m_panel = panel, m_hud = hud;
}

Insets EmbeddingView::insets() const {
    const glm::dvec4 own = edges();
    return glm::dvec4(own.x + double(m_panel), own.y + double(m_hud), own.z, own.w) * double(m_scale);
}

/// 1 where all is to be seen, as after F.
double EmbeddingView::zoom() const {
    Camera all;
    all.resize(m_size.x, m_size.y);
    all.fit(m_sight.home(), insets());
    return all.unitsPerPx() / m_camera.unitsPerPx();
}

bool EmbeddingView::takeRefit() { return std::exchange(m_refit, false); }

bool EmbeddingView::settled() const {
    return !m_flight.flying() && !moves() && !m_cards.wishes() && m_labels.settled() && (!m_search || m_search->done()) &&
           !m_lab.cloud().preparing();
}

std::string EmbeddingView::emptyHint() const {
    if (m_lab.cloud().problem()) return {};
    if (m_lab.cloud().preparing()) return "Reading and preparing; the picture appears as soon as there is one.";
    return "Drop a table, word vectors or a tensor here (CSV, TSV, word2vec, GloVe, NPY, safetensors), or press Ctrl+O.";
}

void EmbeddingView::follow() {
    const embedding::Projecting& cloud = m_lab.cloud();
    ++m_still;
    if (!cloud.problem()) return;
    const std::shared_ptr<const void> corpus = m_lab.learns() ? m_lab.learning().corpus() : nullptr;
    const bool sameRows = corpus && corpus == m_corpus && m_shown.rows() == cloud.problem()->table->rows();
    m_corpus = corpus;
    if (m_shown.shared() != cloud.problem()->table && sameRows) {
        m_shown.setTable(cloud.problem()->table, true); // the same words, further trained
    } else if (m_shown.shared() != cloud.problem()->table) {
        m_shown.setTable(cloud.problem()->table);
        m_search.reset(), m_searchedFor.clear(), m_near = {}, m_asked = {}, m_neighbourhood.reset(), m_hovered.reset();
        m_qualityAt = -2, m_flight.forgetGoal(), m_refit = true;
    }
    if (m_revision != cloud.revision()) {
        const bool spatial = m_shown.spatial();
        m_revision = cloud.revision(), m_still = 0;
        m_shown.setPicture(cloud.picture());
        if (spatial != m_shown.spatial()) m_flight.forgetGoal(), m_refit = true;
    }
    if (m_qualityAt != cloud.qualityAt()) {
        m_qualityAt = cloud.qualityAt();
        m_shown.setQuality(cloud.quality() ? &*cloud.quality() : nullptr);
    }
    if (m_shown.selection() != m_lab.selection()) m_shown.setSelection(m_lab.selection());
}

void EmbeddingView::search() {
    const std::string& text = settings().text("find");
    const std::string wanted = text.empty() ? std::string() : settings().text("find_as") + " " + text;
    if (!m_shown.shared()) return;
    if (wanted != m_searchedFor) {
        m_searchedFor = wanted, m_searchError.clear(), m_search.reset();
        m_shown.setFound(std::nullopt);
        if (wanted.empty()) return;
        try {
            m_search.emplace(m_shown.shared(), text, settings().text("find_as") == "regex");
        } catch (const Error& error) {
            m_searchError = error.what();
        }
    }
    if (!m_search) return;
    if (!m_search->done()) m_search->proceed(searchMs);
    if (!m_shown.found() || m_shown.found()->size() != m_search->rows().size()) m_shown.setFound(m_search->rows());
}

/// Neighbours in the table once for each question; where the picture has them, for each picture.
void EmbeddingView::watchChosen() {
    const std::optional<std::int64_t> row = chosen();
    if (!row) {
        m_neighbourhood.reset(), m_forces.reset();
        return;
    }
    const Asked now{*row, settings().integer("near"), settings().text("near_by"), m_shown.table()};
    if (now != m_asked) {
        m_asked = now;
        const embedding::Metric metric = now.metric == "cosine" ? embedding::Metric::cosine
                                         : now.metric == "dot"  ? embedding::Metric::dot
                                                                : embedding::Metric::euclid;
        m_near = m_lab.cloud().inTable(*row, 2 * now.k, metric);
        m_neighbourhood.reset();
    }
    const bool stale = !m_neighbourhood || m_neighbourhoodOf != m_revision;
    if (stale && (!m_neighbourhood || !moves() || m_shown.rows() <= mostLive)) {
        m_neighbourhood = neighbourhoodOf(m_lab.cloud().picture(), *row, m_near, now.k);
        m_neighbourhoodOf = m_revision;
        m_forces.reset();
    }
    if (!settings().flag("show_forces"))
        m_forces.reset();
    else if (!m_forces)
        m_forces = m_lab.cloud().forces(*row);
}

void EmbeddingView::askWords() {
    const std::string asked = settings().text("rule") + " " + settings().text("expression");
    if (asked == m_askedWords && m_wordsOf == m_revision) return;
    m_askedWords = asked, m_wordsOf = m_revision;
    m_words.expression = settings().text("expression"), m_words.multiply = settings().text("rule") == "multiply";
    embedding::WordAnswer answer = m_lab.answer(mostAnswers);
    m_words.problem = answer.problem, m_words.candidates = std::move(answer.candidates), m_words.names = std::move(answer.words);
    m_terms.clear();
    if (!m_words.candidates.empty())
        m_terms = embedding::parseExpression(m_words.expression, embedding::WordIndex(m_shown.table()->tokens));
    m_words.oneHot = m_lab.oneHot() ? &*m_lab.oneHot() : nullptr;
    m_words.words.clear();
    if (const auto corpus = m_lab.learning().corpus(); corpus && m_words.oneHot)
        for (std::int64_t i = 0; i < std::min(m_words.oneHot->words, corpus->size()); ++i)
            m_words.words.push_back(corpus->words[std::size_t(i)]);
    const auto last = [&](const char* key) {
        const auto samples = m_lab.series(key);
        return samples.empty() ? std::optional<double>() : std::optional(samples.back().value);
    };
    m_words.loss = last("word_loss"), m_words.analogies = last("analogies"), m_words.analogiesOfAll = last("analogies_all");
}

void EmbeddingView::prepare(const Frame& frame) {
    m_camera = frame.camera;
    follow();
    search();
    askWords();
    m_shown.refresh(
        {settings().text("colour"), settings().text("column"), settings().text("size_by"), settings().flag("isolate")},
        frame.theme);
    if (m_hands.turning())
        m_turn = *m_hands.turning();
    else
        m_turn = {settings().number("turn"), settings().number("tilt")};
    m_sight = Sight(m_shown.extent(), m_shown.spatial(), m_turn);
    m_toPixels = m_sight.toPixels(frame.camera, {frame.width, frame.height});
    watchChosen();
    const auto pointer = m_hands.pointer();
    m_hovered = pointer && !onWords() && m_shown.rows() > 0
                    ? nearestPoint(m_shown.cloud(), m_toPixels, *pointer, reachPx * double(m_scale))
                    : std::nullopt;
    const float seconds = ImGui::GetIO().DeltaTime;
    m_seconds = m_reduceMotion || seconds < 1e-3F ? 0 : double(seconds); // without a clock there is nothing to see of a fade
    m_flight.proceed(double(seconds), m_seconds == 0);
}

} // namespace orrery::ui
