// Full-screen layers are drawn in tiles of 64 x 64 pixels, so that those where nothing would be seen can be left out.
const int tilePx = 64;

int tilesAcross(int width) { return (width + tilePx - 1) / tilePx; }

// This vertex's tile, counted from the upper left, and which corner of it (0 or 1 each way).
ivec2 tileOf(int width) {
    const int tile = gl_VertexIndex / 6, across = tilesAcross(width);
    return ivec2(tile % across, tile / across);
}
vec2 cornerOfTile() {
    const int corner = gl_VertexIndex % 6;
    return vec2(corner == 1 || corner == 3 || corner == 4, corner == 2 || corner == 4 || corner == 5);
}
