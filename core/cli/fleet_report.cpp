#include "fleet_report.hpp"

namespace otto::cli {

void FleetReport::done(const Outcome& outcome) {
    if (!reported_.insert(outcome.host()).second) return;
    writer_->host_done(outcome);
    if (outcome.error() && outcome.error()->code() == Errc::cancelled)
        tally_.add_missing(outcome.host());
    else
        tally_.add(outcome);
    commands_status_ = exit_status_of_commands(outcome);
}

void FleetReport::finish(const std::vector<std::string>& commands) {
    for (const auto& host : hosts_) {
        if (reported_.contains(host)) continue;
        std::vector<CommandResult> entries(commands.begin(), commands.end());
        const HostResult missing(host, std::move(entries),
                                 Error(Errc::cancelled, "interrupted before it was done"), Duration(0));
        const std::vector<Transfer> none;
        const bool moves_files = request_.verb == Verb::put || request_.verb == Verb::get;
        done(Outcome(missing, moves_files ? &none : nullptr));
    }
    writer_->finish();
}

} // namespace otto::cli
