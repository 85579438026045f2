// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab's table: everything a person, the command line or a file can set, press, plot or save. Prompts are
// parameters, so that undo, scenario files and the command line treat a click as they treat a slider.
#include "engine/labs/segmentation/declaration.h"

#include "engine/labs/segmentation/declared.h"

namespace orrery::segmentation {

using namespace lab;

namespace {

Declaration declare() {
    Declaration d;
    d.name = "segmentation";
    d.title = "Segmentation";
    d.summary = "Click, and the object is cut out: Segment Anything from the file you have, and a small model of our own.";
    d.clock = {.name = "click", .low = "no click", .high = "last click", .counts = true};
    d.defaultScenario = "click";
    d.parameters = askedParameters();
    for (Parameter& more : shownParameters()) d.parameters.push_back(std::move(more));
    d.actions = {{"everything", "Everything", "Looks for every object by a grid of clicks", "E", "show!=kernels"},
                 {"stop", "Stop", "Ends what is under way: encoding, or the search for everything", ""},
                 {"forget", "Forget found", "Drops what the search for everything has found", "", "show!=kernels"}};
    d.series = {{.key = "iou",
                 .label = "predicted IoU",
                 .unit = "",
                 .meaning = "Overlap with the object that the model promises",
                 .chart = "Answer"},
                {.key = "stability",
                 .label = "stability",
                 .unit = "",
                 .meaning = "Share of the mask that stays when its threshold rises by two",
                 .chart = "Answer"},
                {.key = "share",
                 .label = "share of the picture",
                 .unit = "%",
                 .meaning = "How much of the picture the mask covers",
                 .chart = "Area"}};
    d.arrays = {{"mask", "[H,W]", "f32", "", "1 where the object is, of the picture's size"},
                {"logits", "[masks,4 grid,4 grid]", "f32", "", "All answers before their threshold"},
                {"iou", "[masks]", "f32", "", "The IoU that each answer promises"},
                {"labels", "[H,W]", "f32", "", "The number of the object at each pixel, 0 where there is none"},
                {"embedding", "[C,grid,grid]", "f32", "", "What the encoder made of the picture"},
                {"patches", "[tokens,width]", "f32", "", "The patch embedding: a row for each token of the grid"},
                {"pca", "[grid,grid,3]", "f32", "", "Tokens of the stage along their three leading principal components"},
                {"affinity", "[grid,grid]", "f32", "", "Cosine of each token's features with those of the token pointed at"},
                {"attention", "[grid,grid]", "f32", "", "What the token pointed at reads of each token, in the head chosen"},
                {"reach", "[4,side,side]", "f32", "", "Receptive fields of stack, dense, GCN and dilated, each with the sum 1"},
                {"picture", "[H,W,3]", "f32", "", "Red, green and blue from 0 to 255"}};
    // Another picture, or a file of objects, begins without what was clicked and painted.
    const std::vector<std::pair<std::string, std::string>> nothing{
        {"clicks", "[]"}, {"boxes", "[]"}, {"sketch", "[]"}, {"strokes", "[]"}, {"own", "[]"}, {"names", ""}, {"object", "1"}};
    const auto after = [&](std::vector<std::pair<std::string, std::string>> first) {
        first.insert(first.end(), nothing.begin(), nothing.end());
        return first;
    };
    d.inputs = {{"picture", {"png", "jpg", "jpeg", "bmp"}, "a picture to cut up", after({{"source", "file"}, {"coco", ""}})},
                {"folder", {"/"}, "a folder of pictures", after({{"source", "folder"}, {"number", "1"}, {"coco", ""}})},
                {"coco", {"json"}, "objects of the picture in COCO's form", nothing},
                {"weights", {"pth", "pt", "safetensors"}, "a checkpoint of SAM, SlimSAM or MobileSAM", {{"model", "file"}}}};
    d.outputs = {{"objects", "json", "All objects in COCO's form, masks as runs", {}},
                 {"polygons", "json", "All objects in COCO's form, masks as outlines", {}},
                 {"labelme", "json", "All objects in LabelMe's form", {}},
                 {"labels", "png", "The objects as numbers from 1 on in their order, 0 where there is none", {}},
                 {"mask", "png", "The mask in black and white", {}},
                 {"cutout", "png", "The object alone, the rest transparent", {}}};
    for (Output& output : sentOutputs()) d.outputs.push_back(std::move(output));
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::segmentation
