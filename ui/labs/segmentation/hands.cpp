// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/hands.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui::seg {

namespace {

constexpr double dragPx = 4, reachPx = 9; ///< logical pixels: a click that moves farther is a drag; how near a click is "on" one
constexpr std::size_t x = 0, y = 1, belongs = 2, owner = 3, columns = 4, boxColumns = 5;
constexpr double dabEvery = 0.35; ///< of the radius: so near to each other dabs make a smooth stroke

glm::dvec2 pixelAt(glm::dvec2 px, const Camera& camera) {
    const glm::dvec2 data = camera.toData(px);
    return {data.x, -data.y};
}

} // namespace

bool Hands::inside(glm::dvec2 pixel) const {
    const segmentation::Picture& p = m_lab.desk().picture();
    return pixel.x >= 0 && pixel.y >= 0 && pixel.x < double(p.width) && pixel.y < double(p.height);
}

int Hands::rowAt(glm::dvec2 px, const Camera& camera, float scale) const {
    const lab::Points& clicks = m_session.settings().points("clicks");
    int found = -1;
    double nearest = reachPx * double(scale);
    for (std::size_t row = 0; row < clicks.rows(); ++row) {
        const double* c = &clicks.values[row * columns];
        if (int(c[owner]) != m_lab.request().object) continue;
        const double distance = glm::distance(camera.toPx({c[x] + 0.5, -c[y] - 0.5}), px);
        if (distance <= nearest) nearest = distance, found = int(row);
    }
    return found;
}

bool Hands::press(const Input& event, const Camera& camera, float scale) {
    if (event.button != Input::Button::left || m_lab.desk().picture().width == 0) return false;
    m_fromPx = event.px, m_from = m_to = pixelAt(event.px, camera);
    if (paints()) {
        m_drag = Drag::stroke, m_pressed = true;
        m_stroke.clear();
        paintTo(m_from);
        return true;
    }
    m_row = rowAt(event.px, camera, scale);
    if (m_row < 0 && !inside(m_from)) return false;
    m_drag = m_row >= 0 ? Drag::click : Drag::maybeBox;
    m_pressed = true, m_moved = false, m_shift = event.shift;
    if (m_drag == Drag::click) m_session.beginGesture();
    return true;
}

bool Hands::release(const Input& event) {
    if (!m_pressed || event.button != Input::Button::left) return false;
    const Drag drag = std::exchange(m_drag, Drag::none);
    m_pressed = false;
    if (drag == Drag::click) later([this] { m_session.endGesture(); });
    if (drag == Drag::stroke)
        later([this, stroke = std::exchange(m_stroke, {})] {
            const std::string key = sketches() ? "sketch" : "strokes";
            lab::Points strokes = m_session.settings().points(key);
            const std::size_t most = m_session.declaration().find(key)->maxRows;
            for (const segmentation::Dab& dab : stroke) {
                if (strokes.rows() == most) break;
                strokes.values.insert(strokes.values.end(), {dab.x, dab.y, dab.radius});
                if (key == "strokes") strokes.values.push_back(dab.adds ? 1.0 : 0.0);
                strokes.values.push_back(double(m_lab.request().object));
            }
            m_session.set(key, strokes);
        });
    if (drag == Drag::maybeBox) addClick(m_from, !m_shift);
    if (drag == Drag::box) {
        const segmentation::Picture& p = m_lab.desk().picture();
        const glm::dvec2 most{p.width, p.height};
        const glm::dvec2 low = glm::clamp(glm::min(m_from, m_to), glm::dvec2(0), most),
                         high = glm::clamp(glm::max(m_from, m_to), glm::dvec2(0), most);
        later([this, low, high] {
            lab::Points boxes = m_session.settings().points("boxes");
            const double object = m_lab.request().object;
            for (std::size_t row = boxes.rows(); row-- > 0;) // one box for each object
                if (boxes.values[row * boxColumns + 4] == object)
                    boxes.values.erase(boxes.values.begin() + std::ptrdiff_t(row * boxColumns),
                                       boxes.values.begin() + std::ptrdiff_t((row + 1) * boxColumns));
            for (const double value : {std::floor(low.x), std::floor(low.y), std::ceil(high.x), std::ceil(high.y), object})
                boxes.values.push_back(value);
            m_session.set("boxes", boxes);
        });
    }
    return true;
}

