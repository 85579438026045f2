// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/checkpoint.h"

#include "engine/assets.h"
#include "engine/error.h"
#include "engine/fnv.h"
#include "engine/lab/names.h"
#include "engine/model/safetensors.h"

#include <array>
#include <charconv>
#include <utility>

namespace orrery::segmentation {

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Heads of names, the first that fits. Further parts are replaced where they stand.
const Pairs heads = {
    {"shared_image_embedding.positional_embedding", "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"},
    {"prompt_encoder.shared_embedding.positional_embedding", "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix"},
    {"vision_encoder.neck.conv1.", "image_encoder.neck.0."},
    {"vision_encoder.neck.layer_norm1.", "image_encoder.neck.1."},
    {"vision_encoder.neck.conv2.", "image_encoder.neck.2."},
    {"vision_encoder.neck.layer_norm2.", "image_encoder.neck.3."},
    {"vision_encoder.patch_embed.projection.", "image_encoder.patch_embed.proj."},
    {"vision_encoder.layers.", "image_encoder.blocks."},
    {"vision_encoder.", "image_encoder."},
    {"prompt_encoder.point_embed.", "prompt_encoder.point_embeddings."},
    {"prompt_encoder.mask_embed.conv1.", "prompt_encoder.mask_downscaling.0."},
    {"prompt_encoder.mask_embed.layer_norm1.", "prompt_encoder.mask_downscaling.1."},
    {"prompt_encoder.mask_embed.conv2.", "prompt_encoder.mask_downscaling.3."},
    {"prompt_encoder.mask_embed.layer_norm2.", "prompt_encoder.mask_downscaling.4."},
    {"prompt_encoder.mask_embed.conv3.", "prompt_encoder.mask_downscaling.6."},
    {"mask_decoder.upscale_conv1.", "mask_decoder.output_upscaling.0."},
    {"mask_decoder.upscale_layer_norm.", "mask_decoder.output_upscaling.1."},
    {"mask_decoder.upsacle_layer_norm.", "mask_decoder.output_upscaling.1."}, // so in early files
    {"mask_decoder.upscale_conv2.", "mask_decoder.output_upscaling.3."}};
const Pairs parts = {{".layer_norm_final_attn.", ".norm_final_attn."},
                     {".layer_norm1.", ".norm1."},
                     {".layer_norm2.", ".norm2."},
                     {".layer_norm3.", ".norm3."},
                     {".layer_norm4.", ".norm4."}};

/// What a file is that is not for this lab, by a name that only it has.
struct Stranger {
    const char* mark;
    const char* what;
};
constexpr std::array strangers = {
    Stranger{"image_encoder.trunk.", "SAM 2; the first SAM is read here"},
    Stranger{"sam_mask_decoder.", "SAM 2; the first SAM is read here"},
    Stranger{"mask_decoder.hf_token", "HQ-SAM; use the SAM checkpoint that it was made from"},
    Stranger{"image_encoder.features.", "EdgeSAM or RepViT-SAM; SAM, MobileSAM and SlimSAM are read here"},
    Stranger{"image_encoder.backbone.", "EfficientViT-SAM; SAM, MobileSAM and SlimSAM are read here"},
    Stranger{"image_encoder.neck.6.", "EfficientSAM, which knows no negative clicks; SAM, MobileSAM and SlimSAM are read here"},
    Stranger{"prompt_encoder.bbox_embedding",
             "EfficientSAM, which knows no negative clicks; SAM, MobileSAM and SlimSAM are read here"},
};

std::unique_ptr<model::TensorFile> openModel(const std::string& path) {
    if (!path.starts_with(builtinPrefix)) return model::openTensorFile(path);
    const std::string name = path.substr(std::string_view(builtinPrefix).size());
    const auto content = asset("segmentation/models/" + name + ".safetensors");
    if (!content) throw Error("there is no built-in model '" + name + "'" + lab::suggestion(name, builtinModels()));
    return std::make_unique<model::SafetensorsFile>(path, std::as_bytes(std::span(content->data(), content->size())));
}

} // namespace

std::vector<std::string> builtinModels() {
    const std::string folder = "segmentation/models/", ending = ".safetensors";
    std::vector<std::string> names;
    for (const std::string& name : assetNames(folder))
        if (name.ends_with(ending)) names.push_back(name.substr(folder.size(), name.size() - folder.size() - ending.size()));
    return names;
}

