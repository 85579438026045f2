// SPDX-License-Identifier: GPL-3.0-or-later
// The hands in the diffusion view: brush and mixture handles. Each stroke or drag is one entry of the history, and while it
// lasts time stands still at the data.
#include "ui/labs/diffusion/view.h"

namespace orrery::ui {

namespace {

constexpr double trailReachPx = 8; ///< logical pixels

} // namespace

void DiffusionView::beginEdit() {
    if (m_editing) return;
    m_editing = true;
    m_playedBefore = m_session.transport().playing();
    m_session.transport().pause();
    m_session.transport().seek(0);
    m_session.beginGesture();
}

void DiffusionView::endEdit() {
    if (!m_editing) return;
    m_editing = m_editEnds = m_editChanged = false;
    m_session.endGesture();
    if (m_playedBefore) m_session.transport().play();
}

bool DiffusionView::brush(const Input& event, const Camera& camera) {
    if (event.kind == Input::Kind::press && event.button == Input::Button::left) {
        m_brush.begin(camera.toData(event.px), event.shift);
        beginEdit();
        return true;
    }
    if (!m_brush.active()) return false;
    if (event.kind == Input::Kind::move)
        m_brush.moveTo(camera.toData(event.px));
    else if ((event.kind == Input::Kind::release && event.button == Input::Button::left) || event.kind == Input::Kind::focusLost)
        m_brush.end();
    else
        return false;
    return true;
}

bool DiffusionView::handles(const Input& event, const Camera& camera) {
    const lab::Parameter& parameter = *m_session.declaration().find("components");
    if (!m_editing && !m_editChanged) m_edited = m_session.settings().points("components");
    if (event.kind == Input::Kind::focusLost) {
        m_editEnds = m_editing;
        m_handles.cancel();
        return false;
    }
    switch (m_handles.input(event, camera, m_scale, parameter, m_edited)) {
        case MixtureHandles::Outcome::none:
            m_onHandle = false;
            return false;
        case MixtureHandles::Outcome::hovered:
            m_onHandle = true;
            return true;
        case MixtureHandles::Outcome::began:
            beginEdit();
            break;
        case MixtureHandles::Outcome::changed:
            m_editChanged = true;
            break;
        case MixtureHandles::Outcome::ended:
            m_editEnds = true;
            break;
    }
    m_onHandle = true;
    return true;
}

bool DiffusionView::input(const Input& event, const Camera& camera) {
    m_probe.pointer(event);
    m_shift = event.shift;
    if (event.kind == Input::Kind::leave || event.kind == Input::Kind::focusLost) m_pointer = {-1, -1};
    if (event.kind == Input::Kind::move || event.kind == Input::Kind::press) m_pointer = event.px;
    if (draws() || m_brush.active()) return brush(event, camera);
    if (editsMixture() || m_editing) return handles(event, camera);
    return false;
}

void DiffusionView::click(const Input& event, const Camera& camera) {
    if (event.button == Input::Button::left) m_trails.click(camera.toData(event.px), event.shift);
}

void DiffusionView::settle() {
    try {
        m_trails.settle(trailReachPx * m_unitsPerPx);
        if (m_brush.active()) {
            lab::Points points = m_session.settings().points("drawn");
            const std::size_t most = m_session.declaration().find("drawn")->maxRows;
            if (m_brush.apply(points, most, m_unitsPerPx) && draws()) {
                // A data set needs a point: erasing the last ones leaves an empty drawing, which is allowed.
                m_session.set("drawn", points);
                m_editedRevision = m_session.revision();
            }
            if (m_brush.takeEnd()) endEdit();
        }
        if (m_editChanged) {
            m_editChanged = false;
            m_session.set("components", m_edited);
            m_editedRevision = m_session.revision();
        }
        if (m_editEnds) endEdit();
    } catch (...) {
        m_handles.cancel();
        m_brush = {};
        endEdit();
        throw;
    }
}

} // namespace orrery::ui
