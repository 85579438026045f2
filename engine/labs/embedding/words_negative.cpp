// SPDX-License-Identifier: GPL-3.0-or-later
// Skip-gram and CBOW with negative sampling (Mikolov et al. 2013, arXiv 1310.4546), a window at a time.
//
// What differs from word2vec.c, and why: the words drawn for a centre serve all of its company (then a window is two small matrix
// products); sigma is not cut off at 6, where word2vec.c takes 0 or 1; a step of CBOW is the gradient of the mean of its context,
// so each of C context rows gets 1/C of it, where word2vec.c gives it the whole (Irsoy, Benton & Stratos 2021, arXiv 2012.15332).
// As in word2vec.c the vectors of the company predict the centre: of windows alike on both sides the paper's direction has the
// same pairs.
#include "engine/error.h"
#include "engine/labs/embedding/words_glove.h"
#include "engine/labs/embedding/words_window.h"
#include "engine/tensor/host_threads.h"

#include <barrier>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr std::int64_t blockWords = 768;       // of text, at least: what a lane does in one round
constexpr std::int64_t longestSentence = 1000; // as in word2vec.c; windows end there
constexpr std::uint32_t initStream = 1;
constexpr std::size_t lossEvery = 32; // windows

struct Block {
    std::int64_t firstSentence = 0, lastSentence = 0; // behind
};

class NegativeSampling final : public WordTrainer {
 public:
    NegativeSampling(std::shared_ptr<const Corpus> corpus, const WordSettings& settings)
        : m_corpus(std::move(corpus)), m_settings(settings), m_sampler(*m_corpus, settings) {
        std::int64_t begin = 0;
        for (const std::int64_t end : m_corpus->ends) // long ones are cut
            for (; begin < end; begin = m_sentences.back()) m_sentences.push_back(std::min(end, begin + longestSentence));
        begin = 0;
        std::int64_t words = 0;
        for (std::int64_t s = 0; s < std::int64_t(m_sentences.size()); ++s) {
            words = wordsUpTo(s + 1) - wordsUpTo(begin);
            if (words < blockWords && s + 1 < std::int64_t(m_sentences.size())) continue;
            m_blocks.push_back({begin, s + 1});
            begin = s + 1;
        }
        const bool large = m_corpus->size() >= 2000 && m_corpus->tokens.size() >= 200'000;
        m_lanes.resize(std::size_t(settings.lanes > 0 ? settings.lanes : large ? 4 : 1));
        m_perEpoch = (std::int64_t(m_blocks.size()) + lanes() - 1) / lanes();
        m_sums.resize(m_lanes.size());
    }

    WordState begin() const override {
        WordState state;
        state.words = m_corpus->size(), state.dims = m_settings.dims, state.stride = (m_settings.dims + 7) / 8 * 8;
        state.in.assign(std::size_t(state.words * state.stride), 0), state.out = state.in;
        for (std::int64_t w = 0; w < state.words; ++w)
            for (int d = 0; d < state.dims; ++d) {
                const double unit =
                    unitOpen(philox(m_settings.seed, std::uint32_t(w), std::uint32_t(d / 4), initStream)[std::size_t(d % 4)]);
                state.row(state.in, w)[d] = float((unit - 0.5) / state.dims);
            }
        const Rounder rounder(m_settings, 0);
        for (std::int64_t w = 0; w < state.words; ++w) rounder(state.row(state.in, w), state.stride, std::uint32_t(w));
        return state;
    }

    std::int64_t rounds() const override { return m_perEpoch * m_settings.epochs; }
    std::int64_t wordsBefore(std::int64_t round) const override {
        const auto block = std::min<std::int64_t>(round % m_perEpoch * lanes(), std::int64_t(m_blocks.size()));
        const std::int64_t inEpoch = block == 0 ? 0 : wordsUpTo(m_blocks[std::size_t(block - 1)].lastSentence);
        return round / m_perEpoch * std::int64_t(m_corpus->tokens.size()) + inEpoch;
    }

    WordLoss train(WordState& state, std::int64_t first, std::int64_t count) override {
        prepare(state);
        std::vector<WordLoss> lost(m_lanes.size());
        const int workers = tensor::host::workers(lanes());
        if (lanes() == 1) {
            for (std::int64_t round = first; round < first + count; ++round) lane(round, 0, lost[0]);
        } else {
            std::barrier<> all(workers);
            // as many tasks as threads: each thread has one, so that all of them meet at the barrier
            tensor::host::parallel(workers, [&](std::int64_t worker, int) {
                for (std::int64_t round = first; round < first + count; ++round) {
                    for (std::int64_t l = worker; l < lanes(); l += workers) lane(round, l, lost[std::size_t(l)]);
                    all.arrive_and_wait();
                    for (std::int64_t l = worker; l < lanes(); l += workers) mergeRows(state, m_lanes, std::size_t(l));
                    all.arrive_and_wait();
                    for (std::int64_t l = worker; l < lanes(); l += workers) m_lanes[std::size_t(l)].clear();
                }
            });
        }
        WordLoss sum;
        for (const WordLoss& each : lost) sum.sum += each.sum, sum.count += each.count;
        return sum;
    }

