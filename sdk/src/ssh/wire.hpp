// Data types of the SSH protocol (RFC 4251, section 5). Sans-I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace otto::sdk {

inline void put_number(std::string& out, std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        out.push_back(static_cast<char>(value >> shift & 0xff));
}

inline void put_string(std::string& out, std::string_view bytes) {
    put_number(out, static_cast<std::uint32_t>(bytes.size()));
    out.append(bytes);
}

// Takes values off the front of foreign bytes. After the first that does not fit, everything is empty and
// ok() false.
class WireReader {
  public:
    explicit WireReader(std::string_view bytes)
        : rest_(bytes) {}

    std::string_view bytes(std::size_t size) {
        if (size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    std::uint8_t byte() {
        const auto taken = bytes(1);
        return taken.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(taken[0]);
    }
    std::uint32_t number() {
        std::uint32_t value = 0;
        for (const char c : bytes(4))
            value = value << 8 | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view string() { return bytes(number()); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

  private:
    std::string_view rest_;
    bool ok_ = true;
};

} // namespace otto::sdk
