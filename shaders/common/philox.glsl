// SPDX-License-Identifier: GPL-3.0-or-later
// Philox 4x32-10 (Salmon et al., SC 2011), the twin of engine/philox.h: a draw depends only on (seed, item, step, stream),
// never on how many others there are.

uvec4 philox(uvec2 seed, uint item, uint step, uint stream) {
    uvec4 c = uvec4(item, step, stream, 0u);
    uvec2 key = seed;
    for (int round = 0; round < 10; ++round) {
        uint highA, lowA, highB, lowB;
        umulExtended(0xD2511F53u, c.x, highA, lowA);
        umulExtended(0xCD9E8D57u, c.z, highB, lowB);
        c = uvec4(highB ^ c.y ^ key.x, lowB, highA ^ c.w ^ key.y, lowA);
        key += uvec2(0x9E3779B9u, 0xBB67AE85u);
    }
    return c;
}