 private:
    std::int64_t lanes() const { return std::int64_t(m_lanes.size()); }
    std::int64_t wordsUpTo(std::int64_t sentence) const { return sentence == 0 ? 0 : m_sentences[std::size_t(sentence - 1)]; }

    void prepare(WordState& state) {
        if (m_prepared == &state && m_preparedIn == state.in.data()) return;
        m_prepared = &state, m_preparedIn = state.in.data();
        for (LaneRows& rows : m_lanes)
            if (lanes() == 1)
                rows.direct(state);
            else
                rows.copy(state, (blockWords + longestSentence) * (2 + m_settings.negatives));
        for (Floats& sum : m_sums) sum.assign(std::size_t(2 * state.stride), 0);
    }

    void lane(std::int64_t round, std::int64_t lane, WordLoss& lost) {
        const auto epoch = std::uint32_t(round / m_perEpoch);
        const std::int64_t block = round % m_perEpoch * lanes() + lane;
        if (block >= std::int64_t(m_blocks.size())) return;
        const double done = double(wordsBefore(round)) / (double(m_corpus->tokens.size()) * m_settings.epochs);
        const auto rate = float(m_settings.rate * std::max(1e-4, 1 - done));
        thread_local std::vector<std::int64_t> kept;
        thread_local Window window;
        const Block& range = m_blocks[std::size_t(block)];
        std::size_t windows = 0;
        const Rounder rounder(m_settings, epoch);
        for (std::int64_t s = range.firstSentence; s < range.lastSentence; ++s) {
            m_sampler.keep(wordsUpTo(s), m_sentences[std::size_t(s)], epoch, kept);
            for (std::size_t centre = 0; centre < kept.size(); ++centre, ++windows) {
                m_sampler.window(kept, centre, epoch, window);
                if (window.contexts == 0) continue;
                WordLoss* const measured = windows % lossEvery == 0 ? &lost : nullptr;
                const WindowStep step{m_lanes[std::size_t(lane)],    rounder,
                                      (m_settings.dims + 7) / 8 * 8, rate,
                                      std::uint32_t(kept[centre]),   m_sums[std::size_t(lane)]};
                m_settings.model == WordModel::cbow ? step.cbow(window, measured) : step.skipGram(window, measured);
            }
        }
    }

    std::shared_ptr<const Corpus> m_corpus;
    WordSettings m_settings;
    Sampler m_sampler;
    std::vector<std::int64_t> m_sentences; // ends
    std::vector<Block> m_blocks;
    std::int64_t m_perEpoch = 0;
    std::vector<LaneRows> m_lanes;
    std::vector<Floats> m_sums; // of each lane
    WordState* m_prepared = nullptr;
    const float* m_preparedIn = nullptr;
};

void verify(const WordSettings& s) {
    const auto refuse = [](bool wrong, const char* what) {
        if (wrong) throw Error(std::string("word vectors: ") + what);
    };
    refuse(s.dims < 1 || s.dims > 4096, "1 to 4096 dimensions can be trained");
    refuse(s.window < 1 || s.window > mostWindow, "a window reaches 1 to 16 words");
    refuse(s.negatives < 1 || s.negatives > mostNegatives, "1 to 24 words can be drawn for a pair");
    refuse(s.epochs < 1, "at least one pass over the text is needed");
    refuse(!(s.rate > 0) || s.rate > 10, "the rate of learning must be above 0 and at most 10");
    refuse(s.lanes < 0 || s.lanes > 64, "1 to 64 lanes can be trained side by side");
}

} // namespace

std::unique_ptr<WordTrainer> wordTrainer(std::shared_ptr<const Corpus> corpus, const WordSettings& settings, Progress& progress) {
    verify(settings);
    if (settings.model == WordModel::glove) return gloveTrainer(std::move(corpus), settings, progress);
    return std::make_unique<NegativeSampling>(std::move(corpus), settings);
}

Matrix WordState::vectors() const {
    std::vector<float> values(std::size_t(words * dims));
    for (std::int64_t w = 0; w < words; ++w)
        for (int d = 0; d < dims; ++d) values[std::size_t(w * dims + d)] = row(in, w)[d] + (inBias.empty() ? 0 : row(out, w)[d]);
    return Matrix(words, dims, std::move(values));
}

} // namespace orrery::embedding
