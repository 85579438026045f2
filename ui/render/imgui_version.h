// SPDX-License-Identifier: GPL-3.0-or-later
// What differs between the versions of Dear ImGui that distributions ship, from 1.86 on.
#pragma once

#include <imgui.h>

#include <cstdint>

namespace orrery::ui {

/// Texture ids are void* up to 1.91.3 and 64-bit integers since.
inline ImTextureID toTextureId(void* texture) {
#if IMGUI_VERSION_NUM >= 19140
    return ImTextureID(reinterpret_cast<std::uintptr_t>(texture));
#else
    return texture;
#endif
}

inline void* fromTextureId(ImTextureID id) {
#if IMGUI_VERSION_NUM >= 19140
    return reinterpret_cast<void*>(std::uintptr_t(id));
#else
    return id;
#endif
}

inline ImTextureID textureOf(const ImDrawCmd& command) { return command.GetTexID(); }

/// Tells the atlas where its texels went.
inline void setFontTexture(ImFontAtlas& atlas, void* texture) { atlas.SetTexID(toTextureId(texture)); }

} // namespace orrery::ui
