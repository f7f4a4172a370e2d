// The same objects without coroutines: every call returns when it is done, and the context's end closes every
// host.
#include <otto/otto.hpp>

#include <iostream>

int main() {
    otto::BlockingContext ctx(otto::OpenOptions("mylab").search_path("labs"));

    auto results = ctx.run_on_all_hosts("uname -s");
    for (const auto& [id, result] : results)
        std::cout << id << ' ' << result << '\n';

    otto::BlockingHost router = ctx.get_host("router1");
    router.run("cd /tmp"); // a session keeps its directory
    std::cout << router.run("pwd").text() << '\n';

    // A command that fails is a result; what could not be done is an Error.
    otto::CommandResult failed = router.exec("exit 3");
    std::cout << to_string(failed.status()) << ' ' << *failed.exit_status() << '\n';
    try {
        auto unknown = ctx.get_host("router9");
    } catch (const otto::Error& error) {
        std::cout << to_string(error.code()) << '\n';
    }
}

// Prints:
//   web01 success: Linux
//   web02 success: Linux
//   web03 success: Linux
//   router1 success: Linux
//   /tmp
//   failed 3
//   usage
