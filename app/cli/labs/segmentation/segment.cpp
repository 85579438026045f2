// SPDX-License-Identifier: GPL-3.0-or-later
// orrery segment: cuts objects out of pictures as the window does, without one.
#include "app/cli/labs/segmentation/run.h"
#include "app/cli/results.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/model/npy.h"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

namespace fs = std::filesystem;
using namespace segmentation;

/// What --out asks for, by its ending.
enum class Form { folder, png, npy, json };

Form formOf(const SegmentOptions& options, std::size_t pictures) {
    const std::string extension = fs::path(options.out).extension().string();
    if (extension == ".json") return Form::json;
    if (pictures > 1 || extension.empty()) return Form::folder;
    if (extension == ".png") return Form::png;
    if (extension == ".npy" && !options.everything) return Form::npy;
    throw Error(options.out +
                ": a result is written as .png (mask), .npy (logits of one object), .json (COCO), or into a folder");
}

void write(const SegmentOptions& options, Form form, const std::string& picture, const Cut& cut) {
    const auto named = [&](const char* ending) { return (fs::path(options.out) / fs::path(picture).stem()).string() + ending; };
    if (form == Form::png) writePng(options.out, options, cut);
    if (form == Form::npy)
        model::writeNpy(options.out, {std::uint64_t(cut.picture.height), std::uint64_t(cut.picture.width)}, cut.logits);
    if (form == Form::png && options.labels) return saveLabels(options.out, cut.annotated);
    if (form == Form::folder && options.labelMe) saveJson(named(".json"), labelMeOf(cut.annotated));
    if (form == Form::folder && options.labels) return saveLabels(named(".png"), cut.annotated);
    if (form == Form::folder && !options.labelMe) writePng(named(".png"), options, cut);
}

void report(const std::vector<Annotated>& pictures, const std::string& out) {
    for (const Annotated& picture : pictures)
        for (std::size_t i = 0; i < picture.objects.size(); ++i) {
            const Object& object = picture.objects[i];
            std::cout << picture.file << (object.label.empty() ? " object " + std::to_string(i + 1) : " " + object.label) << ": "
                      << object.mask.area() << " px, predicted IoU " << lab::figures(object.predictedIou) << ", stability "
                      << lab::figures(object.stability) << "\n";
        }
    std::cout << "written to " << out << "\n";
}

void segment(SegmentOptions options) {
    const std::vector<std::string> pictures = picturesOf(options.pictures);
    std::map<std::string, std::vector<ObjectPrompt>> prompts;
    ObjectPrompt given;
    for (const std::string& point : options.points) given.prompt.clicks.push_back(clickOf(point));
    if (!options.box.empty()) given.prompt.box = boxOf(options.box);
    if (!options.prompts.empty()) prompts = promptsFrom(options.prompts, pictures);
    if (given.prompt.empty() && prompts.empty() && !options.everything && options.objects.empty())
        throw Error("say what to cut out: --point x,y, --box x0,y0,x1,y1, --prompts FILE, --objects FILE or --everything");
    const std::vector<Annotated> taken = options.objects.empty() ? std::vector<Annotated>{} : loadCoco(options.objects);
    if (options.model.empty()) {
        const std::vector<std::string> own = builtinModels();
        if (own.empty()) throw Error("name a model: --model FILE (SAM, SlimSAM or MobileSAM)");
        options.model = builtinPrefix + own.front();
    }
    const Form form = formOf(options, pictures.size());
    if (form == Form::json && options.labelMe && pictures.size() > 1)
        throw Error(options.out + ": LabelMe has a file for each picture; name a folder");
    form == Form::folder ? void(fs::create_directories(options.out)) : requireWritable(options.out);

    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = options.device, .pipelineCacheFile = {}});
    SegmentRun run(options, device);
    std::vector<Annotated> all;
    for (const std::string& path : pictures) {
        std::vector<ObjectPrompt> objects = prompts[fs::path(path).filename().string()];
        if (!given.prompt.empty()) objects.insert(objects.begin(), given);
        const Cut cut = run.cut(path, objects, taken);
        write(options, form, path, cut);
        all.push_back(cut.annotated);
    }
    if (form == Form::json)
        saveJson(options.out, options.labelMe ? labelMeOf(all.front())
                                              : cocoOf(all, options.polygons ? CocoMasks::outlines : CocoMasks::runs));
    if (options.stats)
        std::cout << run.stats().dump(2) << "\n";
    else
        report(all, options.out);
}

} // namespace

void addSegment(CLI::App& app) {
    CLI::App* command = app.add_subcommand("segment", "Cuts objects out of pictures with a SAM checkpoint or the built-in model");
    auto options = std::make_shared<SegmentOptions>();
    SegmentOptions& o = *options;
    command->add_option("image", o.pictures, "Pictures (PNG, JPEG, BMP), or folders of them")->required();
    command->add_option("--point", o.points, "x,y of a pixel of the object, or x,y,0 of one that is not; as often as needed")
        ->allow_extra_args(false);
    command->add_option("--box", o.box, "x0,y0,x1,y1 around the object");
    command->add_option("--prompts", o.prompts, "A JSON list of objects: image, label, points, box");
    command->add_option("--objects", o.objects, "Objects of these pictures in COCO's form: taken over as they are");
    command->add_flag("--crisp", o.crisp, "Look again at each object in a crop at the model's full resolution");
    command->add_flag("--everything", o.everything, "Every object that a grid of clicks finds");
    command->add_option("--grid", o.grid.pointsPerSide, "Clicks on a side of that grid")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    command->add_option("--crops", o.grid.cropLayers, "Layers of crops that are searched as well")
        ->capture_default_str()
        ->check(CLI::Range(0, 4));
    command->add_option("--smallest", o.grid.smallestRegion, "Holes and islands of fewer pixels go")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--iou-threshold", o.iouThreshold, "Predicted IoU that such a mask needs; else the model's own")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--stability-threshold", o.stabilityThreshold, "Stability that it needs; else the model's own")
        ->check(CLI::Range(0.0, 1.0));
    command->add_option("--model", o.model, "A checkpoint: .pth, .pt or .safetensors; else the built-in model");
    command->add_option("--mask", o.which, "Which of the answer's masks: best, or its number")
        ->capture_default_str()
        ->check(CLI::IsMember({"best", "0", "1", "2", "3"}));
    command->add_flag("--half", o.half, "Keep the weights in 16 bits");
    command->add_flag("--cutout", o.cutout, "PNG of the picture with the mask as alpha");
    command->add_flag("--polygons", o.polygons, "COCO with outlines instead of runs");
    command->add_flag("--labels", o.labels, "PNG with the number of the object at each pixel");
    command->add_flag("--labelme", o.labelMe, "JSON of LabelMe instead of COCO");
    command->add_flag("--stats", o.stats, "Print times, memory and measures as JSON");
    command->add_option("--dump", o.dump, "A folder for every stage as .npy");
    command->add_option("--cache", o.cache, "A folder in which embeddings are kept and looked for");
    command->add_option("--out", o.out, "mask.png, logits.npy, objects.json (COCO), or a folder for several pictures")
        ->required();
    addDeviceOption(*command, o.device);
    command->callback([options] { segment(*options); });
}

} // namespace orrery::cli
