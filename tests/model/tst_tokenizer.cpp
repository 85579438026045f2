// SPDX-License-Identifier: GPL-3.0-or-later
// Tokenizers from the public files: ids worked out by an independent script, the splitting against PCRE2, there and back.
#include "engine/model/bytes.h"
#include "engine/model/tokenizer/byte_map.h"
#include "engine/model/tokenizer/stream_decoder.h"
#include "tests/model/ggufs.h"
#include "tests/model/tokenizers.h"
#include "tests/support/damage.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

using namespace orrery;
using model::Tokenizer;
using test::errorOf;

class TestTokenizer : public QObject {
    Q_OBJECT

    static QJsonObject expected() {
        return QJsonDocument::fromJson(QByteArray::fromStdString(test::loadFile(test::tokenizerData + "expected.json"))).object();
    }
    static std::vector<std::int32_t> ids(const QJsonValue& list) {
        std::vector<std::int32_t> result;
        for (const QJsonValue& id : list.toArray()) result.push_back(id.toInt());
        return result;
    }
    /// Pieces by PCRE2, which QRegularExpression is.
    static QStringList byPcre2(const QRegularExpression& pattern, const QString& text) {
        QStringList pieces;
        for (auto it = pattern.globalMatch(text); it.hasNext();) pieces << it.next().captured();
        return pieces;
    }

    QTemporaryDir m_folder;

    /// tokenizer.json of `family` with one text in it replaced.
    std::string changed(const std::string& family, const std::string& from, const std::string& to) {
        std::string json = test::loadFile(test::tokenizerData + family + "/tokenizer.json");
        const std::size_t at = json.find(from);
        if (at == std::string::npos) qFatal("the fixture has no %s", from.c_str());
        return test::saveFile(m_folder, "tokenizer.json", json.replace(at, from.size(), to));
    }

    /// The Llama fixture as a GGUF file: the same ids come out when the scores are the order of the tokens.
    std::string gguf(const std::string& leave = {}, const std::vector<std::string>& more = {}) {
        using namespace test::gguf;
        const std::string sp = "\u2581";
        std::string list, scores, types;
        std::size_t count = 0;
        const auto add = [&](const std::string& token, float score, unsigned type) {
            list += text(token), scores += test::little(score), types += test::u32(type), ++count;
        };
        add("<unk>", 0, 2), add("<s>", 0, 3), add("</s>", 0, 3);
        for (int byte = 0; byte < 256; ++byte)
            add("<0x" + QByteArray::number(byte, 16).rightJustified(2, '0').toUpper().toStdString() + ">", 0, 6);
        for (const std::string& token :
             {sp + "t", sp + "th", sp + "the", std::string("he"), std::string("el"), std::string("hel"), std::string("lo"), sp,
              std::string("h"), std::string("e"), std::string("l"), std::string("o"), std::string("t")})
            add(token, -float(count), 1);
        std::vector<std::string> keys = {key("tokenizer.ggml.tokens", 9, test::u32(8) + test::u64(count) + list),
                                         key("tokenizer.ggml.scores", 9, test::u32(6) + test::u64(count) + scores),
                                         key("tokenizer.ggml.token_type", 9, test::u32(5) + test::u64(count) + types),
                                         key("tokenizer.ggml.bos_token_id", 4, test::u32(1)),
                                         key("tokenizer.ggml.eos_token_id", 4, test::u32(2)),
                                         key("tokenizer.ggml.unknown_token_id", 4, test::u32(0))};
        if (leave != "model") keys.push_back(key("tokenizer.ggml.model", 8, text("llama")));
        keys.insert(keys.end(), more.begin(), more.end());
        return test::saveFile(m_folder, "tokenizer.gguf", file(keys, {}));
    }

 private Q_SLOTS:
    void idsAreThoseOfTheReference_data() {
        QTest::addColumn<QString>("family");
        for (const char* family : {"gpt2", "qwen2", "llama"}) QTest::newRow(family) << family;
    }
    void idsAreThoseOfTheReference() {
        QFETCH(QString, family);
        const auto tokenizer = model::openTokenizer(test::tokenizerData + family.toStdString());
        const QJsonArray cases = expected()[family].toArray();
        QVERIFY(cases.size() > 20);
        for (const QJsonValue& one : cases) {
            const std::string text = one["text"].toString().toStdString();
            QVERIFY2(tokenizer->encode(text) == ids(one["ids"]), text.c_str());
        }
    }

