// SPDX-License-Identifier: GPL-3.0-or-later
// What lies on the lab's desk: a picture, a model, the picture's embedding under that model, and the jobs that bring them
// together: loading, then encoding. Both are cut into pieces, so that the window goes on drawing.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/segmentation/embedding_cache.h"

#include <future>

namespace orrery::segmentation {

class Desk {
 public:
    explicit Desk(gpu::Device& device);

    tensor::Context& context() { return m_context; }
    const Picture& picture() const { return m_picture; }
    const std::string& pictureName() const { return m_pictureName; }
    const Fit& fit() const { return m_fit; } ///< of the picture in the model's square; side 0 without a model
    const ModelPlan* plan() const { return m_plan.get(); }
    const Model* model() const { return m_model.get(); }
    const Embedded* embedded() const { return m_embedded ? &*m_embedded : nullptr; }
    const EmbeddingKey& key() const { return m_key; }                                ///< of picture and model
    const Encoding* encoding() const { return m_encoding ? &*m_encoding : nullptr; } ///< of the picture, also when it is done
    bool fromCache() const { return m_fromCache; }
    std::uint64_t revision() const { return m_revision; } ///< rises with every new picture and embedding
    /// The patch embedding, [tokens, width], made anew when asked for; shape [0] without a model.
    lab::HostArray patches();

    void setPicture(Picture picture, const std::string& name, lab::Jobs& jobs);
    /// A null plan: no model.
    void setModel(std::shared_ptr<const ModelPlan> plan, lab::Jobs& jobs);
    /// TinyPrompt's GCN block; of other models it changes nothing. Encodes anew where it does.
    void useGlobal(bool on, lab::Jobs& jobs);
    bool global() const { return m_global; }
    /// Encodes again after it was stopped.
    void resume(lab::Jobs& jobs);
    /// Adds the job that encodes the picture of that file into the cache, where it is not there yet. A picture that cannot be
    /// read is left for whoever opens it.
    void encodeAhead(const std::string& path, lab::Jobs& jobs);

 private:
    void load(lab::Jobs& jobs);
    void encode(lab::Jobs& jobs);
    void adopt(const Features& features);
    std::uint64_t weightsKey() const;

    tensor::Context m_context;
    EmbeddingCache m_cache;
    Picture m_picture;
    std::string m_pictureName;
    Fit m_fit;
    std::shared_ptr<const ModelPlan> m_plan;
    std::unique_ptr<Model> m_model;
    std::optional<Encoding> m_encoding;
    std::optional<Embedded> m_embedded;
    EmbeddingKey m_key;
    struct Read {
        Picture picture{};
        std::uint64_t hash = 0;
    };
    struct Ahead { ///< a picture that may come next
        std::future<std::optional<Read>> reading{};
        EmbeddingKey key{};
        std::optional<Encoding> encoding{};
    };
    std::string m_aheadPath; ///< the last that was looked at
    Ahead m_ahead;
    bool m_fromCache = false, m_warm = false; ///< warm: the model has answered once
    bool m_global = true;
    std::uint64_t m_revision = 0;
};

} // namespace orrery::segmentation
