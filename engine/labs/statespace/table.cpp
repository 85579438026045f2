// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/table.h"

#include "engine/labs/statespace/discretise.h"
#include "engine/labs/statespace/legs.h"
#include "engine/labs/statespace/optimum.h"

#include <chrono>
#include <cstdio>

namespace orrery::statespace {

namespace {

constexpr const char* published = "HiPPO (Gu et al. 2020), as recalled";

struct Way {
    const char* method;
    std::optional<double> error, rate;
    std::function<Vector(const Signal&, std::int64_t N)> state;
    bool window = false; ///< reconstructed as LegT over the whole signal
};

Vector scaledLegs(LegsStep step, const Signal& u, std::int64_t N) {
    Vector x(static_cast<std::size_t>(N));
    advance(step, x, u.samples, 0);
    return x;
}

std::vector<Way> ways() {
    const auto legs = [](LegsStep step) { return [step](const Signal& u, std::int64_t N) { return scaledLegs(step, u, N); }; };
    const auto serial = [](const Signal& u, std::int64_t N) {
        Vector x(static_cast<std::size_t>(N));
        advancePublished(x, u.samples, 0);
        return x;
    };
    const auto legt = [](const Signal& u, std::int64_t N) {
        Vector x;
        BlockStepper(discretise(hippo(Method::legt, N, {.theta = u.duration()}), Scheme::bilinear, u.dt)).step(x, u.samples);
        return x;
    };
    return {{"LegT (LMU's memory), window of the whole signal, bilinear", 0.05, 41000, legt, true},
            {"LegS, bilinear as published, serial as published", 0.02, 470000, serial},
            {"LegS, bilinear as published, time-skewed", {}, {}, legs(LegsStep::bilinear)},
            {"LegS, bilinear at the middle", {}, {}, legs(LegsStep::midpoint)},
            {"LegS, exact", {}, {}, legs(LegsStep::exact)}};
}

std::string cell(const std::optional<double>& value) {
    if (!value) return {};
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", *value);
    return text;
}

} // namespace

HippoTable hippoTable(const TableOptions& o, const std::function<bool(const HippoTable&, double)>& progress) {
    const Signal u = noise(o.band, o.rms, o.seed, o.samples, o.dt);
    HippoTable table{o, 0, {}};
    const System legs = hippo(Method::legsScaled, o.states), legt = hippo(Method::legt, o.states, {.theta = u.duration()});
    const Projection best = project(legs, u.samples, u.dt);
    table.power = best.power;
    table.rows.push_back({"LSTM", 0.25, 35000, {}, {}, {}, published});
    table.rows.push_back({"predicting zero", {}, {}, best.power, best.error, {}, "the signal's power: equals the LSTM's figure"});
    const auto all = ways();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (progress && !progress(table, double(i + 1) / double(all.size() + 1))) return table;
        const Way& way = all[i];
        const auto start = std::chrono::steady_clock::now();
        const Vector x = way.state(u, o.states);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        table.rows.push_back({way.method, way.error, way.rate, errorOf(way.window ? legt : legs, x, u.samples, u.dt), best.error,
                              double(o.samples) / seconds, way.error ? published : ""});
    }
    if (progress) progress(table, 1);
    return table;
}

std::string csv(const HippoTable& table) {
    std::string text = "method,published_mse,mse,optimum_mse,published_elements_per_s,elements_per_s,source\n";
    for (const TableRow& row : table.rows)
        text += "\"" + row.method + "\"," + cell(row.publishedError) + "," + cell(row.error) + "," + cell(row.optimum) + "," +
                cell(row.publishedRate) + "," + cell(row.rate) + ",\"" + row.source + "\"\n";
    return text;
}

} // namespace orrery::statespace
