// SPDX-License-Identifier: GPL-3.0-or-later
// A language model with a handful of words, and a story that it tells by speculation: rounds for pictures.
#pragma once

#include "engine/labs/language/drafters.h"
#include "engine/labs/language/speculate.h"

#include <list>
#include <string>
#include <vector>

namespace orrery::test {

/// Words of several kinds: spaces, a line end, Chinese characters whole and in bytes.
inline const std::vector<std::string>& toyWords() {
    static const std::vector<std::string> words = {" the",
                                                   " old",
                                                   " lamp",
                                                   " keeper",
                                                   " went",
                                                   " to",
                                                   " sea",
                                                   ".",
                                                   "\n",
                                                   " She",
                                                   " saw",
                                                   " a",
                                                   " small",
                                                   " boat",
                                                   ",",
                                                   " and",
                                                   " then",
                                                   "\xE8\x88\xB9",
                                                   "\xE6\xB5\xB7",
                                                   " in",
                                                   " rain",
                                                   "ing",
                                                   " said",
                                                   " \"",
                                                   "\"",
                                                   " Yes",
                                                   " no",
                                                   "\xE7\x81",
                                                   "\xAF",
                                                   " two",
                                                   " cats",
                                                   " slept",
                                                   " until",
                                                   " morning",
                                                   "42",
                                                   "\t",
                                                   " extraordinarily",
                                                   " of",
                                                   " it",
                                                   "\xE3\x80\x82"};
    return words;
}

/// Logits that depend on the last two tokens; `noise` makes a draft of it that errs.
class ToyModel final : public language::Predictor {
 public:
    explicit ToyModel(double noise = 0, double sharpness = 2.2) : m_noise(noise), m_sharpness(sharpness) {}
    int vocabulary() const override { return int(toyWords().size()); }
    int context() const override { return 4096; }
    int length() const override { return int(m_text.size()); }
    int pending() const override { return int(m_pending.size()); }
    void truncate(int length) override {
        m_pending.clear();
        m_text.resize(std::min(m_text.size(), std::size_t(length)));
    }
    std::span<const float> extend(std::span<const language::TreeToken> nodes) override {
        const auto size = std::size_t(vocabulary());
        m_rows.resize(nodes.size() * size);
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            m_pending.push_back(nodes[i]);
            std::array<std::int32_t, 2> last{-1, -1};
            int at = pending() - 1;
            for (std::int32_t& token : last) {
                if (at < 0) break;
                token = m_pending[std::size_t(at)].token, at = m_pending[std::size_t(at)].parent;
            }
            if (last[1] < 0 && !m_text.empty()) last[1] = m_text.back();
            for (std::size_t v = 0; v < size; ++v) {
                const auto draw = [&](std::uint32_t stream) {
                    return normalPair(
                        philox(77, std::uint32_t(last[0] + 1) * 64u + std::uint32_t(last[1] + 1), std::uint32_t(v), stream))[0];
                };
                m_rows[i * size + v] = float(m_sharpness * draw(1) + (m_noise > 0 ? m_noise * draw(2) : 0));
            }
        }
        return m_rows;
    }
    void commit(std::span<const std::int32_t> path) override {
        for (const std::int32_t node : path) m_text.push_back(m_pending[std::size_t(node)].token);
        m_pending.clear();
    }

 private:
    double m_noise, m_sharpness;
    std::vector<std::int32_t> m_text;
    std::vector<language::TreeToken> m_pending;
    std::vector<float> m_rows;
};

struct ToyStory {
    /// Rounds of one plan after a short prompt.
    explicit ToyStory(const std::string& shape = "3x2x1x1", language::Rule rule = language::Rule::withoutReplacement,
                      int rounds = 24, double noise = 1.1) {
        ToyModel target, draft(noise);
        language::ModelDrafter drafter(draft, target.vocabulary(), "draft model");
        plan.rule = rule;
        plan.growth.shape = language::shapeOf(shape);
        plan.growth.pick = language::text(rule).pick;
        plan.seed = 3;
        language::Speculator speculator(target, shape == "plain" ? nullptr : &drafter, plan);
        prompt = {9, 10, 11, 12, 13, 7, 8};
        speculator.start(prompt);
        for (int i = 0; i < rounds; ++i) made.push_back(speculator.step());
    }
    language::Plan plan;
    std::vector<std::int32_t> prompt;
    std::list<language::Round> made;
};

} // namespace orrery::test
