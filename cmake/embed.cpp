// SPDX-License-Identifier: GPL-3.0-or-later
// embed_files OUT.cpp NAME FILE [NAME FILE ...]: a C++ source that holds the files' bytes (engine/assets.h reads them).
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    std::ofstream out(argv[1], std::ios::binary);
    out << "#include \"engine/assets.h\"\nnamespace orrery {\nnamespace {\n";
    std::string rows;
    for (int i = 2; i + 1 < argc; i += 2) {
        std::ifstream in(argv[i + 1], std::ios::binary);
        if (!in) {
            std::fprintf(stderr, "embed_files: cannot read %s\n", argv[i + 1]);
            return 1;
        }
        const std::string bytes((std::istreambuf_iterator<char>(in)), {});
        out << "const unsigned char file" << i << "[] = {";
        std::string text;
        for (std::size_t k = 0; k < bytes.size(); ++k) {
            if (k % 32 == 0) text += '\n';
            text += std::to_string(static_cast<unsigned char>(bytes[k])) + ',';
        }
        out << text << "0};\n";
        rows += "    {\"" + std::string(argv[i]) + "\", file" + std::to_string(i) + ", " + std::to_string(bytes.size()) + "},\n";
    }
    out << "}\nconst EmbeddedFile embeddedFiles[] = {\n" << rows << "    {nullptr, nullptr, 0}};\n}\n";
    return out ? 0 : 1;
}
