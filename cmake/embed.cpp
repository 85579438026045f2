// SPDX-License-Identifier: GPL-3.0-or-later
// embed_files OUT.cpp NAME FILE [NAME FILE ...]: a C++ source that holds the files' bytes (engine/assets.h reads them).
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    std::ofstream out(argv[1], std::ios::binary);
    out << "#include \"engine/assets.h\"\n#include <cstdint>\nnamespace orrery {\nnamespace {\n";
    std::string rows;
    for (int i = 2; i + 1 < argc; i += 2) {
        std::ifstream in(argv[i + 1], std::ios::binary);
        if (!in) {
            std::fprintf(stderr, "embed_files: cannot read %s\n", argv[i + 1]);
            return 1;
        }
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        // Eight bytes a number: a compiler takes as long for a number as for a byte. A zero follows the last byte.
        out << "const std::uint64_t file" << i << "[] = {";
        std::string text;
        for (std::size_t k = 0; k <= bytes.size(); k += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + k, std::min<std::size_t>(8, bytes.size() - k));
            char number[24];
            std::snprintf(number, sizeof number, "%s0x%llx,", k % 64 == 0 ? "\n" : "", static_cast<unsigned long long>(word));
            text += number;
        }
        out << text << "};\n";
        rows += "    {\"" + std::string(argv[i]) + "\", reinterpret_cast<const unsigned char*>(file" + std::to_string(i) + "), " +
                std::to_string(bytes.size()) + "},\n";
    }
    out << "}\nconst EmbeddedFile embeddedFiles[] = {\n" << rows << "    {nullptr, nullptr, 0}};\n}\n";
    return out ? 0 : 1;
}
