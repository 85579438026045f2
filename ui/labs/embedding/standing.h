// SPDX-License-Identifier: GPL-3.0-or-later
// Which labels stand while what they name moves over the screen, as in a cloud that is turned. Who stands goes on standing until it
// meets one that is more prominent; another comes only where there is a margin around it; both fade. So none blinks between two
// frames, and where nothing moves it is simply the most prominent first.
#pragma once

#include <glm/glm.hpp>

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace orrery::ui::emb {

class Standing {
 public:
    struct Wanted { ///< pixels, y downwards
        std::int64_t item = 0;
        glm::vec2 middle{0, 0}, half{8, 8}; ///< of its box
    };
    struct Shown {
        std::size_t index = 0; ///< in what was wanted
        float opacity = 1;
    };
    static constexpr double fadeSeconds = 0.15;

    void forget() { m_opacity.clear(); }
    /// `byPriority`: the most prominent first, each item once. Fades by `seconds`; nothing: at once. Not more than `most`.
    std::vector<Shown> place(const std::vector<Wanted>& byPriority, float marginPx, double seconds, std::size_t most);
    bool settled() const { return m_settled; } ///< none is fading

 private:
    std::unordered_map<std::int64_t, float> m_opacity; ///< of those that stand; negative: of those that go
    bool m_settled = true;
};

} // namespace orrery::ui::emb
