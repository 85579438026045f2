// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Python's pickle that a PyTorch checkpoint of tensors needs (opcodes: Lib/pickletools.py; which of them: those
// of torch/_weights_only_unpickler.py). A pickle is a program for a small stack machine; the dangerous instructions name a
// Python function and call it. Here a name is only compared with a short list, and a "call" makes a record of its
// arguments: there is nothing that could be run. Stack, memo, strings and the number of values are limited.
#pragma once

#include "engine/model/bytes.h"
#include "engine/model/dequantise.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery::model {

struct PickleValue {
    enum class Kind : std::uint8_t {
        none,
        boolean, ///< integer
        integer,
        real,
        text,
        list,        ///< items; also a tuple and a set
        dict,        ///< items: key, value, key, value; also an OrderedDict
        storageType, ///< dtype
        storage,     ///< dtype, text: the number of its entry, integer: elements
        tensor,      ///< items: the arguments of _rebuild_tensor_v2
        function,    ///< integer: which; only on the way to a call
    };
    Kind kind = Kind::none;
    Stored dtype = Stored::f32;
    std::int64_t integer = 0;
    double real = 0;
    std::string text{};
    std::vector<std::uint32_t> items{}; ///< numbers of values; a container may, by malice, contain itself
    std::uint64_t at = 0;               ///< byte of the pickle where it came to be
};

class Pickle {
 public:
    /// Throws Error through the source; positions are counted from `base`.
    Pickle(const Source& source, std::span<const std::byte> bytes, std::uint64_t base);

    const PickleValue& root() const { return m_values[m_root]; }
    const PickleValue& operator[](std::uint32_t number) const { return m_values[number]; }

 private:
    std::vector<PickleValue> m_values;
    std::uint32_t m_root = 0;
};

} // namespace orrery::model
