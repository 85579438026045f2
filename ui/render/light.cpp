// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/layers_impl.h"

namespace orrery::ui {
namespace {

struct Push {
    glm::vec3 colour;
    float perUnit;
    glm::ivec2 size;
};

} // namespace

PipelineOptions lightPipeline(VkRenderPass pass, bool ink) {
    return {.vertex = "draw/light.vert",
            .fragment = "draw/light.frag",
            .pass = pass,
            .sources = {Source::uints},
            .pushBytes = sizeof(Push),
            .blend = ink ? Blend::multiply : Blend::screen,
            .constants = {ink ? 1u : 0u}};
}

void Layers::light(const Frame& frame, glm::vec3 colour) {
    const Pipeline& pipeline = frame.theme.light ? m_impl->ink : m_impl->glow;
    const Push push{colour, 1 / lightUnit, {frame.width, frame.height}};
    m_impl->draws.push_back(pipeline.draw(frame.recorder, {m_impl->light}, push, tileVertices(frame)));
}

} // namespace orrery::ui
