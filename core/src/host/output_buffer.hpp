// Keeps the first and the last half of a stream and counts what fell out between: constant memory for any
// output.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace otto {

class OutputBuffer {
  public:
    explicit OutputBuffer(std::size_t limit);

    void append(std::string_view bytes);

    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    // Everything that was kept, in order; the buffer is empty afterwards.
    [[nodiscard]] std::string take();

  private:
    std::size_t head_limit_;
    std::size_t tail_limit_;
    std::string head_;
    std::string ring_; // the last tail_limit_ bytes, once full written round and round
    std::size_t next_ = 0;
    std::uint64_t dropped_ = 0;
};

} // namespace otto
