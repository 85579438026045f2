// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab to look at: the picture, masks over it, clicks and boxes; a click adds one that belongs, with Shift one that
// does not. Data units are the picture's pixels, y pointing up: row 0 is at y = 0.
#pragma once

#include "engine/labs/segmentation/lab.h"
#include "ui/view.h"

namespace orrery::ui {

class SegmentationView : public View {
 public:
    explicit SegmentationView(lab::Session& session);

    Rect home() const override;
    bool takeRefit() override;
    void settle() override;
    void prepare(const Frame& frame) override;
    void light(const Frame&, Layers&) override {}
    void main(const Frame& frame, Layers& layers) override;
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input&, const Camera&) override { return false; }
    void click(const Input& event, const Camera& camera) override;
    std::string emptyHint() const override;
    bool settled() const override;

 private:
    void compose();
    void add(const segmentation::Click& click);

    lab::Session& m_session;
    segmentation::SegmentationLab& m_lab;
    PictureBuffer m_shown;
    std::vector<std::uint32_t> m_pixels; ///< as composed, still to be uploaded where m_upload
    bool m_upload = false;
    std::uint64_t m_revision = ~std::uint64_t(0);
    double m_shade = -1;
    std::pair<std::int64_t, std::int64_t> m_fitted{0, 0};
    std::optional<segmentation::Click> m_pending; ///< until settle()
};

} // namespace orrery::ui
