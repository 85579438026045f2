// SPDX-License-Identifier: GPL-3.0-or-later
// What the window works on: the instance, the device and the session of the lab that is open. Errors become notices;
// a lost device is made anew, and the session with it.
#pragma once

#include "engine/gpu/device.h"
#include "engine/lab/session.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <optional>

namespace orrery::app {

enum class NoticeKind { info, warning, error };

class Workbench : public QObject {
    Q_OBJECT

 public:
    explicit Workbench(std::string wantedDevice, QObject* parent = nullptr);
    ~Workbench() override;

    bool hasDevice() const { return m_device != nullptr; }
    const QString& unavailable() const { return m_unavailable; } ///< why there is no device, in sentences
    gpu::Instance& instance() { return *m_instance; }
    gpu::Device& device() { return *m_device; }
    const gpu::Instance* instance() const { return m_instance.get(); }
    const gpu::Device* device() const { return m_device.get(); }

    bool hasSession() const { return m_session != nullptr; }
    lab::Session& session() { return *m_session; }
    const lab::Session& session() const { return *m_session; }

    /// Runs `work`; an Error becomes a notice, a lost device is rebuilt later. True when it went well.
    bool attempt(const std::function<void()>& work);

    bool openLab(const std::string& name); ///< with its default scenario
    bool openScenario(const lab::Scenario& scenario);
    bool openScenario(const std::string& fileOrName);
    bool hasScenario() const { return m_session || m_lost; }
    lab::Scenario scenario() const; ///< what is there now, camera included, or what was when the device went for good
    const lab::Scenario& opened() const { return m_opened; }
    bool modified() const; ///< settings or seed differ from what was opened or saved
    void markSaved(const lab::Scenario& scenario);

    bool set(const std::string& key, const lab::Value& value);
    bool setText(const std::string& key, const std::string& text); ///< as a person types it
    bool act(const std::string& action);                           ///< a declared action, transport ones included

    /// Looks for changes that came from elsewhere (the panel in the viewport) and tells of them.
    void poll();
    void recover();        ///< new device and session, from what is there now
    void releaseSession(); ///< before the window closes: jobs end, GPU work is waited for
    bool recovering() const { return m_recovering; }

    std::function<lab::CameraState()> camera; ///< given by the viewport

 Q_SIGNALS:
    void sessionGoing(); ///< let go of everything that refers to session or device
    void sessionCame();
    void changed(); ///< settings, seed or history
    void scenarioOpened();
    void cameraWanted(const orrery::lab::CameraState& state);
    void fitWanted();
    void noticed(const QString& text, orrery::app::NoticeKind kind);
    void deviceGone(); ///< and could not be made anew; unavailable() says why

 private:
    bool makeDevice();
    void makeSession(const std::string& lab);
    void showCamera(const lab::Scenario& scenario);

    std::string m_wanted;
    QString m_unavailable;
    std::unique_ptr<gpu::Instance> m_instance;
    std::unique_ptr<gpu::Device> m_device;
    std::unique_ptr<lab::Session> m_session;
    lab::Scenario m_opened;
    std::uint64_t m_revision = 0;
    bool m_recovering = false;
    struct Lost {
        lab::Scenario now, opened;
        double speed = 1;
        bool loop = false;
    };
    std::optional<Lost> m_lost; ///< what a lost device took away, until it or another scenario is there
    int m_losses = 0;
    QElapsedTimer m_sinceLoss;
};

} // namespace orrery::app
