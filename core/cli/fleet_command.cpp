#include "fleet_command.hpp"

#include "fleet_job.hpp"
#include "interruption.hpp"
#include "log.hpp"
#include "notices.hpp"
#include "session.hpp"
#include "transcript.hpp"

#include <sys/resource.h>

namespace otto::cli {
namespace {

// A thousand hosts need more descriptors than a login shell grants by default.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Faults that would be the same on every host are found before any is contacted.
void check_files(const Request& request) {
    for (const auto& source : request.sources) {
        std::error_code failed;
        if (request.verb == Verb::put && !std::filesystem::is_regular_file(source, failed))
            throw Error(Errc::usage,
                        "'" + source + "': " + (failed ? failed.message() : "not a regular file"));
        const bool nameless = std::filesystem::path(source).filename().empty() || source.ends_with("/..") ||
                              source == ".." || source.ends_with("/.") || source == ".";
        if (request.verb == Verb::get && nameless)
            throw Error(Errc::usage, "'" + source + "' does not name a file");
    }
}

// What came of the run as a whole.
struct Ending {
    std::optional<Error> failure;
    int signal = 0;
};

class Fleet {
  public:
    Fleet(const Request& request, Console& console, Lab lab, std::vector<std::string> hosts)
        : request_(request)
        , console_(console)
        , lab_(std::move(lab))
        , writer_(make_report_writer(request, hosts, console))
        , report_(request, hosts, writer_)
        , job_(request, command_texts(request), checked_overrides(request, lab_, hosts), report_) {
        console_.out().interrupt_descriptor(interruption_.descriptor());
        console_.out().on_failure([this] {
            if (console_.out().closed()) console_.err().mute(); // `| head` has seen enough
            interruption_.stop();
        });
    }
    ~Fleet() {
        console_.out().on_failure({});
        console_.out().interrupt_descriptor(-1);
    }
    Fleet(const Fleet&) = delete;
    Fleet& operator=(const Fleet&) = delete;

    int run() {
        if (request_.log_dir && !request_.dry_run) {
            // No sink is called without a context.
            const auto secrets = [this] { return context_->revealed_secrets(); };
            transcripts_ = std::make_shared<TranscriptSink>(*request_.log_dir, secrets);
        }
        const Ending ending = do_work();
        return conclude(ending);
    }

  private:
    OpenOptions open_options() {
        OpenOptions options(lab_);
        options.dry_run(request_.dry_run).report_to(closing_);
        options.log_command_output(request_.format == Format::text || transcripts_ != nullptr);
        options.sink(writer_);
        if (transcripts_) options.sink(transcripts_);
        for (const auto& sink : notice_sinks(console_, request_.verbosity))
            options.sink(sink);
        return options;
    }

    Ending do_work() {
        Ending ending;
        try {
            const auto body = [this](Context& context) -> task<> {
                context_ = &context;
                return job_.work(context);
            };
            otto::run(interruption_.guard(open_context(open_options(), body)));
        } catch (...) {
            ending.failure = error_from(std::current_exception(), Errc::internal);
        }
        ending.signal = interruption_.signal();
        return ending;
    }

    int conclude(const Ending& ending) {
        report_.finish(job_.texts());
        if (ending.signal == 0 && console_.out().closed()) return exit_status::output_closed;
        warn_about_closing();
        const bool cancelled = ending.failure && ending.failure->code() == Errc::cancelled;
        if (ending.failure && !cancelled) console_.error(*ending.failure);
        if (request_.format == Format::text && !console_.quiet())
            console_.err().write(report_.tally().closing_line() + "\n");
        if (ending.signal != 0) return 128 + ending.signal;
        if (ending.failure && !cancelled) return exit_status_of(*ending.failure);
        const int status = report_.tally().exit_status();
        const bool of_commands = request_.host && (request_.verb == Verb::run || request_.verb == Verb::exec);
        if (of_commands && status == exit_status::failure) return report_.commands_status();
        return status;
    }

    void warn_about_closing() {
        for (const auto& host : closing_->aborted)
            console_.warning(host + ": did not close in time and was cut off");
        for (const auto& host : closing_->strays)
            console_.warning(host + ": its driver still runs a call that was cancelled");
        for (const auto& sink : closing_->sinks)
            console_.warning(sink);
        if (!transcripts_) return;
        for (const auto& failure : transcripts_->finish())
            console_.warning("transcript " + failure);
    }

    const Request& request_;
    Console& console_;
    Lab lab_;
    Interruption interruption_;
    std::shared_ptr<ReportWriter> writer_;
    FleetReport report_;
    FleetJob job_;
    Context* context_ = nullptr; // from the body's start to the scope's end
    std::shared_ptr<TranscriptSink> transcripts_;
    std::shared_ptr<CloseReport> closing_ = std::make_shared<CloseReport>();
};

} // namespace

int fleet_command(const Request& request, Console& console) {
    check_files(request);
    const Lab lab = load_request_lab(request, console, make_registry(request));
    std::vector<std::string> hosts = selected_hosts(request, lab);
    gate(request, lab);
    raise_descriptor_limit();
    log_info(std::to_string(hosts.size()) + " of " + std::to_string(lab.hosts().size()) + " hosts of lab '" +
             lab.name() + "'");
    Fleet fleet(request, console, lab, std::move(hosts));
    return fleet.run();
}

} // namespace otto::cli
