// The way to use otto in a program: open_context loads the lab, makes its context the active one, runs the
// body and closes every host that the body opened, also when it throws or the user presses Ctrl-C.
#include <otto/otto.hpp>

#include <iostream>

otto::task<> session(otto::Context& ctx) {
    auto results = co_await ctx.run_on_all_hosts("uname -s");
    for (const auto& [id, result] : results)
        std::cout << id << ' ' << result << '\n';
} // every host opened in here is closed now

int main() {
    auto options = otto::OpenOptions("mylab").search_path("labs");
    otto::run(otto::open_context(options, session), otto::SignalPolicy::cancel);
}

// Prints:
//   web01 success: Linux
//   web02 success: Linux
//   web03 success: Linux
//   router1 success: Linux
