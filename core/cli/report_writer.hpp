// What a person or a program reads while hosts are at work and when each is done.
#pragma once

#include "console.hpp"
#include "outcome.hpp"
#include "request.hpp"

#include <memory>
#include <string>
#include <vector>

namespace otto::cli {

// [user thread] A sink of events that also hears each host's outcome, once per host.
class ReportWriter : public EventSink {
  public:
    void on_event(const Event& event) override = 0;
    virtual void host_done(const Outcome& outcome) = 0;
    // After the last host.
    virtual void finish() = 0;
};

// `hosts` are those that will be reported, in lab order. The console must outlive the writer.
std::shared_ptr<ReportWriter> make_report_writer(const Request& request,
                                                 const std::vector<std::string>& hosts, Console& console);

} // namespace otto::cli
