// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/transformer.h"

#include "engine/error.h"
#include "engine/gpu/device.h"
#include "engine/labs/language/model_files.h"

#include <algorithm>

namespace orrery::language {

namespace {

std::unique_ptr<Network> makeNetwork(const std::shared_ptr<const ModelWeights>& weights, gpu::Device* device, Path path) {
    const bool host =
        path == Path::host || !device || (path == Path::automatic && (device->isCpu() || !refusal(weights->config).empty()));
    if (path == Path::vulkan && !device) throw Error("a model on the Vulkan path needs a device");
    return host ? makeHostNetwork(weights) : makeDeviceNetwork(weights, *device);
}

} // namespace

Transformer::Transformer(std::shared_ptr<const ModelWeights> weights, gpu::Device* device, const TransformerOptions& options)
    : m_weights(std::move(weights)),
      m_context(options.context > 0 ? std::min(options.context, config().context) : config().context),
      m_tree(config().source.empty() ? "the model" : config().source, config().vocabulary, m_context),
      m_network(makeNetwork(m_weights, device, options.path)) {}

std::unique_ptr<Transformer> Transformer::open(const std::string& path, gpu::Device* device, const TransformerOptions& options,
                                               const LoadProgress& progress) {
    const ModelFiles files(path);
    return std::make_unique<Transformer>(std::make_shared<const ModelWeights>(files.load(progress)), device, options);
}

void Transformer::truncate(int length) { m_tree.truncate(length); }

std::span<const float> Transformer::extend(std::span<const TreeToken> nodes) {
    const int first = m_tree.extend(nodes), count = int(nodes.size());
    const auto wide = std::size_t(vocabulary()), width = std::size_t(config().width);
    m_logits.resize(std::size_t(count) * wide), m_hidden.resize(std::size_t(count) * width);
    m_times = {};
    for (int at = 0; at < count; at += Network::mostNodes) {
        const int some = std::min(Network::mostNodes, count - at);
        const Pass pass = m_store.fill(m_tree, first + at, some);
        m_network->run(pass, m_logits.data() + std::size_t(at) * wide, false, m_hidden.data() + std::size_t(at) * width);
        m_times += m_network->times();
    }
    return m_logits;
}

void Transformer::commit(std::span<const std::int32_t> path) { m_network->move(m_tree.commit(path)); }

std::span<const float> Transformer::prefill(std::span<const std::int32_t> tokens) {
    m_tree.truncate(m_tree.length());
    const auto width = std::size_t(config().width);
    m_logits.resize(tokens.empty() ? 0 : std::size_t(vocabulary())), m_hidden.resize(tokens.size() * width);
    m_times = {};
    const int before = m_tree.length();
    std::vector<TreeToken> chain;
    std::vector<std::int32_t> path;
    for (std::size_t at = 0; at < tokens.size(); at += std::size_t(Network::mostNodes)) {
        const auto some = tokens.subspan(at, std::min(tokens.size() - at, std::size_t(Network::mostNodes)));
        chain.clear(), path.clear();
        for (const std::int32_t token : some) {
            path.push_back(std::int32_t(chain.size()));
            chain.push_back({token, std::int32_t(chain.size()) - 1});
        }
        try {
            m_tree.extend(chain);
        } catch (...) { // a token that is none: nothing of the text is taken
            m_tree.truncate(before);
            throw;
        }
        const Pass pass = m_store.fill(m_tree, 0, int(some.size()));
        const bool last = at + some.size() == tokens.size();
        m_network->run(pass, last ? m_logits.data() : nullptr, true, m_hidden.data() + at * width);
        m_times += m_network->times();
        m_tree.commit(path);
    }
    return m_logits;
}

} // namespace orrery::language
