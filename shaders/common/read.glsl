// Two ways to read a buffer, one spelling (design: on a CPU device a storage-buffer load costs some twenty times
// what a texel fetch does, so there heavy kernels read through texel buffers; GPUs read storage buffers).
//   READ4(2, components)          declares binding 2 as an array of vec4 named components
//   LOAD4(components, i)          its element i
// Writes are storage buffers on both paths. READ_TEXEL is set by the build, which compiles every shader both ways.
#ifdef READ_TEXEL
#define READ1(slot, name) layout(set = 0, binding = slot) uniform samplerBuffer name
#define READ2(slot, name) layout(set = 0, binding = slot) uniform samplerBuffer name
#define READ4(slot, name) layout(set = 0, binding = slot) uniform samplerBuffer name
#define READU(slot, name) layout(set = 0, binding = slot) uniform usamplerBuffer name
#define LOAD1(name, i) texelFetch(name, int(i)).x
#define LOAD2(name, i) texelFetch(name, int(i)).xy
#define LOAD4(name, i) texelFetch(name, int(i))
#define LOADU(name, i) texelFetch(name, int(i)).x
#else
#define READ1(slot, name) layout(set = 0, binding = slot, std430) readonly buffer name##_ { float v[]; } name
#define READ2(slot, name) layout(set = 0, binding = slot, std430) readonly buffer name##_ { vec2 v[]; } name
#define READ4(slot, name) layout(set = 0, binding = slot, std430) readonly buffer name##_ { vec4 v[]; } name
#define READU(slot, name) layout(set = 0, binding = slot, std430) readonly buffer name##_ { uint v[]; } name
#define LOAD1(name, i) name.v[i]
#define LOAD2(name, i) name.v[i]
#define LOAD4(name, i) name.v[i]
#define LOADU(name, i) name.v[i]
#endif
