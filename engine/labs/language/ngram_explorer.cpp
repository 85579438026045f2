// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_explorer.h"

#include "engine/error.h"
#include "engine/labs/language/ngram_segment.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::language {

namespace {

constexpr std::size_t shownLikely = 16, mostKeyGrams = 4096;
constexpr int treeWidths[] = {6, 3, 2};

} // namespace

NgramRequest ngramRequest(const lab::Settings& settings) {
    NgramRequest r;
    r.source.source = settings.text("ngram_source");
    r.source.file = settings.text("ngram_file");
    const std::string& unit = settings.text("ngram_unit");
    r.source.unit = unit == "byte" ? Unit::byte : unit == "character" ? Unit::character : Unit::word;
    r.source.order = int(settings.integer("ngram_order"));
    r.source.heldOut = settings.number("ngram_held_out");
    if (r.source.source != "file" && r.source.source != "arpa") r.source.file.clear();
    if (r.source.source == "arpa") r.source.unit = Unit::word, r.source.order = 0, r.source.heldOut = 0;
    if (r.source.source == "sam") r.source.heldOut = 0; // three lines
    const std::string& method = settings.text("ngram_smoothing");
    r.smoothing.method = method == "mle" ? Smoothing::mle : method == "add-k" ? Smoothing::addK : Smoothing::kneserNey;
    r.smoothing.k = settings.number("ngram_k");
    r.smoothing.closed = settings.flag("ngram_closed");
    r.sentence = settings.text("ngram_sentence");
    r.draw = {std::uint64_t(settings.integer("ngram_seed")), settings.number("ngram_temperature"),
              int(settings.integer("ngram_tokens"))};
    r.threshold = std::uint64_t(settings.integer("ngram_threshold"));
    r.window = int(settings.integer("ngram_window"));
    r.lawOrder = int(settings.integer("ngram_law_order"));
    return r;
}

void NgramExplorer::configure(const NgramRequest& request, lab::Jobs& jobs) {
    const bool counted = m_study && m_study->source == request.source;
    const bool counting = m_counting && m_counting->study->source == request.source;
    std::shared_ptr<NgramStudy> opened;
    if (!counted && !counting) opened = openStudy(request.source); // all that may be refused
    const bool judgedAnew =
        request.smoothing.k != m_request.smoothing.k || request.smoothing.closed != m_request.smoothing.closed;
    m_request = request;
    if (opened) {
        stop();
        m_counting = std::make_shared<Work>();
        m_counting->study = std::move(opened);
        count(jobs);
    } else if (counted) {
        if (m_counting) m_counter.cancel(), m_counting.reset(); // another text was on its way
        refresh();
        if (judgedAnew || (m_judgements.empty() && !m_judging)) startJudging(jobs);
    }
}

void NgramExplorer::collect(const lab::Jobs& jobs) {
    if (jobs.empty() && (m_counting || m_judging)) stop();
}

void NgramExplorer::stop() {
    m_counter.cancel();
    m_judge.cancel();
    m_counting.reset();
    m_judging.reset();
}

void NgramExplorer::count(lab::Jobs& jobs) {
    m_counter.start([work = m_counting](const lab::Stop& stop) { fillStudy(*work->study, work->fraction, stop); });
    jobs.add({"Counting " + m_counting->study->name, "B", double(m_counting->study->text.size()),
              [this, &jobs, work = m_counting](double budgetMs) {
                  if (work != m_counting) return 1.0; // another has taken its place
                  try {
                      if (!m_counter.finished(std::min(budgetMs, 4.0))) return std::min(0.99, work->fraction.load());
                  } catch (...) {
                      m_counting.reset();
                      throw;
                  }
                  m_study = work->study;
                  m_counting.reset();
                  m_judgements.clear();
                  refresh();
                  startJudging(jobs);
                  return 1.0;
              }});
}

void NgramExplorer::startJudging(lab::Jobs& jobs) {
    m_judgements.clear();
    m_judge.cancel();
    m_judging.reset();
    if (!m_study->corpus.counts) return;
    m_judging = std::make_shared<Work>();
    const SmoothingOptions options = m_request.smoothing;
    m_judge.start([work = m_judging, study = m_study, options](const lab::Stop& stop) {
        // a closed vocabulary cannot be had of a text in which the unknown word itself was counted
        const bool closed = options.closed && study->corpus.counts->count(0, Vocabulary::unknown) == 0;
        work->judgements = judge(*study, options.k, closed, stop);
    });
    jobs.add({"Perplexities", "rows", 3, [this, work = m_judging](double budgetMs) {
                  if (work != m_judging) return 1.0;
                  if (!m_judge.finished(std::min(budgetMs, 4.0))) return 0.5;
                  m_judgements = std::move(work->judgements);
                  m_judging.reset();
                  ++m_revision;
                  return 1.0;
              }});
}

