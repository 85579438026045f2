// SPDX-License-Identifier: GPL-3.0-or-later
// The lab through its session, as the window and the command line run it, with a small model or the built-in one.
#pragma once

#include "engine/lab/inputs.h"
#include "engine/lab/session.h"
#include "engine/labs/segmentation/lab.h"
#include "tests/segmentation/models.h"

namespace orrery::segmentation::test {

struct Run {
    explicit Run(const std::string& model = {}) : session(orrery::test::device(), "segmentation") {
        if (!model.empty()) session.set({{"model", std::string("file")}, {"weights", model}});
    }
    SegmentationLab& lab() { return dynamic_cast<SegmentationLab&>(session.lab()); }
    void click(double x, double y, bool belongs = true, int object = 1) {
        lab::Points points = session.settings().points("clicks");
        for (const double v : {x, y, belongs ? 1.0 : 0.0, double(object)}) points.values.push_back(v);
        session.set("clicks", points);
    }
    void drop(const std::string& file) { session.set(lab::inputValues(session.declaration(), file)); }
    void end() { session.runTo(session.lab().steps()); }
    std::vector<float> array(const char* key) { return session.lab().array(orrery::test::device(), key).values; }
    lab::Session session;
};

inline Mask block(std::int64_t width, std::int64_t height, std::int64_t x, std::int64_t y, std::int64_t w, std::int64_t h) {
    Mask mask{width, height, std::vector<std::uint8_t>(std::size_t(width * height))};
    for (std::int64_t v = y; v < y + h; ++v)
        for (std::int64_t u = x; u < x + w; ++u) mask.pixels[std::size_t(v * width + u)] = 1;
    return mask;
}

} // namespace orrery::segmentation::test
