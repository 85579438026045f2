// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/results.h"

#include "engine/error.h"
#include "engine/labs/language/replay.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

double ofRound(const Round& r, const std::string& key) {
    if (key == "tokens") return r.tokens();
    if (key == "overlap") return r.visits.empty() ? 0 : r.visits.front().overlap;
    if (key == "draft_ms") return r.times.draft;
    if (key == "verify_ms") return r.times.verify;
    if (key == "decide_ms") return r.times.decide;
    if (key == "commit_ms") return r.times.commit;
    return 0;
}

double soFar(const Tally& t, std::int64_t kept, std::int64_t tried, const std::string& key) {
    if (key == "mean_tokens") return t.perRound();
    if (key == "accepted_share") return tried > 0 ? double(kept) / double(tried) : 0;
    if (key == "speed") return t.perSecond();
    if (key == "cost_kl") return t.tokens > 0 ? t.divergence / double(t.tokens) : 0;
    return t.tokens > 0 ? t.variation / double(t.tokens) : 0; // cost_tv
}

std::vector<lab::Sample> shares(const std::vector<Share>& of, int first) {
    std::vector<lab::Sample> out;
    for (std::size_t i = 0; i < of.size(); ++i) out.push_back({int(i) + first, double(i) + first, of[i].of()});
    return out;
}

std::vector<lab::Sample> ofTheRace(const Race& race, const std::string& key) {
    std::vector<lab::Sample> out;
    if (key == "pass_ratio") {
        for (const auto& [rows, ms] : race.passes().points()) out.push_back({rows, double(rows), race.passes().ratio(rows)});
        return out;
    }
    int place = 0;
    for (const LaneResult& lane : race.lanes()) {
        const double value = key == "race_measured"   ? lane.measured
                             : key == "race_modelled" ? lane.modelled
                                                      : lane.tally.perRound();
        if (lane.tally.rounds > 0) out.push_back({place, double(place), value});
        ++place;
    }
    return out;
}

std::vector<float> floats(const std::vector<double>& values) { return {values.begin(), values.end()}; }

lab::HostArray ofTheRound(const Round& r, const std::string& key) {
    std::vector<double> v;
    if (key == "nodes") {
        for (const RoundNode& n : r.nodes)
            for (const double x :
                 {double(n.token), double(n.parent), double(n.depth), double(n.rank), n.p, n.q, n.value, double(n.fate)})
                v.push_back(x);
        return {{r.nodes.size(), 8}, floats(v)};
    }
    if (key == "decisions") {
        for (const Step& s : r.steps) {
            const Decision& d = s.decision;
            for (const double x : {double(d.parent), double(d.node), d.p, d.q, d.acceptance, d.coin, d.mass, double(d.accepted)})
                v.push_back(x);
        }
        return {{r.steps.size(), 8}, floats(v)};
    }
    if (key == "mask") {
        for (const auto& row : r.mask()) v.insert(v.end(), row.begin(), row.end());
        return {{r.nodes.size() + 1, r.nodes.size() + 1}, floats(v)};
    }
    v = {double(r.length - 1), double(r.length - 1)}; // slots: the root stays where it is
    for (int node = 0; node < int(r.nodes.size()); ++node) {
        const auto on = std::find(r.path.begin(), r.path.end(), node);
        v.push_back(r.slot(node));
        v.push_back(on == r.path.end() ? -1 : double(r.length + int(on - r.path.begin())));
    }
    return {{r.nodes.size() + 1, 2}, floats(v)};
}

lab::HostArray ofTheVisit(const Round& r, const Visit& visit, const std::string& key) {
    if (key == "logits") return {{visit.logits.size()}, visit.logits};
    if (key == "q") return {{visit.q.size()}, visit.q};
    if (visit.logits.empty()) return {{0}, {}};
    const Distribution p = distribution(visit.logits, r.sampling);
    std::vector<float> out(p.begin(), p.end());
    if (key == "residual")
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = float(std::max(0.0, p[i] - (visit.q.empty() ? 0.0 : double(visit.q[i]))));
    return {{out.size()}, std::move(out)};
}

lab::HostArray ofTheProof(const Proof& proof) {
    std::vector<float> v;
    for (const ProofRow& r : proof.rows())
        for (const double x : {double(r.kind), double(r.rule), r.measured, r.bound, double(r.done), double(r.holds())})
            v.push_back(float(x));
    return {{proof.rows().size(), 6}, std::move(v)};
}

lab::HostArray lanesOf(const Race& race) {
    std::vector<float> v;
    for (const LaneResult& l : race.lanes())
        for (const double x : {l.tally.perRound(), l.measured, l.modelled, l.cost.draft, l.cost.verify, l.cost.other,
                               l.tally.msPerToken(), l.texts > 0 ? double(l.same) / double(l.texts) : 0})
            v.push_back(float(x));
    return {{race.lanes().size(), 8}, std::move(v)};
}

/// The token table in f32: what another lab can take.
lab::HostArray tokenTable(const Models& models) {
    const ModelWeights& weights = *models.target().weights();
    const int rows = weights.config.vocabulary, columns = weights.config.width;
    std::vector<float> v(std::size_t(rows) * std::size_t(columns));
    for (int row = 0; row < rows; ++row)
        weights.embedding.rowFloats(row, std::span(v).subspan(std::size_t(row) * std::size_t(columns), std::size_t(columns)));
    return {{std::uint64_t(rows), std::uint64_t(columns)}, std::move(v)};
}

const char* fateName(Fate fate) { return fate == Fate::accepted ? "accepted" : fate == Fate::refused ? "refused" : "unseen"; }

} // namespace

