// SPDX-License-Identifier: GPL-3.0-or-later
// The model on the device and the pictures that go through it, for `orrery segment`.
#pragma once

#include "app/cli/labs/segmentation/prompts.h"
#include "app/cli/progress.h"
#include "engine/labs/segmentation/embedding_cache.h"
#include "engine/labs/segmentation/given.h"
#include "engine/labs/segmentation/zoom.h"

#include <nlohmann/json.hpp>

namespace orrery::cli {

struct SegmentOptions {
    std::vector<std::string> pictures, points;
    std::string box, prompts, objects, model, dump, cache, out, device, which = "best";
    bool everything = false, stats = false, cutout = false, labelMe = false, polygons = false, labels = false, half = false;
    bool crisp = false;
    double iouThreshold = -1, stabilityThreshold = -1; ///< negative: the model's own
    segmentation::EverythingOptions grid;
};

/// A picture as it has been cut up.
struct Cut {
    segmentation::Picture picture;
    segmentation::Annotated annotated;
    std::vector<float> logits; ///< of the last object, the picture's size
};

class SegmentRun {
 public:
    SegmentRun(const SegmentOptions& options, gpu::Device& device); ///< loads the model; throws Error

    /// `given`: objects that are there already, of the same picture.
    Cut cut(const std::string& path, const std::vector<ObjectPrompt>& prompts, const std::vector<segmentation::Annotated>& given);
    nlohmann::ordered_json stats(); ///< of everything so far: times, memory, measures

 private:
    class Dump;
    segmentation::Features features(const segmentation::Picture& picture, nlohmann::ordered_json& row, Dump* dump);
    void everything(const segmentation::Embedded& embedded, Cut& cut, nlohmann::ordered_json& row);
    segmentation::Mask crisp(const segmentation::Mask& mask, const segmentation::Coarse& coarse,
                             const segmentation::Picture& picture);
    void object(const ObjectPrompt& prompt, const std::string& number, const segmentation::Embedded& embedded, Cut& cut,
                nlohmann::ordered_json& row, Dump* dump);

    const SegmentOptions& m_options;
    gpu::Device& m_device;
    tensor::Context m_context;
    segmentation::EmbeddingCache m_cache;
    segmentation::ModelPlan m_plan;
    std::unique_ptr<segmentation::Model> m_model;
    Progress m_progress;
    nlohmann::ordered_json m_stats;
    std::uint64_t m_before = 0, m_weights = 0;
};

/// Masks of all objects together in black and white, a cut-out, or the objects' numbers after a search for everything.
void writePng(const std::string& path, const SegmentOptions& options, const Cut& cut);

} // namespace orrery::cli
