#include "console.hpp"

#include <string>

namespace otto::cli {
namespace {

// Messages may quote what a device or a file said.
std::string block(std::string_view head, std::string_view text) {
    std::string shown(head);
    for (bool first = true; first || !text.empty(); first = false) {
        const auto end = text.find('\n');
        if (!first) shown += "  ";
        shown += escape_controls(decode_text(text.substr(0, end))) + "\n";
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return shown;
}

} // namespace

void Console::error(std::string_view text) {
    err_.write(block("otto: error: ", text));
}

void Console::error(const Error& error) {
    const auto* lab = dynamic_cast<const LabError*>(&error);
    if (lab == nullptr) return this->error(std::string_view(error.what()));
    for (const auto& fault : lab->faults())
        this->error(fault.mark.file.empty() ? fault.message : to_string(fault.mark) + ": " + fault.message);
}

void Console::warning(std::string_view text) {
    if (!quiet_) err_.write(block("otto: warning: ", text));
}

void Console::note(std::string_view text) {
    if (!quiet_) err_.write(block("otto: ", text));
}

} // namespace otto::cli
