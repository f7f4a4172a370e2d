#include "local_fixture.hpp"

#include <sys/stat.h>

using namespace test;

namespace {

task<std::optional<Error>> error_of(task<otto::TransferResult> transfer) {
    try {
        co_await std::move(transfer);
    } catch (const Error& error) {
        co_return error;
    }
    co_return std::nullopt;
}

} // namespace

TEST_CASE("put and get copy bytes and mode, and tell how many") {
    const TemporaryDirectory place;
    const std::string text = std::string(3'000'000, 'a') + std::string("\0\377 end", 6);
    write_file(place.path() / "source", text);
    std::filesystem::permissions(place.path() / "source", std::filesystem::perms(0750));
    auto events = std::make_shared<EventList>();
    auto body = [&](Host& host) -> task<> {
        otto::TransferResult result =
            co_await host.put(place.path() / "source", (place.path() / "copy").string());
        CHECK(result.ok());
        CHECK(result.bytes() == text.size());
        CHECK(contents(place.path() / "copy") == text);
        CHECK(std::filesystem::status(place.path() / "copy").permissions() == std::filesystem::perms(0750));
        otto::TransferOptions options;
        options.mode(0600);
        result = co_await host.get((place.path() / "copy").string(), place.path() / "back", options);
        CHECK(contents(place.path() / "back") == text);
        CHECK(std::filesystem::status(place.path() / "back").permissions() == std::filesystem::perms(0600));
    };
    with_local(body, local_spec(), events);
    CHECK(entries(place.path().c_str()) == 3);
    CHECK(events->count(otto::EventKind::transfer_progress) > 0);
}

TEST_CASE("a directory receives the file under its name, and a link to a file stays a link") {
    const TemporaryDirectory place;
    write_file(place.path() / "file", "new");
    std::filesystem::create_directory(place.path() / "dir");
    write_file(place.path() / "dir" / "target", "old");
    std::filesystem::create_symlink("dir/target", place.path() / "link");
    otto::HostSpec spec = local_spec();
    spec.set("directory", place.path().string());
    auto body = [&](Host& host) -> task<> {
        co_await host.put(place.path() / "file", "dir");
        CHECK(contents(place.path() / "dir" / "file") == "new");
        co_await host.put(place.path() / "file", "link");
        CHECK(std::filesystem::is_symlink(place.path() / "link"));
        CHECK(contents(place.path() / "dir" / "target") == "new");
        co_await host.get("file", place.path() / "dir" / std::string(255, 'n'));
        CHECK(contents(place.path() / "dir" / std::string(255, 'n')) == "new");
    };
    with_local(body, spec);
}

TEST_CASE("empty files and files of /proc, whose size is not known, arrive whole") {
    const TemporaryDirectory place;
    write_file(place.path() / "empty", "");
    auto body = [&](Host& host) -> task<> {
        otto::TransferResult result =
            co_await host.put(place.path() / "empty", (place.path() / "copy").string());
        CHECK(result.bytes() == 0);
        CHECK(std::filesystem::file_size(place.path() / "copy") == 0);
        result = co_await host.get("/proc/version", place.path() / "version");
        CHECK(contents(place.path() / "version") == contents("/proc/version"));
    };
    with_local(body);
}

TEST_CASE("a transfer that fails names the file and the reason, and leaves what was there") {
    const TemporaryDirectory place;
    write_file(place.path() / "file", "new");
    write_file(place.path() / "old", "old");
    REQUIRE(::mkfifo((place.path() / "fifo").c_str(), 0600) == 0);
    auto body = [&](Host& host) -> task<> {
        const std::string dir = place.path().string();
        std::optional<Error> error = co_await error_of(host.put(place.path() / "missing", dir + "/old"));
        REQUIRE(error);
        CHECK(error->code() == Errc::transfer);
        CHECK(error->message() == "cannot read '" + dir + "/missing': No such file or directory");
        error = co_await error_of(host.put(place.path() / "file", dir + "/no/such/place"));
        REQUIRE(error);
        CHECK(error->message() == "cannot write '" + dir + "/no/such/place': No such file or directory");
        for (const char* name : {"/fifo", "/"}) {
            error = co_await error_of(host.get(dir + name, place.path() / "old"));
            REQUIRE(error);
            CHECK(error->message() == "'" + dir + name + "' is not a regular file");
        }
        error = co_await error_of(host.put(place.path() / "file", "/proc/version"));
        REQUIRE(error);
        CHECK(contents(place.path() / "old") == "old");
    };
    with_local(body);
    CHECK(entries(place.path().c_str()) == 3);
}

TEST_CASE("a transfer that does not end in time leaves neither file nor descriptor") {
    const TemporaryDirectory place;
    write_file(place.path() / "huge", "");
    std::filesystem::resize_file(place.path() / "huge", 1ULL << 40);
    auto body = [&](Host& host) -> task<> {
        otto::TransferOptions options;
        options.timeout(Duration(200));
        const std::size_t before = open_descriptors();
        const Stopwatch watch;
        const std::optional<Error> error =
            co_await error_of(host.put(place.path() / "huge", (place.path() / "copy").string(), options));
        CHECK(watch.elapsed() < Duration(200 + 250 + 300));
        REQUIRE(error);
        CHECK(error->code() == Errc::timed_out);
        CHECK(entries(place.path().c_str()) == 1);
        const bool clean = co_await becomes([&] { return open_descriptors() <= before; });
        CHECK(clean);
    };
    with_local(body);
}
