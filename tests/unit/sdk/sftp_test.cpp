#include "sftp_server.hpp"

#include <otto/error.hpp>
#include <otto/sdk/ssh/sftp.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <support/catch.hpp>

using otto::Errc;
using otto::Error;
using otto::sdk::Sftp;
using otto::sdk::SftpOptions;
namespace fs = std::filesystem;

namespace {

std::string some_bytes(std::size_t size) {
    std::string text(size, '\0');
    std::uint32_t state = 12345;
    for (char& c : text)
        c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return text;
}

void write_file(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

std::size_t entries(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

// The error that a transfer ends with; code and text.
template <class Work>
Error failure_of(SftpServer& server, Work work) {
    try {
        server.wait(std::move(work));
    } catch (const Error& error) {
        return error;
    }
    return Error(Errc::internal, "it succeeded");
}

} // namespace

TEST_CASE("files arrive whole, with their mode, and leave nothing else") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    fs::create_directory(dir / "far");
    for (std::size_t size : {0u, 1u, 32768u, 261120u, 261121u, 1048583u, 9000001u}) {
        CAPTURE(size);
        std::string text = some_bytes(size);
        write_file(dir / "a", text);
        fs::permissions(dir / "a", fs::perms(0751));
        CHECK(server.wait(sftp.put(dir / "a", dir / "far" / "b")) == size);
        CHECK(read_file(dir / "far" / "b") == text);
        CHECK(fs::status(dir / "far" / "b").permissions() == fs::perms(0751));
        CHECK(server.wait(sftp.get(dir / "far" / "b", dir / "c")) == size);
        CHECK(read_file(dir / "c") == text);
        CHECK(fs::status(dir / "c").permissions() == fs::perms(0751));
    }
    CHECK(entries(dir / "far") == 1);
    CHECK(entries(dir) == 3);
}

TEST_CASE("a directory receives the file under its own name, and a mode may be given") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    fs::create_directory(dir / "far");
    fs::create_directory(dir / "near");
    std::string name(250, 'n'); // a temporary name made from it would be too long
    write_file(dir / name, "text");
    SftpOptions options;
    options.mode(0600);
    CHECK(server.wait(sftp.put(dir / name, dir / "far", options)) == 4);
    CHECK(read_file(dir / "far" / name) == "text");
    CHECK(fs::status(dir / "far" / name).permissions() == fs::perms(0600));
    CHECK(server.wait(sftp.get(dir / "far" / name, dir / "near", options)) == 4);
    CHECK(read_file(dir / "near" / name) == "text");
    CHECK(server.wait(sftp.get("/proc/version", dir / "version")) > 0); // its size is said to be 0
    CHECK(read_file(dir / "version") == read_file("/proc/version"));
}

TEST_CASE("failures name the path and the reason, and leave nothing") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    fs::create_directory(dir / "far");
    write_file(dir / "a", "text");
    ::mkfifo((dir / "fifo").c_str(), 0600);
    std::size_t before = entries(dir);

    auto check = [&](otto::task<std::uint64_t> work, const std::string& path, const std::string& reason) {
        Error error = failure_of(server, std::move(work));
        CHECK(error.code() == Errc::transfer);
        CHECK_THAT(error.message(), Catch::Contains(path) && Catch::Contains(reason));
    };
    check(sftp.put(dir / "a", dir / "none" / "b"), "/none/b", "no such file or directory");
    check(sftp.put(dir / "a", (dir / "none").string() + "/"), "/none/", "no such file or directory");
    check(sftp.put(dir / "none", dir / "b"), "/none", "No such file");
    check(sftp.put(dir / "far", dir / "b"), "/far", "is a directory");
    check(sftp.put(dir / "fifo", dir / "b"), "/fifo", "not a regular file");
    check(sftp.put(dir / "a", "/dev/null"), "/dev/null", "not a regular file");
    check(sftp.get(dir / "none", dir / "b"), "/none", "no such file or directory");
    check(sftp.get(dir / "far", dir / "b"), "/far", "is a directory");
    check(sftp.get(dir / "fifo", dir / "b"), "/fifo", "not a regular file");
    check(sftp.get(dir / "a", dir / "none" / "b"), "/none/b", "No such file");
    check(sftp.put("/proc/self/mem", dir / "b"), "/proc/self/mem", "error");
    CHECK(entries(dir) == before);
    CHECK(entries(dir / "far") == 0);
    CHECK(server.wait(sftp.put(dir / "a", dir / "far")) == 4);
}

