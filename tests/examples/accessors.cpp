// Inside the body the context is the active one: hosts come from the context that is passed in, or from
// functions without it. Both give the same objects, on whatever thread the task goes on.
#include <otto/otto.hpp>

#include <iostream>

// Far from main, and never given a context.
otto::task<> greet_web_servers() {
    for (const auto& host : otto::all_hosts("web*")) {
        otto::CommandResult result = co_await host->run("echo hello");
        std::cout << host->id() << ' ' << result.text() << '\n';
    }
}

otto::task<> session(otto::Context& ctx) {
    for (const auto& host : ctx.all_hosts())
        co_await host->run("greeting=hello");

    for (const auto& host : otto::all_hosts()) {
        otto::CommandResult result = co_await host->run("echo $greeting again"); // in the same session
        std::cout << host->id() << ' ' << result.text() << '\n';
    }
    co_await greet_web_servers();

    const bool same = ctx.get_host("router1") == otto::get_host("router1");
    std::cout << (same ? "one object" : "two objects") << '\n';
}

int main() {
    auto options = otto::OpenOptions("mylab").search_path("labs");
    otto::run(otto::open_context(options, session));
}

// Prints:
//   web01 hello again
//   web02 hello again
//   web03 hello again
//   router1 hello again
//   web01 hello
//   web02 hello
//   web03 hello
//   one object
