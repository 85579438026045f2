// SPDX-License-Identifier: GPL-3.0-or-later
// A look inside the encoder: the tokens of any stage, their principal components, and a head's queries and keys. Nothing of it is
// kept while a picture is encoded: a stage that is wanted is computed again, as a job that goes on where the last one stopped.
#pragma once

#include "engine/labs/segmentation/desk.h"
#include "engine/labs/segmentation/inside_attention.h"
#include "engine/labs/segmentation/inside_request.h"

namespace orrery::segmentation {

class Inside {
 public:
    explicit Inside(Desk& desk) : m_desk(desk) {}

    void look(const InsideRequest& at);
    /// Another picture or model comes; before the former model goes.
    void forget();
    /// Adds the job that brings what is missing. One that was cancelled comes again with the next look() only.
    void resume(lab::Jobs& jobs);

    const std::vector<StageShape>& stages() const { return m_stages; } ///< of the model; empty: there is none yet
    std::size_t stage() const;                                         ///< the one looked at
    std::int64_t head() const;
    bool attends() const; ///< attention is asked for, and the stage has some; without, the affinity stands for it
    const InsideRequest& asked() const { return m_look; }

    // Null while they are not there.
    const TokenGrid* tokens() const;
    std::shared_ptr<const TokenGrid> sharedTokens() const;
    const Components* components() const;
    const HeadView* headView() const;
    std::uint64_t revision() const { return m_revision; } ///< rises with each of them

 private:
    struct Kept {
        std::string name{};
        std::shared_ptr<const TokenGrid> tokens{};
    };
    struct Known {
        EmbeddingKey key{};
        std::size_t stage = 0;
        Components components{};
    };
    bool missing() const;
    double step(double budgetMs);
    double encodeUpTo(const std::string& name, double budgetMs); ///< throws Error where there is no such stage
    void take(const std::string& name, const tensor::Tensor& value);
    std::shared_ptr<const TokenGrid> find(const std::string& name) const;

    Desk& m_desk;
    InsideRequest m_look;
    std::vector<StageShape> m_stages;
    std::optional<Encoding> m_encoding;
    std::list<Kept> m_kept; ///< newest first
    std::list<Known> m_known;
    std::unique_ptr<PcaWork> m_pca;
    std::size_t m_pcaStage = 0;
    std::optional<HeadView> m_head;
    std::pair<std::size_t, std::int64_t> m_headOf{};
    std::uint64_t m_revision = 0;
    bool m_asked = false; ///< a job was added for what is looked at now
};

} // namespace orrery::segmentation