void NgramExplorer::refresh() {
    const NgramCorpus& corpus = m_study->corpus;
    if (m_study->arpa) {
        m_counted.reset();
        m_model = m_study->arpa;
    } else {
        SmoothingOptions options = m_request.smoothing;
        if (corpus.counts->count(0, Vocabulary::unknown) > 0) options.closed = false;
        m_counted = std::make_shared<const CountedModel>(corpus.counts, options);
        m_model = m_counted;
    }
    m_scores = scoreTokens(*m_model, corpus.vocabulary, corpus.unit, m_request.sentence);
    m_drawn = joined(corpus.vocabulary, corpus.unit, drawText(*m_model, m_model->start(), m_request.draw));
    m_pieces.clear();
    m_keyGrams.reset();
    if (corpus.counts) {
        m_keyGrams = std::make_unique<KeyGrams>(*corpus.counts, std::min(m_request.window, corpus.counts->order()),
                                                m_request.threshold, mostKeyGrams);
        if (corpus.unit == Unit::byte) {
            const ByteSegmenter segmenter(*corpus.counts, Vocabulary::first, m_request.threshold);
            for (const std::string_view piece : segmenter.segment(m_request.sentence).pieces)
                m_pieces.push_back(model::visible(piece));
        }
    }
    refreshSeries();
    moveTo(m_position);
}

void NgramExplorer::refreshSeries() {
    m_surprise.clear(), m_sofar.clear(), m_law.clear(), m_lawLine.clear();
    Perplexity sum;
    for (std::size_t i = 0; i < m_scores.size(); ++i) {
        const int step = int(i) + 1;
        sum.add(std::pow(10.0, m_scores[i].log10), m_scores[i].known);
        m_surprise.push_back({step, double(step), -m_scores[i].log10});
        m_sofar.push_back({step, double(step), sum.value()});
    }
    if (m_study->laws.empty()) return;
    const Zipf& zipf =
        m_study->laws[std::size_t(std::min<std::size_t>(std::size_t(m_request.lawOrder), m_study->laws.size()) - 1)];
    for (const ZipfPoint& point : zipf.points) {
        const int step = int(m_law.size());
        m_law.push_back({step, point.rank, point.count});
        m_lawLine.push_back({step, point.rank, std::pow(10.0, zipf.intercept + zipf.slope * std::log10(point.rank))});
    }
}

int NgramExplorer::next() const { return std::clamp(m_position, 0, int(m_scores.size()) - 1); }

void NgramExplorer::moveTo(int step) {
    m_position = std::clamp(step, 0, int(m_scores.size()));
    std::vector<Token> read;
    for (int i = 0; i < next(); ++i) read.push_back(m_scores[std::size_t(i)].token);
    NgramState state = m_model->start();
    for (const Token token : read) m_model->advance(state, token);
    m_distribution.assign(std::size_t(m_model->symbols().size), 0);
    m_model->distribution(state, m_distribution);
    m_likely.clear();
    double sum = 0;
    for (const Candidate& one : likeliest(m_distribution, shownLikely)) {
        m_likely.push_back({one.token, tokenText(vocabulary(), one.token), one.p});
        sum += one.p;
    }
    m_rest = std::max(0.0, std::accumulate(m_distribution.begin(), m_distribution.end(), 0.0) - sum);
    m_tree.clear();
    m_treeContext.clear();
    if (const auto& counts = m_study->corpus.counts) {
        read.insert(read.begin(), Vocabulary::begin);
        // two or three levels are left to be drawn below the context, where the order has them
        const std::size_t longest = counts->order() < 3 ? 0 : std::size_t(std::max(1, counts->order() - 3));
        for (std::size_t length = std::min(read.size(), longest);; --length) {
            m_treeContext.assign(read.end() - std::ptrdiff_t(length), read.end());
            m_tree = countTree(*counts, m_treeContext, treeWidths);
            if (length == 0 || m_tree[0].kinds > 0) break;
        }
    }
    ++m_revision;
}

bool NgramExplorer::advance(int target) {
    if (ready() && target != m_position) moveTo(target);
    return true;
}

Perplexity NgramExplorer::perplexity(int tokens) const {
    Perplexity sum;
    for (int i = 0; i < std::min(tokens, int(m_scores.size())); ++i)
        sum.add(std::pow(10.0, m_scores[std::size_t(i)].log10), m_scores[std::size_t(i)].known);
    return sum;
}

std::string NgramExplorer::gram(std::span<const Token> tokens) const {
    std::string text;
    for (const Token token : tokens) {
        if (!text.empty() && m_study->corpus.unit == Unit::word) text += ' ';
        text += tokenText(vocabulary(), token);
    }
    return text;
}

} // namespace orrery::language
