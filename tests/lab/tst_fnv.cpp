// SPDX-License-Identifier: GPL-3.0-or-later
// FNV-1a against the values that its authors publish (draft-eastlake-fnv, appendix of test vectors).
#include "engine/fnv.h"

#include <QtTest/QtTest>

using orrery::Fnv;

namespace {

template <class Word>
Word of(std::string_view text) {
    Fnv<Word> hash;
    hash.text(text);
    return hash.value();
}

} // namespace

class TestFnv : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void publishedValues() {
        QCOMPARE(of<std::uint32_t>(""), 0x811c9dc5U);
        QCOMPARE(of<std::uint32_t>("a"), 0xe40c292cU);
        QCOMPARE(of<std::uint32_t>("foobar"), 0xbf9cf968U);
        QCOMPARE(of<std::uint64_t>(""), std::uint64_t(0xcbf29ce484222325));
        QCOMPARE(of<std::uint64_t>("a"), std::uint64_t(0xaf63dc4c8601ec8c));
        QCOMPARE(of<std::uint64_t>("foobar"), std::uint64_t(0x85944171f73967e8));
    }
    void aNumberIsItsBytes() {
        Fnv<std::uint64_t> number;
        number.number(0x0807060504030201);
        QCOMPARE(number.value(), of<std::uint64_t>("\x01\x02\x03\x04\x05\x06\x07\x08"));
    }
};

QTEST_GUILESS_MAIN(TestFnv)
#include "tst_fnv.moc"
