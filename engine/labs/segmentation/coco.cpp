// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/segmentation/contour.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

namespace orrery::segmentation {

namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;

std::string nameOf(const Object& object) { return object.label.empty() ? "object" : object.label; }

std::int64_t sizeIn(const Json& image, const char* key) {
    const std::int64_t size = image.at(key).get<std::int64_t>();
    if (size < 1 || size > mostPixels) throw Error(std::string(key) + " is " + std::to_string(size));
    return size;
}

Mask fromPolygons(const Json& rings, std::int64_t width, std::int64_t height) {
    Mask mask{width, height, std::vector<std::uint8_t>(std::size_t(width * height))};
    for (const Json& row : rings) {
        const auto numbers = row.get<std::vector<double>>();
        if (numbers.size() < 6 || numbers.size() % 2 != 0)
            throw Error("a polygon has " + std::to_string(numbers.size()) +
                        " numbers; x and y of three places at least are needed");
        Ring ring;
        for (std::size_t i = 0; i < numbers.size(); i += 2) {
            if (!std::isfinite(numbers[i]) || !std::isfinite(numbers[i + 1]))
                throw Error("a polygon has a place that is not finite");
            ring.push_back({numbers[i], numbers[i + 1]});
        }
        const Mask part = rasterised({{ring, {}}}, width, height); // parts are united, not subtracted
        for (std::size_t i = 0; i < mask.pixels.size(); ++i) mask.pixels[i] |= part.pixels[i];
    }
    return mask;
}

Rle maskIn(const Json& segmentation, std::int64_t width, std::int64_t height) {
    if (segmentation.is_array()) return encoded(fromPolygons(segmentation, width, height));
    const Json& size = segmentation.at("size");
    if (size.at(0).get<std::int64_t>() != height || size.at(1).get<std::int64_t>() != width)
        throw Error("the mask's size [height, width] is " + size.dump() + ", the picture's [" + std::to_string(height) + "," +
                    std::to_string(width) + "]");
    const Json& counts = segmentation.at("counts");
    Rle rle = counts.is_string() ? uncompressed(counts.get<std::string>(), width, height)
                                 : Rle{width, height, counts.get<std::vector<std::uint32_t>>()};
    return encoded(decoded(rle)); // checked, and without empty runs
}

Ordered outlinesOf(const Rle& rle) {
    Ordered rings = Ordered::array();
    for (const Polygon& polygon : polygonsOf(decoded(rle))) {
        Ordered ring = Ordered::array();
        for (const Vertex& vertex : keyhole(polygon)) ring.push_back(vertex.x), ring.push_back(vertex.y);
        rings.push_back(std::move(ring));
    }
    return rings;
}

Ordered runsOf(const Rle& rle) { return {{"size", {rle.height, rle.width}}, {"counts", compressed(rle)}}; }

} // namespace

Ordered cocoOf(const std::vector<Annotated>& pictures, CocoMasks masks) {
    std::map<std::string, int> categories;
    for (const Annotated& picture : pictures)
        for (const Object& object : picture.objects) categories.emplace(nameOf(object), 0);
    Ordered images = Ordered::array(), names = Ordered::array(), annotations = Ordered::array();
    for (auto& [name, id] : categories) {
        id = int(names.size()) + 1;
        names.push_back({{"id", id}, {"name", name}, {"supercategory", ""}});
    }
    for (std::size_t i = 0; i < pictures.size(); ++i) {
        const Annotated& picture = pictures[i];
        images.push_back({{"id", i + 1}, {"file_name", picture.file}, {"width", picture.width}, {"height", picture.height}});
        for (const Object& object : picture.objects) {
            const auto bounds = boundsOf(decoded(object.mask));
            annotations.push_back({{"id", annotations.size() + 1},
                                   {"image_id", i + 1},
                                   {"category_id", categories.at(nameOf(object))},
                                   {"segmentation", masks == CocoMasks::runs ? runsOf(object.mask) : outlinesOf(object.mask)},
                                   {"area", object.mask.area()},
                                   {"bbox", bounds},
                                   {"iscrowd", 0},
                                   {"predicted_iou", object.predictedIou},
                                   {"stability_score", object.stability}});
        }
    }
    return {{"images", images}, {"categories", names}, {"annotations", annotations}};
}

std::vector<Annotated> fromCoco(const Json& file, const std::string& path) {
    std::vector<Annotated> all;
    std::map<std::int64_t, std::size_t> places;
    std::map<std::int64_t, std::string> categories;
    std::string where = "its images";
    try {
        for (const Json& image : file.at("images")) {
            places[image.at("id").get<std::int64_t>()] = all.size();
            all.push_back({image.at("file_name").get<std::string>(), sizeIn(image, "width"), sizeIn(image, "height"), {}});
            if (all.back().width > mostPixels / all.back().height) throw Error("'" + all.back().file + "' is too large");
        }
        where = "its categories";
        if (file.contains("categories"))
            for (const Json& category : file.at("categories"))
                categories[category.at("id").get<std::int64_t>()] = category.at("name").get<std::string>();
        std::size_t number = 0;
        for (const Json& row : file.at("annotations")) {
            where = "annotation " + std::to_string(++number);
            const auto image = places.find(row.at("image_id").get<std::int64_t>());
            if (image == places.end()) throw Error("its image_id is that of no image");
            Annotated& picture = all[image->second];
            Object object;
            object.mask = maskIn(row.at("segmentation"), picture.width, picture.height);
            if (row.contains("category_id")) object.label = categories[row.at("category_id").get<std::int64_t>()];
            object.predictedIou = row.value("predicted_iou", 0.0), object.stability = row.value("stability_score", 0.0);
            picture.objects.push_back(std::move(object));
        }
    } catch (const Json::exception& error) {
        throw Error(path + ": " + where + " cannot be read as COCO (" + error.what() + ")");
    } catch (const Error& error) {
        throw Error(path + ": " + where + ": " + error.what());
    }
    return all;
}

Ordered labelMeOf(const Annotated& picture, double tolerance) {
    Ordered shapes = Ordered::array();
    int group = 0;
    for (const Object& object : picture.objects) {
        ++group;
        for (const Polygon& polygon : polygonsOf(decoded(object.mask))) {
            Ordered points = Ordered::array();
            for (const Vertex& vertex : simplified(keyhole(polygon), tolerance)) points.push_back({vertex.x, vertex.y});
            shapes.push_back({{"label", nameOf(object)},
                              {"points", points},
                              {"group_id", group},
                              {"shape_type", "polygon"},
                              {"flags", Ordered::object()}});
        }
    }
    return {{"version", "5.0.1"},   {"flags", Ordered::object()},    {"shapes", shapes},           {"imagePath", picture.file},
            {"imageData", nullptr}, {"imageHeight", picture.height}, {"imageWidth", picture.width}};
}

void saveJson(const std::string& path, const Ordered& json) {
    replaceFile(path, [&](std::ostream& out) { out << json.dump(1, ' ', false, Ordered::error_handler_t::replace) << "\n"; });
}

std::vector<Annotated> loadCoco(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(path + ": cannot be read; check that it exists and that you may read it");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    try {
        return fromCoco(lab::parseJson(text), path);
    } catch (const Json::parse_error& error) {
        throw Error(path + ": is no JSON (byte " + std::to_string(error.byte) + ")");
    }
}

} // namespace orrery::segmentation
