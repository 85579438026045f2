// SPDX-License-Identifier: GPL-3.0-or-later
// The lab as it runs: lab.cpp takes settings and moves on, lab_results.cpp tells what came of it, lab_sending.cpp
// hands it over.
#pragma once

#include "engine/lab/sending.h"
#include "engine/labs/segmentation/declaration.h"
#include "engine/labs/segmentation/given.h"
#include "engine/labs/segmentation/lab.h"

namespace orrery::segmentation {

class LiveLab final : public SegmentationLab, public lab::Sender {
 public:
    explicit LiveLab(gpu::Device& device) : m_desk(device), m_inside(m_desk) {}
    ~LiveLab() override { m_jobs.cancelAll(); }
    /// The registry's at first, so that settings are held against that whatever the model is; then as the panel shows it:
    /// stages and heads go as far as the model's.
    const lab::Declaration& declaration() const override { return m_desk.plan() ? m_declared : segmentation::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t, const std::vector<std::string>&) override;
    int steps() const override { return current() ? current()->clicks() : 0; }
    double clock(int step) const override { return step; }
    std::vector<lab::Mark> marks() const override { return {{0, "no click"}, {steps(), "last click"}}; }
    int position() const override { return m_position; }
    std::string status() const override;
    bool advance(gpu::Recorder&, int target, double budgetMs) override;
    void collect() override;
    void act(const std::string& action) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    void save(const std::string& output, const std::string& path) override;
    lab::Offer offer(const std::string& output) const override;
    std::function<lab::Bundle()> bundle(const std::string& output) override;
    lab::Jobs& jobs() override { return m_jobs; }
    std::vector<lab::Check> checks() const override;

    const Desk& desk() const override { return m_desk; }
    const Request& request() const override { return m_request; }
    std::uint64_t shownRevision() const override { return m_shown + m_desk.revision(); }
    const Answer* answer(int object) const override;
    Mask mask(int object) const override;
    std::vector<int> objects() const override;
    std::string nameOf(int object) const override;
    bool given(int object) const override { return m_given.contains(object) && !m_request.dropped(object); }
    const Zoomed* zoomed(int object) const override;
    const std::vector<Found>& found() const override { return m_found; }
    std::uint64_t foundRevision() const override { return m_foundRevision; }
    const std::optional<Search>& search() const override { return m_search; }
    void tryOut(const std::optional<Click>& click) override;
    const Answer* triedOut() const override { return m_tried ? &*m_tried : nullptr; }
    const std::vector<std::string>& album() const override { return m_album; }
    std::size_t albumPlace() const override;
    const Kernels& kernels() const override { return m_kernels; }
    const Inside& inside() const override { return m_inside; }
    void pointAt(const std::optional<std::array<double, 2>>& place) override { m_place = place; }
    std::array<std::int64_t, 2> pointedToken(std::int64_t grid) const override;

 private:
    const Track* current() const;
    void touch() { ++m_shown; }
    void setFound(std::vector<Found> found) { m_found = std::move(found), ++m_foundRevision; }
    bool askNext(const Embedded& picture, int target);
    bool askTrack(int object, Track& track, const Embedded& picture, int upTo);
    void searchForEverything();
    void zoomNext();
    void fitRanges();
    Mask coarseMask(int object) const; ///< before strokes, and before it was looked at again
    bool hasMask(int object) const;
    double shareOf(const Answer& of, std::size_t mask) const;
    Annotated annotated() const;
    std::vector<Annotated> allAnnotated() const; ///< of the folder too

    struct Look { ///< a zoom, and the answer that it was made of
        std::vector<float> iou{};
        std::size_t mask = 0;
        Prompt prompt{};
        std::optional<Zoomed> zoomed{}; ///< nothing: it was not worth it, or is under way
    };
    const Look* lookOf(int object) const; ///< null: not of the answer that is shown now
    Look wantedLook(int object) const;

    lab::Declaration m_declared = segmentation::declaration();
    lab::Jobs m_jobs;
    Desk m_desk;
    Inside m_inside;
    Kernels m_kernels;
    std::optional<std::array<double, 2>> m_place;
    Request m_request;
    std::map<int, Track> m_tracks;
    int m_position = 0;
    std::uint64_t m_shown = 0, m_foundRevision = 0;
    std::vector<Found> m_found;
    std::optional<Search> m_search;
    std::optional<Click> m_tryOut;
    std::optional<Answer> m_tried;
    std::map<int, Look> m_looks;
    std::vector<std::string> m_album;
    std::map<std::string, Annotated> m_done; ///< pictures of the folder that were left, by path
    std::string m_cocoPath;
    std::vector<Annotated> m_coco; ///< of that file
    std::map<int, Object> m_given;
    std::uint64_t m_givenRevision = 0;
    mutable std::map<std::string, std::vector<lab::Sample>> m_series;
};

} // namespace orrery::segmentation
