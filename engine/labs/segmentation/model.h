// SPDX-License-Identifier: GPL-3.0-or-later
// A promptable segmenter from a file: planned from its shapes, loaded in pieces, then asked. Encoding happens once per picture,
// an answer to a prompt in a fraction of it.
#pragma once

#include "engine/labs/segmentation/mask_decoder.h"
#include "engine/labs/segmentation/postprocess.h"
#include "engine/labs/segmentation/prompt_encoder.h"

namespace orrery::segmentation {

/// What a model will take, said before it is loaded.
struct MemoryPlan {
    std::uint64_t weights = 0; ///< bytes on the device
    std::uint64_t working = 0; ///< at most, while a picture is encoded
    std::uint64_t picture = 0; ///< kept for each encoded picture
    std::uint64_t look = 0;    ///< kept besides while a look inside waits half-way through an encoding
    std::uint64_t total(bool looking = false) const { return weights + working + picture + (looking ? look : 0); }
};

class ModelPlan {
 public:
    /// Throws Error naming the file, and the tensor that does not fit.
    explicit ModelPlan(const std::string& path, tensor::DType storage = tensor::DType::f32);

    const Checkpoint& file() const { return *m_file; }
    const EncoderPlan& encoder() const { return *m_encoder; }
    const PromptShape& prompt() const { return m_prompt; }
    const DecoderShape& decoder() const { return m_decoder; }
    tensor::DType storage() const { return m_storage; }
    std::string name() const { return m_encoder->name(); }
    std::uint64_t parameters() const; ///< numbers that are taken from the file
    std::vector<Wanted> wanted() const;
    MemoryPlan memory() const;

 private:
    std::shared_ptr<Checkpoint> m_file;
    std::shared_ptr<EncoderPlan> m_encoder;
    PromptShape m_prompt;
    DecoderShape m_decoder;
    tensor::DType m_storage;
};

/// An encoded picture. `prepared` is what all prompts without a mask share.
struct Embedded {
    Fit fit{};
    Features features{};
    Prepared prepared{};
    std::vector<float> cells{}, colours{}; ///< TinyPrompt: embedding and colours on the host
};

struct Answer {
    std::int64_t side = 0, masks = 0;
    std::vector<float> logits{};     ///< [masks, side, side]
    std::vector<float> iou{};        ///< as predicted, by mask
    std::vector<double> stability{}; ///< by mask
    std::size_t chosen = 0;

    std::span<const float> of(std::size_t mask) const {
        return std::span(logits).subspan(mask * std::size_t(side * side), std::size_t(side * side));
    }
};

class Model {
 public:
    Model(tensor::Context& context, const ModelPlan& plan, const Weights& weights);
    /// Loads all at once; for tests and the command line the loader is stepped by hand (WeightLoader).
    static std::unique_ptr<Model> load(tensor::Context& context, const ModelPlan& plan);

    std::int64_t side() const { return m_side; }
    std::int64_t maskSide() const { return m_prompts.maskSide(); }
    /// TinyPrompt's GCN block, for pictures encoded from then on; false of a model that has none.
    bool useGlobal(bool on) { return m_encoder->useGlobal(on); }
    const Encoder& encoder() const { return *m_encoder; }
    const PromptEncoder& prompts() const { return m_prompts; }
    const MaskDecoder& decoder() const { return m_decoder; }

    /// Resizes and normalises, then hands on the encoder's work.
    Encoding encode(tensor::Context& context, const Picture& picture, const Watch& watch = {}) const;
    Embedded embedded(tensor::Context& context, const Features& features, const Fit& fit) const;

    Answer ask(tensor::Context& context, const Embedded& picture, const Prompt& prompt, const Watch& watch = {}) const;
    /// Of as many prompts at once, none with a mask and all with as many points. `keep`: whether what depends on the picture
    /// alone is taken from `picture`, or computed anew (to compare).
    std::vector<Answer> askAll(tensor::Context& context, const Embedded& picture, std::span<const Prompt> prompts) const;

 private:
    std::vector<Answer> answers(tensor::Context& context, const Embedded& picture, const Prepared& prepared,
                                std::span<const Prompt> prompts, const Watch& watch, const Detail& detail = {}) const;
    Answer askTiny(tensor::Context& context, const Embedded& picture, const Prompt& prompt, const Watch& watch) const;

    std::int64_t m_side;
    std::unique_ptr<Encoder> m_encoder;
    PromptEncoder m_prompts;
    MaskDecoder m_decoder;
};

} // namespace orrery::segmentation
