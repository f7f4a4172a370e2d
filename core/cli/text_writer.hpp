// Text for people: the hosts' lines as they come.
#pragma once

#include "line_writer.hpp"
#include "report_writer.hpp"

namespace otto::cli {

class TextWriter final : public ReportWriter {
  public:
    // `names_success`: says "ok" for a host that has nothing else to show.
    TextWriter(Console& console, bool names_success);

    void on_event(const Event& event) override;
    void host_done(const Outcome& outcome) override;
    void finish() override;

  private:
    void show_transfers(const Outcome& outcome);
    void show_failures(const Outcome& outcome);

    Console& console_;
    LineWriter out_;
    LineWriter err_;
    bool names_success_;
};

} // namespace otto::cli
