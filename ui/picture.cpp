// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/stage.h"

namespace orrery::ui {

namespace {

/// Frames that nobody would wait longer for: at 8 ms of work each that is half a minute.
constexpr int longestWait = 4000;
/// Counts asked for in one frame arrive in the next and are shown in the one after.
constexpr int framesAtRest = 3;

bool checksPending(const lab::Session& session) {
    for (const lab::Check& check : session.lab().checks())
        if (check.verdict == lab::Check::Verdict::pending) return true;
    return false;
}

} // namespace

Picture renderPicture(gpu::Device& device, lab::Session& session, std::uint32_t width, std::uint32_t height, bool light,
                      float scale, const lab::CameraState* camera) {
    if (width == 0 || height == 0) throw Error("a picture needs at least one pixel in each direction");
    const std::uint32_t most = device.info().limits.maxImageDimension2D;
    if (width > most || height > most)
        throw Error("a picture of " + std::to_string(width) + " by " + std::to_string(height) + " pixels is too large: " +
                    device.info().name + " draws at most " + std::to_string(most) + " in each direction");
    Offscreen offscreen(device, width, height);
    Stage stage(device, session);
    stage.setTheme(light);
    std::string failed;
    stage.onError = [&](const std::string& message) { failed = message; };
    if (camera) stage.setCameraState(*camera);
    gpu::Download download;
    for (int frame = 0, atRest = 0, patience = 0; frame < longestWait && atRest < framesAtRest; ++frame) {
        device.wait(device.run("frame", [&](gpu::Recorder& recorder) {
            stage.frame(recorder, offscreen.target(), scale, 0);
            download = offscreen.read(recorder);
        }));
        if (!failed.empty()) throw Error(failed);
        // A check may stay open for good (nothing to compare with): a few frames at rest, and no more.
        const bool open = checksPending(session) && ++patience < 8 * framesAtRest;
        atRest = stage.settled() && !open ? atRest + 1 : 0;
    }
    download.wait();
    Picture picture = offscreen.picture(download);
    stage.forgetTarget(offscreen.target().view);
    return picture;
}

} // namespace orrery::ui
