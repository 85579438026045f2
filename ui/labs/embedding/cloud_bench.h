// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/bench/bench.h"
#include "ui/labs/embedding/sight.h"

namespace orrery::ui::emb {

/// Twenty groups in space, made from the row's number.
PointCloud benchedCloud(std::size_t count);
/// As the view turns it.
ToPixels benchedSight(const PointCloud& cloud, double degrees, std::uint32_t width, std::uint32_t height);
CloudStyle benchedStyle(std::size_t count, CloudStyle::Way way);

/// Frames of 1280 x 720 with 100,000 points and with a million, and the race of 1920 x 1080 against quads. The limit of the kernel
/// is a model: its bytes and atomic additions, counted, at the rates that were measured.
std::vector<bench::Figure> benchCloud(gpu::Device& device);

} // namespace orrery::ui::emb
