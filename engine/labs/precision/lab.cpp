// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/lab.h"

#include "engine/labs/precision/declaration.h"
#include "engine/labs/precision/request.h"

namespace orrery::precision {

namespace {

class LiveLab final : public lab::ScenesLab<PrecisionLab> {
 public:
    explicit LiveLab(gpu::Device& device) : m_twins(device) {}
    const lab::Declaration& declaration() const override { return precision::declaration(); }

    void configure(const lab::Settings& settings, std::uint64_t seed, const std::vector<std::string>&) override {
        Request wanted = request(settings, seed); // all that may be refused; what follows only takes over
        m_show = std::move(wanted.show);
        m_bits.configure(wanted.bits);
        m_sums.configure(wanted.sums);
        m_gradients.configure(wanted.gradients);
        m_twins.configure(wanted.twins);
    }

    lab::Jobs& jobs() override { return m_jobs; }

    const std::string& show() const override { return m_show; }
    const Bits& bits() const override { return m_bits; }
    const Sums& sums() const override { return m_sums; }
    const Gradients& gradients() const override { return m_gradients; }
    const Twins& twins() const override { return m_twins; }

 private:
    const lab::Scene& scene() const override {
        if (m_show == "sums") return m_sums;
        if (m_show == "gradients") return m_gradients;
        if (m_show == "training") return m_twins;
        return m_bits;
    }

    std::string m_show = "bits";
    Bits m_bits;
    Sums m_sums;
    Gradients m_gradients;
    Twins m_twins;
    lab::Jobs m_jobs;
};

} // namespace

std::unique_ptr<lab::Lab> make(gpu::Device& device) { return std::make_unique<LiveLab>(device); }

} // namespace orrery::precision
