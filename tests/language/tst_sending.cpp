// SPDX-License-Identifier: GPL-3.0-or-later
// What the language lab sends to Embedding: the rows of the model's own tables bit for bit, with the text, kind and count of every
// token.
#include "tests/language/storyteller.h"

#include "engine/lab/sending.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/language/handed.h"
#include "engine/labs/language/models.h"
#include "engine/model/tensor_file.h"
#include "engine/model/tokenizer/utf8.h"

#include <cstring>
#include <filesystem>

using namespace orrery;
using namespace orrery::language;
using namespace orrery::language::test;
using orrery::test::errorOf;

namespace {

embedding::Table read(const std::string& path) {
    embedding::Progress progress;
    return embedding::readTable(path, {}, progress);
}
lab::Sender& senderOf(Run& run) { return dynamic_cast<lab::Sender&>(run.session.lab()); }

} // namespace

class TestSending : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<Storyteller> m_teller;
    std::string path(const std::string& name) const { return m_folder.path().toStdString() + '/' + name; }

    /// The same model with output rows of its own.
    std::string untied() const {
        std::filesystem::create_directory(path("untied"));
        for (const char* file : {"tokenizer.json", "config.json"})
            std::filesystem::copy_file(m_teller->folder() + "/" + file, path(std::string("untied/") + file));
        std::ifstream in(path("untied/config.json"));
        std::string config{std::istreambuf_iterator<char>(in), {}};
        const std::string tied = "\"tie_word_embeddings\": true";
        config.replace(config.find(tied), tied.size(), "\"tie_word_embeddings\": false");
        std::ofstream(path("untied/config.json")) << config;
        const auto file = model::openTensorFile(m_teller->folder() + "/model.safetensors");
        std::deque<std::vector<float>> values;
        std::vector<model::TensorToWrite> tensors;
        for (const model::StoredTensor& each : file->tensors()) {
            values.push_back(file->readAll(each));
            tensors.push_back({each.name, model::Stored::f32, each.shape, std::as_bytes(std::span(values.back()))});
        }
        std::vector<float>& head = values.emplace_back(std::size_t(Storyteller::vocabulary * Storyteller::width));
        for (std::size_t i = 0; i < head.size(); ++i) head[i] = float(i) * 1e-5F - 0.1F;
        tensors.push_back({"lm_head.weight",
                           model::Stored::f32,
                           {Storyteller::vocabulary, Storyteller::width},
                           std::as_bytes(std::span(head))});
        model::writeSafetensors(path("untied/model.safetensors"), tensors);
        return path("untied/config.json");
    }

 private Q_SLOTS:
    void initTestCase() {
        std::filesystem::create_directory(path("teller"));
        m_teller = std::make_unique<Storyteller>(path("teller"));
    }

    void theTokenTable() {
        Run run({{"model", std::string("file")}, {"weights", m_teller->config()}, {"strategy", std::string("plain")}});
        QVERIFY(run.lab().models());
        const lab::Offer offer = senderOf(run).offer("token-table");
        QCOMPARE(offer.rows, std::int64_t(Storyteller::vocabulary));
        QCOMPARE(offer.dims, std::int64_t(Storyteller::width));
        run.session.lab().save("token-table", path("table.npy"));
        const embedding::Table table = read(path("table.npy"));
        QCOMPARE(table.rows(), offer.rows);
        const auto file = model::openTensorFile(m_teller->folder() + "/model.safetensors");
        const std::vector<float> own = file->readAll(file->find("model.embed_tokens.weight"));
        QVERIFY(std::memcmp(table.values.data(), own.data(), own.size() * 4) == 0);
        QVERIFY(!table.thumbnails);

        const model::Tokenizer& tokenizer = run.lab().models()->tokenizer();
        const embedding::Column &kind = *table.find("kind"), &count = *table.find("count"), &bytes = *table.find("bytes");
        QCOMPARE(table.classes(), &kind);
        std::uint64_t length = 0;
        for (std::int32_t token = 0; token < Storyteller::vocabulary; ++token) {
            const auto i = std::size_t(token);
            const std::string own = token < tokenizer.size() ? tokenizer.bytes(token) : std::string(), &name = table.tokens[i];
            const std::string shown = model::visible(own);
            const bool repeated = name == shown + " (row " + std::to_string(token) + ")";
            QVERIFY2(shown.empty() ? name == "#" + std::to_string(token) || tokenizer.special(token) : name == shown || repeated,
                     name.c_str());
            QCOMPARE(table.find("id")->values[i], float(token));
            QCOMPARE(bytes.values[i], float(own.size()));
            length += std::uint64_t(count.values[i]) * own.size();
        }
        QCOMPARE(length, std::uint64_t(countedText().size())); // the tokens that were counted are the text
        const auto kindOfBytes = [&](std::string_view wanted) {
            const auto token = tokenizer.find(wanted);
            return token ? kind.categories[std::size_t(kind.values[std::size_t(*token)])] : std::string("not there");
        };
        QCOMPARE(kindOfBytes(" the"), std::string("word start"));
        QCOMPARE(kindOfBytes("a"), std::string("word"));
        QCOMPARE(kindOfBytes("\n"), std::string("blank"));
        QCOMPARE(kindOfBytes("."), std::string("mark"));
        QCOMPARE(kindOfBytes("7"), std::string("number"));
        QCOMPARE(kindOfBytes("\xC3"), std::string("byte"));
        QCOMPARE(kindOfBytes(std::string_view("\0", 1)), std::string("control"));
        QCOMPARE(std::string(kindOf(tokenizer, tokenizer.size() + 3)), std::string("unused"));
    }

    void outputRowsAreSentWhereTheyAreOthers() {
        Run tied({{"model", std::string("file")}, {"weights", m_teller->config()}, {"strategy", std::string("plain")}});
        QVERIFY(!senderOf(tied).offer("output-table").why.empty());
        QCOMPARE(errorOf([&] { tied.session.lab().save("output-table", path("tied.npy")); }),
                 senderOf(tied).offer("output-table").why);
        Run run({{"model", std::string("file")}, {"weights", untied()}, {"strategy", std::string("plain")}});
        QCOMPARE(senderOf(run).offer("output-table").why, std::string());
        run.session.lab().save("output-table", path("output.npy"));
        const embedding::Table table = read(path("output.npy"));
        for (std::size_t i = 0; i < table.values.all().size(); ++i) QVERIFY(table.values.all()[i] == float(i) * 1e-5F - 0.1F);
        QVERIFY(table.tokens.size() == std::size_t(Storyteller::vocabulary));
    }

    void withoutAModelItIsSaid() {
        lab::Session session(orrery::test::device(), "language");
        session.lab().jobs().cancelAll();
        const auto& sender = dynamic_cast<lab::Sender&>(session.lab());
        QVERIFY(!sender.offer("token-table").why.empty() && !sender.offer("output-table").why.empty());
        QVERIFY(!errorOf([&] { session.lab().save("token-table", path("none.npy")); }).empty());
        QVERIFY(!std::filesystem::exists(path("none.npy")));
    }
};

ORRERY_TEST_MAIN(TestSending)
#include "tst_sending.moc"
