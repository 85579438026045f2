// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab's table: everything a person, the command line or a file can set, press, plot or save. Prompts are
// parameters, so that undo, scenario files and the command line treat a click as they treat a slider.
#include "engine/labs/segmentation/declaration.h"

namespace orrery::segmentation {

using namespace lab;

namespace {

const std::string picture = "Picture", model = "Model", prompt = "Prompt", everything = "Everything", view = "View";

std::vector<Parameter> parameters() {
    return {
        {.key = "source",
         .label = "Picture",
         .group = picture,
         .type = Type::choice,
         .fallback = std::string("shapes"),
         .meaning = "What is to be cut up",
         .choices = {{"shapes", "shapes", "a drawn still life: disk, ring, star and bars"},
                     {"file", "file", "a photograph from the disk"}}},
        {.key = "picture",
         .label = "File",
         .group = picture,
         .type = Type::file,
         .fallback = std::string(),
         .meaning = "A PNG, JPEG or BMP",
         .shownWhen = "source=file"},
        {.key = "model",
         .label = "Model",
         .group = model,
         .type = Type::choice,
         .fallback = std::string("tinyprompt"),
         .meaning = "What answers the clicks",
         .choices = {{"tinyprompt", "TinyPrompt", "a small model of our own, trained on generated scenes"},
                     {"file", "checkpoint", "SAM, SlimSAM or MobileSAM from the disk"}}},
        {.key = "weights",
         .label = "Checkpoint",
         .group = model,
         .type = Type::file,
         .fallback = std::string(),
         .meaning = "A .pth, .pt or .safetensors as its authors publish it",
         .shownWhen = "model=file"},
        {.key = "half",
         .label = "16-bit weights",
         .group = model,
         .type = Type::flag,
         .fallback = false,
         .meaning = "Keep matrices in half the memory",
         .shownWhen = "model=file"},
        {.key = "object",
         .label = "Object",
         .group = prompt,
         .type = Type::integer,
         .fallback = std::int64_t(1),
         .low = 1,
         .high = 64,
         .step = 1,
         .meaning = "The object that clicks belong to now",
         .applies = Applies::live},
        {.key = "clicks",
         .label = "Clicks",
         .group = prompt,
         .type = Type::points,
         .fallback = Points{4, {}},
         .low = -100000,
         .high = 100000,
         .step = 0.5,
         .meaning = "Places in pixels; 1: belongs to the object, 0: does not; and the object's number",
         .applies = Applies::live,
         .columns = {"x", "y", "belongs", "object"},
         .maxRows = 1024},
        {.key = "boxes",
         .label = "Boxes",
         .group = prompt,
         .type = Type::points,
         .fallback = Points{5, {}},
         .low = -100000,
         .high = 100000,
         .step = 0.5,
         .meaning = "Left, top, right and bottom in pixels, and the object's number",
         .applies = Applies::live,
         .columns = {"left", "top", "right", "bottom", "object"},
         .maxRows = 64},
        {.key = "names",
         .label = "Names",
         .group = prompt,
         .type = Type::text,
         .fallback = std::string(),
         .meaning = "What the objects are called, in order, with commas between",
         .applies = Applies::live},
        {.key = "answer",
         .label = "Answer",
         .group = prompt,
         .type = Type::choice,
         .fallback = std::string("best"),
         .meaning = "Which of the model's masks is taken",
         .applies = Applies::live,
         .choices = {{"best", "best",
                      "by SAM's rule: of one click the one with the highest predicted IoU, of more the single one"},
                     {"single", "single", "mask 0, for clear prompts"},
                     {"first", "first", "mask 1, mostly the smallest part"},
                     {"second", "second", "mask 2"},
                     {"third", "third", "mask 3, mostly the whole"}}},
        {.key = "refine",
         .label = "Feed back",
         .group = prompt,
         .type = Type::flag,
         .fallback = false,
         .meaning = "Give the last answer to the model with the next click",
         .applies = Applies::live},
        {.key = "points_per_side",
         .label = "Grid",
         .group = everything,
         .type = Type::integer,
         .fallback = std::int64_t(16),
         .low = 1,
         .high = 64,
         .step = 1,
         .meaning = "Clicks on a side of the grid that looks for everything",
         .applies = Applies::live},
        {.key = "iou_threshold",
         .label = "Predicted IoU",
         .group = everything,
         .type = Type::number,
         .fallback = 0.88,
         .low = 0,
         .high = 1,
         .step = 0.01,
         .meaning = "Masks that promise less are left out",
         .applies = Applies::live},
        {.key = "stability_threshold",
         .label = "Stability",
         .group = everything,
         .type = Type::number,
         .fallback = 0.95,
         .low = 0,
         .high = 1,
         .step = 0.01,
         .meaning = "Masks that depend more on their threshold are left out",
         .applies = Applies::live},
        {.key = "shade",
         .label = "Shade",
         .group = view,
         .type = Type::number,
         .fallback = 0.45,
         .low = 0,
         .high = 1,
         .step = 0.01,
         .meaning = "How strongly a mask is coloured",
         .applies = Applies::view},
    };
}

Declaration declare() {
    Declaration d;
    d.name = "segmentation";
    d.title = "Segmentation";
    d.summary = "Click, and the object is cut out: Segment Anything from the file you have, and a small model of our own.";
    d.clock = {.name = "click", .low = "no click", .high = "last click", .counts = true};
    d.defaultScenario = "click";
    d.parameters = parameters();
    d.actions = {{"everything", "Everything", "Looks for every object by a grid of clicks", "E"},
                 {"stop", "Stop", "Ends what is under way: encoding, or the search for everything", ""},
                 {"forget", "Forget found", "Drops what the search for everything has found", ""}};
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
                {"picture", "[H,W,3]", "f32", "", "Red, green and blue from 0 to 255"}};
    d.inputs = {{"picture", {"png", "jpg", "jpeg", "bmp"}, "a picture to cut up", {{"source", "file"}}},
                {"weights", {"pth", "pt", "safetensors"}, "a checkpoint of SAM, SlimSAM or MobileSAM", {{"model", "file"}}}};
    d.outputs = {{"objects", "json", "All objects in COCO's form", {}},
                 {"mask", "png", "The mask in black and white", {}},
                 {"cutout", "png", "The object alone, the rest transparent", {}}};
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::segmentation
