// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers that training changes, and what a trainer is.
#pragma once

#include "engine/labs/embedding/table.h"
#include "engine/labs/embedding/words_corpus.h"

#include <cstdint>
#include <memory>
#include <new>
#include <vector>

namespace orrery::embedding {

/// Memory that begins where a cache line does, so that eight floats never lie in two.
template <class T>
struct OnCacheLine {
    using value_type = T;
    OnCacheLine() = default;
    template <class U>
    OnCacheLine(const OnCacheLine<U>&) {}
    T* allocate(std::size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64))); }
    void deallocate(T* p, std::size_t) { ::operator delete(p, std::align_val_t(64)); }
    bool operator==(const OnCacheLine&) const { return true; }
};
using Floats = std::vector<float, OnCacheLine<float>>;

enum class WordModel { skipGram, cbow, glove };
enum class WordFormat {
    fp32,
    fp16,       ///< every number is rounded to the nearest of float16 after each update: small updates are swallowed
    fp16Random, ///< rounded up or down by chance, so that the mean is right
};

struct WordSettings {
    WordModel model = WordModel::skipGram;
    WordFormat format = WordFormat::fp32;
    int dims = 50;
    int window = 5;           ///< words on either side
    bool shrink = true;       ///< of each centre drawn from 1 … window, so that near words count more; as word2vec.c does
    int negatives = 5;        ///< words drawn for each pair
    double noisePower = 0.75; ///< a word is drawn in proportion to count^power
    bool countHits = false;   ///< a drawn word that happens to be the true one: pushed away (the objective as published), or left
                              ///< out as word2vec.c does, which shifts the closed form (words_pmi.h)
    double subsample = 0;     ///< t: frequent words are kept with probability sqrt(t / f) + t / f; 0: all are kept
    double rate = 0.025;      ///< of learning; falls in a line to 1e-4 of it. GloVe: AdaGrad's, constant
    int epochs = 5;
    double most = 100;   ///< GloVe: counts from here on weigh alike
    double power = 0.75; ///< GloVe: weight (count / most)^power below
    std::uint64_t seed = 1;
    int lanes = 0; ///< pieces of the text that are trained on side by side; 0: one for small texts, four for large
    bool operator==(const WordSettings&) const = default;
};

/// Rows have `stride` numbers, a multiple of 8; those beyond `dims` stay 0.
struct WordState {
    std::int64_t words = 0;
    int dims = 0, stride = 0;
    Floats in, out;               ///< [V, stride]: vectors of words, and of words as company
    Floats inSquares, outSquares; ///< GloVe: AdaGrad's sums
    Floats inBias, outBias;       ///< GloVe: [V]
    Floats inBiasSquares, outBiasSquares;
    bool operator==(const WordState&) const = default;

    float* row(Floats& of, std::int64_t i) const { return of.data() + i * stride; }
    const float* row(const Floats& of, std::int64_t i) const { return of.data() + i * stride; }
    /// [V, dims]: `in`, or of GloVe the sum of both.
    Matrix vectors() const;
};

struct WordLoss {
    double sum = 0;
    std::int64_t count = 0; ///< pairs that were looked at
    double mean() const { return count > 0 ? sum / double(count) : 0; }
};

/// Rounds of training. Each depends on the state, the settings and its number alone: not on threads, nor on how many rounds are
/// done in one call. So a run can be taken up from any kept state and gives the same bits.
class WordTrainer {
 public:
    virtual ~WordTrainer() = default;
    virtual WordState begin() const = 0;
    virtual std::int64_t rounds() const = 0;
    virtual std::int64_t wordsBefore(std::int64_t round) const = 0; ///< words of text that the rounds before it have read
    /// Rounds [first, first + count); what they lost on the way, before each update.
    virtual WordLoss train(WordState& state, std::int64_t first, std::int64_t count) = 0;
};

/// Throws Error for settings that no training can have. GloVe counts its pairs here; `progress` tells how far that is.
std::unique_ptr<WordTrainer> wordTrainer(std::shared_ptr<const Corpus> corpus, const WordSettings& settings, Progress& progress);

struct Window;
/// One step of skip-gram or CBOW on one window (words_sampling.h), by itself. For tests.
void trainWindow(WordState& state, const WordSettings& settings, const Window& window, float rate);

} // namespace orrery::embedding
