// A plugin for the tests of the command: a driver that fails as it is told, a tool, and a reservation backend
// that never answers well.
#include <otto/plugin.hpp>
#include <otto/reservation.hpp>
#include <otto/timer.hpp>
#include <otto/tool.hpp>

#include <boost/asio/this_coro.hpp>

#include <cctype>
#include <string>

namespace {

using namespace otto;

task<> wait_for_ever() {
    Timer never(co_await asio::this_coro::executor, "until the call is cancelled");
    never.expires_at(Deadline::max());
    co_await never.wait();
}

class FixtureHost final : public Host, public Exec {
  public:
    explicit FixtureHost(HostContext context)
        : Host(std::move(context))
        , Exec(static_cast<Host&>(*this)) {}

  private:
    task<> do_open() override {
        const std::string how = context().options().text("open");
        if (how == "refuse") throw Error(Errc::unreachable, "connection refused").advice("start the fixture");
        if (how == "hang") co_await wait_for_ever();
    }

    task<CommandExit> do_run(Command command, std::shared_ptr<CommandIo> io) override {
        io->handed_over();
        const std::string text = command.text();
        if (text == "hang") {
            co_await io->write(StreamId::output, "before\n");
            co_await wait_for_ever();
        }
        if (text == "secret") co_await say_secret(io);
        if (text == "bytes") co_await io->write(StreamId::output, std::string_view("a\0b\xff\r\nend", 9));
        if (text.starts_with("flood ")) co_await flood(io, std::stoul(text.substr(6)));
        if (text == "kill") co_return CommandExit::signalled("KILL", StatusSource::reported);
        if (text.starts_with("exit "))
            co_return CommandExit::exited(std::stoi(text.substr(5)), StatusSource::reported);
        if (text.starts_with("say ")) {
            const std::string line = text.substr(4) + "\n";
            co_await io->write(StreamId::output, line);
        }
        co_return CommandExit::exited(0, StatusSource::reported);
    }

    task<CommandExit> do_exec(Command command, std::shared_ptr<CommandIo> io) override {
        return do_run(std::move(command), std::move(io));
    }

    // In two pieces, as a network would cut it.
    task<> say_secret(std::shared_ptr<CommandIo> io) {
        const Secret& secret = context().options().secret("password");
        const std::string text = "password " + co_await context().reveal(secret) + ".\n";
        const std::size_t cut = text.size() / 2;
        co_await io->write(StreamId::output, std::string_view(text).substr(0, cut));
        co_await io->write(StreamId::output, std::string_view(text).substr(cut));
    }

    task<> flood(std::shared_ptr<CommandIo> io, std::size_t megabytes) {
        std::string chunk;
        while (chunk.size() < 64 * 1024)
            chunk += "0123456789abcdef0123456789abcde\n";
        for (std::size_t sent = 0; sent < megabytes * 1024 * 1024; sent += chunk.size())
            co_await io->write(StreamId::output, chunk);
    }

    task<> do_close() override { co_return; }
    void do_abort() noexcept override {}
    void* do_query(std::string_view id) noexcept override {
        return id == Exec::capability_id ? static_cast<Exec*>(this) : nullptr;
    }
};

std::shared_ptr<Host> make_host(HostContext context) {
    return std::make_shared<FixtureHost>(std::move(context));
}

class BrokenBackend final : public ReservationBackend {
  public:
    std::vector<std::string> reserved_by(const std::string&) override {
        throw Error(Errc::reservation, "no answer");
    }
    std::vector<std::string> holders(const std::string&) override {
        throw Error(Errc::reservation, "no answer");
    }
    std::string name() override { return "broken backend"; }
};

std::unique_ptr<ReservationBackend> make_backend(const std::map<std::string, std::string>&) {
    return std::make_unique<BrokenBackend>();
}

int shout(const std::vector<std::string>& arguments, ToolContext& context) {
    for (const auto& argument : arguments) {
        for (const char c : argument)
            context.out() << static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        context.out() << '\n';
    }
    return static_cast<int>(arguments.size());
}

constexpr OptionSpec options[] = {
    {"open", OptionKind::choice, false, "ok", "ok|refuse|hang", "What opening does"},
    {"password", OptionKind::secret, false, nullptr, "", "A secret to say"},
};
constexpr DriverDescriptor drivers[] = {
    driver_descriptor("fixture", "Fails as it is told", options, &make_host, driver_takes_no_address)};
constexpr ReservationBackendDescriptor backends[] = {
    {sizeof(ReservationBackendDescriptor), "broken", "Never answers", &make_backend}};
constexpr ToolDescriptor tools[] = {{sizeof(ToolDescriptor), "shout", "Says it loudly", &shout}};

} // namespace

OTTO_PLUGIN_FULL("fixture", "1.0.0", "otto", "Apache-2.0", "https://otto.example", "fixture", drivers,
                 "broken", backends, "shout", tools)
