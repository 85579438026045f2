// SPDX-License-Identifier: GPL-3.0-or-later
// PyTorch checkpoints made byte by byte: the pickle instructions that torch.save writes, and the zip around them.
#pragma once

#include "tests/model/support.h"

namespace orrery::test::pickle {

inline std::string text(const std::string& value) { return "X" + u32(value.size()) + value; }
inline std::string integer(std::int64_t value) { return "J" + u32(std::uint64_t(value)); }
inline std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
inline std::string numbers(const std::vector<std::int64_t>& values) { // a tuple
    std::string bytes = "(";
    for (const std::int64_t value : values)
        bytes += value >= INT32_MIN && value <= INT32_MAX ? integer(value) : std::string("\x8a\x08") + u64(std::uint64_t(value));
    return bytes + "t";
}
inline std::string storage(const std::string& key, std::int64_t elements, const std::string& type = "FloatStorage") {
    return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + integer(elements) + "tQ";
}
inline std::string tensor(const std::string& storage, std::int64_t offset, const std::vector<std::int64_t>& size,
                          const std::vector<std::int64_t>& stride) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + integer(offset) + numbers(size) + numbers(stride) +
           "\x89" + global("collections", "OrderedDict") + ")RtR";
}
inline std::string whole(const std::string& value) { return "\x80\x02" + value + "."; }
inline std::string dict(const std::string& items) { return whole("}(" + items + "u"); }

/// "archive/data.pkl" and storage "0" of six floats, 0 to 5.
inline std::string checkpoint(const std::string& pkl) {
    return zipOf({{"archive/data.pkl", pkl}, {"archive/data/0", raw<float>({0, 1, 2, 3, 4, 5})}, {"archive/version", "3\n"}},
                 false, true);
}
inline std::string oneTensor(std::int64_t offset, const std::vector<std::int64_t>& size,
                             const std::vector<std::int64_t>& stride) {
    return checkpoint(dict(text("w") + tensor(storage("0", 6), offset, size, stride)));
}

} // namespace orrery::test::pickle
