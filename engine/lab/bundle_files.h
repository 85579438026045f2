// SPDX-License-Identifier: GPL-3.0-or-later
// The three files of a bundle, and how they come to their place together.
#pragma once

#include "engine/lab/bundle.h"

#include <filesystem>

namespace orrery::lab {

class BundleFiles {
 public:
    BundleFiles(std::filesystem::path folder, std::string stem) : m_folder(std::move(folder)), m_stem(std::move(stem)) {}
    std::filesystem::path values() const { return m_folder / (m_stem + ".npy"); }
    std::filesystem::path labels() const { return m_folder / (m_stem + ".labels.tsv"); }
    std::filesystem::path sheet() const { return m_folder / (m_stem + ".thumbs.png"); }

    void moveTo(const BundleFiles& other) const; ///< what is there; what the other has beyond it goes. Throws Error
    void remove() const;
    std::uint64_t bytes() const;

 private:
    std::filesystem::path m_folder;
    std::string m_stem;
};

/// Writes all of them as they stand, over what is there; returns a hash of what they hold. Throws Error.
std::uint64_t writeBundleFiles(const Bundle& bundle, const BundleFiles& files, const BundleProgress& progress);

} // namespace orrery::lab
