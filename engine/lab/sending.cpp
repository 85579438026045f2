// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/sending.h"

#include "engine/cache_folder.h"
#include "engine/error.h"
#include "engine/lab/background.h"
#include "engine/lab/inputs.h"

#include <filesystem>

namespace orrery::lab {

namespace {

constexpr std::int64_t fewest = 100, most = 10000; ///< a perplexity of 30 takes 91 rows; the glyphs are 10,000 as well

struct Work {
    std::atomic<double> part = 0;
    Sent sent;
    Background background; ///< last: it is joined before what it writes to goes
};

} // namespace

bool sends(const Output& output) { return output.extension == "npy"; }

std::vector<Offer> offers(const Lab& lab) {
    std::vector<Offer> all;
    const auto* sender = dynamic_cast<const Sender*>(&lab);
    if (!sender) return all;
    for (const Output& output : lab.declaration().outputs)
        if (sends(output)) all.push_back(sender->offer(output.key));
    return all;
}

void saveSent(Sender& sender, const std::string& output, const std::string& path) { writeBundle(sender.bundle(output)(), path); }

Job sending(Lab& lab, const std::string& output, const std::string& folder, std::function<void(const Sent&)> done) {
    auto* sender = dynamic_cast<Sender*>(&lab);
    if (!sender) throw Error(lab.declaration().title + " has nothing to send");
    const auto work = std::make_shared<Work>();
    work->sent.offer = sender->offer(output);
    const auto own = work.get(); // the thread must not own what waits for it
    work->background.start([own, folder, make = sender->bundle(output)](const Stop& stop) {
        const Bundle bundle = make();
        own->sent.title = bundle.title, own->sent.colour = bundle.colour, own->sent.byAngle = bundle.byAngle;
        own->sent.path = keepBundle(bundle, folder, [&](double part) {
            own->part = part;
            return !stop;
        });
    });
    const double size = double(work->sent.offer.bytes()) * 1e-6;
    return {"Sending to Embedding", "MB", size, [work, done = std::move(done)](double budgetMs) {
                try {
                    if (!work->background.finished(budgetMs)) return std::min(0.99, work->part.load());
                } catch (const std::exception& error) { // not the session's: what was set before has nothing to do with it
                    work->sent.error = error.what();
                }
                done(work->sent);
                return 1.0;
            }};
}

std::string sentFolder() {
    const std::string cache = userCacheFolder();
    if (cache.empty()) throw Error("there is no folder for this user where rows could be kept; set HOME or XDG_CACHE_HOME");
    return (std::filesystem::path(cache) / "sent").string();
}

bool wasSent(const std::string& path) {
    const std::string cache = userCacheFolder();
    return !cache.empty() && std::filesystem::path(path).parent_path() == std::filesystem::path(cache) / "sent";
}

Scenario openedFrom(const Sent& sent) {
    const Declaration& embedding = *find("embedding").declaration;
    Scenario scenario{.name = std::filesystem::path(sent.path).stem().string(),
                      .lab = embedding.name,
                      .title = sent.title,
                      .titleZh = {},
                      .summary = {},
                      .summaryZh = {},
                      .settings = Settings(embedding),
                      .camera = {}};
    for (const auto& [key, value] : inputValues(embedding, sent.path)) scenario.settings.set(key, value);
    if (sent.offer.rows >= fewest && sent.offer.rows <= most)
        scenario.settings.set("method", std::string("tsne")), scenario.playing = true;
    if (sent.byAngle) scenario.settings.set("metric", std::string("cosine"));
    scenario.settings.set("colour", std::string("column"));
    scenario.settings.set("column", sent.colour);
    return scenario;
}

} // namespace orrery::lab
