// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/metrics_contenders.h"

namespace orrery::segmentation {

namespace {

class ModelContender : public Contender {
 public:
    ModelContender(tensor::Context& context, const Model& model, std::string name, bool feedBack)
        : m_context(context), m_model(model), m_name(std::move(name)), m_feedBack(feedBack) {}

    std::string name() const override { return m_name; }

    void open(const PictureView& view) override {
        const Picture picture{view.width, view.height, {view.rgb.begin(), view.rgb.end()}};
        m_fit = fitInto(picture.width, picture.height, m_model.side());
        Encoding encoding = m_model.encode(m_context, picture);
        while (!encoding.step(m_context, 1e3)) continue;
        m_embedded = m_model.embedded(m_context, *encoding.features, m_fit);
        m_former.clear();
    }

    std::vector<Candidate> ask(std::span<const Click> clicks) override {
        if (clicks.size() == 1) m_former.clear();
        const Answer answer = m_model.ask(m_context, m_embedded, {{clicks.begin(), clicks.end()}, {}, m_former});
        std::vector<Candidate> all;
        const auto offer = [&](std::size_t mask) {
            all.push_back({maskOf(answer.of(mask), answer.side, m_fit).pixels, double(answer.iou[mask])});
        };
        offer(answer.chosen);
        for (std::size_t mask = 1; mask < std::size_t(answer.masks) && answer.chosen > 0; ++mask)
            if (mask != answer.chosen) offer(mask);
        if (m_feedBack) m_former.assign(answer.of(answer.chosen).begin(), answer.of(answer.chosen).end());
        return all;
    }

 private:
    tensor::Context& m_context;
    const Model& m_model;
    std::string m_name;
    bool m_feedBack;
    Fit m_fit;
    Embedded m_embedded;
    std::vector<float> m_former;
};

} // namespace

std::unique_ptr<Contender> makeContender(tensor::Context& context, const Model& model, const std::string& name, bool feedBack) {
    return std::make_unique<ModelContender>(context, model, name, feedBack);
}

} // namespace orrery::segmentation
