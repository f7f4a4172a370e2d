#include "json_writer.hpp"

#include "json_text.hpp"

namespace otto::cli {

void PieceBuffer::add(std::string_view piece) {
    static constexpr std::size_t enough = std::size_t{64} * 1024;
    pending_ += piece;
    if (pending_.size() >= enough) flush();
}

void PieceBuffer::flush() {
    out_.write(pending_);
    pending_.clear();
}

void JsonLinesWriter::host_done(const Outcome& outcome) {
    emit_outcome(outcome, [this](std::string_view piece) { buffer_.add(piece); });
    buffer_.add("\n");
    buffer_.flush();
}

void JsonWriter::host_done(const Outcome& outcome) {
    if (next_ < hosts_.size() && hosts_[next_] == outcome.host()) {
        write(outcome);
        write_kept();
        return;
    }
    Kept& kept = kept_[outcome.host()];
    kept.result = outcome.result();
    if (outcome.transfers() != nullptr) kept.transfers = *outcome.transfers();
    kept.status = outcome.status();
}

void JsonWriter::write(const Outcome& outcome) {
    buffer_.add(next_ == 0 ? "[\n" : ",\n");
    ++next_;
    emit_outcome(outcome, [this](std::string_view piece) { buffer_.add(piece); });
}

void JsonWriter::write_kept() {
    while (next_ < hosts_.size()) {
        const auto found = kept_.find(hosts_[next_]);
        if (found == kept_.end()) return;
        const Kept& kept = found->second;
        write(Outcome(kept.result, kept.transfers ? &*kept.transfers : nullptr, kept.status));
        kept_.erase(found);
    }
}

void JsonWriter::finish() {
    write_kept();
    buffer_.add(next_ == 0 ? "[]\n" : "\n]\n");
    buffer_.flush();
}

} // namespace otto::cli
