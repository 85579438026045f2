# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the recordings beside it: good-* can be read, lie-* must be refused. What is planted in each stands in its line.
import pathlib
import struct

here = pathlib.Path(__file__).parent


def chunk(tag, body, claimed=None):
    return tag + struct.pack("<I", len(body) if claimed is None else claimed) + body + b"\0" * (len(body) % 2)


def wav(data, kind=1, channels=1, rate=8000, bits=16, frame=None, claimed=None, extra=b"", between=b"", riff=b"RIFF"):
    frame = channels * ((bits + 7) // 8) & 0xFFFF if frame is None else frame
    fmt = struct.pack("<HHIIHH", kind, channels, rate, (rate * frame) & 0xFFFFFFFF, frame, bits) + extra
    body = b"WAVE" + chunk(b"fmt ", fmt) + between + chunk(b"data", data, claimed)
    return riff + struct.pack("<I", len(body)) + body


words = struct.pack("<40h", *[((i * 7919) % 65536) - 32768 for i in range(40)])
floats = struct.pack("<20f", *[i / 20 - 0.5 for i in range(20)])
guid = struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 1) + b"\0" * 14
ds64 = chunk(b"ds64", struct.pack("<QQQI", 100, len(words), 40, 0))
good = wav(words)
files = {
    "good-16.wav": good,
    "good-8.wav": wav(bytes(range(40)), bits=8),
    "good-24-stereo.wav": wav(words[:72], channels=2, bits=24, rate=96000),
    "good-32.wav": wav(words, bits=32, rate=1),
    "good-float.wav": wav(floats, kind=3, bits=32, rate=44100),
    "good-double.wav": wav(struct.pack("<9d", *[0.1 * i for i in range(9)]), kind=3, bits=64),
    "good-alaw.wav": wav(bytes(range(0, 250, 5)), kind=6, bits=8),
    "good-mulaw.wav": wav(bytes(range(0, 250, 5)), kind=7, bits=8),
    "good-six-channels.wav": wav(words[:72], channels=6),
    "good-extensible.wav": wav(words, kind=0xFFFE, channels=2, extra=guid),
    "good-list.wav": wav(words, between=chunk(b"LIST", b"INFOabc")),
    "good-streamed.wav": wav(words, claimed=0xFFFFFFFF),
    "good-rf64.wav": b"RF64" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + ds64
    + chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)) + chunk(b"data", words, 0xFFFFFFFF),
    "good-plain.csv": b"0.5\n-1\n2e-3\n",
    "good-named.csv": "\ufefftime;left ear;\"right\"\n0;1;4\n0.5;2;5\r\n1.0;3;6\n".encode(),
    "good-blanks.csv": b"# two columns\n 1 2\n3\t4\n\n5  6\n",
    "good-one-row.csv": b"0.25,0.5,0.75\n",
    "lie-size.wav": wav(words, claimed=1 << 30),
    "lie-chunk.wav": wav(words, between=b"LIST" + struct.pack("<I", 0x7FFFFFFF)),
    "lie-frame.wav": wav(words, channels=2, frame=2),
    "lie-no-channels.wav": wav(words, channels=0),
    "lie-channels.wav": wav(words, channels=65535),
    "lie-rate.wav": wav(words, rate=0),
    "lie-kind.wav": wav(words, kind=85),
    "lie-bits.wav": wav(words, bits=0),
    "lie-nan.wav": wav(struct.pack("<I", 0x7FC00000), kind=3, bits=32),
    "lie-rf64.wav": b"RF64" + struct.pack("<I", 0xFFFFFFFF) + b"WAVE" + chunk(b"ds64", struct.pack("<QQQI", 100, 1 << 62, 40, 0))
    + chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16)) + chunk(b"data", words, 0xFFFFFFFF),
    "lie-no-data.wav": good[:36],
    "lie-cut.wav": good[:-7],
    "lie-gap.csv": b"a,b\n1,2\n3,\n",
    "lie-word.csv": b"1\n2\nthree\n",
    "lie-bytes.csv": b"1\n2\n\xff\xfe\x01\x7f\n",
    "lie-nan.csv": b"1\nnan\n",
    "lie-huge.csv": b"1\n1e999\n",
    "lie-ragged.csv": b"1,2\n3\n",
    "lie-times.csv": b"t,u\n0,1\n1,2\n3,4\n",
    "lie-header.csv": b"left,right\n",
    "lie-empty.csv": b"",
    "lie-binary.csv": b"1\n2\0003\n",
}
for name, content in files.items():
    (here / name).write_bytes(content)
