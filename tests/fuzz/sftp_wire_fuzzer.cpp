// Any bytes may come from a server's SFTP.
#include <ssh/sftp_wire.hpp>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view packet(reinterpret_cast<const char*>(data), size);
    const auto reply = otto::sdk::sftp::parse_reply(packet);
    if (reply && otto::sdk::sftp::explain(reply->status, reply->text).empty()) __builtin_trap();
    (void)otto::sdk::sftp::parse_version(packet);
    return 0;
}
