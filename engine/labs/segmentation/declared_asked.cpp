// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/declared.h"

#include "engine/lab/rows.h"
#include "engine/labs/segmentation/given.h"

namespace orrery::segmentation {

using namespace lab;

std::vector<Parameter> askedParameters() {
    static const std::string picture = "Picture", model = "Model", prompt = "Prompt";
    return {
        choice("source", "Picture", picture, "shapes",
               {{"shapes", "shapes", "a drawn still life: disk, ring, star and bars"},
                {"file", "file", "a photograph from the disk"},
                {"folder", "folder", "all pictures of a folder, one after the other"}},
               "What is to be cut up"),
        file("picture", "File", picture, "A PNG, JPEG or BMP", {.shownWhen = "source=file"}),
        file("folder", "Folder", picture, "A folder of pictures, or several files, one a line", {.shownWhen = "source=folder"}),
        integer("number", "Page", picture, 1, 1, 100000,
                "Of the picture in the folder; any number beyond the last is the last. Page Down keeps each picture's clicks",
                {.shownWhen = "source=folder"}),
        file("coco", "File of objects", picture,
             "A file of objects in COCO's form, taken over with their names; clicks correct them"),
        choice("model", "Model", model, "tinyprompt",
               {{"tinyprompt", "TinyPrompt", "a small model of our own, trained on generated scenes"},
                {"file", "checkpoint", "SAM, SlimSAM or MobileSAM from the disk"}},
               "What answers the clicks"),
        file("weights", "Checkpoint", model, "A .pth, .pt or .safetensors as its authors publish it",
             {.shownWhen = "model=file"}),
        flag("half", "16-bit weights", model, false, "Keep matrices in half the memory", {.shownWhen = "model=file"}),
        flag("gcn", "GCN block", model, true,
             "TinyPrompt's global convolution; without it the model sees less far, which it was not trained for",
             {.shownWhen = "model=tinyprompt"}),
        integer("object", "Object", prompt, 1, 1, double(mostObjects), "The object that clicks belong to now",
                {.applies = Applies::live}),
        points("clicks", "Clicks", prompt, {4, {}}, {"x", "y", "belongs", "object"}, -100000, 100000, 1024,
               "Places in pixels; 1: belongs to the object, 0: does not; and the object's number",
               {.step = 0.5, .applies = Applies::live}),
        points("boxes", "Boxes", prompt, {5, {}}, {"x0", "y0", "x1", "y1", "object"}, -100000, 100000, std::size_t(mostObjects),
               "Left, top, right and bottom in pixels, and the object's number", {.step = 0.5, .applies = Applies::live}),
        choice("tool", "Hand", prompt, "click",
               {{"click", "click", "a click tells the model, a drag draws a box"},
                {"sketch", "sketch", "paints roughly what the model is to find: a mask as a prompt"},
                {"brush", "brush", "adds to the mask by hand"},
                {"eraser", "eraser", "takes from the mask by hand"}},
               "What the left button does on the picture", {.applies = Applies::view}),
        number("brush", "Brush", prompt, 12.0, 0.5, 500, 0.5, "px", "Radius of sketch, brush and eraser",
               {.scale = Scale::logarithmic, .applies = Applies::view, .shownWhen = "tool=sketch|brush|eraser"}),
        points("sketch", "Sketch", prompt, {4, {}}, {"x", "y", "radius", "object"}, -100000, 100000, 16384,
               "Disks that the model is told as a mask: place and radius in pixels, and the object's number",
               {.step = 0.5, .applies = Applies::live, .shownWhen = "tool=sketch"}),
        points("strokes", "Strokes", prompt, {5, {}}, {"x", "y", "radius", "adds", "object"}, -100000, 100000, 16384,
               "Disks by hand: place and radius in pixels; 1: added to the mask, 0: taken from it; and the object's number",
               {.step = 0.5, .applies = Applies::live, .shownWhen = "tool=brush|eraser"}),
        points("own", "Of an object", prompt, {3, {}}, {"object", "mask", "hidden"}, -1, double(mostObjects),
               std::size_t(mostObjects),
               "The object's number; the mask it takes (-1: as Answer says); 1: hidden, 2: an object of a file left out",
               {.step = 1, .applies = Applies::live}),
        line("names", "Names", prompt, "", "What the objects are called, in order, with commas between",
             {.applies = Applies::live}),
        choice("answer", "Answer", prompt, "best",
               {{"best", "best", "by SAM's rule: of one click the one with the highest predicted IoU, of more the single one"},
                {"single", "single", "mask 0, for clear prompts"},
                {"first", "first", "mask 1, mostly the smallest part"},
                {"second", "second", "mask 2"},
                {"third", "third", "mask 3, mostly the whole"}},
               "Which of the model's masks is taken", {.applies = Applies::live}),
        flag("refine", "Feed back", prompt, false, "Give the last answer to the model with the next click",
             {.applies = Applies::live}),
        flag("zoom", "Crisp edges", prompt, false,
             "Look again at each object: a crop around it at the model's full resolution, asked the same",
             {.applies = Applies::live}),
    };
}

} // namespace orrery::segmentation
