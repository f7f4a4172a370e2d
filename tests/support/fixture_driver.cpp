#include "support/fixture_driver.hpp"

#include <otto/host.hpp>
#include <otto/lab.hpp>
#include <otto/plugin.hpp>
#include <otto/timer.hpp>

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace fixture {

void Journal::add(std::string what) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(std::move(what));
}

std::vector<std::string> Journal::entries() const {
    const std::lock_guard lock(mutex_);
    return entries_;
}

std::size_t Journal::count(const std::string& what) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(entries_, what));
}

void Journal::clear() {
    const std::lock_guard lock(mutex_);
    entries_.clear();
}

Journal& journal() {
    static Journal the_journal;
    return the_journal;
}

namespace {

namespace asio = otto::asio;
using namespace std::chrono_literals;

otto::task<> hang() {
    co_await otto::pause(otto::unbounded, "a fixture that hangs");
}

otto::task<> ignore_cancellation(otto::Duration span) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await otto::pause(span, "a fixture that ignores cancellation");
}

class FixtureHost final : public otto::Host, private otto::Exec {
  public:
    explicit FixtureHost(otto::HostContext context)
        : Host(std::move(context))
        , Exec(static_cast<Host&>(*this)) {
        ++journal().live_hosts;
    }
    ~FixtureHost() override { --journal().live_hosts; }

  private:
    void note(const std::string& what) { journal().add(what + " " + id()); }

    otto::task<> do_open() override {
        note("open");
        const std::string how = context().options().text("open");
        if (how == "fail") throw otto::Error(otto::Errc::unreachable, "connection refused");
        if (how == "hang") co_await hang();
        if (how == "ignore") co_await ignore_cancellation(1s);
        if (how == "slow") co_await otto::pause(50ms, "a fixture that opens slowly");
    }

    otto::task<otto::CommandExit> do_run(otto::Command command,
                                         std::shared_ptr<otto::CommandIo> io) override {
        const std::string text = command.text();
        const auto space = text.find(' ');
        const std::string verb = text.substr(0, space);
        const std::string rest = space == std::string::npos ? "" : text.substr(space + 1);
        if (verb == "unsent") throw otto::Error(otto::Errc::protocol, "the session is gone");
        io->handed_over();
        ++inside_;
        struct Leave {
            int& inside;
            ~Leave() { --inside; }
        } leave{inside_};
        int status = 0;
        if (verb == "echo")
            co_await io->write(otto::StreamId::output, rest + "\n");
        else if (verb == "err")
            co_await io->write(otto::StreamId::error_output, rest + "\n");
        else if (verb == "exit")
            status = std::stoi(rest);
        else if (verb == "throw")
            throw std::runtime_error("parser exploded");
        else if (verb == "hang")
            co_await hang();
        else if (verb == "ignore")
            co_await ignore_cancellation(otto::Duration(std::stoi(rest)));
        else if (verb == "block")
            std::this_thread::sleep_for(otto::Duration(std::stoi(rest)));
        else if (verb == "pause")
            co_await otto::pause(otto::Duration(std::stoi(rest)), "a fixture that takes its time");
        else if (verb == "late") {
            co_await io->write(otto::StreamId::output, rest);
            co_await hang();
        } else if (verb == "lose") {
            context().connection_lost("the peer went away");
            throw otto::Error(otto::Errc::unreachable, "connection lost");
        } else if (verb == "resolve") {
            note("resolve");
            const std::vector<std::string> addresses = co_await context().resolve(rest);
            for (const auto& address : addresses)
                co_await io->write(otto::StreamId::output, address + "\n");
        } else if (verb == "flood") {
            const std::string chunk(64 * 1024, 'x');
            for (int i = std::stoi(rest); i > 0; --i)
                co_await io->write(otto::StreamId::output, chunk);
        } else if (verb == "in") {
            const int seen = inside_;
            co_await otto::pause(5ms, "a fixture that looks for company");
            co_await io->write(otto::StreamId::output, std::to_string(std::max(seen, inside_)));
        }
        co_return otto::CommandExit::exited(status, otto::StatusSource::reported);
    }

    otto::task<otto::CommandExit> do_exec(otto::Command command,
                                          std::shared_ptr<otto::CommandIo> io) override {
        return do_run(std::move(command), std::move(io));
    }

    otto::task<> do_close() override {
        note("close");
        const std::string how = context().options().text("close");
        if (how == "throw") throw std::runtime_error("logout failed");
        if (how == "hang") co_await hang();
        if (how == "ignore") co_await ignore_cancellation(1s);
        if (how == "block") std::this_thread::sleep_for(1s);
        if (how == "slow") co_await otto::pause(30ms, "a fixture that closes slowly");
    }

    void do_abort() noexcept override { note("abort"); }

    otto::task<bool> do_recover() override {
        note("recover");
        const std::string how = context().options().text("recover");
        if (how == "hang") co_await hang();
        co_return how == "yes";
    }

    void* do_query(std::string_view capability) noexcept override {
        return capability == Exec::capability_id && context().options().boolean("can_exec")
                   ? static_cast<Exec*>(this)
                   : nullptr;
    }

    int inside_ = 0;
};

std::shared_ptr<otto::Host> make(otto::HostContext context) {
    return std::make_shared<FixtureHost>(std::move(context));
}

constexpr otto::OptionSpec options[] = {
    {"open", otto::OptionKind::choice, false, "ok", "ok|fail|hang|ignore|slow", "how opening goes"},
    {"close", otto::OptionKind::choice, false, "ok", "ok|throw|hang|ignore|block|slow", "how closing goes"},
    {"recover", otto::OptionKind::choice, false, "yes", "yes|no|hang", "how recovery goes"},
    {"can_exec", otto::OptionKind::boolean, false, "true", "", "whether it offers otto.exec/1"},
    {"user", otto::OptionKind::string, false, nullptr, "", "some text"},
    {"password", otto::OptionKind::secret, false, nullptr, "", "some secret"},
};

constexpr otto::DriverDescriptor drivers[] = {
    otto::driver_descriptor("fixture", "does what its commands say", options, &make)};

constexpr otto::PluginDescriptor plugin = {sizeof(otto::PluginDescriptor),
                                           OTTO_ABI,
                                           OTTO_FINGERPRINT,
                                           "fixture",
                                           "1.0.0",
                                           "otto",
                                           "Apache-2.0",
                                           "https://example.invalid",
                                           drivers,
                                           1,
                                           nullptr,
                                           0,
                                           nullptr,
                                           0};

} // namespace

std::shared_ptr<otto::PluginRegistry> registry() {
    journal().clear();
    auto made = std::make_shared<otto::PluginRegistry>(otto::PluginSearch().default_plugin_dirs(false));
    made->add(plugin);
    return made;
}

otto::Lab lab(const std::string& hosts) {
    const std::string text = "otto: 1\ndefaults: { driver: fixture }\nhosts: " + hosts + "\n";
    return otto::parse_lab(text, "test.yaml", otto::LoadOptions().plugins(registry()));
}

} // namespace fixture
