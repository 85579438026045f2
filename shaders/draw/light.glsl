// Where a pixel's light is: in blocks of 4 x 4 pixels, each one cache line, as rasterisers walk the picture. Behind the
// blocks lies a flag for each tile of 64 x 64 that has any.
int lightAt(ivec2 pixel, ivec2 size) {
    const ivec2 block = pixel >> 2, within = pixel & 3;
    return (block.y * ((size.x + 3) >> 2) + block.x) * 16 + within.y * 4 + within.x;
}

int flagAt(ivec2 tile, ivec2 size) {
    const ivec2 blocks = (size + 3) >> 2;
    return blocks.x * blocks.y * 16 + tile.y * ((size.x + 63) >> 6) + tile.x;
}
