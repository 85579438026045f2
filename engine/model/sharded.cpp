// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/sharded.h"

#include "engine/error.h"
#include "engine/model/bytes.h"
#include "engine/model/strict_json.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <filesystem>
#include <ostream>
#include <unordered_map>

namespace orrery::model {

namespace {

constexpr std::uint64_t longestIndex = 100'000'000;
constexpr std::size_t mostShards = 1000; // each keeps a file open

bool staysInFolder(const std::string& name) {
    return !name.empty() && name != "." && name.find("..") == name.npos &&
           name.find_first_of(std::string_view("/\\:\0", 4)) == name.npos;
}

} // namespace

ShardedFile::ShardedFile(const std::string& indexPath) : TensorFile(indexPath, "sharded safetensors") {
    const Source source{indexPath, "safetensors index", "download it again, with all of its shards"};
    const MappedFile file(indexPath);
    if (file.size() > longestIndex) source.fail(0, std::to_string(file.size()) + " bytes are beyond the limit of 100 MB");
    const auto bytes = file.all();
    const StrictJson root = parseStrictJson(source, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    const StrictJson* map = root.find("weight_map");
    if (!map || !map->is(StrictJson::Kind::object)) source.fail(0, "it has no object 'weight_map'");

    std::unordered_map<std::string, std::uint32_t> numbers;
    std::vector<std::string> shardNames;
    std::unordered_map<std::string, std::uint32_t> wanted;
    for (const auto& [tensor, shard] : map->members) {
        if (!shard.is(StrictJson::Kind::text)) source.fail(0, "the shard of '" + shown(tensor) + "' is not a name");
        if (!staysInFolder(shard.text) || !readable(shard.text))
            source.fail(
                0, "the shard '" + shown(shard.text) + "' of '" + shown(tensor) + "' is not the name of a file in this folder");
        const auto [number, isNew] = numbers.emplace(shard.text, std::uint32_t(shardNames.size()));
        if (isNew) shardNames.push_back(shard.text);
        if (shardNames.size() > mostShards) source.fail(0, "more than 1000 shards");
        wanted.emplace(tensor, number->second);
    }
    const std::filesystem::path folder = std::filesystem::path(indexPath).parent_path();
    for (std::uint32_t part = 0; part < shardNames.size(); ++part) {
        try {
            m_shards.push_back(std::make_unique<SafetensorsFile>((folder / shardNames[part]).string()));
        } catch (const Error& error) {
            throw Error(indexPath + ": shard " + std::to_string(part + 1) + " of " + std::to_string(shardNames.size()) + ": " +
                        error.what());
        }
        for (StoredTensor tensor : m_shards.back()->tensors()) {
            const auto found = wanted.find(tensor.name);
            if (found == wanted.end() || found->second != part) continue; // only the index says what belongs to the model
            wanted.erase(found);
            tensor.part = part;
            add(std::move(tensor));
        }
    }
    if (!wanted.empty())
        source.fail(0, "tensor '" + shown(wanted.begin()->first) + "' is not in its shard '" +
                           shown(shardNames[wanted.begin()->second]) + "'");
    if (const StrictJson* metadata = root.find("metadata"))
        for (const auto& [key, value] : metadata->members) {
            if (value.is(StrictJson::Kind::text)) m_metadata[key] = value.text;
            if (value.is(StrictJson::Kind::whole)) m_metadata[key] = std::to_string(value.whole);
        }
}

std::span<const std::byte> ShardedFile::storedBytes(const StoredTensor& tensor) const {
    return m_shards[tensor.part]->bytes(tensor);
}

std::string writeSharded(const std::string& folder, std::span<const TensorToWrite> tensors, std::uint64_t mostBytes,
                         const std::map<std::string, std::string>& metadata) {
    std::vector<std::pair<std::size_t, std::size_t>> shards; // first tensor and their number
    std::uint64_t inShard = 0, total = 0;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const std::uint64_t size = tensors[i].bytes.size();
        if (shards.empty() || (inShard != 0 && size > mostBytes - std::min(inShard, mostBytes)))
            shards.push_back({i, 0}), inShard = 0;
        ++shards.back().second;
        inShard += size, total += size;
    }
    nlohmann::ordered_json map = nlohmann::ordered_json::object();
    for (std::size_t s = 0; s < shards.size(); ++s) {
        char name[64];
        std::snprintf(name, sizeof name, "model-%05zu-of-%05zu.safetensors", s + 1, shards.size());
        const auto part = tensors.subspan(shards[s].first, shards[s].second);
        writeSafetensors((std::filesystem::path(folder) / name).string(), part, metadata);
        for (const TensorToWrite& tensor : part) {
            if (map.contains(tensor.name))
                throw Error(folder + ": tensor '" + shown(tensor.name) + "' cannot be written twice; rename it");
            map.emplace(tensor.name, name);
        }
    }
    const std::string index = (std::filesystem::path(folder) / "model.safetensors.index.json").string();
    replaceFile(index, [&](std::ostream& out) {
        out << nlohmann::ordered_json{{"metadata", {{"total_size", total}}}, {"weight_map", map}}.dump(2) << '\n';
    });
    return index;
}

} // namespace orrery::model
