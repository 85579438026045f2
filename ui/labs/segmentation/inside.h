// SPDX-License-Identifier: GPL-3.0-or-later
// What lies over the picture when the lab looks inside the model: a stage's tokens as three colours, how like one token the others
// are, what it reads, or the logits; with a legend, and the stages in a row to choose from.
#pragma once

#include "ui/labs/segmentation/cards.h"
#include "ui/labs/segmentation/picture_texture.h"

namespace orrery::ui::seg {

class InsideLayer {
 public:
    InsideLayer(lab::Session& session, segmentation::SegmentationLab& lab) : m_session(session), m_lab(lab) {}

    bool active() const; ///< anything but the photograph is asked for
    bool logits() const;
    float height() const;                           ///< logical pixels that the legend takes at the lower edge
    void settle(std::optional<glm::dvec2> hovered); ///< makes the change that was clicked; may throw Error
    void prepare(gpu::Device& device);
    void draw(const Frame& frame, Layers& layers) const;
    void overlay(const Frame& frame, const Look& look, const ViewPlace& place);
    /// "stage 3": where it was drawn last.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const;

 private:
    using Show = segmentation::InsideRequest::Show;
    struct Made { ///< what the texture was made of
        std::uint64_t inside = ~std::uint64_t(0), desk = 0, masks = 0;
        std::array<std::int64_t, 2> token{};
        bool operator==(const Made&) const = default;
    };
    void paint(gpu::Device& device, std::int64_t grid, std::int64_t columns, std::int64_t rows,
               const std::function<glm::vec4(std::int64_t y, std::int64_t x)>& colour);
    void paintRow(gpu::Device& device, std::int64_t grid, const std::vector<float>& values, Colormap map, double low,
                  double high);
    void paintLogits(gpu::Device& device);
    glm::dvec2 corner(const Camera& camera, std::int64_t grid, std::int64_t x, std::int64_t y) const;
    void drawToken(const Camera& camera, const Look& look) const;
    void drawStages(const Look& look, float width);
    std::vector<std::string> lines(const Look& look) const; ///< under the row of stages

    lab::Session& m_session;
    segmentation::SegmentationLab& m_lab;
    PictureTexture m_texture;
    Made m_made;
    Colormap m_map = Colormap::viridis;
    double m_low = 0, m_high = 1;        ///< of the colour bar
    double m_beyond = 0;                 ///< weight on what is not of the picture: the rest of the square, and of windows
    std::optional<std::size_t> m_chosen; ///< a stage that was clicked
    std::map<std::string, std::pair<glm::dvec2, glm::dvec2>> m_spots;
};

} // namespace orrery::ui::seg