std::vector<lab::Sample> sampled(const LanguageLab& lab, const std::string& key) {
    if (key.rfind("race_", 0) == 0 || key == "pass_ratio")
        return lab.race() ? ofTheRace(*lab.race(), key) : std::vector<lab::Sample>();
    const Decoding* decoding = lab.decoding();
    if (!decoding) return {};
    if (key == "by_depth") return shares(decoding->tally().byDepth, 1);
    if (key == "by_rank") return shares(decoding->tally().byRank, 1);
    const bool cumulative =
        key == "mean_tokens" || key == "accepted_share" || key == "speed" || key == "cost_kl" || key == "cost_tv";
    std::vector<lab::Sample> out;
    Tally tally;
    std::int64_t kept = 0, tried = 0;
    for (int i = 0; i < decoding->reached(); ++i) {
        const Round& round = decoding->rounds()[std::size_t(i)];
        if (cumulative) {
            tally.add(round);
            for (const Step& step : round.steps) kept += step.decision.accepted, ++tried;
        }
        out.push_back({i + 1, double(i + 1), cumulative ? soFar(tally, kept, tried, key) : ofRound(round, key)});
    }
    return out;
}

lab::HostArray arrayOf(const LanguageLab& lab, const std::string& key) {
    if (key == "race" && lab.race()) return lanesOf(*lab.race());
    if (key == "proof" && lab.proof()) return ofTheProof(*lab.proof());
    const Decoding* decoding = lab.decoding();
    if (!decoding || key == "race" || key == "proof") return {{0}, {}};
    if (key == "text") {
        const auto text = decoding->text();
        return {{text.size()}, {text.begin(), text.end()}};
    }
    if (key == "table") return tokenTable(*lab.models());
    const Round* round = lab.round();
    if (!round) return {{0}, {}};
    if (key == "nodes" || key == "decisions" || key == "mask" || key == "slots") return ofTheRound(*round, key);
    const int visit = visitOf(*round, lab.request().lookAt);
    if (visit < 0) return {{0}, {}};
    return ofTheVisit(*round, round->visits[std::size_t(visit)], key);
}

nlohmann::ordered_json toJson(const Tally& t) {
    nlohmann::ordered_json depths = nlohmann::ordered_json::array();
    for (const Share& s : t.byDepth) depths.push_back({{"kept", s.kept}, {"tried", s.tried}});
    return {
        {"rounds", t.rounds},
        {"tokens", t.tokens},
        {"tokens_per_round", t.perRound()},
        {"tokens_per_second", t.perSecond()},
        {"rows", t.rows},
        {"drafts", t.asks},
        {"ms", {{"draft", t.times.draft}, {"verify", t.times.verify}, {"decide", t.times.decide}, {"commit", t.times.commit}}},
        {"by_depth", depths}};
}

nlohmann::ordered_json toJson(const LaneResult& l) {
    return {{"strategy", l.key},
            {"tokens_per_round", l.tally.perRound()},
            {"ms_per_token", l.tally.msPerToken()},
            {"speed_up_measured", l.measured},
            {"speed_up_modelled", l.modelled},
            {"gc", l.cost.draft},
            {"v", l.cost.verify},
            {"s", l.cost.other},
            {"c", l.step},
            {"texts", l.texts},
            {"texts_as_plain", l.same}};
}

nlohmann::ordered_json toJson(const Round& r, const std::function<std::string(std::int32_t)>& word) {
    using Json = nlohmann::ordered_json;
    Json nodes = Json::array(), decisions = Json::array();
    for (const RoundNode& n : r.nodes)
        nodes.push_back({{"token", n.token},
                         {"text", word(n.token)},
                         {"parent", n.parent},
                         {"depth", n.depth},
                         {"p", n.p},
                         {"q", n.q},
                         {"value", n.value},
                         {"fate", fateName(n.fate)}});
    for (const Step& s : r.steps) {
        const Decision& d = s.decision;
        decisions.push_back({{"node", d.node},
                             {"p", d.p},
                             {"q", d.q},
                             {"acceptance", d.acceptance},
                             {"coin", d.coin},
                             {"mass", d.mass},
                             {"accepted", d.accepted}});
    }
    return {
        {"round", r.index},
        {"length", r.length},
        {"rule", text(r.rule).key},
        {"drafter", r.drafter},
        {"nodes", nodes},
        {"decisions", decisions},
        {"path", r.path},
        {"last", {{"token", r.last}, {"text", word(r.last)}, {"bonus", r.bonus}, {"coin", r.lastCoin}}},
        {"ms", {{"draft", r.times.draft}, {"verify", r.times.verify}, {"decide", r.times.decide}, {"commit", r.times.commit}}}};
}

void saveOutput(const LanguageLab& lab, const std::string& output, const std::string& path) {
    const Decoding& decoding = *lab.decoding();
    if (output == "text") {
        replaceFile(path, [&](std::ostream& out) { out << lab.models()->decode(decoding.text()) << '\n'; });
        return;
    }
    auto rounds = nlohmann::ordered_json::array();
    const auto word = [&](std::int32_t token) { return lab.word(token); };
    for (int i = 0; i < decoding.reached(); ++i) rounds.push_back(toJson(decoding.rounds()[std::size_t(i)], word));
    nlohmann::ordered_json all{{"model", lab.models()->name()},
                               {"strategy", decoding.strategy()},
                               {"prompt_tokens", decoding.promptLength()},
                               {"tally", toJson(decoding.tally())},
                               {"rounds", rounds}};
    replaceFile(path,
                [&](std::ostream& out) { out << all.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n'; });
}

} // namespace orrery::language
