// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/painted.h"

#include <QImage>
#include <QPainter>
#include <QWindow>

#include <cmath>

namespace orrery::app {

Painted::Painted(gpu::Device& device, QWindow& window) : m_device(&device), m_window(&window), m_store(&window) {}

Painted::~Painted() {
    vkQueueWaitIdle(m_device->queue()); // whatever it says: the objects of a lost device can be destroyed all the same
    if (m_image && forget) forget(m_image.view());
}

std::optional<ui::Target> Painted::begin() {
    if (pending()) return std::nullopt;
    const double ratio = m_window->devicePixelRatio();
    const auto width = std::uint32_t(std::lround(m_window->width() * ratio)),
               height = std::uint32_t(std::lround(m_window->height() * ratio));
    m_state = width == 0 || height == 0 ? State::zeroSize : State::ready;
    if (m_state == State::zeroSize) return std::nullopt;
    if (!m_image || m_image.options().width != width || m_image.options().height != height) {
        if (m_image && forget) forget(m_image.view());
        m_image = {};
        m_image = m_device->image({.name = "frame",
                                   .width = width,
                                   .height = height,
                                   .format = format(),
                                   .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT});
    }
    return ui::Target{m_image.view(), width, height};
}

void Painted::end(gpu::Recorder&& recorder) {
    Drawn drawn{recorder.download(m_image), 0, m_image.options().width, m_image.options().height};
    drawn.ticket = m_device->submit(std::move(recorder));
    m_drawn.push_back(std::move(drawn));
}

bool Painted::pending() {
    while (!m_drawn.empty() && m_device->done(m_drawn.front().ticket)) {
        paint(m_drawn.front());
        m_drawn.pop_front();
    }
    return m_drawn.size() >= (overlap ? 2 : 1);
}

void Painted::paint(const Drawn& drawn) {
    const double ratio = m_window->devicePixelRatio();
    QImage picture(reinterpret_cast<const uchar*>(drawn.pixels.as<std::uint8_t>().data()), int(drawn.width), int(drawn.height),
                   QImage::Format_RGB32);
    picture.setDevicePixelRatio(ratio);
    const QRect area(QPoint(0, 0), m_window->size());
    if (area.isEmpty()) return;
    if (m_store.size() != area.size()) m_store.resize(area.size());
    m_store.beginPaint(area);
    {
        QPainter painter(m_store.paintDevice());
        painter.setCompositionMode(QPainter::CompositionMode_Source);
        painter.drawImage(0, 0, picture);
    }
    m_store.endPaint();
    m_store.flush(area);
}

} // namespace orrery::app