    void splitsAsPcre2Does_data() {
        QTest::addColumn<int>("pattern");
        QTest::newRow("gpt2") << int(model::SplitPattern::gpt2);
        QTest::newRow("qwen2") << int(model::SplitPattern::qwen2);
        QTest::newRow("llama3") << int(model::SplitPattern::llama3);
    }
    void splitsAsPcre2Does() {
        QFETCH(int, pattern);
        const model::Splitter splitter{model::SplitPattern(pattern)};
        const QRegularExpression pcre(QString::fromStdString(std::string(model::splitText(model::SplitPattern(pattern)))),
                                      QRegularExpression::UseUnicodePropertiesOption);
        QVERIFY(pcre.isValid());
        test::RandomText random(7);
        std::size_t pieces = 0;
        for (int i = 0; i < 100'000; ++i) {
            std::string text = random(1 + random.below(12));
            // PCRE2 still takes the Mongolian vowel separator for a space, which Unicode 6.3 ended
            if (text.find("\u180e") != std::string::npos) continue;
            QStringList mine;
            splitter.split(text,
                           [&](std::string_view piece) { mine << QString::fromUtf8(piece.data(), qsizetype(piece.size())); });
            const QStringList theirs = byPcre2(pcre, QString::fromStdString(text));
            QVERIFY2(mine == theirs, model::visible(text).c_str());
            pieces += std::size_t(mine.size());
        }
        QVERIFY(pieces > 200'000);
    }

    void thereAndBackIsTheSame() {
        const auto gpt2 = model::openTokenizer(test::tokenizerData + "gpt2");
        const auto qwen2 = model::openTokenizer(test::tokenizerData + "qwen2");
        const auto llama = model::openTokenizer(test::tokenizerData + "llama");
        test::RandomText random(11);
        for (int i = 0; i < 5000; ++i) {
            const std::string text = i % 4 == 0 ? random.bytes(random.below(40)) : random(random.below(30));
            QCOMPARE(gpt2->decode(gpt2->encode(text)), text);
            const std::string normal = model::normalise(text, {{model::NormaliserStep::Kind::nfc}});
            QCOMPARE(qwen2->decode(qwen2->encode(text)), normal);
            if (text.find("\u2581") == std::string::npos) QCOMPARE(llama->decode(llama->encode(text)), text);
        }
        // what NFC makes of each character is Qt's business as well, where nothing is broken
        for (int i = 0; i < 2000; ++i) {
            const QString text = QString::fromStdString(random(12));
            const QString normal = text.normalized(QString::NormalizationForm_C, QChar::Unicode_13_0);
            QCOMPARE(QString::fromStdString(model::normalise(text.toStdString(), {{model::NormaliserStep::Kind::nfc}})), normal);
        }
    }

    void streamsOnlyWholeCharacters() {
        for (const char* family : {"gpt2", "llama"}) {
            const auto tokenizer = model::openTokenizer(test::tokenizerData + family);
            test::RandomText random(13);
            bool held = false;
            for (int i = 0; i < 500; ++i) {
                const std::string text = random(random.below(20));
                model::StreamDecoder stream(tokenizer);
                std::string sofar;
                const auto ids = tokenizer->encode(text);
                for (const std::int32_t id : ids) {
                    const std::string now = stream.push(id);
                    held |= now.empty();
                    for (std::string_view rest = now; !rest.empty(); rest.remove_prefix(model::utf8Length(rest)))
                        QVERIFY(model::utf8Length(rest) > 0);
                    sofar += now;
                }
                QCOMPARE(sofar + stream.finish(), tokenizer->decode(ids));
            }
            QVERIFY(held);
        }
        // a byte that nothing can complete does not stop the stream
        const auto gpt2 = model::openTokenizer(test::tokenizerData + "gpt2");
        model::StreamDecoder stream(gpt2);
        std::string all;
        for (const std::int32_t id : gpt2->encode("\xe5\x28 \xff")) all += stream.push(id);
        QCOMPARE(all, std::string("\xe5\x28 \xff"));
    }

    void controlTokensStandOutside() {
        const auto llama = model::openTokenizer(test::tokenizerData + "llama");
        QVERIFY(llama->special(1) && !llama->special(70));
        QCOMPARE(std::vector(llama->before().begin(), llama->before().end()), std::vector<std::int32_t>{1});
        QVERIFY(llama->after().empty());
        const auto gpt2 = model::openTokenizer(test::tokenizerData + "gpt2/vocab.json");
        QCOMPARE(gpt2->end(), gpt2->find("<|endoftext|>"));
        QCOMPARE(gpt2->display(gpt2->encode(" a\n\x01").front()), std::string("\u00b7a"));
        QCOMPARE(model::visible("\n \x01\xff"), std::string("\\n\u00b7\\x01\\xFF"));
        // white space that a token takes along, and a longer token before a shorter one
        const std::string json = changed("qwen2", "\"lstrip\":false,\"rstrip\":false", "\"lstrip\":true,\"rstrip\":true");
        const auto strips = model::openTokenizer(json);
        const std::int32_t end = *strips->find("<|endoftext|>");
        auto wanted = strips->encode("a");
        wanted.push_back(end);
        for (const std::int32_t id : strips->encode("b")) wanted.push_back(id);
        QCOMPARE(strips->encode("a \n<|endoftext|>\u3000 b"), wanted);
    }

    void ggufHasItsOwn() {
        const auto tokenizer = model::openTokenizer(gguf());
        const auto parts = [&](const std::string& input) {
            QStringList all;
            for (const std::int32_t id : tokenizer->encode(input)) all << QString::fromStdString(tokenizer->display(id));
            return all.join("|");
        };
        // best score first, which is not the left one: "el" (id 263) before "lo" (265), "hel" only after "el"
        QCOMPARE(parts("the hello"), QString("\u00b7the|\u00b7|hel|lo"));
        QCOMPARE(parts("x\u00e9"), QString("\u00b7|x|\\xC3|\\xA9"));
        QCOMPARE(tokenizer->decode(tokenizer->encode("the hello\n \u5929</s>")), std::string("the hello\n \u5929</s>"));
        QCOMPARE(tokenizer->encode("</s>").front(), 2);
        QCOMPARE(tokenizer->before().size(), std::size_t(1));

        using namespace test::gguf;
        QVERIFY(errorOf([&] { model::openTokenizer(gguf("model")); }).find("'tokenizer.ggml.model'") != std::string::npos);
        QVERIFY(errorOf([&] {
                    model::openTokenizer(gguf("model", {key("tokenizer.ggml.model", 8, text("bert"))}));
                }).find("'bert'") != std::string::npos);
        const std::string gpt2 =
            gguf("model", {key("tokenizer.ggml.model", 8, text("gpt2")), key("tokenizer.ggml.pre", 8, text("tekken"))});
        QVERIFY(errorOf([&] { model::openTokenizer(gpt2); }).find("'tekken'") != std::string::npos);
    }
    void ggufBytePairs() {
        using namespace test::gguf;
        std::string list, merges;
        std::uint64_t count = 0;
        for (int byte = 0; byte < 256; ++byte, ++count) {
            std::string one;
            model::utf8Append(one, model::printableOfByte(static_cast<unsigned char>(byte)));
            list += text(one);
        }
        for (const char* token : {"he", "hel", "lo", "\u0120hel", "hello"}) list += text(token), ++count;
        for (const char* merge : {"h e", "he l", "l o", "\u0120 hel", "hel lo"}) merges += text(merge);
        const auto open = [&](const char* pre) {
            return model::openTokenizer(
                test::saveFile(m_folder, "bpe.gguf",
                               file({key("tokenizer.ggml.model", 8, text("gpt2")), key("tokenizer.ggml.pre", 8, text(pre)),
                                     key("tokenizer.ggml.tokens", 9, test::u32(8) + test::u64(count) + list),
                                     key("tokenizer.ggml.merges", 9, test::u32(8) + test::u64(5) + merges)},
                                    {})));
        };
        const std::vector<std::int32_t> split{259, 258}, whole{260};
        QCOMPARE(open("qwen2")->encode(" hello"), split); // " hel" comes before "hello"
        QCOMPARE(open("llama-bpe")->encode("hello"), whole);
        QCOMPARE(open("gpt-2")->encode("12"), (std::vector<std::int32_t>{'1', '2'}));
    }

    void whatIsNotSupportedIsNamed_data() {
        QTest::addColumn<QString>("family");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("named");
        // ` is written for "
        const auto row = [](const char* name, const char* family, const char* from, const char* to, const char* named) {
            QTest::newRow(name) << family << QString(from).replace('`', '"') << QString(to).replace('`', '"') << named;
        };
        row("normalizer", "qwen2", "{`type`:`NFC`}", "{`type`:`Lowercase`}", "normalizer: 'type' is 'Lowercase'");
        row("in a sequence", "llama", "{`type`:`Prepend`,`prepend`:`▁`}", "{`type`:`Nmt`}",
            "normalizer.normalizers[0]: 'type' is 'Nmt'");
        row("pattern", "qwen2", "(?i:'s", "(?i:'z", "'Regex' is '(?i:'z");
        row("behavior", "qwen2", "`behavior`:`Isolated`", "`behavior`:`MergedWithNext`", "'behavior' is 'MergedWithNext'");
        row("model", "qwen2", "`type`:`BPE`", "`type`:`Unigram`", "model: 'type' is 'Unigram'");
        row("dropout", "qwen2", "`dropout`:null", "`dropout`:0.1", "'dropout'");
        row("prefix", "qwen2", "`continuing_subword_prefix`:``", "`continuing_subword_prefix`:`##`",
            "'continuing_subword_prefix' is '##'");
        row("field", "qwen2", "`dropout`:null", "`novelty`:1", "model: 'novelty'");
        row("top field", "qwen2", "`padding`:null", "`padded`:7", "'padded'");
        row("single word", "qwen2", "`single_word`:false", "`single_word`:true", "'single_word'");
        row("post processor", "qwen2", "`post_processor`:{`type`:`ByteLevel`", "`post_processor`:{`type`:`Roberta`",
            "post_processor: 'type' is 'Roberta'");
        row("decoder", "llama", "{`type`:`ByteFallback`},", "", "'decoder' is 'without ByteFallback'");
        row("strip", "llama", "{`type`:`Fuse`},", "", "'Strip before Fuse'");
        row("metaspace", "llama", "`pre_tokenizer`:null", "`pre_tokenizer`:{`type`:`Metaspace`}",
            "pre_tokenizer: 'type' is 'Metaspace'");
        row("bytes", "llama", "`<0x41>`", "`<0x4g>`", "<0x41>");
        row("same id", "llama", "`<0x41>`:68", "`<0x41>`:69", "two tokens have the number 69");
        row("huge id", "llama", "`<0x41>`:68", "`<0x41>`:4294967296", "no number below a million");
        row("negative id", "llama", "`<0x41>`:68", "`<0x41>`:-1", "no number below a million");
        row("merge", "llama", "`merges`:[`", "`merges`:[`zzz ", "a part of a merge, 'h e' is not in the vocabulary");
        row("no merges", "llama", "`merges`:[", "`merges`:7,`x`:[", "model:");
        row("unknown", "llama", "`unk_token`:`<unk>`", "`unk_token`:`<none>`", "'<none>' is not in the vocabulary");
        row("template", "llama", "`ids`:[1]", "`ids`:[99999]", "a token around the text has an id beyond");
        row("twice", "llama", "`version`:`1.0`", "`version`:`1.0`,`version`:`1.0`", "is there twice");
        row("no JSON", "llama", "`version`:", "`version`", "this is not JSON");
    }
    void whatIsNotSupportedIsNamed() {
        QFETCH(QString, family);
        QFETCH(QString, from);
        QFETCH(QString, to);
        QFETCH(QString, named);
        const std::string path = changed(family.toStdString(), from.toStdString(), to.toStdString());
        const QString error = QString::fromStdString(errorOf([&] { model::openTokenizer(path); }));
        QVERIFY2(error.contains(named), qPrintable(error));
        QVERIFY2(error.startsWith(QString::fromStdString(path)) && !error.contains('\n'), qPrintable(error));
    }

    void wrongFilesGiveOneLine() {
        const std::string folder = m_folder.path().toStdString();
        QVERIFY(errorOf([&] { model::openTokenizer(folder + "/nowhere"); }).find("nowhere") != std::string::npos);
        QTemporaryDir empty;
        QVERIFY(errorOf([&] {
                    model::openTokenizer(empty.path().toStdString());
                }).find("neither tokenizer.json nor vocab.json") != std::string::npos);
        const std::string vocab = test::loadFile(test::tokenizerData + "gpt2/vocab.json");
        const auto merges = [&](const std::string& lines) {
            return errorOf([&] { Tokenizer(model::readVocabAndMerges("x", vocab, lines, "")); });
        };
        QCOMPARE(merges("#version: 0.2\nh e\n"), std::string());
        QVERIFY(merges("#version: 0.2\nth\n").find("line 2: 'th' is not two tokens") != std::string::npos);
        QVERIFY(merges("a b c\n").find("line 1") != std::string::npos);
        QVERIFY(merges("a b\n").find("makes 'ab', which is no token") != std::string::npos);
        QVERIFY(errorOf([&] { Tokenizer(model::readVocabAndMerges("x", "{}", "", "")); }).find("no tokens") != std::string::npos);
        // a byte without a token: only the text that needs it fails, and says what for
        const Tokenizer few(model::readVocabAndMerges("x", "{\"a\":0}", "", ""));
        QCOMPARE(few.encode("aa").size(), std::size_t(2));
        QVERIFY(errorOf([&] { few.encode("ab"); }).find("no token for 'b'") != std::string::npos);
        QVERIFY(errorOf([&] { few.decode(std::vector<std::int32_t>{1}); }).find("no token 1") != std::string::npos);
    }

    void damageDoesNoHarm() {
        test::Damage damage(5, {"{}", "[]", "null", "\"type\":", "\"a b\"", "\\ud83d", "<0x41>", "\xff", "1e9", ","});
        const std::vector<std::string> good = {test::loadFile(test::tokenizerData + "qwen2/tokenizer.json"),
                                               test::loadFile(test::tokenizerData + "llama/tokenizer.json")};
        int read = 0;
        for (int i = 0; i < 1500; ++i) {
            std::string bytes = good[std::size_t(i % 2)];
            for (std::size_t k = damage.times(); k > 0; --k) damage(bytes, good[std::size_t((i + 1) % 2)]);
            try {
                const Tokenizer tokenizer(model::readTokenizerJson("x.json", bytes));
                ++read;
                tokenizer.decode(tokenizer.encode("The Moon\n \u5929 \xff 12"));
            } catch (const Error& error) {
                const std::string text = error.what();
                QVERIFY2(text.starts_with("x.json: ") && text.find('\n') == std::string::npos, text.c_str());
                QVERIFY2(model::readable(text), text.c_str());
            }
        }
        QVERIFY2(read > 0 && read < 1500, qPrintable(QString::number(read)));
    }

    void longRunsAreNoTrap() {
        const auto gpt2 = model::openTokenizer(test::tokenizerData + "gpt2");
        const auto llama = model::openTokenizer(test::tokenizerData + "llama");
        QElapsedTimer clock;
        clock.start();
        for (const std::string& text : {std::string(300'000, ' '), std::string(300'000, 'e'), std::string(300'000, '\xff')}) {
            QCOMPARE(gpt2->decode(gpt2->encode(text)), text);
            QCOMPARE(llama->decode(llama->encode(text)), text);
        }
        QVERIFY2(clock.elapsed() < 20'000, "squares of the length");
    }
};

QTEST_GUILESS_MAIN(TestTokenizer)
#include "tst_tokenizer.moc"
