// SPDX-License-Identifier: GPL-3.0-or-later
// Reads a network's weights from a file in pieces: neither the file nor a large tensor of it ever stands in memory as a whole,
// the window goes on drawing between two pieces, and the device takes one while the next is read.
#pragma once

#include "engine/tensor/parameters.h"

namespace orrery::tensor {

class ParameterLoader {
 public:
    /// By name behind `prefix`. All names and shapes are checked here, before anything changes: throws Error naming the first
    /// parameter that is missing there or has another shape; tensors that the file has beyond those are left alone.
    /// `file` must live as long as this object; the parameters' tensors are written in place.
    ParameterLoader(Context& context, const Parameters& parameters, const model::TensorFile& file,
                    const std::string& prefix = "");

    std::uint64_t total() const { return m_total; } ///< numbers in all
    bool finished() const { return m_at == m_pieces.size(); }
    /// Reads and uploads up to so many numbers; returns the fraction done. Throws Error when the file cannot be read.
    double step(std::uint64_t numbers = 1u << 22);

 private:
    struct Piece {
        std::string stored; ///< its name in the file
        Tensor to;
    };
    Context& m_context;
    const model::TensorFile& m_file;
    std::vector<Piece> m_pieces;
    std::size_t m_at = 0;     ///< piece
    std::uint64_t m_from = 0; ///< number in it
    std::uint64_t m_done = 0, m_total = 0;
};

} // namespace orrery::tensor
