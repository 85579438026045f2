// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/recording.h"

#include "engine/error.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>

namespace orrery::statespace {

namespace {

constexpr std::uint64_t mostBytes = 4ull << 30;
constexpr std::size_t mostColumns = 1024;
constexpr std::size_t mostNamed = 12;         ///< channels in a sentence
constexpr std::size_t rowsBetween = 4096;     ///< two tellings of progress
constexpr std::size_t bytesAtOnce = 16 << 20; ///< so that a slow disk can be left

bool blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && blank(s.front())) s.remove_prefix(1);
    while (!s.empty() && blank(s.back())) s.remove_suffix(1);
    if (s.size() >= 2 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
    return s;
}

/// Comma, semicolon or tab, whichever the line has; else blanks.
char separatorOf(std::string_view line) {
    for (const char c : {';', '\t', ','})
        if (line.find(c) != std::string_view::npos) return c;
    return ' ';
}

std::vector<std::string_view> cellsOf(std::string_view line, char separator) {
    std::vector<std::string_view> cells;
    if (separator != ' ') {
        for (std::size_t from = 0;;) {
            const std::size_t to = line.find(separator, from);
            cells.push_back(trimmed(line.substr(from, to - from)));
            if (to == std::string_view::npos) return cells;
            from = to + 1;
        }
    }
    for (std::size_t i = 0; i < line.size();) {
        while (i < line.size() && blank(line[i])) ++i;
        const std::size_t from = i;
        while (i < line.size() && !blank(line[i])) ++i;
        if (i > from) cells.push_back(line.substr(from, i - from));
    }
    return cells;
}

bool parsed(std::string_view cell, double& value) {
    if (!cell.empty() && cell.front() == '+') cell.remove_prefix(1);
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    return error == std::errc() && end == cell.data() + cell.size() && !cell.empty();
}

bool namesTime(std::string name) {
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    return name == "t" || name.starts_with("time") || name.starts_with("seconds");
}

/// Samples per unit of time of evenly rising times; 0 when they are not.
double evenRate(const Vector& t) {
    if (t.size() < 2) return 0;
    const double gap = (t.back() - t.front()) / double(t.size() - 1);
    for (std::size_t i = 1; i < t.size(); ++i)
        if (!(gap > 0) || std::abs(t[i] - t[i - 1] - gap) > 0.01 * gap) return 0;
    return 1 / gap;
}

} // namespace

void goOn(const ReadProgress& progress, double fraction, const std::string& name) {
    if (progress && !progress(fraction)) throw Error(name + ": was not read to its end");
}

