// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab to look at: the picture, the masks over it, clicks and boxes; the answers of the model and the objects beside
// it, and how far the encoder is.
#pragma once

#include "ui/labs/segmentation/cards.h"
#include "ui/labs/segmentation/inside.h"
#include "ui/labs/segmentation/kernels.h"
#include "ui/labs/segmentation/logit_field.h"
#include "ui/labs/segmentation/object_layer.h"
#include "ui/view.h"

namespace orrery::ui {

class SegmentationView : public View {
 public:
    explicit SegmentationView(lab::Session& session);

    Rect home() const override;
    glm::dvec4 edges() const override {
        return kernels() ? glm::dvec4(0) : glm::dvec4(0, 0, seg::cardWidth + 28, m_inside.height());
    }
    void place(glm::dvec2 size, float scale, float panel, float hud) override { m_place = {size, scale, panel, hud}; }
    bool takeRefit() override;
    /// "canvas": the picture; and what the cards name.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const override;
    void settle() override;
    void prepare(const Frame& frame) override;
    void light(const Frame&, Layers&) override {}
    void main(const Frame& frame, Layers& layers) override;
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input& event, const Camera& camera) override;
    void click(const Input& event, const Camera& camera) override;
    std::string emptyHint() const override;
    bool settled() const override { return m_lab.jobs().empty(); }

 private:
    struct Shown { ///< of one object: which mask of which answer is on the GPU
        const float* logits = nullptr;
        std::vector<float> iou{};
        std::size_t mask = 0;
        seg::LogitField field;
    };
    bool kernels() const { return m_lab.inside().asked().show == segmentation::InsideRequest::Show::kernels; }
    void prepareAnswers(gpu::Device& device);
    void prepareMended(gpu::Device& device);
    void tryOut();

    lab::Session& m_session;
    segmentation::SegmentationLab& m_lab;
    seg::Hands m_hands;
    seg::Cards m_cards;
    seg::InsideLayer m_inside;
    seg::KernelPage m_kernels;
    seg::ViewPlace m_place;
    seg::PictureTexture m_picture;
    seg::ObjectLayer m_found, m_mended; ///< of the search for everything; objects that a brush has mended
    struct Mended {                     ///< of one object: its mask as last made, and from what
        std::vector<segmentation::Dab> dabs{};
        std::vector<float> iou{};
        std::size_t chosen = 0;
        bool zoomed = false;
        std::string coco{};
        segmentation::Rle mask{};
        bool sameAs(const Mended& m) const {
            return dabs == m.dabs && iou == m.iou && chosen == m.chosen && zoomed == m.zoomed && coco == m.coco;
        }
    };
    std::map<int, Mended> m_mendedMasks;
    std::map<int, Shown> m_shown;
    seg::LogitField m_tried;
    std::vector<float> m_triedIou;
    std::uint64_t m_desk = ~std::uint64_t(0), m_foundShown = ~std::uint64_t(0), m_pictureHash = 0;
    std::pair<std::int64_t, std::int64_t> m_fitted{0, 0};
    glm::dvec2 m_pictureLow{0, 0}, m_pictureHigh{0, 0}; ///< framebuffer pixels, of the last frame
};

} // namespace orrery::ui
