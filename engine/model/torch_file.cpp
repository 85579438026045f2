// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/torch_file.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <array>

namespace orrery::model {

namespace {

using Kind = PickleValue::Kind;

constexpr const char* formatName = "PyTorch checkpoint";
constexpr std::uint64_t longestPickle = 100'000'000;
constexpr unsigned deepest = 16;
constexpr std::size_t longestName = 1024, mostMetadata = 10'000, longestMetadata = 4096, mostDimensions = 64;

const PickleValue* member(const Pickle& pickle, const PickleValue& dict, std::string_view key) {
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
        const PickleValue& name = pickle[dict.items[i]];
        if (name.kind == Kind::text && name.text == key) return &pickle[dict.items[i + 1]];
    }
    return nullptr;
}

} // namespace

bool looksLikeOldTorch(std::span<const std::byte> start) {
    // PROTO 2, then LONG1 of 10 bytes: the magic number 0x1950a86a20f9469cfc6c
    constexpr std::array<unsigned char, 14> magic = {0x80, 2,    0x8a, 10,   0x6c, 0xfc, 0x9c,
                                                     0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    return start.size() >= magic.size() &&
           std::equal(magic.begin(), magic.end(), start.begin(), [](unsigned char a, std::byte b) { return std::byte(a) == b; });
}

const ZipEntry* torchPickle(const ZipDirectory& zip) {
    for (const ZipEntry& entry : zip.entries()) {
        const std::size_t slash = entry.name.find('/');
        if (slash != entry.name.npos && entry.name.compare(slash, entry.name.npos, "/data.pkl") == 0) return &entry;
    }
    return nullptr;
}

TorchFile::TorchFile(const std::string& path) : TensorFile(path, formatName), m_file(path), m_zip(m_file, formatName) {
    const ZipEntry* const entry = torchPickle(m_zip);
    if (!entry) throw Error(path + ": not a PyTorch checkpoint: no entry <name>/data.pkl; save it with torch.save");
    m_prefix = entry->name.substr(0, entry->name.find('/') + 1);
    const Source source{path + ": " + shown(entry->name), formatName,
                        "keep only tensors, with torch.save(model.state_dict(), ...), or save as safetensors"};
    if (m_zip.find(m_prefix + "constants.pkl"))
        source.fail(entry->offset, "this is a TorchScript program, not a dictionary of tensors");
    if (entry->size > longestPickle)
        source.fail(entry->offset, std::to_string(entry->size) + " bytes are beyond the limit of 100 MB");
    if (const ZipEntry* order = m_zip.find(m_prefix + "byteorder")) {
        const auto bytes = m_zip.bytes(*order);
        m_bigEndian = !bytes.empty() && bytes[0] == std::byte('b');
    }
    const Pickle pickle(source, m_zip.bytes(*entry), entry->offset);
    const PickleValue* state = &pickle.root();
    if (state->kind == Kind::dict)
        for (const char* key : {"state_dict", "model_state_dict", "model"})
            if (const PickleValue* inner = member(pickle, *state, key); inner && inner->kind == Kind::dict) {
                m_visited.insert(inner); // what is beside it becomes metadata; its tensors keep their own names
                for (std::size_t i = 0; i + 1 < state->items.size(); i += 2) {
                    const PickleValue &name = pickle[state->items[i]], &value = pickle[state->items[i + 1]];
                    if (name.kind == Kind::text && value.kind <= Kind::text) collect(pickle, value, name.text, 0);
                }
                m_visited.clear();
                state = inner;
                break;
            }
    collect(pickle, *state, "", 0);
    m_visited.clear();
    if (tensors().empty()) source.fail(entry->offset, "there is no tensor in it");
}

void TorchFile::collect(const Pickle& pickle, const PickleValue& value, const std::string& name, unsigned depth) {
    const std::string prefix = name.empty() ? "" : name + '.';
    if (name.size() > longestName) throw Error(path() + ": a name longer than 1024 bytes, '" + shown(name) + "'; save it again");
    switch (value.kind) {
        case Kind::boolean:
        case Kind::integer:
        case Kind::real:
        case Kind::text:
            if (m_metadata.size() < mostMetadata)
                m_metadata[name] = value.kind == Kind::text      ? value.text.substr(0, longestMetadata)
                                   : value.kind == Kind::real    ? lab::shortest(value.real)
                                   : value.kind == Kind::boolean ? (value.integer ? "true" : "false")
                                                                 : std::to_string(value.integer);
            return;
        case Kind::tensor:
            return addTensor(pickle, value, name.empty() ? "tensor" : name);
        case Kind::list:
        case Kind::dict:
            break;
        default:
            return;
    }
    // Each container once, and not too deep: one that contains itself, or a thousand times another, costs no more.
    if (!m_visited.insert(&value).second) return;
    if (depth == deepest)
        throw Error(path() + ": '" + shown(name) + "' is nested deeper than 16 levels; save a plain state_dict");
    const bool isDict = value.kind == Kind::dict;
    for (std::size_t i = 0; i + (isDict ? 1 : 0) < value.items.size(); i += isDict ? 2 : 1) {
        const PickleValue& key = pickle[value.items[i]];
        std::string part = std::to_string(i);
        if (isDict && key.kind == Kind::text) part = key.text;
        if (isDict && key.kind == Kind::integer) part = std::to_string(key.integer);
        if (isDict && key.kind != Kind::text && key.kind != Kind::integer) continue; // no name to find it by
        collect(pickle, pickle[value.items[i + isDict]], prefix + part, depth + 1);
    }
}

/// Arguments of _rebuild_tensor_v2: storage, offset, size, stride, requires_grad, hooks, and since 2.0 perhaps metadata.
void TorchFile::addTensor(const Pickle& pickle, const PickleValue& value, const std::string& name) {
    StoredTensor tensor{.name = name, .bigEndian = m_bigEndian};
    const auto argument = [&](std::size_t i) -> const PickleValue& { return pickle[value.items[i]]; };
    if (value.items.size() < 6 || value.items.size() > 7 || argument(0).kind != Kind::storage ||
        argument(1).kind != Kind::integer || argument(2).kind != Kind::list || argument(3).kind != Kind::list)
        fail(tensor, "is not (storage, offset, size, stride, ...); save it again with torch.save");
    const PickleValue& storage = argument(0);
    tensor.dtype = storage.dtype;
    const auto wholeNumbers = [&](const PickleValue& list, const char* what) {
        std::vector<std::uint64_t> numbers;
        if (list.items.size() > mostDimensions)
            fail(tensor, std::string("its ") + what + " has more than 64 dimensions; save it again");
        for (const std::uint32_t item : list.items) {
            if (pickle[item].kind != Kind::integer || pickle[item].integer < 0)
                fail(tensor, std::string("its ") + what + " must be whole numbers from 0 on; save it again");
            numbers.push_back(std::uint64_t(pickle[item].integer));
        }
        return numbers;
    };
    tensor.shape = wholeNumbers(argument(2), "size");
    std::vector<std::uint64_t> strides = wholeNumbers(argument(3), "stride");
    if (argument(1).integer < 0) fail(tensor, "its offset is negative; save it again");
    if (strides.size() != tensor.shape.size())
        fail(tensor, "it has " + std::to_string(strides.size()) + " strides; save it again");

    const std::string entryName = m_prefix + "data/" + storage.text;
    const ZipEntry* const entry = m_zip.find(entryName);
    if (!entry) fail(tensor, "its storage '" + shown(entryName) + "' is not in the archive; download it again");
    tensor.part = std::uint32_t(entry - m_zip.entries().data());
    m_zip.bytes(*entry); // refuses a compressed one
    const std::uint64_t itemSize = layoutOf(tensor.dtype).blockBytes, elements = std::uint64_t(storage.integer);
    std::uint64_t storageSize = 0;
    if (!multiply(elements, itemSize, storageSize) || storageSize != entry->packed)
        fail(tensor, "its storage should have " + std::to_string(elements) + " values, but entry '" + shown(entryName) +
                         "' has " + std::to_string(entry->packed) + " bytes; download it again");

    // The farthest value must lie in the storage. An empty tensor has none; its offset may be anything.
    const std::uint64_t first = std::uint64_t(argument(1).integer);
    std::uint64_t last = first, count = 1, expected = 1;
    bool fits = true, rowMajor = true;
    const bool isEmpty = std::find(tensor.shape.begin(), tensor.shape.end(), 0U) != tensor.shape.end();
    for (std::size_t d = tensor.shape.size(); d-- > 0 && !isEmpty;) {
        std::uint64_t span = 0;
        fits = fits && multiply(tensor.shape[d] - 1, strides[d], span) && span <= UINT64_MAX - last;
        last += span;
        fits = fits && multiply(count, tensor.shape[d], count);
        rowMajor = rowMajor && (tensor.shape[d] == 1 || strides[d] == expected);
        expected *= tensor.shape[d];
    }
    if (!isEmpty && (!fits || last >= elements))
        fail(tensor,
             "its offset and strides lead out of its storage of " + std::to_string(elements) + " values; download it again");
    if (!isEmpty && count > elements)
        fail(tensor, "it repeats the " + std::to_string(elements) + " values of its storage; save tensor.contiguous()");
    tensor.offset = entry->offset + (isEmpty ? 0 : first * itemSize);
    tensor.size = isEmpty ? 0 : (last - first + 1) * itemSize;
    if (!rowMajor) tensor.strides = std::move(strides);
    add(std::move(tensor));
}

std::span<const std::byte> TorchFile::storedBytes(const StoredTensor& tensor) const {
    m_file.checkSize();
    return m_file.bytes(tensor.offset, tensor.size);
}

} // namespace orrery::model
