// Core's own threads: the clock behind deadlines, the pool for blocking calls, secrets that are resolved
// once.
#include "runtime/blocking_pool.hpp"
#include "runtime/deadline_clock.hpp"
#include "runtime/secret_store.hpp"

#include <otto/secret.hpp>

#include <signal.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <support/catch.hpp>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s;

otto::Deadline from_now(otto::Duration span) {
    return otto::deadline_after(span);
}

// Something that many threads bring to one that waits.
template <class T>
class Collected {
  public:
    void add(T value) {
        const std::lock_guard lock(mutex_);
        values_.push_back(std::move(value));
        changed_.notify_all();
    }
    std::vector<T> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, patience, [&] { return values_.size() >= count; });
        return values_;
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<T> values_;
};

// Calls back into the clock when it is destroyed, as a host's call does.
struct CallsBack {
    otto::DeadlineClock& clock;
    std::promise<void>& done;
    ~CallsBack() {
        clock.remove(clock.add(otto::Deadline::max(), [] {}));
        done.set_value();
    }
};

} // namespace

TEST_CASE("the clock calls back in the order of deadlines, also for one that comes while it sleeps") {
    Collected<int> called;
    otto::DeadlineClock clock;
    const auto start = std::chrono::steady_clock::now();
    clock.add(otto::Deadline::max(), [&] { called.add(0); });
    clock.add(start - 1s, [&] { called.add(1); });
    CHECK(called.wait_for(1) == std::vector<int>{1}); // now the clock goes to sleep
    clock.add(start + 60ms, [&] { called.add(3); });
    clock.add(start + 40ms, [&] { called.add(2); });
    CHECK(called.wait_for(3) == std::vector<int>{1, 2, 3});
    CHECK(std::chrono::steady_clock::now() >= start + 60ms);
}

TEST_CASE("a deadline that was removed is not called, and removing it again is nothing") {
    Collected<int> called;
    otto::DeadlineClock clock;
    const auto removed = clock.add(from_now(10ms), [&] { called.add(1); });
    clock.remove(removed);
    clock.remove(removed);
    const auto fired = clock.add(from_now(20ms), [&] { called.add(2); });
    CHECK(called.wait_for(1) == std::vector<int>{2});
    clock.remove(fired);
}

TEST_CASE("what a callback owns may call back into the clock when it is destroyed") {
    std::promise<void> done;
    otto::DeadlineClock clock;
    auto owned = std::make_shared<CallsBack>(clock, done);
    SECTION("after it was called") {
        clock.add(from_now(0ms), [kept = std::move(owned)] {});
    }
    SECTION("when it is removed") {
        clock.remove(clock.add(otto::Deadline::max(), [kept = std::move(owned)] {}));
    }
    CHECK(done.get_future().wait_for(patience) == std::future_status::ready);
}

TEST_CASE("a clock that sleeps for long ends at once") {
    const auto start = std::chrono::steady_clock::now();
    {
        otto::DeadlineClock clock;
        clock.add(from_now(1h), [] {});
    }
    CHECK(std::chrono::steady_clock::now() - start < patience);
}

TEST_CASE("blocking work runs on as many threads as allowed and no more, without signals") {
    constexpr std::size_t most = 3;
    otto::BlockingPool pool(most);
    std::atomic<std::size_t> arrived{0};
    std::atomic<std::size_t> inside{0};
    std::atomic<bool> crowded{false};
    Collected<bool> quiet;
    std::promise<void> open;
    const auto gate = open.get_future().share();
    for (std::size_t i = 0; i < 2 * most; ++i)
        pool.post([&, gate] {
            if (++inside > most) crowded = true;
            if (++arrived == most) open.set_value();
            gate.wait();
            --inside;
            sigset_t mask;
            pthread_sigmask(SIG_SETMASK, nullptr, &mask);
            quiet.add(sigismember(&mask, SIGPIPE) == 1 && sigismember(&mask, SIGINT) == 1);
        });
    REQUIRE(gate.wait_for(patience) == std::future_status::ready); // all of them work at once
    const auto answers = quiet.wait_for(2 * most);
    CHECK(answers.size() == 2 * most);
    CHECK(std::ranges::count(answers, false) == 0);
    CHECK_FALSE(crowded);
}

