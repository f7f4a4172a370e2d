#include "json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace otto::cli {
namespace {

constexpr std::size_t piece = std::size_t{48} * 1024; // a multiple of 3, for base64

// Where to cut so that no UTF-8 sequence and no CR LF is divided.
std::size_t cut_at(std::string_view bytes) {
    if (bytes.size() <= piece) return bytes.size();
    std::size_t cut = piece;
    const auto continues = [&](std::size_t i) {
        return (static_cast<std::uint8_t>(bytes[i]) & 0xc0) == 0x80;
    };
    while (cut > piece - 3 && continues(cut))
        --cut;
    if (continues(cut)) cut = piece; // four continuation bytes in a row are invalid wherever they are cut
    if (bytes[cut - 1] == '\r') --cut;
    return cut;
}

std::string escaped(std::string_view text) {
    std::string quoted = json_string(text);
    return quoted.substr(1, quoted.size() - 2);
}

std::string seconds(Duration span) {
    return nlohmann::json(static_cast<double>(span.count()) / 1000).dump();
}

std::string error_object(const std::optional<Error>& error) {
    if (!error) return "null";
    return R"({"code": )" + json_string(to_string(error->code())) + R"(, "message": )" +
           json_string(describe(*error)) + "}";
}

void emit_stream(const char* name, std::string_view bytes, const Emit& emit) {
    emit(std::string(R"(, ")") + name + R"(": ")");
    emit_text(bytes, emit);
    emit(R"(")");
}

void emit_exact(const char* name, std::string_view bytes, const Emit& emit) {
    if (is_utf8(bytes)) return;
    emit(std::string(R"(, ")") + name + R"(_base64": ")");
    emit_base64(bytes, emit);
    emit(R"(")");
}

// A command that was not run has no facts, and its accessors throw.
void emit_command(const CommandResult& command, const Emit& emit) {
    const bool ran = command.status() != Status::not_run;
    const std::string_view output = ran ? std::string_view(command.output()) : std::string_view();
    const std::string_view error_output = ran ? std::string_view(command.error_output()) : std::string_view();
    const auto status = ran ? command.exit_status() : std::nullopt;
    const std::string signal = ran ? command.signal() : std::string();

    emit(R"({"command": )" + json_string(decode_text(command.command(), false)) + R"(, "status": )" +
         json_string(to_string(command.status())) + R"(, "exit_status": )" +
         (status ? std::to_string(*status) : "null") + R"(, "signal": )" +
         (signal.empty() ? "null" : json_string(signal)));
    emit_stream("output", output, emit);
    emit_stream("stderr", error_output, emit);
    emit_exact("output", output, emit);
    emit_exact("stderr", error_output, emit);
    emit(R"(, "truncated_bytes": )" + std::to_string(command.truncated_bytes()) + R"(, "timed_out": )" +
         (command.timed_out() ? "true" : "false") + R"(, "duration_s": )" + seconds(command.duration()) +
         "}");
}

std::string transfer_object(const Transfer& transfer) {
    return R"({"source": )" + json_string(decode_text(transfer.source, false)) + R"(, "destination": )" +
           json_string(decode_text(transfer.destination, false)) + R"(, "status": )" +
           json_string(to_string(transfer.status)) + R"(, "error": )" + error_object(transfer.error) +
           R"(, "bytes": )" + std::to_string(transfer.bytes) + R"(, "duration_s": )" +
           seconds(transfer.duration) + "}";
}

} // namespace

std::string json_string(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void emit_text(std::string_view bytes, const Emit& emit) {
    while (!bytes.empty()) {
        const std::size_t n = cut_at(bytes);
        emit(escaped(decode_text(bytes.substr(0, n))));
        bytes.remove_prefix(n);
    }
}

void emit_base64(std::string_view bytes, const Emit& emit) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, piece);
        std::string text;
        text.reserve(part.size() / 3 * 4 + 4);
        for (std::size_t i = 0; i < part.size(); i += 3) {
            const std::size_t left = part.size() - i;
            const auto at = [&](std::size_t k) -> unsigned {
                return k < left ? static_cast<std::uint8_t>(part[i + k]) : 0;
            };
            const unsigned bits = at(0) << 16 | at(1) << 8 | at(2);
            text += digits[bits >> 18];
            text += digits[bits >> 12 & 63];
            text += left > 1 ? digits[bits >> 6 & 63] : '=';
            text += left > 2 ? digits[bits & 63] : '=';
        }
        emit(text);
        bytes.remove_prefix(part.size());
    }
}

void emit_outcome(const Outcome& outcome, const Emit& emit) {
    emit(R"({"host": )" + json_string(outcome.host()) + R"(, "status": )" +
         json_string(to_string(outcome.status())) + R"(, "error": )" + error_object(outcome.error()) +
         R"(, "duration_s": )" + seconds(outcome.result().duration()) + R"(, "commands": [)");
    bool first = true;
    for (const auto& command : outcome.result().commands()) {
        if (!std::exchange(first, false)) emit(", ");
        emit_command(command, emit);
    }
    emit("]");
    if (outcome.transfers() != nullptr) {
        std::string list;
        for (const auto& transfer : *outcome.transfers())
            list += (list.empty() ? "" : ", ") + transfer_object(transfer);
        emit(R"(, "transfers": [)" + list + "]");
    }
    emit("}");
}

} // namespace otto::cli
