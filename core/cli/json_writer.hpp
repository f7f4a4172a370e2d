// JSON for programs.
#pragma once

#include "report_writer.hpp"

#include <cstddef>
#include <map>
#include <optional>

namespace otto::cli {

// Collects small pieces into few writes.
class PieceBuffer {
  public:
    explicit PieceBuffer(FdWriter& out)
        : out_(out) {}
    void add(std::string_view piece);
    void flush();

  private:
    FdWriter& out_;
    std::string pending_;
};

// A line per host, as it ends.
class JsonLinesWriter final : public ReportWriter {
  public:
    explicit JsonLinesWriter(FdWriter& out)
        : buffer_(out) {}
    void on_event(const Event&) override {}
    void host_done(const Outcome& outcome) override;
    void finish() override {}

  private:
    PieceBuffer buffer_;
};

// One array in lab order. A host is written when those before it are; until then its result is kept.
class JsonWriter final : public ReportWriter {
  public:
    JsonWriter(std::vector<std::string> hosts, FdWriter& out)
        : hosts_(std::move(hosts))
        , buffer_(out) {}
    void on_event(const Event&) override {}
    void host_done(const Outcome& outcome) override;
    void finish() override;

  private:
    struct Kept {
        HostResult result;
        std::optional<std::vector<Transfer>> transfers;
        Status status = Status::success;
    };
    void write(const Outcome& outcome);
    void write_kept();

    std::vector<std::string> hosts_;
    std::size_t next_ = 0; // in hosts_
    std::map<std::string, Kept, std::less<>> kept_;
    PieceBuffer buffer_;
};

} // namespace otto::cli
