// SPDX-License-Identifier: GPL-3.0-or-later
// Records work into one command list. Barriers are derived from overlaps of the byte ranges that each
// command declares to read and write; nobody places one by hand.
#pragma once

#include "engine/gpu/kernel.h"

#include <cstring>
#include <span>

namespace orrery::gpu {

/// A part of a buffer; a whole buffer converts to it.
struct BufferRange {
    BufferRange() = default;
    BufferRange(const Buffer& whole) : buffer(whole), offset(0), size(whole.size()) {} // NOLINT(google-explicit-constructor)
    BufferRange(const Buffer& b, std::uint64_t off, std::uint64_t bytes) : buffer(b), offset(off), size(bytes) {}

    Buffer buffer;
    std::uint64_t offset = 0, size = 0; ///< bytes
};

/// Bytes that arrive once the recorder's ticket is done.
class Download {
 public:
    Download() = default;
    Download(Device& device, Buffer staging, std::shared_ptr<Ticket> ticket)
        : m_device(&device), m_staging(std::move(staging)), m_ticket(std::move(ticket)) {}
    explicit operator bool() const { return m_ticket != nullptr; }
    bool ready() const; ///< false too while the recorder has not been submitted
    void wait() const;
    template <class T>
    std::span<const T> as() const {
        return {static_cast<const T*>(m_staging.mapped()), m_staging.size() / sizeof(T)};
    }

 private:
    Device* m_device = nullptr;
    Buffer m_staging;
    std::shared_ptr<Ticket> m_ticket;
};

class Recorder {
 public:
    Recorder(Recorder&&) noexcept;
    Recorder& operator=(Recorder&&) noexcept;
    ~Recorder(); ///< work that was never submitted is dropped

    Device& device() const;

    /// One range per binding of the kernel. Texel reads need the whole buffer: pass offsets as push constants. `flops` is for
    /// the profile.
    void dispatch(const Kernel& kernel, std::span<const BufferRange> ranges, std::span<const std::byte> push,
                  std::array<std::uint32_t, 3> groups, double flops = 0);
    template <class Push>
    void dispatch(const Kernel& kernel, std::initializer_list<BufferRange> ranges, const Push& push,
                  std::array<std::uint32_t, 3> groups) {
        dispatch(kernel, std::span(ranges.begin(), ranges.size()), std::as_bytes(std::span(&push, 1)), groups);
    }

    void copy(const BufferRange& from, const BufferRange& to);
    void fill(const BufferRange& range, std::uint32_t word);
    void upload(const BufferRange& to, std::span<const std::byte> bytes); ///< any size, by staging
    template <class T>
    void upload(const BufferRange& to, const std::vector<T>& values) {
        upload(to, std::as_bytes(std::span(values)));
    }
    Download download(const BufferRange& from);
    Download download(const Image& from); ///< in TRANSFER_SRC_OPTIMAL, four bytes per texel; rows from the top

    /// Declares what the graphics commands that follow will read (call it outside a render pass).
    void reads(const BufferRange& range);

    /// For ui/render: the raw list. Buffers used there must be declared by reads(); keep() holds them alive.
    VkCommandBuffer commands() const;
    void keep(const Buffer& buffer);
    void keep(const Image& image);
    VkDescriptorSet descriptorSet(VkDescriptorSetLayout layout); ///< lives as long as the command list

    /// A named, timed stretch of work (nesting is not supported; dispatches time themselves by kernel name
    /// outside a stretch).
    void beginStretch(const std::string& name);
    void endStretch();

    struct Impl;
    Impl& impl() { return *m_impl; }
    explicit Recorder(std::unique_ptr<Impl> impl);

 private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::gpu
