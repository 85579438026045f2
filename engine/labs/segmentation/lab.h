// SPDX-License-Identifier: GPL-3.0-or-later
// The segmentation lab: its clock counts the clicks of the object in hand, so that scrubbing back shows the answer to the first
// clicks alone.
#pragma once

#include "engine/labs/segmentation/inside.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/labs/segmentation/request.h"
#include "engine/labs/segmentation/tracks.h"
#include "engine/labs/segmentation/zoom.h"

namespace orrery::segmentation {

/// What the view draws from.
class SegmentationLab : public lab::Lab {
 public:
    virtual const Desk& desk() const = 0;
    virtual const Request& request() const = 0;
    /// Rises whenever a mask that is shown may have changed.
    virtual std::uint64_t shownRevision() const = 0;
    /// The answer of an object: of the one in hand where the clock stands, of others after their last click; null: none.
    virtual const Answer* answer(int object) const = 0;
    virtual Mask mask(int object) const = 0; ///< of the picture's size; empty pixels 0 where there is no answer
    /// Numbers of those that have clicks, a box, a sketch, strokes, or a mask of a file.
    virtual std::vector<int> objects() const = 0;
    virtual std::string nameOf(int object) const = 0; ///< the person's, else the file's, else empty
    virtual bool given(int object) const = 0;         ///< a file has brought it
    /// How the object's mask was looked at again; null: it is as the whole picture gave it.
    virtual const Zoomed* zoomed(int object) const = 0;
    virtual const std::vector<Found>& found() const = 0; ///< by the search for everything
    virtual std::uint64_t foundRevision() const = 0;     ///< rises whenever these change
    struct Search {
        std::int64_t asked = 0; ///< clicks so far
        bool done = false;
    };
    virtual const std::optional<Search>& search() const = 0; ///< the last one for everything, since this picture came

    /// A click that is only tried (hover): the newest wins, one is asked at a time. Nothing: none.
    virtual void tryOut(const std::optional<Click>& click) = 0;
    virtual const Answer* triedOut() const = 0;

    /// The pictures of the folder, and which of them is open; empty without a folder.
    virtual const std::vector<std::string>& album() const = 0;
    virtual std::size_t albumPlace() const = 0;

    virtual const Kernels& kernels() const = 0;
    virtual const Inside& inside() const = 0;
    /// Whence the tokens are looked at, in pixels of the picture; nothing: the last click of the object in hand, or the middle.
    virtual void pointAt(const std::optional<std::array<double, 2>>& place) = 0;
    /// The token there, of a grid over the model's square: column and row.
    virtual std::array<std::int64_t, 2> pointedToken(std::int64_t grid) const = 0;
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::segmentation
