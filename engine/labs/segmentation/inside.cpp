// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/inside.h"

#include "engine/error.h"

#include <algorithm>
#include <chrono>

namespace orrery::segmentation {

namespace {

constexpr std::size_t mostBytes = std::size_t(256) << 20; ///< of tokens on the host
constexpr std::size_t mostKnown = 64;                     ///< stages whose components are kept

const char* const names[] = {"photograph", "embedding", "affinity", "attention", "logits", "kernels"};

/// Flops of the encoding up to the end of a stage of that title.
double flopsUpTo(const Encoding& encoding, const std::string& title) {
    double sum = 0;
    for (const Encoding::Stage& stage : encoding.stages()) {
        sum += stage.flops;
        if (stage.name == title) break;
    }
    return sum;
}

} // namespace

std::vector<lab::Choice> insideChoices() {
    return {
        {names[0], "photograph", "nothing: the picture as it is"},
        {names[1], "embedding", "the tokens of a stage: their three leading principal components as red, green and blue"},
        {names[2], "affinity", "how like the token under the pointer the others are: the cosine of their features"},
        {names[3], "attention", "what the token under the pointer reads, in one head; of a stage without attention the affinity"},
        {names[4], "logits", "the chosen answer before its threshold: edge at 0, and the band from -1 to 1"},
        {names[5], "large kernels", "what a large kernel really looks at, and what it costs: four ways to see k by k"}};
}

InsideRequest insideRequestOf(const lab::Settings& settings) {
    InsideRequest look;
    const auto at = std::ranges::find(names, settings.text("show"));
    look.show = InsideRequest::Show(at - std::begin(names));
    look.stage = settings.integer("stage"), look.head = settings.integer("head") - 1;
    return look;
}

void Inside::look(const InsideRequest& at) {
    if (at == m_look) return;
    m_look = at;
    m_asked = false;
    ++m_revision;
}

void Inside::forget() {
    m_stages.clear(), m_encoding.reset(), m_kept.clear(), m_pca.reset(), m_head.reset();
    m_asked = false;
    ++m_revision;
}

std::size_t Inside::stage() const {
    return std::min(std::size_t(std::max<std::int64_t>(m_look.stage, 0)), std::max<std::size_t>(m_stages.size(), 1) - 1);
}

std::int64_t Inside::head() const {
    const std::int64_t heads = m_stages.empty() ? 0 : m_stages[stage()].heads;
    return std::clamp<std::int64_t>(m_look.head, 0, std::max<std::int64_t>(heads, 1) - 1);
}

bool Inside::attends() const {
    return m_look.show == InsideRequest::Show::attention && !m_stages.empty() && m_stages[stage()].heads > 0;
}

std::shared_ptr<const TokenGrid> Inside::find(const std::string& name) const {
    const auto kept = std::ranges::find(m_kept, name, &Kept::name);
    return kept == m_kept.end() ? nullptr : kept->tokens;
}

std::shared_ptr<const TokenGrid> Inside::sharedTokens() const {
    return m_stages.empty() ? nullptr : find(m_stages[stage()].watch);
}

const TokenGrid* Inside::tokens() const { return sharedTokens().get(); }

const Components* Inside::components() const {
    const auto known = std::ranges::find_if(m_known, [&](const Known& k) { return k.key == m_desk.key() && k.stage == stage(); });
    return known == m_known.end() || m_stages.empty() ? nullptr : &known->components;
}

const HeadView* Inside::headView() const {
    return attends() && m_head && m_headOf == std::pair(stage(), head()) ? &*m_head : nullptr;
}

bool Inside::missing() const {
    switch (m_look.show) {
        case InsideRequest::Show::embedding:
            return !components();
        case InsideRequest::Show::affinity:
            return !tokens();
        case InsideRequest::Show::attention:
            return attends() ? !headView() : !tokens();
        default:
            return false;
    }
}

void Inside::resume(lab::Jobs& jobs) {
    if (!m_desk.embedded() || !jobs.empty()) return;
    if (m_stages.empty()) {
        m_stages = m_desk.plan()->encoder().stages();
        if (!m_desk.global()) std::erase_if(m_stages, [](const StageShape& stage) { return stage.watch == "gcn"; });
        ++m_revision;
    }
    if (m_asked || !missing()) return;
    m_asked = true;
    jobs.add({"Looking inside", "%", 100, [this](double budgetMs) { return step(budgetMs); }});
}

void Inside::take(const std::string& name, const tensor::Tensor& value) {
    const auto own = std::ranges::find(m_stages, name, &StageShape::watch),
               fed = std::ranges::find(m_stages, name, &StageShape::input);
    if (own == m_stages.end() && fed == m_stages.end()) return;
    // What feeds a stage and is none itself comes from a merge: convolutions.
    const bool channelsFirst = own == m_stages.end() || own->channelsFirst;
    const tensor::Shape& shape = value.shape();
    const Fit& fit = m_desk.fit();
    auto tokens = std::make_shared<TokenGrid>();
    const std::int64_t G = tokens->grid = shape[2], C = tokens->channels = shape[channelsFirst ? 1 : 3];
    tokens->columns = (fit.newWidth * G + fit.side - 1) / fit.side, tokens->rows = (fit.newHeight * G + fit.side - 1) / fit.side;
    tokens->values = m_desk.context().read(value);
    if (channelsFirst) {
        std::vector<float> last(tokens->values.size());
        for (std::int64_t c = 0; c < C; ++c)
            for (std::int64_t i = 0; i < G * G; ++i) last[std::size_t(i * C + c)] = tokens->values[std::size_t(c * G * G + i)];
        tokens->values = std::move(last);
    }
    std::erase_if(m_kept, [&](const Kept& kept) { return kept.name == name; });
    m_kept.push_front({name, std::move(tokens)});
    std::size_t bytes = 0;
    for (const Kept& kept : m_kept) bytes += kept.tokens->values.size() * sizeof(float);
    while (bytes > mostBytes && m_kept.size() > 2) { // the newest may be a stage, the one before what feeds its attention
        bytes -= m_kept.back().tokens->values.size() * sizeof(float);
        m_kept.pop_back();
    }
}

double Inside::encodeUpTo(const std::string& name, double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const std::string& title = m_stages[stage()].title;
    // Beyond the stage already, and its tokens have had to go: again from the start.
    if (!m_encoding || m_encoding->fraction() * m_encoding->flops() > flopsUpTo(*m_encoding, title))
        m_encoding = m_desk.model()->encode(m_desk.context(), m_desk.picture(),
                                            [this](const std::string& told, const tensor::Tensor& value) { take(told, value); });
    do { // no piece beyond what is wanted
        m_encoding->step(m_desk.context(), 0);
    } while (!m_encoding->done() && !find(name) &&
             std::chrono::duration<double, std::milli>(Clock::now() - start).count() < budgetMs);
    const double upTo = flopsUpTo(*m_encoding, title), done = m_encoding->fraction() * m_encoding->flops();
    if (m_encoding->done()) m_encoding.reset();
    if (!m_encoding && !find(name)) throw Error("the encoder tells of no stage '" + name + "'");
    return upTo > 0 ? std::min(1.0, done / upTo) : 1;
}

double Inside::step(double budgetMs) {
    if (!m_desk.model() || m_stages.empty() || !missing()) return 1;
    const StageShape& shape = m_stages[stage()];
    const std::string& name = attends() ? shape.input : shape.watch;
    constexpr double encoding = 0.7; // of the progress
    const auto tokens = find(name);
    if (!tokens) return std::min(0.99, encoding * encodeUpTo(name, budgetMs));
    if (attends()) {
        tensor::Context& context = m_desk.context();
        const tensor::Tensor input = context.upload({1, tokens->grid, tokens->grid, tokens->channels}, tokens->values);
        m_head = m_desk.model()->encoder().head(context, shape.watch, head(), input);
        m_headOf = {stage(), head()};
    }
    if (m_look.show == InsideRequest::Show::embedding) {
        if (!m_pca || m_pcaStage != stage()) m_pca = std::make_unique<PcaWork>(tokens), m_pcaStage = stage();
        const double done = m_pca->step(budgetMs);
        if (done < 1) return encoding + (0.99 - encoding) * done;
        m_known.push_front({m_desk.key(), stage(), m_pca->take()});
        if (m_known.size() > mostKnown) m_known.pop_back();
        m_pca.reset();
    }
    ++m_revision;
    return 1;
}

} // namespace orrery::segmentation
