// A program that has an event loop of its own joins it with a Runtime: tasks, events and completions run on
// that loop, and otto's own threads stay out of sight. The primitives are those of lower_level.cpp.
#include <otto/otto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <iostream>
#include <thread>

otto::task<> work(otto::Runtime& runtime, std::thread::id loop_thread) {
    otto::Lab lab = otto::load_lab("mylab", otto::LoadOptions().search_path("labs"));
    otto::Context ctx(runtime, lab);
    otto::ContextToken token = otto::set_context(ctx);
    ctx.scope().enter();
    otto::FleetResult results = co_await ctx.run_on_all_hosts("echo ready"); // never throws for a host
    co_await ctx.scope().close();
    otto::reset_context(token);

    const bool at_home = std::this_thread::get_id() == loop_thread;
    std::cout << results.size() << " hosts: " << to_string(results.status()) << ", back on "
              << (at_home ? "the loop's thread" : "another thread") << '\n';
}

int main() {
    boost::asio::io_context loop;
    otto::Runtime runtime(loop.get_executor());

    boost::asio::post(loop, [] { std::cout << "the loop does other work, too\n"; });
    boost::asio::co_spawn(runtime.executor(), work(runtime, std::this_thread::get_id()),
                          [](std::exception_ptr failure) {
                              if (failure) std::rethrow_exception(failure); // out of loop.run()
                          });
    loop.run();
}

// Prints:
//   the loop does other work, too
//   4 hosts: success, back on the loop's thread
