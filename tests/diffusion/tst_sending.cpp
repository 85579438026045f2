// SPDX-License-Identifier: GPL-3.0-or-later
// What the diffusion lab sends to Embedding: the last hidden layer of its network at the particles. The last layer on top of it must
// be the network's own answer.
#include "engine/lab/sending.h"
#include "engine/labs/diffusion/score_net.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/model/tensor_file.h"
#include "tests/diffusion/bed.h"

#include <QTemporaryDir>

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

class TestSending : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const char* name) const { return m_folder.filePath(name).toStdString(); }

 private Q_SLOTS:
    void theLastLayerOnTopIsTheAnswer() {
        Bed bed(quick({{"data", std::string("mixture")},
                       {"score", std::string("learned")},
                       {"width", std::int64_t(32)},
                       {"depth", std::int64_t(2)},
                       {"batch", std::int64_t(256)},
                       {"train_steps", std::int64_t(40)},
                       {"averaged", false}}));
        auto& sender = dynamic_cast<lab::Sender&>(bed.session.lab());
        QVERIFY(!sender.offer("features").why.empty()); // it is being trained
        bed.run(30);
        const lab::Offer offer = sender.offer("features");
        QCOMPARE(offer.why, std::string());
        QCOMPARE(offer.rows, std::int64_t(2000));
        QCOMPARE(offer.dims, std::int64_t(32));
        bed.session.lab().save("features", path("features.npy"));
        bed.session.lab().save("network", path("net.safetensors"));
        embedding::Progress progress;
        const embedding::Table table = embedding::readTable(path("features.npy"), {}, progress);
        QCOMPARE(table.rows(), offer.rows);
        QCOMPARE(table.dims(), offer.dims);
        QCOMPARE(table.tokens[7], std::string("particle 7"));
        QCOMPARE(table.classes()->name, std::string("component"));

        const auto file = model::openTensorFile(path("net.safetensors"));
        std::vector<std::vector<float>> parameters;
        for (const char* layer : {"net.0", "net.2", "net.4"})
            for (const char* part : {".weight", ".bias"})
                parameters.push_back(file->readAll(file->find(std::string(layer) + part)));
        const ScoreNetReference network({32, 2}, parameters);
        const std::vector<float> places = bed.particles();
        const Frame2 frame = bed.lab.frame();
        const double sigma = bed.lab.shownSigma(), alpha = std::sqrt(1 - sigma * sigma); // VP
        for (std::int64_t i = 0; i < table.rows(); i += 13) {
            const double x = double(places[std::size_t(2 * i)]), y = double(places[std::size_t(2 * i + 1)]);
            QVERIFY(std::abs(double(table.find("x")->values[std::size_t(i)]) - x) <= 1e-3 * std::abs(x) + 1e-6);
            const auto answer = network.at((x - frame.centreX) / frame.scale, (y - frame.centreY) / frame.scale, alpha, sigma);
            for (std::size_t axis = 0; axis < 2; ++axis) {
                double sum = double(parameters[5][axis]), size = std::abs(sum);
                for (std::size_t j = 0; j < 32; ++j) {
                    const double term = double(parameters[4][axis * 32 + j]) * double(table.values.row(i)[j]);
                    sum += term, size += std::abs(term);
                }
                // Features are rounded to float32; alpha here and there differ by roundings of float64.
                QVERIFY2(std::abs(sum - answer.value[axis]) <= 1e-6 * size,
                         qPrintable(QString::number(sum - answer.value[axis])));
            }
        }
    }

    void withoutANetworkOrNoiseItIsSaid() {
        Bed bed(quick());
        auto& sender = dynamic_cast<lab::Sender&>(bed.session.lab());
        bed.run(5);
        QVERIFY(sender.offer("features").why.find("choose the learned score") != std::string::npos);
        QVERIFY(!errorOf([&] { bed.session.lab().save("features", path("none.npy")); }).empty());
    }
};

ORRERY_TEST_MAIN(TestSending)
#include "tst_sending.moc"
