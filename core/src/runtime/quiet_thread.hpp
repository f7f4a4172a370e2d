// Threads of otto take no signals: an application's handlers run on the application's threads, and a write to
// a closed pipe is an error and not a SIGPIPE.
#pragma once

#include <signal.h>

#include <thread>
#include <utility>

namespace otto {

template <class F>
std::thread quiet_thread(F&& body) {
    sigset_t all;
    sigset_t former;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &former); // inherited by the new thread
    std::thread thread(std::forward<F>(body));
    pthread_sigmask(SIG_SETMASK, &former, nullptr);
    return thread;
}

} // namespace otto
