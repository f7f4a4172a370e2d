// SFTP version 3 packets as bytes (draft-ietf-secsh-filexfer-02). No I/O.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace otto::sdk::sftp {

enum class Type : std::uint8_t {
    init = 1,
    version = 2,
    open = 3,
    close = 4,
    read = 5,
    write = 6,
    fsetstat = 10,
    remove = 13,
    stat = 17,
    rename = 18,
    status = 101,
    handle = 102,
    data = 103,
    attrs = 105,
    extended = 200,
    extended_reply = 201,
};

enum Status : std::uint32_t {
    ok = 0,
    end_of_file = 1,
    no_such_file = 2,
    permission_denied = 3,
    failure = 4,
    op_unsupported = 8,
};

enum OpenFlag : std::uint32_t { open_read = 1, open_write = 2, open_create = 8, open_exclusive = 32 };

// What a status means, and what to do about it: "permission denied".
std::string explain(std::uint32_t status, std::string_view server_text);

struct Attributes {
    std::optional<std::uint64_t> size;
    std::optional<std::uint32_t> mode; // with the file's type

    [[nodiscard]] bool is_directory() const noexcept { return mode && (*mode & 0170000) == 0040000; }
    // Unknown counts as regular.
    [[nodiscard]] bool is_regular() const noexcept { return !mode || (*mode & 0170000) == 0100000; }
};

// Appends packets to a buffer. A packet is begun, filled and ended; its length is put in at the end.
class Writer {
  public:
    explicit Writer(std::string& out)
        : out_(&out) {}

    Writer& begin(Type type, std::uint32_t id);
    Writer& u32(std::uint32_t value);
    Writer& u64(std::uint64_t value);
    Writer& str(std::string_view text);
    void end();
    // Takes back what was begun.
    void drop() { out_->resize(start_); }

  private:
    std::string* out_;
    std::size_t start_ = 0;
};

// Reads fields of one packet; after a field that is not there everything is empty and ok() is false.
class Reader {
  public:
    explicit Reader(std::string_view packet)
        : rest_(packet) {}

    std::uint8_t u8();
    std::uint32_t u32();
    std::uint64_t u64();
    std::string_view str();
    Attributes attributes();
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  private:
    std::string_view take(std::size_t size);
    std::string_view rest_;
    bool ok_ = true;
};

// A server's answer; views into the packet.
struct Reply {
    Type type = Type::status;
    std::uint32_t id = 0;
    std::uint32_t status = failure; // of a status packet
    std::string_view text;          // the status' message, the handle, or the data
    Attributes attributes;
    std::vector<std::uint64_t> limits; // of limits@openssh.com

    [[nodiscard]] bool good() const noexcept { return type != Type::status || status == ok; }
};

// The packet without its length field. Nothing if it is malformed or of a type that no client gets.
std::optional<Reply> parse_reply(std::string_view packet);

// Names of the extensions in a VERSION packet; nothing if it is none, or not of version 3.
std::optional<std::vector<std::string>> parse_version(std::string_view packet);

} // namespace otto::sdk::sftp
