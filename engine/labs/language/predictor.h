// SPDX-License-Identifier: GPL-3.0-or-later
// What speculative decoding asks of a language model: next-token logits for a tree of tokens that hangs off a committed
// text. The target, the small draft model and the toy models of the tests are all Predictors, so that every strategy and
// every proof runs on each of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::language {

/// A token proposed after its parent. `parent` counts the pending nodes in the order of their coming; -1: the last committed token.
struct TreeToken {
    std::int32_t token = 0;
    std::int32_t parent = -1;
    bool operator==(const TreeToken&) const = default;
};

class Predictor {
 public:
    virtual ~Predictor() = default;
    virtual int vocabulary() const = 0;
    virtual int context() const = 0; ///< most positions, committed and pending depth together

    virtual int length() const = 0;  ///< committed tokens
    virtual int pending() const = 0; ///< nodes of the tree
    /// Forgets the pending tree and all committed tokens from `length` on.
    virtual void truncate(int length) = 0;

    /// Grows the pending tree and gives the logits that follow each new node, row-major [nodes.size(), vocabulary()], valid
    /// until the next call. A row depends on the node's ancestors alone and is bit-equal to the one that plain decoding gives
    /// after the same tokens. Throws Error beyond the context and for a parent that is not there.
    virtual std::span<const float> extend(std::span<const TreeToken> nodes) = 0;
    /// The pending nodes of `path` (each the parent of the next, the first with parent -1) become committed tokens, the rest
    /// is dropped.
    virtual void commit(std::span<const std::int32_t> path) = 0;

    /// A text is committed behind what is there, without a tree and without the logits between; any pending tree is dropped. Gives
    /// the logits that follow its last token, [vocabulary()], and hidden() of all its tokens. Throws Error as extend() does.
    virtual std::span<const float> prefill(std::span<const std::int32_t> tokens) {
        truncate(length());
        std::vector<TreeToken> chain;
        std::vector<std::int32_t> path;
        for (const std::int32_t token : tokens) {
            path.push_back(std::int32_t(chain.size()));
            chain.push_back({token, std::int32_t(chain.size()) - 1});
        }
        const std::span<const float> all = extend(chain);
        commit(path);
        return tokens.empty() ? all : all.last(std::size_t(vocabulary()));
    }

    /// Last hidden state (what the output matrix is multiplied with) of the newest nodes of extend(), [nodes, width()]; empty
    /// where there is none. What Medusa and MTP heads read.
    virtual int width() const { return 0; }
    virtual std::span<const float> hidden() const { return {}; }
};

} // namespace orrery::language
