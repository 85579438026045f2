// SPDX-License-Identifier: GPL-3.0-or-later
// Predictors whose law is known, and a reader of what they were asked.
#pragma once

#include "engine/error.h"
#include "engine/labs/language/drafters.h"
#include "engine/labs/language/speculate.h"
#include "tests/language/random_texts.h"

#include <QtTest/QtTest>

namespace orrery::language::test {

/// Keeps text and tree as the contract says; what follows a context is for subclasses to say.
class Toy : public Predictor {
 public:
    Toy(int vocabulary, int context) : m_vocabulary(vocabulary), m_context(context) {}
    int vocabulary() const override { return m_vocabulary; }
    int context() const override { return m_context; }
    int length() const override { return int(m_text.size()); }
    int pending() const override { return int(m_pending.size()); }
    void truncate(int length) override {
        m_pending.clear();
        m_text.resize(std::min(m_text.size(), std::size_t(length)));
    }
    std::span<const float> extend(std::span<const TreeToken> nodes) override {
        m_rows.resize(nodes.size() * std::size_t(m_vocabulary));
        m_hidden.clear();
        ++calls;
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            if (nodes[i].parent >= pending()) throw Error("no such parent");
            m_pending.push_back(nodes[i]);
            std::vector<std::int32_t> context = m_text, tail;
            for (int at = pending() - 1; at >= 0; at = m_pending[std::size_t(at)].parent)
                tail.push_back(m_pending[std::size_t(at)].token);
            context.insert(context.end(), tail.rbegin(), tail.rend());
            if (int(context.size()) > m_context) throw Error("beyond the context");
            after(context, std::span(m_rows).subspan(i * std::size_t(m_vocabulary), std::size_t(m_vocabulary)));
            m_hidden.push_back(float(context.back()));
            m_hidden.push_back(float(context.size()));
        }
        return m_rows;
    }
    void commit(std::span<const std::int32_t> path) override {
        std::int32_t parent = -1;
        for (const std::int32_t node : path) {
            if (m_pending.at(std::size_t(node)).parent != parent) throw Error("not a path");
            m_text.push_back(m_pending[std::size_t(node)].token);
            parent = node;
        }
        m_pending.clear();
    }
    /// (last token, number of tokens): enough to see that the right rows were kept.
    int width() const override { return 2; }
    std::span<const float> hidden() const override { return m_hidden; }

    /// Commits all but the last token, as a Speculator keeps a text.
    void prefillFor(const std::vector<std::int32_t>& text) { m_text.assign(text.begin(), text.end() - 1); }

    virtual void after(std::span<const std::int32_t> context, std::span<float> logits) const = 0;
    int calls = 0;

 private:
    int m_vocabulary, m_context;
    std::vector<std::int32_t> m_text;
    std::vector<TreeToken> m_pending;
    std::vector<float> m_rows, m_hidden;
};

/// Logits are normals that depend on the last `order` tokens; `noise` adds others that depend on them and `salt`.
class MarkovToy final : public Toy {
 public:
    MarkovToy(int vocabulary, int order, std::uint64_t seed, double sharpness = 2, double noise = 0, std::uint64_t salt = 0,
              int context = 4096)
        : Toy(vocabulary, context), m_order(order), m_seed(seed), m_salt(salt), m_sharpness(sharpness), m_noise(noise) {}
    void after(std::span<const std::int32_t> context, std::span<float> logits) const override {
        std::uint32_t hash = 17;
        for (const std::int32_t token : context.last(std::min(context.size(), std::size_t(m_order))))
            hash = hash * 1000003u + std::uint32_t(token) + 1;
        for (std::size_t v = 0; v < logits.size(); ++v) {
            const double own = normalPair(philox(m_seed, hash, std::uint32_t(v), 1))[0];
            const double off = m_noise > 0 ? normalPair(philox(m_salt, hash, std::uint32_t(v), 2))[0] : 0;
            logits[v] = float(m_sharpness * own + m_noise * off);
        }
    }

 private:
    int m_order;
    std::uint64_t m_seed, m_salt;
    double m_sharpness, m_noise;
};

/// The same law after every text.
class ConstantToy final : public Toy {
 public:
    explicit ConstantToy(const Distribution& p) : Toy(int(p.size()), 1 << 28) {
        for (const double value : p) m_logits.push_back(value > 0 ? float(std::log(value)) : -INFINITY);
    }
    void after(std::span<const std::int32_t>, std::span<float> logits) const override {
        std::copy(m_logits.begin(), m_logits.end(), logits.begin());
    }

 private:
    std::vector<float> m_logits;
};

/// Says q wherever it is asked.
class ConstantDrafter final : public Drafter {
 public:
    explicit ConstantDrafter(Distribution q) : m_q(std::move(q)) {}
    std::string name() const override { return "a constant"; }
    void begin(const Past&) override {}
    void expand(const DraftTree&, std::span<const int> parents, std::vector<Distribution>& q) override {
        for (std::size_t i = 0; i < parents.size(); ++i) q[i] = m_q;
    }

 private:
    Distribution m_q;
};

/// p at every node.
class ConstantTarget final : public Target {
 public:
    explicit ConstantTarget(Distribution p) : m_p(std::move(p)) {}
    const Distribution& after(int) override { return m_p; }

 private:
    Distribution m_p;
};

/// Decodes until the text has `length` tokens.
inline std::vector<std::int32_t> decode(Predictor& target, Drafter* drafter, const Plan& plan,
                                        const std::vector<std::int32_t>& prompt, std::size_t length, bool record = false) {
    Speculator speculator(target, drafter, plan);
    speculator.start(prompt);
    while (speculator.text().size() < length) speculator.step(int(length - speculator.text().size()), record);
    return speculator.text();
}

#define WITHIN(value, bound) \
    QVERIFY2(std::abs(value) <= (bound), qPrintable(QStringLiteral("%1 > %2").arg(double(value)).arg(double(bound))))

} // namespace orrery::language::test