bool Hands::input(const Input& event, const Camera& camera, float scale) {
    switch (event.kind) {
        case Input::Kind::press:
            return press(event, camera, scale);
        case Input::Kind::release:
            return release(event);
        case Input::Kind::move: {
            const glm::dvec2 pixel = pixelAt(event.px, camera);
            m_hovered = inside(pixel) ? std::optional(glm::floor(pixel)) : std::nullopt;
            m_pointer = pixel;
            if (!m_pressed) {
                m_shift = event.shift;
                m_row = paints() ? -1 : rowAt(event.px, camera, scale);
                return false;
            }
            if (m_drag == Drag::stroke) return paintTo(pixel), true;
            m_to = pixel;
            if (glm::distance(event.px, m_fromPx) > dragPx * double(scale)) m_moved = true;
            if (m_drag == Drag::maybeBox && m_moved) m_drag = Drag::box;
            if (m_drag == Drag::click && m_moved && inside(pixel))
                later([this, row = std::size_t(m_row), to = glm::floor(pixel)] {
                    lab::Points clicks = m_session.settings().points("clicks");
                    if (row >= clicks.rows()) return;
                    clicks.values[row * columns + x] = to.x, clicks.values[row * columns + y] = to.y;
                    m_session.set("clicks", clicks);
                });
            return true;
        }
        case Input::Kind::leave:
            m_hovered.reset(), m_pointer.reset(), m_row = -1;
            return false;
        case Input::Kind::focusLost:
            letGo();
            return false;
        case Input::Kind::wheel:
            if (!event.alt || event.wheel == 0) return false;
            cycleAnswer(event.wheel > 0 ? -1 : 1);
            return true;
        case Input::Kind::key:
        case Input::Kind::text:
            return key(event);
        default:
            return false;
    }
}

bool Hands::key(const Input& event) {
    if (event.kind == Input::Kind::text) {
        if (event.text == "n" || event.text == "N") return addObject(), true;
        if (event.text == "m" || event.text == "M") return cycleAnswer(event.text == "M" ? -1 : 1), true;
        return false;
    }
    if (event.key == Input::Key::enter) return addObject(), true;
    if (event.key == Input::Key::pageUp) return turnTo(-1), true;
    if (event.key == Input::Key::pageDown) return turnTo(1), true;
    if (event.key == Input::Key::escape && m_drag == Drag::box) return m_drag = Drag::none, m_pressed = false, true;
    if (event.key != Input::Key::del && event.key != Input::Key::backspace) return false;
    later([this, pointed = m_row] {
        lab::Points clicks = m_session.settings().points("clicks");
        int row = pointed;
        for (int last = int(clicks.rows()) - 1; row < 0 && last >= 0; --last) // none is pointed at: the last of the object
            if (int(clicks.values[std::size_t(last) * columns + owner]) == m_lab.request().object) row = last;
        if (row < 0 || std::size_t(row) >= clicks.rows()) return;
        clicks.values.erase(clicks.values.begin() + std::ptrdiff_t(row) * std::ptrdiff_t(columns),
                            clicks.values.begin() + std::ptrdiff_t(row + 1) * std::ptrdiff_t(columns));
        m_session.set("clicks", clicks);
        m_session.transport().seek(m_session.lab().steps());
        m_row = -1;
    });
    return true;
}

void Hands::rightClick(const Input& event, const Camera& camera) {
    const glm::dvec2 pixel = pixelAt(event.px, camera);
    if (inside(pixel)) addClick(pixel, false);
}

void Hands::addClick(glm::dvec2 pixel, bool positive) {
    later([this, at = glm::floor(pixel), positive] {
        lab::Points clicks = m_session.settings().points("clicks");
        for (const double value : {at.x, at.y, positive ? 1.0 : 0.0, double(m_lab.request().object)})
            clicks.values.push_back(value);
        m_session.set("clicks", clicks);
        m_session.transport().seek(m_session.lab().steps());
    });
}

std::optional<segmentation::Box> Hands::rubber() const {
    if (m_drag != Drag::box) return {};
    const glm::dvec2 low = glm::min(m_from, m_to), high = glm::max(m_from, m_to);
    return segmentation::Box{low.x, low.y, high.x, high.y};
}

void Hands::addObject() {
    later([this] {
        const std::vector<int> objects = m_lab.objects();
        const lab::Parameter& parameter = *m_session.declaration().find("object");
        const int next = objects.empty() ? 1 : *std::ranges::max_element(objects) + 1;
        m_session.set("object", std::int64_t(std::min(double(next), parameter.high)));
    });
}

void Hands::takeObject(int object) {
    later([this, object] {
        m_session.set("object", std::int64_t(object));
        m_session.transport().seek(m_session.lab().steps());
    });
}

