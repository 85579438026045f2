// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/handed.h"

#include "engine/error.h"
#include "engine/labs/language/models.h"
#include "engine/model/tokenizer/utf8.h"

#include <algorithm>

namespace orrery::language {

namespace {

constexpr const char* embeddings = "token-table";

bool digit(char32_t c) { return c >= '0' && c <= '9'; }
bool blank(char32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x3000; }
bool control(char32_t c) { return (c < 0x20 && !blank(c)) || (c >= 0x7F && c < 0xA0); }
/// Beyond ASCII nearly all are letters; the blocks of marks are left out (Unicode 15, Blocks.txt).
bool letter(char32_t c) {
    if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool latinMark = (c < 0xC0 && c != 0xAA && c != 0xB5 && c != 0xBA) || c == 0xD7 || c == 0xF7;
    const bool marks = (c >= 0x2000 && c < 0x2C00) || (c >= 0x3000 && c < 0x3040) || (c >= 0xFF00 && c < 0xFF21) || c >= 0x1F000;
    return !latinMark && !marks;
}

const Matrix& matrixOf(const ModelWeights& weights, const std::string& output) {
    return output == embeddings ? weights.embedding : weights.output;
}

} // namespace

const char* kindOf(const model::Tokenizer& tokenizer, std::int32_t token) {
    if (token >= tokenizer.size()) return "unused";
    if (tokenizer.special(token)) return "special";
    std::string_view bytes = tokenizer.bytes(token);
    if (bytes.empty()) return "unused";
    std::vector<char32_t> characters;
    bool whole = true;
    model::utf8Runs(
        bytes,
        [&](std::string_view run) {
            while (!run.empty()) {
                const std::size_t length = model::utf8Length(run);
                characters.push_back(model::utf8Decode(run.substr(0, length)));
                run.remove_prefix(length);
            }
        },
        [&](std::string_view) { whole = false; });
    if (!whole) return "byte";
    const auto all = [&](auto is) { return std::ranges::all_of(characters, is); };
    if (all(blank)) return "blank";
    if (std::ranges::any_of(characters, control)) return "control";
    const bool begins = characters.front() == ' ';
    if (begins) characters.erase(characters.begin());
    if (all(digit)) return "number";
    return !letter(characters.front()) ? "mark" : begins ? "word start" : "word";
}

std::vector<std::int64_t> tokenCounts(const model::Tokenizer& tokenizer, int vocabulary) {
    std::vector<std::int64_t> counts(static_cast<std::size_t>(vocabulary));
    const std::string_view all = countedText();
    try {
        for (std::size_t from = 0; from < all.size();) { // a piece at a time, as countShipped() does
            std::size_t to = all.find("\n\n", std::min(from + (std::size_t(1) << 16), all.size()));
            to = to == std::string_view::npos ? all.size() : to + 2;
            for (const std::int32_t token : tokenizer.encode(all.substr(from, to - from)))
                if (token < vocabulary) ++counts[std::size_t(token)];
            from = to;
        }
    } catch (const Error&) { // a character that it has no token for
        return {};
    }
    return counts;
}

lab::Bundle tableBundle(const std::string& title, const Matrix& table, std::shared_ptr<const model::Tokenizer> tokenizer) {
    lab::Bundle bundle;
    bundle.title = title;
    bundle.rows = table.rows(), bundle.dims = table.columns();
    lab::BundleColumn kind{"kind", {}}, id{"id", {}}, bytes{"bytes", {}}, count{"count", {}};
    for (std::int32_t token = 0; token < table.rows(); ++token) {
        const std::string number = std::to_string(token);
        const std::string shown = token < tokenizer->size() ? tokenizer->display(token) : std::string();
        bundle.names.push_back(shown.empty() ? "#" + number : shown);
        kind.texts.emplace_back(kindOf(*tokenizer, token));
        id.texts.push_back(number);
        bytes.texts.push_back(std::to_string(token < tokenizer->size() ? tokenizer->bytes(token).size() : 0));
    }
    for (const std::int64_t each : tokenCounts(*tokenizer, table.rows())) count.texts.push_back(std::to_string(each));
    bundle.colour = kind.name, bundle.byAngle = true;
    bundle.columns = {std::move(kind), std::move(id), std::move(bytes)};
    if (!count.texts.empty()) bundle.columns.push_back(std::move(count));
    bundle.values = [table](std::int64_t first, std::span<float> out) {
        const auto width = std::size_t(table.columns());
        for (std::size_t i = 0; i < out.size() / width; ++i) table.rowFloats(int(first) + int(i), out.subspan(i * width, width));
    };
    return bundle;
}

std::vector<lab::Output> sentOutputs() {
    return {{embeddings, "npy", "The target's token embeddings, with text, kind and count of each token", {}},
            {"output-table", "npy", "The target's output rows, which the last state is multiplied by, with the same", {}}};
}

lab::Offer tableOffer(const Models* models, const std::string& output) {
    lab::Offer offer{.output = output};
    if (!models) {
        offer.why = "No model is open; choose one on another page, and wait until it is read.";
        return offer;
    }
    const ModelWeights& weights = *models->target().weights();
    if (output != embeddings && weights.output.row(0) == weights.embedding.row(0))
        offer.why = "This model's output rows are its token embeddings: send those.";
    else
        offer.rows = matrixOf(weights, output).rows(), offer.dims = matrixOf(weights, output).columns();
    return offer;
}

std::function<lab::Bundle()> tableOf(const Models* models, const std::string& output) {
    if (const lab::Offer there = tableOffer(models, output); !there.why.empty()) throw Error(there.why);
    return [title = models->name() + (output == embeddings ? ", token embeddings" : ", output rows"),
            table = matrixOf(*models->target().weights(), output),
            tokenizer = models->sharedTokenizer()] { return tableBundle(title, table, tokenizer); };
}

} // namespace orrery::language
