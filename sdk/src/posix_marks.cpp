#include <otto/sdk/posix_marks.hpp>

#include <algorithm>
#include <utility>

namespace otto::sdk {
namespace {

constexpr char edge = '\036';

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

} // namespace

MarkScanner::MarkScanner(std::string nonce)
    : nonce_(std::move(nonce)) {}

void MarkScanner::expect_command(std::uint64_t sequence) {
    prefix_ = edge + nonce_ + ':' + std::to_string(sequence) + ':';
    first_ = prefix_ + 'b' + edge;
    probing_ = false;
    phase_ = Phase::before;
    dropped_ += held_.size();
    held_.clear();
}

void MarkScanner::expect_probe(std::uint64_t sequence, std::string_view answer) {
    expect_command(sequence);
    probing_ = true;
    first_ = prefix_ + 'p' + std::string(answer) + edge;
}

MarkScanner::Fit MarkScanner::fit(std::string_view candidate) const noexcept {
    if (phase_ == Phase::before) {
        if (!std::string_view(first_).starts_with(candidate)) return Fit::none;
        return candidate.size() == first_.size() ? Fit::whole : Fit::part;
    }
    if (candidate.size() <= prefix_.size())
        return std::string_view(prefix_).starts_with(candidate) ? Fit::part : Fit::none;
    // One to three digits, ':', '-' or 'x', the edge.
    std::string_view tail = candidate.substr(prefix_.size());
    std::size_t digits = 0;
    while (digits < tail.size() && digits < 3 && is_digit(tail[digits]))
        ++digits;
    if (digits == 0) return Fit::none;
    tail.remove_prefix(digits);
    if (tail.empty()) return Fit::part;
    if (tail[0] != ':' || (tail.size() > 1 && tail[1] != '-' && tail[1] != 'x')) return Fit::none;
    if (tail.size() < 3) return Fit::part;
    return tail[2] == edge ? Fit::whole : Fit::none;
}

void MarkScanner::take(std::string_view mark) {
    if (phase_ == Phase::before) {
        phase_ = probing_ ? Phase::done : Phase::inside;
        return;
    }
    status_ = 0;
    mark.remove_prefix(prefix_.size());
    for (; is_digit(mark.front()); mark.remove_prefix(1))
        status_ = status_ * 10 + (mark.front() - '0');
    replaced_ = mark[1] == 'x';
    phase_ = Phase::done;
}

void MarkScanner::give(std::string_view bytes, const Output& output) {
    if (bytes.empty()) return;
    if (phase_ == Phase::inside) {
        output(bytes);
    } else {
        dropped_ += bytes.size();
    }
}

void MarkScanner::feed(std::string_view bytes, const Output& output) {
    while (!bytes.empty()) {
        if (phase_ == Phase::done) return give(bytes, output);
        if (held_.empty()) {
            std::size_t at = std::min(bytes.find(edge), bytes.size());
            give(bytes.substr(0, at), output);
            bytes.remove_prefix(at);
            if (bytes.empty()) return;
        }
        held_ += bytes.front();
        switch (fit(held_)) {
        case Fit::part:
            bytes.remove_prefix(1);
            break;
        case Fit::whole:
            bytes.remove_prefix(1);
            take(held_);
            held_.clear();
            break;
        case Fit::none: // its last byte may begin a mark: it is looked at again
            held_.pop_back();
            give(held_, output);
            held_.clear();
            break;
        }
    }
}

void MarkScanner::finish(const Output& output) {
    give(held_, output);
    held_.clear();
}

} // namespace otto::sdk