TEST_CASE("a pool's end waits for nothing: what runs is left behind, what is queued is dropped") {
    std::promise<void> started;
    std::promise<void> leave;
    std::promise<void> left;
    auto token = std::make_shared<int>(0);
    const std::weak_ptr<int> watched = token;
    bool ran = false;
    {
        otto::BlockingPool pool(1);
        pool.post([&] {
            started.set_value();
            leave.get_future().wait();
            left.set_value();
        });
        REQUIRE(started.get_future().wait_for(patience) == std::future_status::ready);
        pool.post([&ran, kept = std::move(token)] { ran = true; });
    }
    CHECK(watched.expired());
    leave.set_value();
    CHECK(left.get_future().wait_for(patience) == std::future_status::ready);
    CHECK_FALSE(ran);
}

namespace {

class CountedSecret {
  public:
    CountedSecret() {
        std::string name = (std::filesystem::temp_directory_path() / "otto-secret-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    ~CountedSecret() { std::filesystem::remove_all(directory_); }
    CountedSecret(const CountedSecret&) = delete;
    CountedSecret& operator=(const CountedSecret&) = delete;

    // A command that notes each time it runs.
    [[nodiscard]] otto::Secret ending_with(const std::string& script) const {
        return otto::Secret::command(
            std::vector<std::string>{"/bin/sh", "-c", "echo >>'" + runs().string() + "'; " + script}, true);
    }
    [[nodiscard]] std::size_t count() const {
        std::ifstream in(runs());
        std::size_t lines = 0;
        for (std::string line; std::getline(in, line);)
            ++lines;
        return lines;
    }

  private:
    [[nodiscard]] std::filesystem::path runs() const { return directory_ / "runs"; }
    std::filesystem::path directory_;
};

std::vector<std::string> reveal(const std::shared_ptr<otto::SecretStore>& store, otto::BlockingPool& pool,
                                const otto::Secret& secret, std::size_t times) {
    auto texts = std::make_shared<Collected<std::string>>();
    for (std::size_t i = 0; i < times; ++i)
        store->reveal(secret, pool, [texts](const otto::RevealedSecret& revealed) {
            texts->add(revealed.error ? "failed" : revealed.text);
        });
    return texts->wait_for(times);
}

} // namespace

TEST_CASE("a secret is resolved once, however many ask and however it ends") {
    const CountedSecret counted;
    otto::BlockingPool pool(4);
    const auto store = std::make_shared<otto::SecretStore>();

    SECTION("with a value") {
        const otto::Secret secret = counted.ending_with("echo s3cret");
        CHECK(reveal(store, pool, secret, 20) == std::vector<std::string>(20, "s3cret"));
        CHECK(reveal(store, pool, counted.ending_with("echo s3cret"), 1) ==
              std::vector<std::string>{"s3cret"});
        CHECK(store->revealed() == std::vector<std::string>{"s3cret"});
    }
    SECTION("with an error") {
        const otto::Secret secret = counted.ending_with("exit 1");
        CHECK(reveal(store, pool, secret, 20) == std::vector<std::string>(20, "failed"));
        CHECK(reveal(store, pool, secret, 1) == std::vector<std::string>{"failed"});
        CHECK(store->revealed().empty());
    }
    CHECK(counted.count() == 1);
}

TEST_CASE("different secrets are resolved each") {
    const CountedSecret counted;
    otto::BlockingPool pool(4);
    const auto store = std::make_shared<otto::SecretStore>();
    CHECK(reveal(store, pool, counted.ending_with("echo one"), 1) == std::vector<std::string>{"one"});
    CHECK(reveal(store, pool, counted.ending_with("echo two"), 1) == std::vector<std::string>{"two"});
    CHECK(counted.count() == 2);
}
