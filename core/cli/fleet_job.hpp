// The work of a fleet verb inside a context: what is done on each host, and its outcome to the report.
#pragma once

#include "fleet_report.hpp"
#include "request.hpp"

#include <string>
#include <vector>

namespace otto::cli {

// The texts that run and exec will run: the CMD arguments or the scripts' contents. Throws Error(usage).
std::vector<std::string> command_texts(const Request& request);

// Lives while its work() runs.
class FleetJob {
  public:
    FleetJob(const Request& request, std::vector<std::string> texts, Overrides overrides, FleetReport& report)
        : request_(request)
        , texts_(std::move(texts))
        , overrides_(std::move(overrides))
        , report_(report) {}

    [[nodiscard]] const std::vector<std::string>& texts() const noexcept { return texts_; }

    task<> work(Context& context);

  private:
    [[nodiscard]] FleetOptions fleet_options() const;
    [[nodiscard]] Commands commands() const;
    task<> run_commands(Context& context);
    task<> visit_hosts(Context& context);
    task<bool> visit(Host& host);
    task<> transfer_all(Host& host, std::vector<Transfer>& transfers);
    task<TransferResult> transfer(Host& host, const Transfer& file);
    [[nodiscard]] std::vector<Transfer> planned_transfers(const std::string& host) const;

    const Request& request_;
    std::vector<std::string> texts_;
    Overrides overrides_;
    FleetReport& report_;
};

} // namespace otto::cli
