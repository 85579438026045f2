// SPDX-License-Identifier: GPL-3.0-or-later
// The lab itself: settings in, GPU work out, numbers and checks on the side. lab.cpp runs it, lab_data.cpp loads its data, _shown
// answers what is drawn and hovered, _checks compares with theory, _learned has the network, _sending hands over what it sees.
#pragma once

#include "engine/lab/sending.h"
#include "engine/labs/diffusion/fields.h"
#include "engine/labs/diffusion/learned.h"
#include "engine/labs/diffusion/likeness.h"
#include "engine/labs/diffusion/measures.h"
#include "engine/labs/diffusion/request.h"
#include "engine/labs/diffusion/step_watch.h"
#include "engine/labs/diffusion/theory.h"
#include "engine/labs/diffusion/watch.h"

#include <cmath>
#include <map>

namespace orrery::diffusion {

class LiveLab final : public DiffusionLab, public lab::Sender {
 public:
    explicit LiveLab(gpu::Device& device);

    const lab::Declaration& declaration() const override;
    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>& changed) override;
    int steps() const override { return int(m_journey->steps.size()); }
    double clock(int step) const override { return m_journey->times[std::size_t(step)]; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return std::max(0, m_particles.position()); }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    void collect() override;
    void act(const std::string& action) override; ///< of the network; the others are of transport or settings
    void save(const std::string& output, const std::string& path) override;
    lab::Offer offer(const std::string& output) const override;
    std::function<lab::Bundle()> bundle(const std::string& output) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device& device, const std::string& key) override;
    std::vector<lab::Check> checks() const override;
    lab::Jobs& jobs() override { return m_jobs; }

    gpu::Buffer particles() const override { return m_particles.places(); }
    std::uint32_t particleCount() const override { return m_particles.position() < 0 ? 0 : m_particles.count(); }
    Frame2 frame() const override { return m_frame; }
    double spread() const override;
    gpu::Buffer trails() const override { return m_particles.trails(); }
    int trailFirst() const override;
    int trailLast() const override { return position(); }
    gpu::Buffer field(gpu::Recorder& recorder, const FieldGrid& grid) override;
    gpu::Buffer arrows(gpu::Recorder& recorder, const FieldGrid& grid, bool difference) override;
    gpu::Buffer difference(gpu::Recorder& recorder, const FieldGrid& grid) override;
    bool hasNetwork() const override { return bool(m_walk); }
    std::vector<lab::Fact> networkFacts() const override;
    int networkVersion() const override { return m_walk ? m_learned.live().version() : -1; }
    double shownSigma() const override { return std::sqrt(shown().variance); }
    double fieldPairs(std::uint64_t cells, bool learned) const override;
    double stepPairs() const override;
    double peakDensity() const override;
    void requestHistogram(gpu::Recorder& recorder, const double low[2], const double high[2], std::uint32_t bins) override;
    const Histogram& histogram() const override { return m_counts.newest(); }
    std::vector<double> marginal(int axis, double low, double step, int count) const override;
    std::vector<lab::Fact> inspect(double x, double y) const override;
    std::span<const float> trailRow(int step) const override { return m_measures.row(step); }
    int nearestTrail(double x, double y, double reach) const override;

 private:
    struct Shown { ///< the marginal that is drawn, at one step
        int step = -1;
        double alpha = 1, variance = 0;
    };
    void install(Request request, std::uint64_t seed, std::shared_ptr<const Mixture> mixture, Frame2 frame);
    void begin(const Particles::Problem& problem);
    std::shared_ptr<const Mixture> load(const DataRequest& data, bool chosenAnew, Frame2& frame);
    bool haveFile(const std::string& path, bool chosenAnew);
    bool under(const lab::Job* job) const; ///< it is still to be done
    bool reading() const { return under(m_reading); }
    void stopReading();
    void learn(const std::optional<LearnRequest>& request, const std::shared_ptr<const Mixture>& data, const Schedule& schedule);
    void train(), stopTraining();
    void takeNetwork(), followNetwork(int target);
    double scorePush(int step) const, scoreSize(int step) const;
    /// Where GPU work goes: with a network into its own list, which is submitted before the frame's.
    gpu::Recorder& list(gpu::Recorder& frame) { return m_walk ? m_walk->recorder() : frame; }
    std::vector<lab::Fact> learnedFacts(double x, double y, const double (&exact)[2]) const;
    void add(const Measured& measured);
    Shown shown() const;
    const Marginal& shownMarginal() const;
    void gatherAxes();
    std::string emptyBecause() const;
    lab::Check checkReference() const, checkMean(int axis) const, checkVariance() const, checkDensity() const;
    void compareDensity(gpu::Recorder& recorder);
    /// `scoreError`: how far the learned score's own error may lead.
    lab::Check judge(lab::Check check, int step, double truth, double predicted, double band, const char* how, double atMost,
                     double scoreError) const;
    template <class Has>
    int newest(const Has& has) const; ///< of the steps up to now that have it, or -1
    int measuredStep() const;
    Moments truth(int step) const;
    enum class FieldKind { density, score, learned };
    lab::HostArray fieldArray(gpu::Device& device, FieldKind kind);
    lab::HostArray placesArray(gpu::Device& device, const gpu::Buffer& buffer, std::uint64_t rows, std::uint64_t columns,
                               std::uint64_t stride) const;

    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    Particles m_particles;
    Measures m_measures;
    Counts m_counts;
    Fields m_fields;
    Watch m_watch;
    Likeness m_likeness;
    lab::Jobs m_jobs;
    const lab::Job *m_reading = nullptr, *m_training = nullptr; ///< compared with those of m_jobs, never looked into

    Learned m_learned;
    LearnedFields m_learnedFields;
    std::shared_ptr<ScoreModel> m_walk; ///< what pulls the particles; null: the mixture's own score
    StepWatch m_stepWatch;
    bool m_stopped = false, m_wantsFresh = false;         ///< training by hand; the particles shall take the newest network
    int m_more = 0, m_lastTarget = -1, m_stillFrames = 0; ///< m_more: steps asked for beyond the setting
    std::vector<double> m_walkError;                      ///< of m_walk: see Learned::noiseError

    Request m_request;
    std::uint64_t m_seed = 1;
    std::shared_ptr<const Mixture> m_mixture; ///< standardised
    std::shared_ptr<const Journey> m_journey;
    Frame2 m_frame;
    Moments m_data;                         ///< of m_mixture
    std::vector<Moments> m_predicted;       ///< by step, of the steps as they ought to be
    std::vector<Affine> m_affine;           ///< by step on the way out
    std::vector<double> m_densityGap;       ///< by step
    std::vector<double> m_widestDensityGap; ///< the same with all the noise: between ODE and SDE the two errors cancel
    std::vector<Measured> m_measured;       ///< by step
    std::map<std::string, std::vector<lab::Sample>> m_series;

    struct {
        std::string path, version; ///< version: size and time of change
        std::vector<double> xy;
        bool whole = false;
    } m_file; ///< the last one that was asked for

    mutable std::optional<Marginal> m_marginal; ///< of m_marginalStep
    mutable int m_marginalStep = -1;
    mutable int m_peakStep = -1;
    mutable double m_peak = 0;
    std::optional<Mixture> m_axes[2]; ///< few components that stand for very many, for the curves at the edges
};

} // namespace orrery::diffusion