std::string metaName(const std::string& theirs, int last) {
    std::string name = theirs;
    for (const auto& [from, to] : heads)
        if (name.starts_with(from)) {
            name = to + name.substr(from.size());
            break;
        }
    for (const auto& [from, to] : parts)
        if (const std::size_t at = name.find(from); at != std::string::npos) name.replace(at, from.size(), to);
    if (name.starts_with("mask_decoder.iou_prediction_head.") || name.starts_with("mask_decoder.output_hypernetworks_mlps.")) {
        if (const std::size_t in = name.find(".proj_in."); in != std::string::npos) {
            name.replace(in, 9, ".layers.0.");
        } else if (const std::size_t out = name.find(".proj_out."); out != std::string::npos) {
            name.replace(out, 10, ".layers." + std::to_string(last) + '.');
        } else if (const std::size_t middle = name.find(".layers."); middle != std::string::npos) { // theirs begin behind proj_in
            const std::size_t digits = middle + 8, end = name.find('.', digits);
            int number = 0;
            std::from_chars(name.data() + digits, name.data() + std::min(end, name.size()), number);
            name.replace(digits, end - digits, std::to_string(number + 1));
        }
    }
    return name;
}

Checkpoint::Checkpoint(const std::string& path) : m_file(openModel(path)) {
    for (const model::StoredTensor& tensor : m_file->tensors())
        for (const Stranger& stranger : strangers)
            if (tensor.name.starts_with(stranger.mark)) fail(std::string("this is a checkpoint of ") + stranger.what);
    for (const model::StoredTensor& tensor : m_file->tensors())
        if (tensor.name.starts_with("vision_encoder.") || tensor.name.starts_with("shared_image_embedding."))
            m_naming = Naming::huggingFace;
    for (const model::StoredTensor& tensor : m_file->tensors())
        m_byName.emplace(m_naming == Naming::meta ? tensor.name : metaName(tensor.name), &tensor); // tied twins: the first
    bool encoder = false, decoder = false;
    for (const auto& [name, tensor] : m_byName)
        encoder = encoder || name.starts_with("image_encoder."), decoder = decoder || name.starts_with("mask_decoder.");
    if (encoder && decoder) return;
    const std::string first = m_file->tensors().empty() ? "" : "; its first is '" + m_file->tensors().front().name + "'";
    fail(std::string("no promptable segmenter: there are ") +
         (encoder ? "no tensors of a mask_decoder" : "no tensors of an image_encoder") + first +
         ". SAM, SlimSAM, MobileSAM and TinyPrompt are read here");
}

void Checkpoint::fail(const std::string& what) const { throw Error(path() + ": " + what); }

const model::StoredTensor& Checkpoint::find(const std::string& name) const {
    const auto found = m_byName.find(name);
    if (found == m_byName.end()) fail("the tensor '" + name + "' is missing; is the download complete?");
    return *found->second;
}

tensor::Shape Checkpoint::shape(const std::string& name) const {
    const model::StoredTensor& stored = find(name);
    if (stored.shape.size() > tensor::Shape::mostAxes) fail("'" + name + "' has shape " + stored.shapeText());
    return tensor::Shape(std::vector<std::int64_t>(stored.shape.begin(), stored.shape.end()));
}

std::int64_t Checkpoint::size(const std::string& name, std::size_t axis, std::size_t rank) const {
    const model::StoredTensor& stored = find(name);
    if (stored.shape.size() != rank || stored.shape[axis] == 0)
        fail("'" + name + "' has shape " + stored.shapeText() + "; " + std::to_string(rank) +
             " sizes, none of them 0, are expected");
    return std::int64_t(stored.shape[axis]);
}

std::int64_t Checkpoint::count(const std::string& before, const std::string& after) const {
    std::int64_t n = 0;
    while (has(before + std::to_string(n) + after)) ++n;
    return n;
}

std::optional<std::int64_t> Checkpoint::number(const std::string& key) const {
    const auto found = m_file->metadata().find(key);
    if (found == m_file->metadata().end()) return {};
    std::int64_t value = 0;
    const char* end = found->second.data() + found->second.size();
    const auto parsed = std::from_chars(found->second.data(), end, value);
    if (parsed.ec != std::errc() || parsed.ptr != end) return {};
    return value;
}

std::uint64_t Checkpoint::hash() const {
    Fnv<std::uint64_t> hash;
    for (const auto& [name, stored] : m_byName) {
        hash.text(name);
        hash.bytes(std::as_bytes(std::span(stored->shape)));
        const std::span<const std::byte> bytes = m_file->bytes(*stored);
        const std::size_t ends = std::min<std::size_t>(bytes.size(), 4096);
        hash.bytes(bytes.first(ends)), hash.bytes(bytes.last(ends));
    }
    return hash.value();
}

} // namespace orrery::segmentation
