#include "text_writer.hpp"

namespace otto::cli {
namespace {

// A command of several lines is still one line of ours.
std::string on_one_line(std::string text) {
    while (text.ends_with('\n'))
        text.pop_back();
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at))
        text.replace(at, 1, "\\n");
    return text;
}

std::string how_it_ended(const CommandResult& command) {
    if (!command.signal().empty()) return "signal " + command.signal();
    const auto status = command.exit_status();
    return status ? "exit status " + std::to_string(*status) : "unknown exit status";
}

} // namespace

TextWriter::TextWriter(Console& console, bool names_success)
    : console_(console)
    , out_(console.out(), console.out().is_terminal())
    , err_(console.err(), console.err().is_terminal())
    , names_success_(names_success) {}

void TextWriter::on_event(const Event& event) {
    switch (event.kind()) {
    case EventKind::output:
        (event.stream() == StreamId::output ? out_ : err_).add(event.host(), event.text());
        return;
    case EventKind::command_ended:
        out_.end(event.host());
        err_.end(event.host());
        return;
    case EventKind::would_run:
        out_.line(event.host(), "would run: " + on_one_line(event.text()));
        return;
    default:
        return;
    }
}

void TextWriter::host_done(const Outcome& outcome) {
    out_.end(outcome.host());
    err_.end(outcome.host());
    show_transfers(outcome);
    show_failures(outcome);
    if (names_success_ && outcome.status() == Status::success) out_.line(outcome.host(), "ok");
}

void TextWriter::show_transfers(const Outcome& outcome) {
    if (outcome.transfers() == nullptr) return;
    for (const auto& transfer : *outcome.transfers()) {
        const std::string files = transfer.source + " -> " + transfer.destination;
        if (transfer.status == Status::success)
            out_.line(outcome.host(), files + " (" + std::to_string(transfer.bytes) + " bytes)");
        if (transfer.error)
            err_.line("otto: error: " + outcome.host(), files + ": " + describe(*transfer.error));
    }
}

void TextWriter::show_failures(const Outcome& outcome) {
    if (outcome.error()) err_.line("otto: error: " + outcome.host(), describe(*outcome.error()));
    for (const auto& command : outcome.result().commands())
        if (command.status() == Status::failed && !console_.quiet())
            err_.line("otto: " + outcome.host(),
                      how_it_ended(command) + ": " + on_one_line(command.command()));
}

void TextWriter::finish() {
    out_.end_all();
    err_.end_all();
}

} // namespace otto::cli
