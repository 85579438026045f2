// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/model/gguf.h"
#include "engine/model/numpy_file.h"
#include "engine/model/sharded.h"
#include "engine/model/torch_file.h"

#include <algorithm>
#include <filesystem>

namespace orrery::model {

namespace {

enum class Format { none, safetensors, index, gguf, torch, oldTorch, numpy };

/// An index is JSON, which has no mark: what its first letters are must do; its reader checks the rest.
bool looksLikeIndex(std::span<const std::byte> start) {
    const auto first = std::find_if(start.begin(), start.end(), [](std::byte b) { return b > std::byte(' '); });
    return first != start.end() && *first == std::byte('{');
}

Format recognise(const std::string& path) {
    const MappedFile file(path);
    const auto start = file.bytes(0, std::min<std::uint64_t>(file.size(), 64));
    if (looksLikeGguf(start)) return Format::gguf;
    if (looksLikeNpy(start)) return Format::numpy;
    if (looksLikeOldTorch(start)) return Format::oldTorch;
    if (looksLikeZip(start)) return torchPickle(ZipDirectory(file, "zip archive")) ? Format::torch : Format::numpy;
    if (looksLikeSafetensors(start)) return Format::safetensors;
    if (looksLikeIndex(start)) return Format::index;
    return Format::none;
}

} // namespace

std::unique_ptr<TensorFile> openTensorFile(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        for (const char* name : {"model.safetensors.index.json", "model.safetensors"})
            if (const auto inside = std::filesystem::path(path) / name; std::filesystem::exists(inside, error))
                return openTensorFile(inside.string());
        throw Error(path + ": the folder holds neither model.safetensors nor model.safetensors.index.json; name a file");
    }
    switch (recognise(path)) {
        case Format::safetensors:
            return std::make_unique<SafetensorsFile>(path);
        case Format::index:
            return std::make_unique<ShardedFile>(path);
        case Format::gguf:
            return std::make_unique<GgufFile>(path);
        case Format::torch:
            return std::make_unique<TorchFile>(path);
        case Format::numpy:
            return std::make_unique<NumpyFile>(path);
        case Format::oldTorch:
            throw Error(path +
                        ": a checkpoint from before PyTorch 1.6 (byte 0 is not that of a zip); load it in PyTorch and "
                        "torch.save it again, or save it as safetensors");
        case Format::none:
            break;
    }
    throw Error(path +
                ": its first bytes are those of no format known here; use safetensors (or model.safetensors.index.json), "
                "a PyTorch checkpoint (.pt, .pth since 1.6), GGUF, or NumPy's .npz or .npy");
}

} // namespace orrery::model
