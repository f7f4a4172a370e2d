// Commands on channels of one connection to a real server.
#include <otto/sdk/ssh/channel.hpp>
#include <otto/sdk/ssh/exec.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>

#include <support/catch.hpp>
#include <support/ssh_client.hpp>
#include <support/sshd.hpp>

using namespace otto;
using namespace otto::test;
using namespace std::chrono_literals;

namespace {

struct Outcome {
    CommandExit exit;
    std::shared_ptr<CollectedOutput> io = std::make_shared<CollectedOutput>();
    std::exception_ptr failure;
    bool done = false;
    asio::cancellation_signal stop;
};
using OutcomePtr = std::shared_ptr<Outcome>;

class Client {
  public:
    explicit Client(const Sshd& server)
        : session(test.wait(sdk::connect_ssh(test.strand, target_of(server), test.services))) {}
    ~Client() { session->abort(); }

    OutcomePtr start(Command command) {
        auto outcome = std::make_shared<Outcome>();
        auto work = sdk::ssh_exec(session, std::move(command), "/bin/sh", outcome->io);
        asio::co_spawn(test.strand, std::move(work),
                       asio::bind_cancellation_slot(outcome->stop.slot(),
                                                    [outcome](std::exception_ptr failure, CommandExit exit) {
                                                        outcome->failure = failure;
                                                        outcome->exit = exit;
                                                        outcome->done = true;
                                                    }));
        return outcome;
    }

    Outcome& finish(const OutcomePtr& outcome) {
        test.run_until([&] { return outcome->done; });
        return *outcome;
    }

    OutcomePtr exec(Command command) {
        auto outcome = start(std::move(command));
        finish(outcome);
        if (outcome->failure) std::rethrow_exception(outcome->failure);
        return outcome;
    }

    TestLoop test;
    sdk::SshSessionPtr session;
};

} // namespace

TEST_CASE("exec gives output, error output and status apart") {
    Sshd server;
    Client client(server);
    const auto outcome = client.exec("echo out; echo err >&2; exit 3");
    CHECK(outcome->io->output == "out\n");
    CHECK(outcome->io->error_output == "err\n");
    CHECK(outcome->exit.status() == 3);
    CHECK(outcome->exit.source() == StatusSource::reported);
}

