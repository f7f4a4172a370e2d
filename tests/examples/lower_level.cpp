// What open_context is made of, for a program that needs finer control: load a lab, make a context, make it
// the active one, enter its scope; at the end close the scope and put the former context back.
#include <otto/otto.hpp>

#include <iostream>

otto::task<> work() {
    otto::Lab lab = otto::load_lab("mylab", otto::LoadOptions().search_path("labs"));
    otto::Context ctx(lab, otto::ContextOptions().dry_run(false));
    otto::ContextToken token = otto::set_context(ctx);
    ctx.scope().enter();
    std::exception_ptr failure;
    try {
        for (const auto& host : otto::all_hosts("web*"))
            co_await host->run("true");
    } catch (...) {
        failure = std::current_exception(); // C++ has no co_await in a handler
    }
    otto::CloseReport report = co_await ctx.scope().close();
    otto::reset_context(token);
    if (failure) std::rethrow_exception(failure);

    std::cout << report.closed.size() << " hosts closed\n";
    std::cout << (otto::active_context() ? "still active" : "no context is active") << '\n';
}

int main() {
    otto::run(work());
}

// Prints:
//   3 hosts closed
//   no context is active
