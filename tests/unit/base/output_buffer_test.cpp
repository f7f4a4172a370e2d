#include "host/output_buffer.hpp"

#include <string>
#include <support/catch.hpp>

using otto::OutputBuffer;

namespace {

// What must be kept of a stream: its first and its last half of the limit.
std::string kept_of(const std::string& stream, std::size_t limit) {
    if (stream.size() <= limit) return stream;
    return stream.substr(0, limit / 2) + stream.substr(stream.size() - (limit - limit / 2));
}

std::string alphabet(std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
        text += static_cast<char>('a' + i % 26);
    return text;
}

} // namespace

TEST_CASE("the first and the last half of a stream are kept, however it comes in pieces") {
    for (std::size_t limit = 0; limit <= 9; ++limit) {
        for (std::size_t length = 0; length <= 30; ++length) {
            const std::string stream = alphabet(length);
            for (std::size_t piece = 1; piece <= length + 1; ++piece) {
                CAPTURE(limit, length, piece);
                OutputBuffer buffer(limit);
                for (std::size_t at = 0; at < length; at += piece)
                    buffer.append(std::string_view(stream).substr(at, piece));
                const std::string kept = kept_of(stream, limit);
                REQUIRE(buffer.dropped() == length - kept.size());
                REQUIRE(buffer.take() == kept);
            }
        }
    }
}

TEST_CASE("a buffer that was taken is empty") {
    OutputBuffer buffer(4);
    buffer.append("abcdefg");
    CHECK(buffer.take() == "abfg");
    CHECK(buffer.take().empty());
    buffer.append("xyz");
    CHECK(buffer.take() == "xyz");
}