Recording readTable(std::string_view text, const std::string& name, const ReadProgress& progress) {
    Recording recording;
    const double whole = double(std::max<std::size_t>(1, text.size()));
    const auto fail = [&](std::size_t row, const std::string& what) {
        throw Error(name + ", row " + std::to_string(row) + ": " + what);
    };
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::size_t row = 0;
    char separator = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (++row % rowsBetween == 0) goOn(progress, 1 - double(text.size()) / whole, name);
        if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
        if (separator == 0) separator = separatorOf(line);
        const auto cells = cellsOf(line, separator);
        double value = 0;
        if (recording.channels.empty()) {
            if (cells.size() > mostColumns)
                fail(row, "has " + std::to_string(cells.size()) + " columns, more than " + std::to_string(mostColumns));
            recording.channels.resize(cells.size());
            // A line of names: no cell of it is a number.
            if (std::none_of(cells.begin(), cells.end(),
                             [&](std::string_view cell) { return cell.empty() || parsed(cell, value); })) {
                for (const std::string_view cell : cells) recording.names.push_back(model::shown(cell));
                continue;
            }
        }
        if (cells.size() != recording.channels.size())
            fail(row, "has " + std::to_string(cells.size()) + " columns where the rows before have " +
                          std::to_string(recording.channels.size()));
        if (recording.channels[0].size() >= std::size_t(mostSamples))
            fail(row, "is one more than the " + std::to_string(mostSamples) + " samples that can be read; keep every tenth, say");
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const std::string where = "column " + std::to_string(c + 1);
            if (cells[c].empty()) fail(row, where + " is empty; fill the gap in or remove the row");
            if (!parsed(cells[c], value)) fail(row, where + ": '" + model::shown(cells[c].substr(0, 40)) + "' is not a number");
            if (!std::isfinite(value))
                fail(row, where + ": " + model::shown(cells[c]) + " is not a finite number; fill it in or remove the row");
            recording.channels[c].push_back(value);
        }
    }
    if (recording.channels.empty() || recording.channels[0].empty())
        throw Error(name + ": holds no numbers; it needs a row of them for each sample");
    for (std::size_t c = recording.names.size(); c < recording.channels.size(); ++c)
        recording.names.push_back("column " + std::to_string(c + 1));
    if (recording.channels.size() > 1 && namesTime(recording.names[0])) {
        recording.rate = evenRate(recording.channels[0]);
        if (recording.rate == 0 && recording.channels[0].size() > 1)
            throw Error(name + ": its times do not rise evenly, and a state needs samples that do; bring it to even steps first");
        recording.channels.erase(recording.channels.begin());
        recording.names.erase(recording.names.begin());
    }
    if (recording.channels[0].size() == 1) recording.remarks.push_back("The table has a single row: one sample.");
    return recording;
}

Recording readRecording(const std::string& path, const ReadProgress& progress) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw Error(path + ": cannot be opened");
    const auto size = std::uint64_t(std::max<std::streamoff>(0, file.tellg()));
    if (size > mostBytes) throw Error(path + ": has " + std::to_string(size >> 30) + " GiB; 4 can be read");
    std::vector<char> bytes(size);
    file.seekg(0);
    constexpr double part = 0.2; // of the work; the rest is understanding it
    for (std::size_t from = 0; from < size; from += bytesAtOnce) {
        if (!file.read(bytes.data() + from, std::streamsize(std::min<std::size_t>(bytesAtOnce, size - from))))
            throw Error(path + ": cannot be read");
        goOn(progress, part * double(from) / double(size), path);
    }
    const ReadProgress rest = progress ? [&](double fraction) { return progress(part + (1 - part) * fraction); } : ReadProgress();
    const std::string_view text(bytes.data(), bytes.size());
    if (text.empty()) throw Error(path + ": is empty");
    if (text.starts_with("RIFF") || text.starts_with("RF64")) return readWav(std::as_bytes(std::span(bytes)), path, rest);
    if (text.substr(0, 4096).find('\0') != std::string_view::npos)
        throw Error(path + ": is neither a WAV file nor a table in text");
    return readTable(text, path, rest);
}

Signal signalOf(const Recording& r, std::int64_t channel, const std::string& name) {
    if (channel < -1 || channel >= std::int64_t(r.channels.size())) {
        std::string all;
        for (std::size_t i = 0; i < std::min(mostNamed, r.names.size()); ++i) all += (i == 0 ? "" : ", ") + r.names[i];
        if (r.names.size() > mostNamed) all += " \xE2\x80\xA6";
        throw Error(name + ": there is no channel " + std::to_string(channel + 1) + "; it has " +
                    std::to_string(r.channels.size()) + ": " + all);
    }
    Signal s{{}, r.rate > 0 ? 1 / r.rate : 1, r.rate > 0 ? "s" : "", 0};
    if (channel >= 0) {
        s.samples = r.channels[std::size_t(channel)];
    } else {
        s.samples.assign(r.channels.at(0).size(), 0.0);
        for (const Vector& each : r.channels)
            for (std::size_t i = 0; i < each.size(); ++i) s.samples[i] += each[i] / double(r.channels.size());
    }
    check(s, name);
    return s;
}

} // namespace orrery::statespace
