// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/viewport.h"

#include "app/shell/events.h"
#include "app/shell/painted.h"
#include "app/shell/swapchain.h"
#include "app/shell/translator.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QVulkanInstance>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr int afterglowMs = 150; // frames after an event: what it changes may come a frame later
constexpr int idleMs = 1000;     // between frames when nothing moves
constexpr int pollMs = 1;        // until a frame that is on its way is done
constexpr int mostFailures = 3;
constexpr double longestStep = 0.1; // s; after a pause time does not jump

} // namespace

Viewport::Viewport(Workbench& bench, QVulkanInstance* instance) : m_bench(&bench) {
    setSurfaceType(instance ? QSurface::VulkanSurface : QSurface::RasterSurface);
    if (instance) setVulkanInstance(instance);
    setObjectName("viewport");
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &Viewport::tick);
    connect(m_bench, &Workbench::sessionGoing, this, &Viewport::releaseStage);
    connect(m_bench, &Workbench::sessionCame, this, [this] {
        m_broken = false;
        wake();
    });
    connect(m_bench, &Workbench::cameraWanted, this, &Viewport::setCamera);
    connect(m_bench, &Workbench::fitWanted, this, &Viewport::fit);
    m_bench->camera = [this] { return camera(); };
}

Viewport::~Viewport() {
    m_bench->camera = nullptr;
    releaseStage();
}

std::unique_ptr<Presentation> Viewport::makePresentation() {
    if (surfaceType() == QSurface::RasterSurface) return std::make_unique<Painted>(m_bench->device(), *this);
    const VkSurfaceKHR surface = vulkanInstance()->surfaceForWindow(this);
    if (!surface) throw Error(tr("The window system gave no surface for Vulkan.").toStdString());
    auto swapchain = std::make_unique<Swapchain>(m_bench->device(), surface);
    swapchain->beforePresent = [this] { vulkanInstance()->presentAboutToBeQueued(this); };
    swapchain->afterPresent = [this] { vulkanInstance()->presentQueued(this); };
    return swapchain;
}

bool Viewport::makeStage() {
    if (m_stage) return true;
    if (m_broken || !m_bench->hasSession()) return false;
    try {
        m_presentation = makePresentation();
    } catch (const gpu::DeviceLost&) {
        throw;
    } catch (const Error& error) {
        m_broken = true;
        Q_EMIT failed(QString::fromUtf8(error.what()));
        return false;
    }
    m_stage = std::make_unique<ui::Stage>(m_bench->device(), m_bench->session(),
                                          ui::StageOptions{m_presentation->format(), m_presentation->layout()});
    m_presentation->forget = [this](VkImageView view) { m_stage->forgetTarget(view); };
    m_stage->onError = [this](const std::string& text) { Q_EMIT m_bench->noticed(say(text), NoticeKind::error); };
    m_stage->onFileWanted = [this](const std::string& key) { Q_EMIT fileWanted(QString::fromStdString(key)); };
    m_stage->onSendWanted = [this] { Q_EMIT sendWanted(); };
    m_stage->setClipboard([] { return QGuiApplication::clipboard()->text().toStdString(); },
                          [](const std::string& text) { QGuiApplication::clipboard()->setText(QString::fromStdString(text)); });
    m_stage->setTheme(m_light);
    m_stage->setReduceMotion(m_reduceMotion);
    m_stage->setFoldedGroups(m_folded);
    m_stage->setPanelShown(m_panel);
    m_stage->setHudShown(m_hud);
    if (m_translate) m_stage->setTranslate(m_translate);
    if (m_camera)
        m_stage->setCameraState(*m_camera);
    else
        m_stage->fit();
    Q_EMIT stageMade();
    return true;
}

void Viewport::releaseStage() {
    if (m_stage) {
        m_camera = m_stage->cameraState();
        m_folded = m_stage->foldedGroups();
    }
    m_presentation.reset(); // tells the stage which views go
    m_stage.reset();
}

bool Viewport::idle() const { return atRest() && !(m_presentation && m_presentation->waiting()); }

bool Viewport::atRest() const {
    if (!m_bench->hasSession()) return true;
    lab::Session& session = m_bench->session();
    if (session.transport().playing() || session.revision() != m_revision) return false;
    if (session.lab().position() != session.transport().target()) return false;
    if (m_stage && !m_stage->settled()) return false;
    if (m_sinceWake.isValid() && m_sinceWake.elapsed() < afterglowMs) return false;
    return session.lab().jobs().empty();
}