TEST_CASE("exec takes commands of every shape as they are") {
    Sshd server;
    Client client(server);
    CHECK(client.exec("printf '%s' 'it'\\''s!'")->io->output == "it's!");
    CHECK(client.exec("cat <<E\na $((1+1))\nE\n")->io->output == "a 2\n");
    CHECK(client.exec("echo a # comment")->io->output == "a\n");
    CHECK(client.exec("if true; then echo b; fi")->io->output == "b\n");
    CHECK(client.exec("echo 'unbalanced")->exit.status() != 0);
    CHECK(client.exec(": '" + std::string(100'000, 'x') + "'; echo long")->io->output == "long\n");
    CHECK(client.exec("echo \xff\xfe")->io->output == "\xff\xfe\n");
    CHECK(client.exec("echo ${0##*/}")->io->output == "sh\n");
}

TEST_CASE("exec delivers standard input, which is empty otherwise") {
    Sshd server;
    Client client(server);
    CHECK(client.exec("cat")->io->output.empty());
    CHECK(client.exec(Command("cat").input("given"))->io->output == "given");
    const auto large = client.exec(Command("wc -c").input(std::string(5'000'000, 'x')));
    CHECK(large->io->output == "5000000\n");
    const std::string filler = ": '" + std::string(100'000, 'x') + "'; ";
    CHECK(client.exec(Command(filler + "cat").input("after a long command"))->io->output ==
          "after a long command");
    CHECK(client.exec(Command("head -c 1").input(std::string(9'000'000, 'y')))->io->output == "y");
}

TEST_CASE("exec sets environment and directory") {
    Sshd server;
    Client client(server);
    const auto outcome =
        client.exec(Command("echo \"$A\"; pwd").env("A", "it's \\ \"x\"\n!").directory("/usr"));
    CHECK(outcome->io->output == "it's \\ \"x\"\n!\n/usr\n");
    CHECK(client.exec(Command("echo no").directory("/nonexistent"))->exit.status() != 0);
    CHECK_THROWS_AS(client.exec(Command("true").env("A-B", "x")), Error);
}

TEST_CASE("exec runs on a terminal when asked") {
    Sshd server;
    Client client(server);
    const auto outcome = client.exec(Command("test -t 1 && stty size; echo err >&2").pty());
    CHECK(outcome->io->output == "50 400\r\nerr\r\n");
    CHECK(client.exec(Command("cat").pty())->exit.status() == 0);
}

TEST_CASE("a signal, a status and neither are told apart") {
    Sshd server;
    Client client(server);
    CHECK(client.exec("kill -KILL $$")->exit.signal() == "KILL");
    CHECK(client.exec("exit 255")->exit.status() == 255);
    CHECK(client.exec("nonexistent-command")->exit.status() == 127);
}

TEST_CASE("a background process that holds the pipe does not hold exec") {
    Sshd server;
    Client client(server);
    const auto begin = std::chrono::steady_clock::now();
    const auto outcome = client.exec("sleep 20 & echo $!; exit 5");
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
    CHECK(outcome->exit.status() == 5);
    CHECK_FALSE(outcome->io->left.empty());
    client.exec("kill " + outcome->io->output);
}

TEST_CASE("five megabytes on stderr do not block stdout") {
    Sshd server;
    Client client(server);
    const auto outcome = client.exec("head -c 5000000 /dev/zero >&2; echo out");
    CHECK(outcome->io->size[1] == 5'000'000);
    CHECK(outcome->io->output == "out\n");
}

TEST_CASE("fifty mixed commands share a connection") {
    Sshd server;
    Client client(server);
    std::vector<OutcomePtr> all;
    for (int i = 0; i < 50; ++i) {
        const auto number = std::to_string(i);
        switch (i % 5) {
        case 0:
            all.push_back(client.start("echo " + number));
            break;
        case 1:
            all.push_back(client.start("head -c 1000000 /dev/zero; exit " + number));
            break;
        case 2:
            all.push_back(client.start("head -c 500000 /dev/zero >&2; echo " + number));
            break;
        case 3:
            all.push_back(client.start("kill -TERM $$"));
            break;
        default:
            all.push_back(client.start(Command("cat; echo " + number).input("in ")));
            break;
        }
    }
    for (int i = 0; i < 50; ++i) {
        CAPTURE(i);
        auto& outcome = client.finish(all[static_cast<std::size_t>(i)]);
        REQUIRE_FALSE(outcome.failure);
        const auto number = std::to_string(i);
        switch (i % 5) {
        case 0:
            CHECK(outcome.io->output == number + "\n");
            break;
        case 1:
            CHECK((outcome.io->size[0] == 1'000'000 && outcome.exit.status() == i));
            break;
        case 2:
            CHECK((outcome.io->size[1] == 500'000 && outcome.io->output == number + "\n"));
            break;
        case 3:
            CHECK(outcome.exit.signal() == "TERM");
            break;
        default:
            CHECK(outcome.io->output == "in " + number + "\n");
            break;
        }
    }
}

TEST_CASE("commands queue where the server allows one session") {
    SshdOptions options;
    Sshd server(options.line("MaxSessions 1"));
    Client client(server);
    std::vector<OutcomePtr> all;
    for (int i = 0; i < 8; ++i)
        all.push_back(client.start("echo " + std::to_string(i)));
    for (int i = 0; i < 8; ++i) {
        auto& outcome = client.finish(all[static_cast<std::size_t>(i)]);
        REQUIRE_FALSE(outcome.failure);
        CHECK(outcome.io->output == std::to_string(i) + "\n");
    }
    CHECK(client.session->channel_limit() == 1);
}

TEST_CASE("a channel that is kept makes others fail at once where the server allows one session") {
    SshdOptions options;
    Sshd server(options.line("MaxSessions 1"));
    Client client(server);
    const auto shell =
        client.test.wait(sdk::SshChannel::open(client.session, sdk::SshStart::exec("cat").held()));
    try {
        client.exec("true");
        FAIL("exec had a channel");
    } catch (const Error& error) {
        CHECK(error.code() == Errc::busy);
        CHECK(std::string(error.what()).find("MaxSessions") != std::string::npos);
    }
}

TEST_CASE("a connection that dies under a command ends it with what had come") {
    Sshd server;
    Client client(server);
    const auto outcome = client.start("echo begun; sleep 30");
    client.test.run_until([&] { return !outcome->io->output.empty(); });
    server.kill_connections();
    client.finish(outcome);
    REQUIRE(outcome->failure);
    try {
        std::rethrow_exception(outcome->failure);
    } catch (const Error& error) {
        CHECK(error.code() == Errc::closed);
    }
    CHECK(outcome->io->sent);
    CHECK(outcome->io->output == "begun\n");
}

TEST_CASE("a cancelled command is ended on the host") {
    Sshd server;
    Client client(server);
    const std::string command =
        GENERATE("echo $$; sleep 300", "trap '' TERM HUP INT; echo $$; while :; do sleep 1; done",
                 "echo $$; sleep 300 | cat");
    CAPTURE(command);
    const auto outcome = client.start(command);
    client.test.run_until([&] { return !outcome->io->output.empty(); });
    const auto pid = std::stol(outcome->io->output);
    const auto begin = std::chrono::steady_clock::now();
    outcome->stop.emit(asio::cancellation_type::terminal);
    client.finish(outcome);
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
    CHECK(outcome->failure);
    // What needed KILL may take a moment longer than the call.
    const auto gone = client.exec("i=0; while kill -0 -" + std::to_string(pid) +
                                  " 2>/dev/null; do i=$((i+1)); test $i -gt 500 && exit 1; sleep 0.01; done");
    CHECK(gone->exit.status() == 0);
}

TEST_CASE("cancelling at every moment leaves the connection whole") {
    Sshd server;
    Client client(server);
    for (int steps = 0; steps < 60; ++steps) {
        const auto outcome = client.start("echo x; sleep 30");
        for (int i = 0; i < steps && !outcome->done; ++i)
            client.test.loop.run_one_for(1ms);
        outcome->stop.emit(asio::cancellation_type::terminal);
        client.finish(outcome);
        if (steps % 10 == 0) CHECK(client.exec("echo fine")->io->output == "fine\n");
    }
    CHECK(client.exec("echo fine")->io->output == "fine\n");
    CHECK_FALSE(client.session->gone());
}

TEST_CASE("an idle connection answers the server's keepalives") {
    SshdOptions options;
    Sshd server(options.line("ClientAliveInterval 1").line("ClientAliveCountMax 1"));
    Client client(server);
    const auto end = std::chrono::steady_clock::now() + 4s; // two unanswered ones would end the connection
    while (std::chrono::steady_clock::now() < end)
        client.test.loop.run_one_until(end);
    CHECK_FALSE(client.session->gone());
    CHECK(client.exec("echo alive")->io->output == "alive\n");
}
