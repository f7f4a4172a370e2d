// Three ways to live with a host. All are safe: what is open when the block ends, its scope closes.
#include <otto/otto.hpp>

#include <iostream>

void print_state(const otto::HostPtr& host) {
    std::cout << host->id() << (host->state() == otto::HostState::open ? " is open\n" : " is closed\n");
}

otto::task<> show_version(otto::Host& host) {
    otto::CommandResult result = co_await host.run("uname -s");
    std::cout << host.id() << " runs " << result.check().text() << '\n';
}

// (a) A tight block: the connection is gone when it ends, however it ends.
otto::task<> tight(otto::Context& ctx) {
    otto::HostPtr router = ctx.get_host("router1");
    co_await otto::with_host(router, show_version);
    print_state(router);
}

// (b) Passed around; the scope closes it.
otto::task<> passed_around(otto::Context& ctx) {
    otto::HostPtr host = ctx.get_host("web01");
    co_await show_version(*host);
    print_state(host);
}

// (c) Closed by hand: "release now". Closing again is safe, and a later verb connects again.
otto::task<> closed_by_hand(otto::Context& ctx) {
    otto::HostPtr host = ctx.get_host("web02");
    co_await host->run("echo bye");
    co_await host->close();
    co_await host->close();
    print_state(host);
}

otto::task<> session(otto::Context& ctx) {
    co_await tight(ctx);
    co_await passed_around(ctx);
    co_await closed_by_hand(ctx);
}

int main() {
    auto report = std::make_shared<otto::CloseReport>();
    auto options = otto::OpenOptions("mylab").search_path("labs").report_to(report);
    otto::run(otto::open_context(options, session));
    for (const auto& id : report->closed)
        std::cout << "the scope closed " << id << '\n';
}

// Prints:
//   router1 runs Linux
//   router1 is closed
//   web01 runs Linux
//   web01 is open
//   web02 is closed
//   the scope closed web01
