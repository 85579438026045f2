// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/request.h"

#include "engine/error.h"
#include "engine/labs/segmentation/given.h"
#include "engine/labs/segmentation/tracks.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::segmentation {

namespace {

int objectOf(double value, const char* what, std::size_t row) {
    const double whole = std::round(value);
    if (whole < 1 || whole > mostObjects)
        throw Error(std::string(what) + ", row " + std::to_string(row + 1) + ": objects are numbered from 1 to " +
                    std::to_string(mostObjects));
    return int(whole);
}

std::vector<std::string> split(const std::string& text) {
    std::vector<std::string> words(1);
    for (const char c : text)
        if (c == ',')
            words.emplace_back();
        else if (c != ' ' || !words.back().empty())
            words.back() += c;
    for (std::string& word : words) word.erase(word.find_last_not_of(' ') + 1);
    return words;
}

} // namespace

std::string Request::nameOf(int number) const {
    const auto index = std::size_t(number - 1);
    return index < names.size() ? names[index] : std::string();
}

std::size_t Request::chosen(int number, const Answer& of) const {
    const auto each = own.find(number);
    return each != own.end() && each->second.answer >= 0 ? std::min(std::size_t(each->second.answer), std::size_t(of.masks) - 1)
                                                         : chosenBy(answer, of);
}

bool Request::hidden(int number) const {
    const auto each = own.find(number);
    return each != own.end() && each->second.hidden;
}

bool Request::dropped(int number) const {
    const auto each = own.find(number);
    return each != own.end() && each->second.dropped;
}

Request requestOf(const lab::Settings& settings) {
    Request r;
    if (settings.text("source") == "file") r.picture = settings.text("picture");
    if (settings.text("source") == "folder") r.folder = settings.text("folder"), r.number = settings.integer("number");
    r.coco = settings.text("coco");
    r.global = settings.flag("gcn"), r.zoom = settings.flag("zoom");
    if (settings.text("model") == "file") {
        r.model = settings.text("weights"), r.half = settings.flag("half");
    } else if (const auto own = builtinModels(); std::ranges::find(own, settings.text("model")) != own.end()) {
        r.model = builtinPrefix + settings.text("model");
    }
    r.refine = settings.flag("refine"), r.answer = settings.text("answer");
    r.object = int(settings.integer("object"));
    r.names = split(settings.text("names"));
    const auto row = [](const lab::Points& points, std::size_t i) {
        return points.values.data() + i * std::size_t(points.columns);
    };
    const lab::Points &clicks = settings.points("clicks"), &boxes = settings.points("boxes");
    for (std::size_t i = 0; i < clicks.rows(); ++i) {
        const double* v = row(clicks, i);
        r.objects[objectOf(v[3], "clicks", i)].clicks.push_back({v[0], v[1], v[2] > 0.5});
    }
    for (std::size_t i = 0; i < boxes.rows(); ++i) {
        const double* v = row(boxes, i);
        r.objects[objectOf(v[4], "boxes", i)].box = Box{v[0], v[1], v[2], v[3]};
    }
    const lab::Points &own = settings.points("own"), &strokes = settings.points("strokes"), &sketch = settings.points("sketch");
    for (std::size_t i = 0; i < own.rows(); ++i) {
        const double* v = row(own, i);
        r.own[objectOf(v[0], "own", i)] = {int(std::lround(v[1])), v[2] > 0.5, v[2] > 1.5};
    }
    for (std::size_t i = 0; i < strokes.rows(); ++i) {
        const double* v = row(strokes, i);
        r.dabs[objectOf(v[4], "strokes", i)].push_back({v[0], v[1], v[2], v[3] > 0.5});
    }
    for (std::size_t i = 0; i < sketch.rows(); ++i) {
        const double* v = row(sketch, i);
        const int object = objectOf(v[3], "sketch", i);
        r.sketches[object].push_back({v[0], v[1], v[2], true});
        r.objects[object]; // a sketch is asked with
    }
    r.inside = insideRequestOf(settings);
    r.kernels = kernelRequestOf(settings);
    r.ownThresholds = settings.text("thresholds") == "own";
    r.everything.pointsPerSide = settings.integer("points_per_side");
    r.everything.iouThreshold = settings.number("iou_threshold");
    r.everything.stabilityThreshold = settings.number("stability_threshold");
    return r;
}

Picture shapes() {
    constexpr std::int64_t width = 640, height = 480;
    Picture p{width, height, {}};
    p.rgb.reserve(std::size_t(3 * width * height));
    const auto put = [&](double r, double g, double b) {
        for (const double c : {r, g, b}) p.rgb.push_back(std::uint8_t(std::clamp(c, 0.0, 255.0)));
    };
    for (std::int64_t iy = 0; iy < height; ++iy)
        for (std::int64_t ix = 0; ix < width; ++ix) {
            const auto x = double(ix), y = double(iy);
            const double grain = double((ix * 73 + iy * 151 + ix * iy % 97) % 23) - 11;
            const double disk = std::hypot(x - 170, y - 160), ring = std::hypot(x - 460, y - 150);
            const double angle = std::atan2(y - 350, x - 200),
                         star = std::hypot(x - 200, y - 350) / (62 + 26 * std::cos(5 * angle));
            const bool bars = x > 370 && x < 570 && y > 290 && y < 420 && std::int64_t(x - 370) / 25 % 2 == 0;
            const double light = 1.15 - 0.5 * std::hypot(x - 60, y - 40) / 600;
            if (disk < 80)
                put(light * (214 - disk * 0.6) + grain / 2, light * 92, light * 70);
            else if (ring < 92 && ring > 48)
                put(light * 66, light * (132 + 30 * std::sin(ring / 4)), light * 176 + grain / 2);
            else if (star < 1)
                put(light * 226, light * 186 + grain, light * 74);
            else if (bars)
                put(light * 96 + grain / 2, light * 150, light * 96);
            else
                put(light * (188 - y / 12) + grain, light * (182 - y / 14) + grain, light * (170 - y / 10) + grain);
        }
    return p;
}

} // namespace orrery::segmentation