TEST_CASE("a server that refuses says why") {
    SftpServer read_only("internal-sftp -R");
    Sftp sftp(read_only.session);
    write_file(read_only.directory / "a", "text");
    Error error = failure_of(read_only, sftp.put(read_only.directory / "a", read_only.directory / "b"));
    CHECK(error.code() == Errc::transfer);
    CHECK_THAT(error.message(), Catch::Contains("permission denied"));

    SftpServer none("");
    Sftp missing(none.session);
    write_file(none.directory / "a", "text");
    CHECK(failure_of(none, missing.put(none.directory / "a", "b")).code() == Errc::unsupported);
    CHECK(failure_of(none, missing.get("b", none.directory / "b")).code() == Errc::unsupported);
    CHECK(entries(none.directory) == 1);

    SftpServer broken("/bin/echo nonsense, and more of it");
    Sftp odd(broken.session);
    write_file(broken.directory / "a", "text");
    CHECK(failure_of(broken, odd.put(broken.directory / "a", "b")).code() == Errc::protocol);

    SftpServer ended("/bin/true");
    Sftp gone(ended.session);
    write_file(ended.directory / "a", "text");
    CHECK(failure_of(ended, gone.put(ended.directory / "a", "b")).code() == Errc::unsupported);
}

TEST_CASE("many transfers share the channel") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    std::string text = some_bytes(700'001);
    write_file(dir / "a", text);
    int left = 20;
    for (int i = 0; i < 20; ++i) {
        std::string name = std::to_string(i);
        auto work = i % 2 ? sftp.put(dir / "a", dir / name) : sftp.get(dir / "a", dir / name);
        server.start(std::move(work), [&](std::exception_ptr error, std::uint64_t) {
            CHECK_FALSE(error);
            --left;
        });
    }
    server.run_until([&] { return left == 0; });
    for (int i = 0; i < 20; ++i)
        CHECK(read_file(dir / std::to_string(i)) == text);
    CHECK(entries(dir) == 21);
    CHECK(server.session->session_channels() == 1);
}

TEST_CASE("a cancelled transfer removes its temporary file and leaves the session whole") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    fs::create_directory(dir / "far");
    write_file(dir / "a", some_bytes(30'000'000));
    for (std::uint64_t after : {0u, 1u, 300'000u, 5'000'000u}) {
        for (bool up : {true, false}) {
            CAPTURE(after, up);
            boost::asio::cancellation_signal signal;
            SftpOptions options;
            options.progress([&](std::uint64_t done, std::uint64_t) {
                if (done >= after) signal.emit(boost::asio::cancellation_type::terminal);
            });
            auto work = up ? sftp.put(dir / "a", dir / "far" / "b", options)
                           : sftp.get(dir / "a", dir / "far" / "b", options);
            bool done = false;
            bool failed = false;
            auto handler = [&](std::exception_ptr error, std::uint64_t) {
                failed = error != nullptr;
                done = true;
            };
            server.start(std::move(work), boost::asio::bind_cancellation_slot(signal.slot(), handler));
            if (after == 0) signal.emit(boost::asio::cancellation_type::terminal);
            server.run_until([&] { return done; });
            CHECK(failed);
            CHECK(entries(dir / "far") == 0);
        }
    }
    write_file(dir / "a", "text");
    CHECK(server.wait(sftp.put(dir / "a", dir / "far")) == 4);
}

TEST_CASE("a lost connection ends transfers as closed") {
    SftpServer server;
    Sftp sftp(server.session);
    fs::path dir = server.directory;
    fs::create_directory(dir / "near");
    write_file(dir / "a", some_bytes(30'000'000));
    SftpOptions options;
    options.progress([&](std::uint64_t, std::uint64_t) { server.kill_server(); });
    Error error = failure_of(server, sftp.get(dir / "a", dir / "near" / "b", options));
    CHECK(error.code() == Errc::closed);
    CHECK(entries(dir / "near") == 0);
}

TEST_CASE("speed of put and get", "[.bench]") {
    SftpServer server;
    Sftp sftp(server.session);
    write_file("/dev/shm/otto-sftp-a", some_bytes(200'000'000));
    for (bool up : {true, false, true, false}) {
        auto begin = std::chrono::steady_clock::now();
        if (up) {
            server.wait(sftp.put("/dev/shm/otto-sftp-a", "/dev/shm/otto-sftp-b"));
        } else {
            server.wait(sftp.get("/dev/shm/otto-sftp-b", "/dev/shm/otto-sftp-c"));
        }
        std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
        WARN((up ? "put " : "get ") << 200 / seconds.count() << " MB/s");
    }
    for (const char* name : {"a", "b", "c"})
        fs::remove(std::string("/dev/shm/otto-sftp-") + name);
}