void Viewport::wake() {
    m_sinceWake.start();
    m_wanted = true;
    schedule(0);
}

void Viewport::schedule(int milliseconds) {
    if (!m_timer.isActive() || m_timer.remainingTime() > milliseconds) m_timer.start(milliseconds);
}

void Viewport::tick() {
    if (!isExposed() || m_bench->recovering()) return;
    int next = idleMs;
    m_bench->attempt([&] {
        if (!makeStage()) return;
        if (m_presentation->state() == Presentation::State::surfaceLost) {
            releaseStage();
            destroy(); // the platform window and its surface; show() brings new ones
            show();
            return;
        }
        m_presentation->overlap = m_bench->session().transport().playing(); // while a hand moves something, answering counts
        if (m_presentation->pending()) {                                    // presents it when it is done
            next = pollMs;
            return;
        }
        const bool due = m_wanted || !atRest() || !m_sinceFrame.isValid() || m_sinceFrame.elapsed() >= idleMs;
        if (!due) {
            if (m_presentation->waiting()) next = pollMs;
            return;
        }
        if (const auto target = m_presentation->begin()) {
            m_wanted = false;
            draw(*target);
            next = m_presentation->pending() ? pollMs : 0;
        } else if (m_presentation->state() == Presentation::State::ready) {
            next = pollMs; // no image free yet
        }
    });
    schedule(next);
}

void Viewport::draw(const ui::Target& target) {
    const double seconds = m_sinceFrame.isValid() ? std::min(double(m_sinceFrame.nsecsElapsed()) * 1e-9, longestStep) : 0;
    m_sinceFrame.start();
    const std::uint64_t before = m_bench->session().revision();
    gpu::Recorder recorder = m_bench->device().record("frame");
    try {
        m_stage->frame(recorder, target, float(devicePixelRatio()), seconds);
    } catch (const gpu::DeviceLost&) {
        throw;
    } catch (...) {
        m_bench->device().submit(std::move(recorder)); // the lab counts on what it has recorded (as in gpu::Device::run)
        m_presentation->abandon();
        if (++m_failures >= mostFailures) m_bench->session().transport().pause(); // else the error comes with every frame
        throw;
    }
    m_failures = 0;
    m_presentation->end(std::move(recorder));
    ++m_frames;
    if (m_revision != m_bench->session().revision() || before != m_revision) m_sinceWake.start();
    m_revision = m_bench->session().revision();
    m_bench->poll();
    tellInputMethod();
    Q_EMIT drawn();
}

void Viewport::setLight(bool light) {
    m_light = light;
    if (m_stage) m_stage->setTheme(light);
    wake();
}

void Viewport::setPanelShown(bool shown) {
    m_panel = shown;
    if (m_stage) m_stage->setPanelShown(shown);
    wake();
}

void Viewport::setReduceMotion(bool reduce) {
    m_reduceMotion = reduce;
    if (m_stage) m_stage->setReduceMotion(reduce);
}

std::set<std::string> Viewport::foldedGroups() const { return m_stage ? m_stage->foldedGroups() : m_folded; }

void Viewport::setFoldedGroups(std::set<std::string> groups) {
    m_folded = std::move(groups);
    if (m_stage) m_stage->setFoldedGroups(m_folded);
    wake();
}

void Viewport::setHudShown(bool shown) {
    m_hud = shown;
    if (m_stage) m_stage->setHudShown(shown);
    wake();
}

void Viewport::setTranslate(ui::Translate translate) {
    m_translate = std::move(translate);
    if (m_stage) m_stage->setTranslate(m_translate);
    wake();
}

void Viewport::fit() {
    m_camera.reset();
    if (m_stage) m_stage->fit();
    wake();
}

void Viewport::setCamera(const lab::CameraState& state) {
    m_camera = state;
    if (m_stage) m_stage->setCameraState(state);
    wake();
}

lab::CameraState Viewport::camera() const {
    if (m_stage) return m_stage->cameraState();
    return m_camera.value_or(lab::CameraState{});
}

ui::Picture Viewport::picture(double scale) {
    const double ratio = devicePixelRatio() * scale;
    const lab::CameraState state = camera();
    return ui::renderPicture(m_bench->device(), m_bench->session(), std::uint32_t(std::max(1.0, width() * ratio)),
                             std::uint32_t(std::max(1.0, height() * ratio)), m_light, float(ratio), &state);
}

} // namespace orrery::app
