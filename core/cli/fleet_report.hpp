// Passes each host's outcome on, once, and knows at the end which hosts are missing.
#pragma once

#include "report_writer.hpp"
#include "tally.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace otto::cli {

class FleetReport {
  public:
    FleetReport(const Request& request, std::vector<std::string> hosts, std::shared_ptr<ReportWriter> writer)
        : request_(request)
        , hosts_(std::move(hosts))
        , writer_(std::move(writer))
        , tally_(request.dry_run) {}

    // The first outcome of a host counts.
    void done(const Outcome& outcome);
    // When nothing more will come: hosts without an outcome were interrupted.
    void finish(const std::vector<std::string>& commands);

    [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
    // The exit status of the only host's commands, for `host ID run`.
    [[nodiscard]] int commands_status() const noexcept { return commands_status_; }

  private:
    const Request& request_;
    std::vector<std::string> hosts_;
    std::shared_ptr<ReportWriter> writer_;
    Tally tally_;
    std::set<std::string> reported_;
    int commands_status_ = 0;
};

} // namespace otto::cli
