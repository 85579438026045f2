// SPDX-License-Identifier: GPL-3.0-or-later
// Every stage of small random SAM and MobileSAM networks against an independent float64 reference, and every published mistake
// told from the right result by the same tolerances.
#include "tests/segmentation/support.h"

using namespace orrery;
using namespace orrery::segmentation;
using namespace orrery::segmentation::test;

namespace {

struct Reference {
    std::map<std::string, std::vector<double>> right;
    std::map<std::string, std::map<std::string, std::vector<double>>> mutants; ///< every fifth of the samples
};

Reference referenceOf(const Case& c) {
    Reference wanted;
    const model::NumpyFile file(dataPath(c.name + ".npz"));
    for (const model::StoredTensor& tensor : file.tensors()) {
        const std::vector<float> values = file.readAll(tensor);
        const std::vector<double> exact(values.begin(), values.end());
        const std::size_t colon = tensor.name.find(':');
        if (colon == std::string::npos)
            wanted.right[tensor.name] = exact;
        else
            wanted.mutants[tensor.name.substr(0, colon)][tensor.name.substr(colon + 1)] = exact;
    }
    return wanted;
}

std::vector<double> everyFifth(const std::vector<double>& samples) {
    std::vector<double> kept;
    for (std::size_t i = 0; i < samples.size(); i += 5) kept.push_back(samples[i]);
    return kept;
}

} // namespace

class TestStages : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::string path(const std::string& name) const { return (m_folder.path() + '/').toStdString() + name; }

    Stages stages(const Case& c, Form form, const std::string& file, tensor::DType storage = tensor::DType::f32) {
        tensor::Context context(orrery::test::device());
        const ModelPlan plan(saved(c, path(file), form), storage);
        return stagesOf(context, *Model::load(context, plan), c);
    }

 private Q_SLOTS:
    void agreeWithTheReference_data() {
        QTest::addColumn<QString>("which");
        for (const char* name : {"vit", "pruned", "tinyvit"}) QTest::newRow(name) << name;
    }
    void agreeWithTheReference() {
        QFETCH(QString, which);
        const Case c(which.toStdString());
        const Reference wanted = referenceOf(c);
        const Stages found = stages(c, Form::metaSafetensors, c.name + ".safetensors");
        QVERIFY(wanted.right.size() > 30);
        for (const auto& [name, right] : wanted.right) {
            QVERIFY2(found.contains(name), name.c_str());
            const std::vector<double> ours = sampled(found.at(name));
            const double difference = apart(ours, right);
            qInfo("%-22s %.2e of %.0e", name.c_str(), difference, tolerance(name));
            QVERIFY2(difference <= tolerance(name), name.c_str());
            if (!name.ends_with(".full")) continue;
            std::size_t same = 0; // the mask itself
            for (std::size_t i = 0; i < ours.size(); ++i) same += (ours[i] > 0) == (right[i] > 0);
            QCOMPARE(same, ours.size());
        }
        for (const auto& [mutant, stages] : wanted.mutants) {
            QStringList caught;
            double most = 0;
            for (const auto& [name, wrong] : stages) {
                const double difference = apart(everyFifth(sampled(found.at(name))), wrong);
                if (difference > tolerance(name)) caught += QString::fromStdString(name);
                if (tolerance(name) > 0) most = std::max(most, difference / tolerance(name));
            }
            qInfo("%-22s %.1f tolerances, caught at %s", mutant.c_str(), most, qPrintable(caught.value(0)));
            QVERIFY2(!caught.isEmpty(), mutant.c_str());
        }
        QCOMPARE(wanted.mutants.size(), c.manifest.at("mutants").size());
    }

    void everyFormOfAFileGivesTheSameBits_data() { agreeWithTheReference_data(); }
    void everyFormOfAFileGivesTheSameBits() {
        QFETCH(QString, which);
        const Case c(which.toStdString());
        const Stages meta = stages(c, Form::metaSafetensors, "a.safetensors");
        QVERIFY(stages(c, Form::pth, "b.pth") == meta);
        if (c.name != "tinyvit")
            QVERIFY(stages(c, Form::huggingFaceSafetensors, "c.safetensors") == meta); // it has no such names
    }

    void halvesStayNear_data() { agreeWithTheReference_data(); }
    void halvesStayNear() {
        QFETCH(QString, which);
        const Case c(which.toStdString());
        const Stages whole = stages(c, Form::metaSafetensors, "a.safetensors");
        const Stages file = stages(c, Form::halfSafetensors, "h.safetensors");
        const Stages both = stages(c, Form::halfSafetensors, "h.safetensors", tensor::DType::f16);
        // A weight of 16 bits is off by 2^-12 at most; 24 layers of it add up to less than a hundredth.
        for (const Stages* halves : {&file, &both})
            for (const char* name : {"neck", "0.logits", "1.logits"})
                QVERIFY2(apart(sampled(halves->at(name)), sampled(whole.at(name))) < 1e-2, name);
        QVERIFY(apart(sampled(file.at("neck")), sampled(whole.at("neck"))) > 1e-5); // they are halves indeed
    }
};

ORRERY_TEST_MAIN(TestStages)
#include "tst_stages.moc"
