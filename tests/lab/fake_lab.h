// SPDX-License-Identifier: GPL-3.0-or-later
// A lab without a GPU: its state is the number of the step, and it does one step per millisecond of budget.
#pragma once

#include "engine/error.h"
#include "engine/lab/lab.h"
#include "engine/lab/session.h"
#include "tests/support/error_of.h"

namespace orrery::test {

inline lab::Declaration fakeDeclaration() {
    using namespace lab;
    Declaration d;
    d.name = "fake", d.title = "Fake", d.summary = "For tests.", d.defaultScenario = "none";
    d.parameters = {
        {.key = "beta_min",
         .label = "beta min",
         .group = "A",
         .type = Type::number,
         .fallback = 0.1,
         .low = 0.001,
         .high = 5,
         .meaning = "rate",
         .applies = Applies::live},
        {.key = "beta_max",
         .label = "beta max",
         .group = "A",
         .type = Type::number,
         .fallback = 20.0,
         .low = 0.1,
         .high = 50,
         .unit = "1/s",
         .meaning = "rate"},
        {.key = "steps",
         .label = "Steps",
         .group = "A",
         .type = Type::integer,
         .fallback = std::int64_t(100),
         .low = 1,
         .high = 10000,
         .step = 1,
         .meaning = "steps",
         .applies = Applies::live},
        {.key = "sde",
         .label = "SDE",
         .group = "A",
         .type = Type::choice,
         .fallback = std::string("vp"),
         .meaning = "kind",
         .choices = {{"vp", "VP", "one"}, {"ve", "VE", "two"}}},
        {.key = "glow",
         .label = "Glow",
         .group = "B",
         .type = Type::flag,
         .fallback = true,
         .meaning = "look",
         .applies = Applies::view,
         .shownWhen = "sde=ve"},
        {.key = "file", .label = "File", .group = "B", .type = Type::file, .fallback = std::string(), .meaning = "points"},
        {.key = "drawn",
         .label = "Drawn",
         .group = "B",
         .type = Type::points,
         .fallback = Points{2, {}},
         .low = -10,
         .high = 10,
         .meaning = "points",
         .columns = {"x", "y"},
         .maxRows = 4},
    };
    d.actions = {{"restart", "Restart", "again", "R"}};
    d.series = {{"mean", "mean", "m", "mean", "Mean"}};
    d.arrays = {{"particles", "[N,2]", "f32", "m", "places"}};
    d.inputs = {{"file", {"csv", "npy"}, "points", {{"sde", "ve"}}}};
    return d;
}

class FakeLab : public lab::Lab {
 public:
    const lab::Declaration& declaration() const override {
        static const lab::Declaration table = fakeDeclaration();
        return table;
    }
    void configure(const lab::Settings& settings, std::uint64_t, const std::vector<std::string>& changed) override {
        if (settings.number("beta_min") > settings.number("beta_max")) throw Error("beta_min is above beta_max");
        lastChanged = changed;
        if (settings.text("file") == "long.csv")
            work.add({"Reading", "rows", 1, [this](double) -> double {
                          if (++read == 3) throw Error("long.csv, row 9: not a number");
                          return 0.1 * read;
                      }});
        count = int(settings.integer("steps"));
        for (const std::string& key : changed)
            if (declaration().find(key)->applies == lab::Applies::reset) at = 0;
    }
    int steps() const override { return count; }
    double clock(int step) const override { return double(step) / count; }
    std::vector<lab::Mark> marks() const override { return {}; }
    std::string status() const override { return {}; }
    int position() const override { return at; }
    bool advance(gpu::Recorder&, int target, double budgetMs) override {
        ++slices;
        const int most = std::max(1, int(budgetMs));
        at = target < at ? target : std::min(target, at + most);
        return at == target;
    }
    void collect() override { ++collected; }
    void act(const std::string&) override {}
    std::span<const lab::Sample> series(const std::string&) const override { return {}; }
    lab::HostArray array(gpu::Device&, const std::string&) override { return {}; }
    lab::Jobs& jobs() override { return work; }

    lab::Jobs work;
    std::vector<std::string> lastChanged;
    int count = 1, at = 0, slices = 0, collected = 0, read = 0;
};

} // namespace orrery::test
