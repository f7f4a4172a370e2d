#include "line_writer.hpp"

#include <otto/otto.hpp>

namespace otto::cli {

void LineWriter::put(const std::string& host, Partial& partial, std::string_view rest, bool complete) {
    std::string text = std::move(partial.held);
    text += rest;
    partial.held.clear();
    if (complete && text.ends_with('\r')) text.pop_back();
    if (escape_) text = escape_controls(decode_text(text, false));

    const bool continues = partial.begun && open_host_ == host;
    if (!continues) {
        if (!open_host_.empty()) batch_ += '\n'; // another host's long line is cut here
        batch_ += host + ": ";
    }
    batch_ += text;
    if (complete) batch_ += '\n';
    open_host_ = complete ? std::string() : host;
    partial.begun = !complete;
}

void LineWriter::add(const std::string& host, std::string_view bytes) {
    Partial& partial = partials_[host];
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
        put(host, partial, bytes.substr(0, end), true);
        bytes.remove_prefix(end + 1);
    }
    partial.held += bytes;
    if (partial.held.size() > longest_held) put(host, partial, {}, false);
    out_.write(batch_);
    batch_.clear();
}

void LineWriter::end(const std::string& host) {
    const auto found = partials_.find(host);
    if (found == partials_.end()) return;
    if (!found->second.held.empty() || found->second.begun) put(host, found->second, {}, true);
    partials_.erase(found);
    out_.write(batch_);
    batch_.clear();
}

void LineWriter::end_all() {
    while (!partials_.empty())
        end(std::string(partials_.begin()->first));
}

void LineWriter::line(const std::string& host, std::string_view text) {
    const std::string prefix = open_host_.empty() ? "" : "\n";
    open_host_.clear();
    const std::string shown = escape_controls(decode_text(text, false));
    out_.write(prefix + host + ": " + shown + "\n");
}

} // namespace otto::cli
