#include "sftp_wire.hpp"

namespace otto::sdk::sftp {

std::string explain(std::uint32_t status, std::string_view server_text) {
    switch (status) {
    case no_such_file:
        return "no such file or directory";
    case permission_denied:
        return "permission denied";
    case op_unsupported:
        return "the server does not support this operation";
    case failure:
        break;
    default:
        return "the server answers with status " + std::to_string(status) + ": " + std::string(server_text);
    }
    // Version 3 has one code for everything else; servers that know more say so in the text.
    std::string text = "the server reports a failure";
    if (!server_text.empty() && server_text != "Failure") text += ": " + std::string(server_text);
    return text;
}

Writer& Writer::begin(Type type, std::uint32_t id) {
    start_ = out_->size();
    u32(0);
    *out_ += static_cast<char>(type);
    return u32(id);
}

Writer& Writer::u32(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8)
        *out_ += static_cast<char>(value >> shift & 0xff);
    return *this;
}

Writer& Writer::u64(std::uint64_t value) {
    return u32(static_cast<std::uint32_t>(value >> 32)).u32(static_cast<std::uint32_t>(value));
}

Writer& Writer::str(std::string_view text) {
    u32(static_cast<std::uint32_t>(text.size()));
    *out_ += text;
    return *this;
}

void Writer::end() {
    std::size_t size = out_->size() - start_ - 4;
    for (std::size_t i = 0; i < 4; ++i)
        (*out_)[start_ + i] = static_cast<char>(size >> (24 - 8 * i) & 0xff);
}

std::string_view Reader::take(std::size_t size) {
    if (size > rest_.size()) {
        ok_ = false;
        rest_ = {};
        return {};
    }
    std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
}

std::uint8_t Reader::u8() {
    std::string_view field = take(1);
    return field.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(field[0]);
}

std::uint32_t Reader::u32() {
    std::uint32_t value = 0;
    for (char c : take(4))
        value = value << 8 | static_cast<std::uint8_t>(c);
    return value;
}

std::uint64_t Reader::u64() {
    std::uint64_t high = u32();
    return high << 32 | u32();
}

std::string_view Reader::str() {
    return take(u32());
}

Attributes Reader::attributes() {
    Attributes found;
    std::uint32_t flags = u32();
    if (flags & 1) found.size = u64();
    if (flags & 2) u64(); // uid, gid
    if (flags & 4) found.mode = u32();
    return found; // times and extensions are not needed
}

std::optional<Reply> parse_reply(std::string_view packet) {
    Reader in(packet);
    Reply reply;
    reply.type = static_cast<Type>(in.u8());
    reply.id = in.u32();
    switch (reply.type) {
    case Type::status:
        reply.status = in.u32();
        if (!in.at_end()) reply.text = in.str(); // early servers send none
        break;
    case Type::handle:
    case Type::data:
        reply.text = in.str();
        break;
    case Type::attrs:
        reply.attributes = in.attributes();
        break;
    case Type::extended_reply:
        while (in.ok() && !in.at_end())
            reply.limits.push_back(in.u64());
        break;
    default:
        return std::nullopt;
    }
    if (!in.ok()) return std::nullopt;
    return reply;
}

std::optional<std::vector<std::string>> parse_version(std::string_view packet) {
    Reader in(packet);
    if (static_cast<Type>(in.u8()) != Type::version || in.u32() != 3) return std::nullopt;
    std::vector<std::string> names;
    while (in.ok() && !in.at_end()) {
        names.emplace_back(in.str());
        in.str();
    }
    if (!in.ok()) return std::nullopt;
    return names;
}

} // namespace otto::sdk::sftp
