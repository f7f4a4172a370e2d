// What open_context takes: the lab, dry_run, log_command_output and where labs are searched.
#include <otto/otto.hpp>

#include <iostream>

otto::task<> print_hosts(otto::Context& ctx) {
    std::cout << ctx.lab().name() << ':';
    for (const auto& host : ctx.all_hosts())
        std::cout << ' ' << host->id();
    std::cout << '\n';
    co_return;
}

otto::task<> reboot(otto::Context& ctx) {
    auto results = co_await ctx.run_on_all_hosts("reboot");
    for (const auto& [id, result] : results)
        std::cout << id << ' ' << result << '\n';
}

otto::task<> print_date(otto::Context& ctx) {
    auto results = co_await ctx.run_on_all_hosts("echo Sunday");
    for (const auto& [id, result] : results)
        std::cout << id << ' ' << result << '\n';
}

// Everything otto has to tell comes as events. LogSink prints them as lines; this one keeps what a test can
// compare.
class Printer final : public otto::EventSink {
    void on_event(const otto::Event& event) override {
        if (event.kind() == otto::EventKind::output || event.kind() == otto::EventKind::would_run)
            std::cout << "  event: " << event.host() << ' ' << to_string(event.kind()) << '\n';
    }
};

otto::task<> all_of_it() {
    // A lab by its name, several labs as one, a path, or a Lab that the program loaded or made.
    co_await otto::open_context(otto::OpenOptions("mylab").search_path("labs"), print_hosts);
    co_await otto::open_context(otto::OpenOptions("mylab+bench").search_path("labs"), print_hosts);
    co_await otto::open_context(otto::OpenOptions("labs/bench.yaml"), print_hosts);
    otto::Lab lab = otto::load_lab("bench", otto::LoadOptions().search_path("labs"));
    co_await otto::open_context(otto::OpenOptions(lab), print_hosts);

    // Commands are logged and not executed; no host is contacted.
    auto printer = std::make_shared<Printer>();
    co_await otto::open_context(otto::OpenOptions(lab).dry_run().sink(printer), reboot);

    // The output of commands goes to the log as it comes, or not. The results have it in any case.
    auto log = std::make_shared<otto::LogSink>(std::clog);
    co_await otto::open_context(otto::OpenOptions(lab).sink(log).sink(printer), print_date);
    co_await otto::open_context(otto::OpenOptions(lab).sink(printer).log_command_output(false), print_date);
}

int main() {
    otto::run(all_of_it());
}

// Prints:
//   mylab: web01 web02 web03 router1
//   mylab+bench: web01 web02 web03 router1 meter
//   bench: meter
//   bench: meter
//     event: meter would-run
//   meter not-run
//     event: meter output
//   meter success: Sunday
//   meter success: Sunday
