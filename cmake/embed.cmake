# SPDX-License-Identifier: GPL-3.0-or-later
# Shaders (compiled, validated, a warning is an error) and assets become part of the program.

# Every shader is compiled twice: reading through storage buffers and through texel buffers (common/read.glsl).
function(embed_shaders target)
  file(GLOB_RECURSE shaders RELATIVE ${CMAKE_SOURCE_DIR}/shaders CONFIGURE_DEPENDS shaders/*.comp shaders/*.vert shaders/*.frag)
  set(out ${CMAKE_BINARY_DIR}/spirv)
  set(arrays "")
  set(rows "")
  set(files "")
  foreach(shader ${shaders})
    foreach(path storage texel)
      set(name ${shader}.${path})
      string(MAKE_C_IDENTIFIER ${name} id)
      get_filename_component(folder ${out}/${name} DIRECTORY)
      file(MAKE_DIRECTORY ${folder})
      set(define "")
      if(path STREQUAL texel)
        set(define -DREAD_TEXEL)
      endif()
      set(validate "")
      if(SPIRV_VAL)
        set(validate COMMAND ${SPIRV_VAL} --target-env vulkan1.2 ${out}/${name}.spv)
      endif()
      add_custom_command(
        OUTPUT ${out}/${name}.inc
        COMMAND ${GLSLC} -Werror -O --target-env=vulkan1.2 -I ${CMAKE_SOURCE_DIR}/shaders ${define} -MD -MF ${out}/${name}.d
                -MT ${out}/${name}.inc -o ${out}/${name}.spv ${CMAKE_SOURCE_DIR}/shaders/${shader}
        ${validate}
        COMMAND ${GLSLC} -Werror -O --target-env=vulkan1.2 -I ${CMAKE_SOURCE_DIR}/shaders ${define} -mfmt=num -o ${out}/${name}.inc
                ${CMAKE_SOURCE_DIR}/shaders/${shader}
        DEPENDS ${CMAKE_SOURCE_DIR}/shaders/${shader}
        DEPFILE ${out}/${name}.d
        COMMENT "Shader ${name}")
      list(APPEND files ${out}/${name}.inc)
      string(APPEND arrays "const std::uint32_t ${id}[] = {\n#include \"${name}.inc\"\n};\n")
      string(APPEND rows "    {\"${name}\", ${id}, sizeof ${id}},\n")
    endforeach()
  endforeach()
  set(source ${CMAKE_BINARY_DIR}/embedded_shaders.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"engine/gpu/shader_table.h\"
#include <cstdint>
namespace {
@arrays@}
namespace orrery::gpu {
const EmbeddedShader embeddedShaders[] = {
@rows@    {nullptr, nullptr, 0}};
}
" @ONLY)
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS "${files}" INCLUDE_DIRECTORIES ${out}
                                                   SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${source})
endfunction()

# Scenarios, lessons, formulas, translations; and the two fonts of the viewport, taken from the distribution.
function(embed_assets target)
  add_executable(embed_files cmake/embed.cpp)
  file(GLOB_RECURSE assets RELATIVE ${CMAKE_SOURCE_DIR}/assets CONFIGURE_DEPENDS assets/*.json assets/*.md assets/*.svg assets/*.csv assets/*.safetensors
       assets/*/data/*.txt)
  set(pairs "")
  set(depends "")
  foreach(asset ${assets})
    list(APPEND pairs ${asset} ${CMAKE_SOURCE_DIR}/assets/${asset})
    list(APPEND depends ${CMAKE_SOURCE_DIR}/assets/${asset})
  endforeach()
  find_file(FONT_SANS NAMES Inter-Regular.otf Inter-Regular.ttf DejaVuSans.ttf
            PATHS /usr/share/fonts PATH_SUFFIXES opentype/inter truetype/inter truetype/dejavu)
  find_file(FONT_MONO NAMES JetBrainsMono-Regular.ttf DejaVuSansMono.ttf
            PATHS /usr/share/fonts PATH_SUFFIXES truetype/jetbrains-mono truetype/dejavu)
  if(FONT_SANS)
    list(APPEND pairs fonts/sans ${FONT_SANS})
  endif()
  if(FONT_MONO)
    list(APPEND pairs fonts/mono ${FONT_MONO})
  endif()
  set(source ${CMAKE_BINARY_DIR}/embedded_assets.cpp)
  add_custom_command(OUTPUT ${source} COMMAND embed_files ${source} ${pairs} DEPENDS embed_files ${depends} VERBATIM
                     COMMENT "Assets")
  set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_sources(${target} PRIVATE ${source})
endfunction()
