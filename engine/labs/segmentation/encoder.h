// SPDX-License-Identifier: GPL-3.0-or-later
// What turns a picture into an embedding, once per picture: ViT of SAM, TinyViT of MobileSAM, the ConvNet of TinyPrompt. An
// encoder is planned from a file's shapes alone, made from its weights, and works in pieces short enough to draw between.
#pragma once

#include "engine/labs/segmentation/weights.h"

#include <functional>

namespace orrery::segmentation {

/// Of one picture.
struct Features {
    tensor::Tensor embedding{}; ///< [1, grid grid, C]: tokens row by row
    // For TinyPrompt's decoder; undefined of SAM.
    tensor::Tensor skip{};    ///< [1, (2 grid)^2, C'], row by row
    tensor::Tensor fine{};    ///< [1, (4 grid)^2, C'']
    tensor::Tensor colours{}; ///< [3, 4 grid, 4 grid]: means of 2 x 2 pixels, normalised
};

/// Told of every stage's result, for dumps, PCA views and tests: tokens [1, grid, grid, C], or [1, C, grid, grid] of convolutions.
using Watch = std::function<void(const std::string& stage, const tensor::Tensor& value)>;

/// The work of encoding one picture, cut into pieces in order.
class Encoding {
 public:
    struct Piece {
        std::size_t stage = 0; ///< which of stages
        double flops = 0;
        std::function<void(tensor::Context&)> run{};
    };
    struct Stage {
        std::string name{};
        double flops = 0, milliseconds = 0; ///< the latter so far
    };

    /// Further pieces belong to a stage of that name.
    void beginStage(const std::string& name) { m_stages.push_back({name}); }
    void add(double flops, std::function<void(tensor::Context&)> run);

    /// Runs pieces until about `budgetMs` have passed, at least one, and waits for them; true when nothing is left.
    bool step(tensor::Context& context, double budgetMs);
    bool done() const { return m_next == m_pieces.size(); }
    double fraction() const { return m_flops > 0 ? m_flopsDone / m_flops : 1; } ///< of the multiply-adds
    double flops() const { return m_flops; }
    const std::vector<Stage>& stages() const { return m_stages; }
    std::size_t stage() const; ///< the one that comes next, or the last
    std::size_t pieces() const { return m_pieces.size(); }

    std::shared_ptr<Features> features = std::make_shared<Features>(); ///< complete when done

 private:
    std::vector<Piece> m_pieces;
    std::vector<Stage> m_stages;
    std::size_t m_next = 0;
    double m_flops = 0, m_flopsDone = 0;
};

/// A result that Watch tells of, to look into.
struct StageShape {
    std::string watch{}, title{};         ///< its name there; the stage of Encoding that makes it
    std::int64_t grid = 0, channels = 0;  ///< tokens on a side; numbers of each
    bool channelsFirst = false;           ///< [1, C, grid, grid]; else [1, grid, grid, C]
    std::int64_t heads = 0, headSize = 0; ///< of the attention within; 0: there is none
    std::int64_t window = 0;              ///< tokens on a side that see each other; 0: all of them
    std::string input{};                  ///< with heads: what the attention takes, by its name for Watch
};

/// One head's queries and keys of every token, and what is added to their products. inside_attention.h tells what to make of it.
struct HeadView {
    std::int64_t grid = 0, window = 0, size = 0; ///< tokens on a side; of a window, 0: all; numbers of a query
    std::vector<float> queries{}, keys{};        ///< [grid grid, size]
    std::vector<float> outside{};                ///< [size]: the key of what fills up a window
    std::vector<float> tableH{}, tableW{};       ///< [side, side, size]: relative positions (Li et al. 2022), or empty
    std::vector<float> biases{};                 ///< [side side, side side]: added by pair of places, or empty
    std::int64_t side() const { return window > 0 ? window : grid; }
};

class Encoder {
 public:
    virtual ~Encoder() = default;
    /// Of a stage with heads; `input` [1, grid, grid, C] as StageShape says.
    virtual HeadView head(tensor::Context&, const std::string& /*stage*/, std::int64_t /*head*/,
                          const tensor::Tensor& /*input*/) const {
        return {};
    }
    /// `image` [1, 3, side, side], normalised. The encoder must outlive the encoding.
    virtual Encoding begin(tensor::Context& context, const tensor::Tensor& image, const Watch& watch = {}) const = 0;
    /// Switches the Global Convolutional Network block, for encodings begun from then on; false where there is none.
    virtual bool useGlobal(bool) { return false; }
};

/// Everything about an encoder that a file's names and shapes say.
class EncoderPlan {
 public:
    virtual ~EncoderPlan() = default;
    virtual std::string name() const = 0;                         ///< "SAM ViT-B"
    virtual std::int64_t side() const = 0;                        ///< pixels of the square that it takes
    virtual std::int64_t grid() const = 0;                        ///< tokens on a side of the embedding
    virtual std::int64_t channels() const = 0;                    ///< of the embedding
    virtual std::int64_t decoderHeads() const { return 8; }       ///< of the decoder's attention, which no shape tells
    virtual std::vector<Wanted> wanted() const = 0;               ///< tensors under "image_encoder."
    virtual std::uint64_t workingBytes() const = 0;               ///< of intermediate results at most, in f32
    virtual std::vector<std::string> facts() const { return {}; } ///< "12 blocks of 768, 12 heads"
    virtual std::vector<StageShape> stages() const = 0;           ///< in the order of the work; the last is the embedding
    virtual std::unique_ptr<Encoder> make(tensor::Context& context, const Weights& weights) const = 0;
};
/// Throws Error when the file's encoder is none of the kinds known.
std::unique_ptr<EncoderPlan> planEncoder(const Checkpoint& file);

// One line each in encoder.cpp; null when the file's encoder is of another kind.
std::unique_ptr<EncoderPlan> planVit(const Checkpoint& file);
std::unique_ptr<EncoderPlan> planTinyVit(const Checkpoint& file);
std::unique_ptr<EncoderPlan> planTiny(const Checkpoint& file);

/// Floating-point operations of one piece at most, so that the window keeps drawing: some 20 ms.
double pieceFlops(const tensor::Context& context);
/// [from, from + count) of `total` things that cost so much each, about a piece at a time, in whole `step`s.
struct Part {
    std::int64_t from = 0, count = 0;
};
std::vector<Part> partsOf(const tensor::Context& context, std::int64_t total, double flopsEach, std::int64_t step = 1);

} // namespace orrery::segmentation
