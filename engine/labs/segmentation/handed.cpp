// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/handed.h"

#include "engine/lab/names.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr std::array<std::uint8_t, 3> beyond{124, 116, 104}; ///< the mean colour, which fills the square up

/// Pixels of the picture whose middles lie under the tokens along one axis; at least one each.
struct Span {
    std::int64_t begin = 0, end = 0;
};
std::vector<Span> spansOf(std::int64_t tokens, double pixelsEach, std::int64_t size) {
    std::vector<Span> all;
    for (std::int64_t i = 0; i < tokens; ++i) {
        Span span{std::int64_t(std::ceil(double(i) * pixelsEach - 0.5)),
                  std::int64_t(std::ceil(double(i + 1) * pixelsEach - 0.5))};
        if (span.end <= span.begin) span.end = (span.begin = std::int64_t((double(i) + 0.5) * pixelsEach)) + 1;
        span.end = std::clamp<std::int64_t>(span.end, 1, size);
        span.begin = std::clamp<std::int64_t>(span.begin, 0, span.end - 1);
        all.push_back(span);
    }
    return all;
}

class Patches {
 public:
    Patches(const TokenGrid& tokens, const Picture& picture, const Fit& fit)
        : m_picture(picture),
          m_fit(fit),
          m_columns(tokens.columns),
          m_rows(tokens.rows),
          m_token(double(fit.side) / double(tokens.grid)),
          m_x(spansOf(m_columns, m_token * double(fit.width) / double(fit.newWidth), fit.width)),
          m_y(spansOf(m_rows, m_token * double(fit.height) / double(fit.newHeight), fit.height)) {}

    template <class Work>
    void each(Work work) const { ///< work(index, x, y)
        for (std::int64_t y = 0; y < m_rows; ++y)
            for (std::int64_t x = 0; x < m_columns; ++x)
                work(std::size_t(y * m_columns + x), m_x[std::size_t(x)], m_y[std::size_t(y)]);
    }

    /// Which of the masks covers half of each patch; -1: none.
    std::vector<int> objects(const std::vector<NamedMask>& masks) const {
        std::vector<int> object(std::size_t(m_columns * m_rows), -1);
        for (std::size_t m = 0; m < masks.size(); ++m) {
            const Mask mask = decoded(masks[m].mask);
            each([&](std::size_t i, Span x, Span y) {
                if (object[i] >= 0) return;
                std::int64_t covered = 0;
                for (std::int64_t v = y.begin; v < y.end; ++v)
                    for (std::int64_t u = x.begin; u < x.end; ++u) covered += mask.pixels[std::size_t(v * mask.width + u)] != 0;
                if (2 * covered >= (x.end - x.begin) * (y.end - y.begin)) object[i] = int(m);
            });
        }
        return object;
    }

    std::array<double, 3> meanColour(Span x, Span y) const {
        std::array<double, 3> sum{};
        for (std::int64_t v = y.begin; v < y.end; ++v)
            for (std::int64_t u = x.begin; u < x.end; ++u)
                for (std::size_t c = 0; c < 3; ++c) sum[c] += m_picture.rgb[std::size_t(v * m_picture.width + u) * 3 + c];
        for (double& each : sum) each /= double((x.end - x.begin) * (y.end - y.begin));
        return sum;
    }

    lab::BundlePictures pictures() const {
        const double pixels = m_token * double(m_fit.width) / double(m_fit.newWidth);
        const auto side = std::clamp<std::int64_t>(std::llround(pixels), 1, largestPatch);
        const auto resized = [&](std::int64_t length) {
            return std::max<std::int64_t>(1, std::llround(double(length) * double(side) / m_token));
        };
        const Picture whole = resizeBilinear(m_picture, resized(m_fit.newWidth), resized(m_fit.newHeight));
        lab::BundlePictures all{side, {}};
        all.rgb.reserve(std::size_t(m_columns * m_rows * side * side * 3));
        for (std::int64_t row = 0; row < m_rows; ++row)
            for (std::int64_t column = 0; column < m_columns; ++column)
                for (std::int64_t y = row * side; y < (row + 1) * side; ++y)
                    for (std::int64_t x = column * side; x < (column + 1) * side; ++x) {
                        const bool in = x < whole.width && y < whole.height;
                        const std::uint8_t* const from = in ? whole.rgb.data() + (y * whole.width + x) * 3 : beyond.data();
                        all.rgb.insert(all.rgb.end(), from, from + 3);
                    }
        return all;
    }

 private:
    const Picture& m_picture;
    const Fit& m_fit;
    std::int64_t m_columns, m_rows;
    double m_token; ///< pixels of the model's square
    std::vector<Span> m_x, m_y;
};

} // namespace

lab::Bundle tokenBundle(const std::string& title, std::shared_ptr<const TokenGrid> tokens, const Picture& picture, const Fit& fit,
                        const std::vector<NamedMask>& masks) {
    lab::Bundle bundle;
    bundle.title = title;
    bundle.rows = tokens->rows * tokens->columns, bundle.dims = tokens->channels;
    const Patches patches(*tokens, picture, fit);
    enum { object, row, column, red, green, blue, brightness, count };
    bundle.columns.resize(count);
    const char* const headings[count] = {"object", "row", "column", "red", "green", "blue", "brightness"};
    for (int c = 0; c < count; ++c) bundle.columns[std::size_t(c)].name = headings[c];
    const auto put = [&](int which, std::string text) { bundle.columns[std::size_t(which)].texts.push_back(std::move(text)); };
    const std::vector<int> objects = patches.objects(masks);
    patches.each([&](std::size_t i, Span x, Span y) {
        const auto at = std::int64_t(i);
        const std::string v = std::to_string(at / tokens->columns), u = std::to_string(at % tokens->columns);
        bundle.names.push_back("row " + v + ", column " + u);
        put(object, objects[i] < 0 ? "background" : masks[std::size_t(objects[i])].name);
        put(row, v), put(column, u);
        const std::array<double, 3> colour = patches.meanColour(x, y);
        for (int c = 0; c < 3; ++c) put(red + c, std::to_string(std::lround(colour[std::size_t(c)])));
        const double light = (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255; // Rec. 709 luma
        put(brightness, lab::shortest(std::round(1000 * light) / 1000));
    });
    const bool parted = std::ranges::any_of(objects, [&](int each) { return each != objects.front(); });
    bundle.colour = headings[parted ? object : brightness];
    bundle.byAngle = true; // as the lab's own affinity
    bundle.pictures = patches.pictures();
    bundle.values = [tokens](std::int64_t first, std::span<float> out) {
        const std::int64_t C = tokens->channels;
        for (std::int64_t i = 0; i < std::int64_t(out.size()) / C; ++i)
            std::copy_n(tokens->token((first + i) / tokens->columns, (first + i) % tokens->columns), C, out.data() + i * C);
    };
    return bundle;
}

} // namespace orrery::segmentation