void Hands::deleteObject(int object) {
    later([this, object] {
        std::vector<std::pair<std::string, lab::Value>> changes;
        for (const auto& [key, width] :
             {std::pair{"clicks", columns}, {"boxes", boxColumns}, {"sketch", columns}, {"strokes", boxColumns}}) {
            lab::Points points = m_session.settings().points(key);
            lab::Points kept{points.columns, {}};
            for (std::size_t row = 0; row < points.rows(); ++row)
                if (int(points.values[(row + 1) * width - 1]) != object) // the last column is the owner
                    kept.values.insert(kept.values.end(), points.values.begin() + std::ptrdiff_t(row * width),
                                       points.values.begin() + std::ptrdiff_t((row + 1) * width));
            changes.emplace_back(key, kept);
        }
        if (m_lab.given(object)) changes.emplace_back("own", ownRows(object, [](auto& own) { own.dropped = true; }));
        m_session.set(changes, "Delete object");
    });
}

bool Hands::paints() const { return m_session.settings().text("tool") != "click"; }
bool Hands::sketches() const { return m_session.settings().text("tool") == "sketch"; }
bool Hands::erases() const { return m_session.settings().text("tool") == "eraser"; }
void Hands::takeTool(const std::string& tool) {
    later([this, tool] { m_session.set("tool", tool); });
}

/// Dabs along the way from the last one, so that a fast stroke has no gaps.
void Hands::paintTo(glm::dvec2 pixel) {
    const double radius = brushRadius(), every = std::max(0.5, dabEvery * radius);
    const auto dab = [&](glm::dvec2 at) { m_stroke.push_back({at.x, at.y, radius, !erases()}); };
    if (m_stroke.empty()) return dab(pixel);
    const glm::dvec2 from(m_stroke.back().x, m_stroke.back().y);
    const double way = glm::distance(from, pixel);
    const auto count = std::min(std::int64_t(way / every), std::int64_t(4096));
    for (std::int64_t i = 1; i <= count; ++i) dab(from + (pixel - from) * (double(i) * every / way));
}

lab::Points Hands::ownRows(int object, const std::function<void(segmentation::Request::Own&)>& change) const {
    std::map<int, segmentation::Request::Own> own = m_lab.request().own;
    change(own[object]);
    lab::Points rows{3, {}};
    for (const auto& [number, each] : own)
        if (each.answer >= 0 || each.hidden || each.dropped)
            for (const double value : {double(number), double(each.answer), each.dropped ? 2.0 : each.hidden ? 1.0 : 0.0})
                rows.values.push_back(value);
    return rows;
}

void Hands::setOwn(int object, const std::function<void(segmentation::Request::Own&)>& change) {
    m_session.set("own", ownRows(object, change));
}

/// One change: undone, the former picture is there with all that was done to it.
void Hands::turnTo(int by) {
    later([this, by] {
        const auto& album = m_lab.album();
        const auto place = std::int64_t(m_lab.albumPlace()) + by;
        if (album.empty() || place < 0 || place >= std::int64_t(album.size())) return;
        static constexpr const char* kept[] = {"clicks", "boxes", "sketch", "strokes", "own", "names", "object"};
        std::vector<std::pair<std::string, lab::Value>> left;
        for (const char* key : kept) left.emplace_back(key, m_session.settings().value(key));
        m_left[album[std::size_t(m_lab.albumPlace())]] = std::move(left);
        std::vector<std::pair<std::string, lab::Value>> changes{{"number", place + 1}};
        const auto before = m_left.find(album[std::size_t(place)]);
        for (const char* key : kept)
            if (before == m_left.end()) changes.emplace_back(key, m_session.declaration().find(key)->fallback);
        if (before != m_left.end()) changes.insert(changes.end(), before->second.begin(), before->second.end());
        m_session.set(changes, by > 0 ? "Next picture" : "Previous picture");
        m_session.transport().seek(m_session.lab().steps());
    });
}

void Hands::cycleAnswer(int by) {
    later([this, by] {
        const int object = m_lab.request().object;
        const segmentation::Answer* answer = m_lab.answer(object);
        if (!answer) return;
        const int count = int(answer->masks), now = int(m_lab.request().chosen(object, *answer));
        setOwn(object, [&](auto& own) { own.answer = (now + by + count) % count; });
    });
}

void Hands::chooseAnswer(int mask) {
    later([this, mask] { setOwn(m_lab.request().object, [mask](auto& own) { own.answer = mask; }); });
}

void Hands::toggleHidden(int object) {
    later([this, object] { setOwn(object, [](auto& own) { own.hidden = !own.hidden; }); });
}

void Hands::settle() {
    const auto changes = std::exchange(m_changes, {});
    for (const auto& change : changes) change();
}

void Hands::letGo() {
    if (m_drag == Drag::click) later([this] { m_session.endGesture(); });
    m_drag = Drag::none, m_pressed = false, m_hovered.reset(), m_pointer.reset(), m_row = -1;
    m_stroke.clear();
}

} // namespace orrery::ui::seg
