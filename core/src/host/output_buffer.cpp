#include "host/output_buffer.hpp"

#include <algorithm>
#include <utility>

namespace otto {

OutputBuffer::OutputBuffer(std::size_t limit)
    : head_limit_(limit / 2)
    , tail_limit_(limit - limit / 2) {}

void OutputBuffer::append(std::string_view bytes) {
    const std::size_t to_head = std::min(bytes.size(), head_limit_ - head_.size());
    head_.append(bytes.substr(0, to_head));
    bytes.remove_prefix(to_head);
    if (bytes.size() > tail_limit_) {
        dropped_ += bytes.size() - tail_limit_;
        bytes.remove_prefix(bytes.size() - tail_limit_);
    }
    const std::size_t to_fill = std::min(bytes.size(), tail_limit_ - ring_.size());
    ring_.append(bytes.substr(0, to_fill));
    bytes.remove_prefix(to_fill);
    dropped_ += bytes.size();
    while (!bytes.empty()) {
        const std::size_t piece = std::min(bytes.size(), tail_limit_ - next_);
        std::copy_n(bytes.data(), piece, ring_.data() + next_);
        next_ = (next_ + piece) % tail_limit_;
        bytes.remove_prefix(piece);
    }
}

std::string OutputBuffer::take() {
    std::rotate(ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(next_), ring_.end());
    next_ = 0;
    std::string all = std::exchange(head_, {});
    all += std::exchange(ring_, {});
    return all;
}

} // namespace otto
