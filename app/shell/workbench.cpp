// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/workbench.h"

#include "app/shell/translator.h"
#include "ui/panels/actions.h"

#include <QTimer>

namespace orrery::app {

namespace {

lab::Scenario nothingOpen() {
    return {.name = {},
            .lab = {},
            .title = {},
            .titleZh = {},
            .summary = {},
            .summaryZh = {},
            .settings = lab::Settings(*lab::registry().front().declaration),
            .camera = {}};
}

} // namespace

Workbench::Workbench(std::string wantedDevice, QObject* parent)
    : QObject(parent), m_wanted(std::move(wantedDevice)), m_opened(nothingOpen()) {
    makeDevice();
}

Workbench::~Workbench() {
    m_session.reset();
    m_device.reset();
}

bool Workbench::makeDevice() {
    try {
        if (!m_instance) m_instance = std::make_unique<gpu::Instance>(gpu::InstanceOptions{.presentation = true});
        m_device = std::make_unique<gpu::Device>(*m_instance, gpu::DeviceOptions{.wanted = m_wanted});
        m_unavailable.clear();
        return true;
    } catch (const std::exception& error) {
        m_unavailable = QString::fromUtf8(error.what());
        return false;
    }
}

bool Workbench::attempt(const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (const gpu::DeviceLost&) {
        // Not here: the caller still stands on objects of the lost device.
        if (!m_recovering) QTimer::singleShot(0, this, &Workbench::recover);
        m_recovering = true;
    } catch (const std::exception& error) {
        Q_EMIT noticed(say(error.what()), NoticeKind::error);
    }
    return false;
}

void Workbench::makeSession(const std::string& lab) {
    if (m_session && m_session->declaration().name == lab) return;
    auto session = std::make_unique<lab::Session>(*m_device, lab);
    if (m_session) {
        Q_EMIT sessionGoing();
        m_session->lab().jobs().cancelAll();
        m_device->waitIdle();
    }
    m_session = std::move(session);
    m_revision = 0; // whatever the former session had come to: the new one's first change is a change
    Q_EMIT sessionCame();
}

bool Workbench::openLab(const std::string& name) {
    if (!m_device) return false;
    bool opened = false;
    attempt([&] { opened = openScenario(lab::loadScenario(lab::find(name).declaration->defaultScenario, name)); });
    return opened;
}

bool Workbench::openScenario(const std::string& fileOrName) {
    if (!m_device) return false;
    bool opened = false;
    attempt([&] { // an embedded one by its name in this lab; a file may be of any lab
        const bool named = m_session && fileOrName.find_first_of("./\\") == std::string::npos;
        opened = openScenario(lab::loadScenario(fileOrName, named ? m_session->declaration().name : std::string()));
    });
    return opened;
}

bool Workbench::openScenario(const lab::Scenario& scenario) {
    if (!m_device) return false;
    const bool opened = attempt([&] {
        makeSession(scenario.lab);
        m_session->apply(scenario);
        m_opened = scenario;
        showCamera(scenario);
    });
    if (opened) m_lost.reset();
    if (m_session) poll();
    if (opened) Q_EMIT scenarioOpened();
    return opened;
}

void Workbench::showCamera(const lab::Scenario& scenario) {
    if (scenario.camera)
        Q_EMIT cameraWanted(*scenario.camera);
    else
        Q_EMIT fitWanted();
}

lab::Scenario Workbench::scenario() const {
    if (!m_session && m_lost) return m_lost->now;
    lab::Scenario scenario = m_session->scenario(m_opened.title);
    scenario.name = m_opened.name;
    scenario.titleZh = m_opened.titleZh;
    scenario.summary = m_opened.summary;
    scenario.summaryZh = m_opened.summaryZh;
    if (camera) scenario.camera = camera();
    return scenario;
}

bool Workbench::modified() const {
    if (!m_session || m_opened.lab != m_session->declaration().name) return false;
    if (m_session->seed() != m_opened.seed) return true;
    for (const std::string& key : m_session->settings().differences(m_opened.settings))
        if (m_session->declaration().find(key)->applies != lab::Applies::view) return true;
    return false;
}

void Workbench::markSaved(const lab::Scenario& scenario) {
    m_opened = scenario;
    Q_EMIT changed();
}

bool Workbench::set(const std::string& key, const lab::Value& value) {
    if (!m_session) return false;
    const bool done = attempt([&] { m_session->set(key, value); });
    poll();
    return done;
}

bool Workbench::setText(const std::string& key, const std::string& text) {
    if (!m_session) return false;
    return attempt([&] {
               lab::Settings settings = m_session->settings();
               settings.setText(key, text);
               m_session->set(key, settings.value(key));
           }) &&
           (poll(), true);
}

bool Workbench::act(const std::string& action) {
    if (!m_session) return false;
    const bool done = attempt([&] { ui::act(*m_session, action); });
    poll();
    return done;
}

void Workbench::poll() {
    if (!m_session || m_session->revision() == m_revision) return;
    m_revision = m_session->revision();
    Q_EMIT changed();
}

void Workbench::recover() {
    constexpr int mostLosses = 3; // of a device that is lost again at once: it is not coming back
    if (m_sinceLoss.isValid() && m_sinceLoss.elapsed() > 10000) m_losses = 0;
    m_sinceLoss.start();
    // Lost again on the way back: the session is gone or half made, and what is to come back is still known.
    if (m_session && !m_lost) m_lost = Lost{scenario(), m_opened, m_session->transport().speed(), m_session->transport().loop()};
    if (m_session) Q_EMIT sessionGoing();
    m_session.reset();
    m_device.reset();
    if (++m_losses > mostLosses) m_unavailable = tr("The graphics device is lost again and again.");
    if (m_losses > mostLosses || !makeDevice()) {
        m_recovering = false;
        Q_EMIT deviceGone();
        return;
    }
    m_recovering = false;
    if (!m_lost) return;
    const Lost lost = *m_lost;
    const bool back = openScenario(lost.now);
    if (m_recovering) return;             // lost again: once more, from m_lost
    if (!back && m_losses < mostLosses) { // refused: memory of the lost device may come free only now
        m_recovering = true;
        QTimer::singleShot(0, this, &Workbench::recover);
        return;
    }
    if (!m_session) {
        m_device.reset();
        m_unavailable = tr("The scenario could not be set up again.");
        Q_EMIT deviceGone(); // and m_lost stays, to be saved at the end
        return;
    }
    m_lost.reset();
    if (!back) return; // the lab's defaults then, and the notice has said why
    m_opened = lost.opened;
    m_session->transport().setSpeed(lost.speed);
    m_session->transport().setLoop(lost.loop);
    Q_EMIT changed();
    Q_EMIT noticed(tr("The graphics device was lost and has been set up again. The run continues from its scenario."),
                   NoticeKind::warning);
}

void Workbench::releaseSession() {
    if (!m_session) return;
    Q_EMIT sessionGoing();
    attempt([&] {
        m_session->lab().jobs().cancelAll();
        m_device->waitIdle();
    });
    m_session.reset();
}

} // namespace orrery::app
