// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/pickle.h"

#include <algorithm>
#include <array>
#include <bit>
#include <unordered_map>
#include <utility>

namespace orrery::model {

namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t mostValues = 1'000'000, deepestStack = 1'000'000, mostMemo = 1'000'000, mostArguments = 8;
constexpr std::uint64_t longestText = 1 << 20, longestName = 256, longestKey = 64;

enum Function { orderedDict, rebuildTensor, rebuildParameter, parameter };

class Machine {
 public:
    Machine(const Source& source, std::span<const std::byte> bytes, std::uint64_t base, std::vector<PickleValue>& values)
        : m_in(source, bytes, base), m_values(values) {}

    std::uint32_t run() {
        for (;;) {
            const auto op = m_in.number<std::uint8_t>("the next instruction");
            if (op == '.') break;
            step(op);
        }
        if (m_stack.size() != 1 || !m_marks.empty())
            m_in.fail("the pickle ends with " + std::to_string(m_stack.size()) + " values");
        return m_stack.back();
    }

 private:
    void step(std::uint8_t op) {
        switch (op) {
            case 0x80: // PROTO
                if (const auto version = m_in.number<std::uint8_t>("PROTO"); version > 2)
                    m_in.fail("pickle protocol " + std::to_string(version) + " is not that of torch.save, 2");
                return;
            case '(': // MARK
                if (m_marks.size() >= deepestStack) m_in.fail("more than a million marks");
                m_marks.push_back(m_stack.size());
                return;
            case 'N':
                return push({.kind = Kind::none});
            case 0x88:
            case 0x89:
                return push({.kind = Kind::boolean, .integer = op == 0x88});
            case 'J':
                return push({.kind = Kind::integer, .integer = m_in.number<std::int32_t>("BININT")});
            case 'K':
                return push({.kind = Kind::integer, .integer = m_in.number<std::uint8_t>("BININT1")});
            case 'M':
                return push({.kind = Kind::integer, .integer = m_in.number<std::uint16_t>("BININT2")});
            case 0x8a:
                return longInteger();
            case 'G':
                return real();
            case 'X':
                return text(m_in.number<std::uint32_t>("BINUNICODE"));
            case 'U':
                return text(m_in.number<std::uint8_t>("SHORT_BINSTRING"));
            case '}':
                return push({.kind = Kind::dict});
            case ']':
            case ')':
            case 0x8f:
                return push({.kind = Kind::list});
            case 't':
                return tuple(m_stack.size() - mark());
            case 0x85:
            case 0x86:
            case 0x87:
                return tuple(std::size_t(op - 0x84));
            case 'a':
                return append(1, Kind::list);
            case 'e':
                return append(m_stack.size() - mark(), Kind::list);
            case 's':
                return append(2, Kind::dict);
            case 'u':
                return append(m_stack.size() - mark(), Kind::dict);
            case 'q':
                return remember(m_in.number<std::uint8_t>("BINPUT"));
            case 'r':
                return remember(m_in.number<std::uint32_t>("LONG_BINPUT"));
            case 'h':
                return recall(m_in.number<std::uint8_t>("BINGET"));
            case 'j':
                return recall(m_in.number<std::uint32_t>("LONG_BINGET"));
            case 'c':
                return global();
            case 'Q':
                return persistent();
            case 'R':
            case 0x81: // REDUCE and NEWOBJ differ only in what Python would do
                return call();
            case 'b':
                return build();
            default:
                m_in.fail("instruction " + std::to_string(op) + " is not one that a checkpoint of tensors needs");
        }
    }

    void put(std::uint32_t number) {
        if (m_stack.size() >= deepestStack) m_in.fail("the stack grows beyond a million values");
        m_stack.push_back(number);
    }
    void push(PickleValue value) {
        if (m_values.size() >= mostValues) m_in.fail("more than a million values");
        value.at = m_in.at();
        m_values.push_back(std::move(value));
        put(std::uint32_t(m_values.size() - 1));
    }
    /// Never takes what lies below the last mark.
    std::uint32_t pop() {
        if (m_stack.size() <= (m_marks.empty() ? 0 : m_marks.back())) m_in.fail("it takes from an empty stack");
        const std::uint32_t number = m_stack.back();
        m_stack.pop_back();
        return number;
    }
    std::uint32_t top() {
        const std::uint32_t number = pop();
        m_stack.push_back(number);
        return number;
    }
    std::size_t mark() {
        if (m_marks.empty()) m_in.fail("a mark is missing");
        const std::size_t at = m_marks.back();
        m_marks.pop_back();
        return at; // never above the stack's end, for pop() stops at a mark
    }
    std::vector<std::uint32_t> take(std::size_t count) {
        if (count > m_stack.size() - (m_marks.empty() ? 0 : m_marks.back())) m_in.fail("it takes from an empty stack");
        std::vector<std::uint32_t> items(m_stack.end() - std::ptrdiff_t(count), m_stack.end());
        m_stack.resize(m_stack.size() - count);
        return items;
    }

