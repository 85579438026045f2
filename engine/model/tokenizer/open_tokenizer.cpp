// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/model/gguf.h"
#include "engine/model/mapped_file.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <filesystem>

namespace orrery::model {

namespace {

constexpr std::uint64_t longestFile = 256'000'000; // bytes

std::string textOf(const std::filesystem::path& path) {
    const MappedFile file(path.string());
    if (file.size() > longestFile) throw Error(path.string() + ": more than 256 MB is no tokenizer");
    return {reinterpret_cast<const char*>(file.all().data()), std::size_t(file.size())};
}

std::string textOfIfThere(const std::filesystem::path& path) {
    std::error_code error;
    return std::filesystem::exists(path, error) ? textOf(path) : std::string();
}

} // namespace

std::shared_ptr<const Tokenizer> openTokenizer(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path given(path);
    const bool folder = fs::is_directory(given, error);
    const fs::path home = folder ? given : given.parent_path();
    const auto made = [](TokenizerRecipe recipe) { return std::make_shared<const Tokenizer>(std::move(recipe)); };
    const fs::path json = folder ? given / "tokenizer.json" : given;
    if (folder && !fs::exists(json, error) && !fs::exists(given / "vocab.json", error))
        throw Error(path + ": has neither tokenizer.json nor vocab.json with merges.txt");
    const fs::path settings = home / "tokenizer_config.json";
    if (given.filename() == "vocab.json" || given.filename() == "merges.txt" || (folder && !fs::exists(json, error))) {
        return made(
            readVocabAndMerges(home.string(), textOf(home / "vocab.json"), textOf(home / "merges.txt"), textOfIfThere(settings)));
    }
    {
        const MappedFile file(json.string());
        if (looksLikeGguf(file.all().first(std::min<std::size_t>(file.all().size(), 64))))
            return made(readGgufTokenizer(GgufFile(json.string())));
    }
    TokenizerRecipe recipe = readTokenizerJson(json.string(), textOf(json));
    if (const std::string config = textOfIfThere(settings); !config.empty())
        readTokenizerConfig(recipe, settings.string(), config);
    return made(std::move(recipe));
}

} // namespace orrery::model
