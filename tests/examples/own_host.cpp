// A host that a program makes itself belongs to no scope: it is the program's to close, like a file
// descriptor. Or a scope takes it over.
#include <otto/otto.hpp>

#include <iostream>

otto::task<> print_where(otto::Host& host) {
    otto::CommandResult result = co_await host.run("pwd");
    std::cout << host.id() << " is in " << result.check().text() << '\n';
}

// No lab, no context. with_host closes it; `co_await host->close()` would do as well.
otto::task<> by_itself() {
    otto::HostPtr host = otto::make_host(otto::HostSpec("local").id("root").set("directory", "/"));
    co_await otto::with_host(host, print_where);
}

// From now on the scope of the active context closes it.
otto::task<> registered(otto::Context& ctx) {
    otto::HostPtr host = otto::make_host(otto::HostSpec("local").id("temporary").set("directory", "/tmp"));
    ctx.scope().register_host(host);
    co_await print_where(*host);
}

otto::task<> both() {
    co_await by_itself();

    auto report = std::make_shared<otto::CloseReport>();
    auto options = otto::OpenOptions("mylab").search_path("labs").report_to(report);
    co_await otto::open_context(options, registered);
    for (const auto& id : report->closed)
        std::cout << "the scope closed " << id << '\n';
}

int main() {
    otto::run(both());
}

// Prints:
//   root is in /
//   temporary is in /tmp
//   the scope closed temporary