    void longInteger() {
        const auto size = m_in.number<std::uint8_t>("LONG1");
        if (size > 8) m_in.fail("a whole number of " + std::to_string(size) + " bytes");
        const std::uint64_t bits = littleEndian(m_in.take(size, "LONG1"));
        const int unused = 64 - 8 * size; // shifting up and back down extends the sign
        push({.kind = Kind::integer, .integer = size == 0 ? 0 : std::int64_t(bits << unused) >> unused});
    }
    void real() {
        std::array<std::byte, 8> bytes;
        std::ranges::reverse_copy(m_in.take(8, "BINFLOAT"), bytes.begin());
        push({.kind = Kind::real, .real = std::bit_cast<double>(littleEndian(bytes))});
    }
    void text(std::uint64_t size) {
        if (size > longestText) m_in.fail("a text of " + std::to_string(size) + " bytes is beyond the limit of 1 MiB");
        push({.kind = Kind::text, .text = m_in.text(size, "a text")});
    }
    void tuple(std::size_t count) { push({.kind = Kind::list, .items = take(count)}); }
    void append(std::size_t count, Kind kind) {
        const std::vector<std::uint32_t> added = take(count);
        PickleValue& container = m_values[top()];
        if (container.kind != kind) m_in.fail("it adds to what is no container");
        if (kind == Kind::dict && count % 2 != 0) m_in.fail("a key has no value");
        container.items.insert(container.items.end(), added.begin(), added.end());
    }
    void remember(std::uint32_t key) {
        if (m_memo.size() >= mostMemo) m_in.fail("the memo grows beyond a million values");
        m_memo[key] = top();
    }
    void recall(std::uint32_t key) {
        const auto found = m_memo.find(key);
        if (found == m_memo.end()) m_in.fail("the memo has no value " + std::to_string(key));
        put(found->second);
    }

    std::string line() {
        std::string text;
        for (;;) {
            const char c = char(m_in.number<std::uint8_t>("a name"));
            if (c == '\n') return text;
            text += c;
            if (text.size() > longestName) m_in.fail("a name longer than 256 bytes");
        }
    }
    void global() {
        std::string name = line(); // one after the other: the order of operands of + is not fixed
        name += '.';
        name += line();
        static const std::pair<const char*, Function> functions[] = {{"collections.OrderedDict", orderedDict},
                                                                     {"torch._utils._rebuild_tensor_v2", rebuildTensor},
                                                                     {"torch._utils._rebuild_parameter", rebuildParameter},
                                                                     {"torch.nn.parameter.Parameter", parameter}};
        static const std::pair<const char*, Stored> storages[] = {
            {"Float", Stored::f32}, {"Half", Stored::f16},    {"BFloat16", Stored::bf16}, {"Double", Stored::f64},
            {"Long", Stored::i64},  {"Int", Stored::i32},     {"Short", Stored::i16},     {"Char", Stored::i8},
            {"Byte", Stored::u8},   {"Bool", Stored::boolean}};
        for (const auto& [known, function] : functions)
            if (name == known) return push({.kind = Kind::function, .integer = function});
        for (const auto& [known, type] : storages)
            if (name == "torch." + std::string(known) + "Storage") return push({.kind = Kind::storageType, .dtype = type});
        m_in.fail("it wants Python's '" + shown(name) + "', which is not data; nothing was run");
    }

    /// ('storage', type, key, location, elements); where the storage once lived does not matter.
    void persistent() {
        const PickleValue& id = m_values[pop()]; // not copied: two bytes may name a tuple of a million values
        const auto isText = [&](std::size_t i) { return m_values[id.items[i]].kind == Kind::text; };
        if (id.kind != Kind::list || id.items.size() != 5 || !isText(0) || m_values[id.items[0]].text != "storage" ||
            m_values[id.items[1]].kind != Kind::storageType || !isText(2) || m_values[id.items[2]].text.size() > longestKey ||
            m_values[id.items[4]].kind != Kind::integer || m_values[id.items[4]].integer < 0)
            m_in.fail("a persistent id is not ('storage', type, key, location, elements)");
        PickleValue storage{.kind = Kind::storage, .dtype = m_values[id.items[1]].dtype};
        storage.integer = m_values[id.items[4]].integer, storage.text = m_values[id.items[2]].text;
        push(std::move(storage));
    }

    void call() {
        const std::uint32_t argumentsAt = pop(), function = pop();
        if (m_values[function].kind != Kind::function || m_values[argumentsAt].kind != Kind::list)
            m_in.fail("it calls what is no function; nothing was run");
        const std::vector<std::uint32_t>& arguments = m_values[argumentsAt].items;
        if (arguments.size() > mostArguments) m_in.fail("a call with " + std::to_string(arguments.size()) + " arguments");
        switch (Function(m_values[function].integer)) {
            case orderedDict:
                if (!arguments.empty()) m_in.fail("an OrderedDict made from arguments");
                return push({.kind = Kind::dict});
            case rebuildTensor:
                return push({.kind = Kind::tensor, .items = std::vector(arguments)});
            case rebuildParameter:
            case parameter: // a parameter is its tensor
                if (arguments.empty() || m_values[arguments[0]].kind != Kind::tensor) m_in.fail("a parameter without a tensor");
                return put(arguments[0]);
        }
    }

    /// Only what torch.save adds to a state_dict: {'_metadata': versions of modules}. It is dropped.
    void build() {
        const PickleValue& state = m_values[pop()];
        const bool known = state.kind == Kind::dict && state.items.size() == 2 && m_values[state.items[0]].kind == Kind::text &&
                           m_values[state.items[0]].text == "_metadata";
        if (!known || m_values[top()].kind != Kind::dict)
            m_in.fail("it sets the state of an object, which is more than data; nothing was run");
    }

    ByteReader m_in;
    std::vector<PickleValue>& m_values;
    std::vector<std::uint32_t> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint32_t, std::uint32_t> m_memo;
};

} // namespace

Pickle::Pickle(const Source& source, std::span<const std::byte> bytes, std::uint64_t base) {
    m_root = Machine(source, bytes, base, m_values).run();
}

} // namespace orrery::model
