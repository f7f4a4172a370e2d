#include "json_text.hpp"
#include "json_writer.hpp"
#include "secret_masker.hpp"
#include "tally.hpp"
#include "text_writer.hpp"

#include <nlohmann/json.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <support/catch.hpp>

using namespace otto;
using namespace otto::cli;
using nlohmann::json;

namespace {

// A file that shows what was written to a descriptor.
class Capture {
  public:
    Capture()
        : fd_(::memfd_create("capture", MFD_CLOEXEC)) {}
    ~Capture() { ::close(fd_); }
    Capture(const Capture&) = delete;
    Capture& operator=(const Capture&) = delete;

    [[nodiscard]] int fd() const { return fd_; }
    [[nodiscard]] std::string text() const {
        std::string bytes(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
        const auto n = ::pread(fd_, bytes.data(), bytes.size(), 0);
        REQUIRE(n == static_cast<ssize_t>(bytes.size()));
        return bytes;
    }

  private:
    int fd_;
};

Event output(const std::string& host, std::string bytes, StreamId stream = StreamId::output) {
    return Event(EventKind::output, std::move(bytes)).host(host).stream(stream);
}

HostResult unreachable(const std::string& host) {
    return {host,
            {CommandResult("id")},
            Error(Errc::unreachable, "connection refused").host(host).advice("is sshd up?"),
            Duration(12)};
}

HostResult not_run(const std::string& host) {
    return {host, {CommandResult("id"), CommandResult("date")}, std::nullopt, Duration(0)};
}

std::string emitted(void (*emit)(std::string_view, const Emit&), std::string_view bytes) {
    std::string text;
    emit(bytes, [&](std::string_view piece) { text += piece; });
    return text;
}

std::string text_of(std::string_view bytes) {
    return json::parse("\"" + emitted(&emit_text, bytes) + "\"").get<std::string>();
}

struct Screen {
    Capture out;
    Capture err;
    Console console{out.fd(), err.fd()};
    TextWriter writer{console, false};
};

} // namespace

TEST_CASE("lines of several hosts stay whole, also when they come in pieces") {
    Screen screen;
    screen.writer.on_event(output("a", "one\ntw"));
    screen.writer.on_event(output("b", "uno\r\n"));
    screen.writer.on_event(output("a", "o\nthree"));
    screen.writer.on_event(output("b", "err\n", StreamId::error_output));
    screen.writer.on_event(Event(EventKind::command_ended).host("a"));
    CHECK(screen.out.text() == "a: one\nb: uno\na: two\na: three\n");
    CHECK(screen.err.text() == "b: err\n");
}

TEST_CASE("a line without an end is shown in parts and not kept") {
    Screen screen;
    const std::string part(100'000, 'x');
    screen.writer.on_event(output("a", part));
    CHECK(screen.out.text() == "a: " + part);
    screen.writer.on_event(output("b", "short\n"));
    screen.writer.on_event(output("a", "end\n"));
    CHECK(screen.out.text() == "a: " + part + "\nb: short\na: end\n");
}

TEST_CASE("what a dry run declines is shown on one line") {
    Screen screen;
    screen.writer.on_event(Event(EventKind::would_run, "uname -a").host("a"));
    screen.writer.on_event(Event(EventKind::would_run, "if true\nthen id\nfi\n").host("b"));
    CHECK(screen.out.text() == "a: would run: uname -a\nb: would run: if true\\nthen id\\nfi\n");
}

TEST_CASE("a host that failed is explained on standard error") {
    Screen screen;
    const HostResult result = unreachable("web07");
    screen.writer.host_done(Outcome(result));
    CHECK(screen.out.text().empty());
    CHECK(screen.err.text() == "otto: error: web07: connection refused (is sshd up?)\n");
}

TEST_CASE("bytes that no terminal should see are escaped for one") {
    Capture out;
    FdWriter writer(out.fd());
    LineWriter lines(writer, true);
    lines.add("a", "\x1b[31mred\x07 \xff\n");
    CHECK(out.text() == "a: \\x1b[31mred\\x07 \xef\xbf\xbd\n");
}

TEST_CASE("the JSON of a host has every field of the contract") {
    const HostResult result = unreachable("web07");
    std::string text;
    emit_outcome(Outcome(result), [&](std::string_view piece) { text += piece; });
    CHECK(text.find('\n') == std::string::npos);
    const json object = json::parse(text);
    CHECK(object["host"] == "web07");
    CHECK(object["status"] == "error");
    CHECK(object["error"] ==
          json({{"code", "unreachable"}, {"message", "connection refused (is sshd up?)"}}));
    CHECK(object["duration_s"] == 0.012);
    const json command = object["commands"].at(0);
    CHECK(command == json({{"command", "id"},
                           {"status", "not-run"},
                           {"exit_status", nullptr},
                           {"signal", nullptr},
                           {"output", ""},
                           {"stderr", ""},
                           {"truncated_bytes", 0},
                           {"timed_out", false},
                           {"duration_s", 0.0}}));
    CHECK_FALSE(object.contains("transfers"));
}

TEST_CASE("output in JSON is text, however it is cut into pieces") {
    CHECK(text_of("a\r\nb\rc\n\xff\"\\\x01") == "a\nb\rc\n\xef\xbf\xbd\"\\\x01");
    const std::string euro = "\xe2\x82\xac";
    for (std::size_t shift = 0; shift < 5; ++shift) {
        std::string bytes(48 * 1024 - 4 + shift, 'x');
        std::string expected = bytes;
        for (int i = 0; i < 20'000; ++i) {
            bytes += euro + "\r\n";
            expected += euro + "\n";
        }
        REQUIRE(text_of(bytes) == expected);
    }
    const std::string continuations(200'000, '\x80');
    CHECK(text_of(continuations) == decode_text(continuations));
}

TEST_CASE("base64 holds the exact bytes") {
    CHECK(emitted(&emit_base64, "") == "");
    CHECK(emitted(&emit_base64, "f") == "Zg==");
    CHECK(emitted(&emit_base64, "fo") == "Zm8=");
    CHECK(emitted(&emit_base64, "foo") == "Zm9v");
    CHECK(emitted(&emit_base64, std::string("\0\xff\xfe", 3)) == "AP/+");
    const std::string large = emitted(&emit_base64, std::string(100'000, 'a'));
    CHECK(large.size() == 133'336);
    CHECK(large.substr(0, 133'332).find('=') == std::string::npos);
}

TEST_CASE("a JSON array is in lab order whatever order the hosts end in") {
    Capture out;
    FdWriter fd(out.fd());
    JsonWriter writer({"a", "b", "c"}, fd);
    for (const char* host : {"c", "a", "b"}) {
        const HostResult result = unreachable(host);
        writer.host_done(Outcome(result));
    }
    writer.finish();
    const json array = json::parse(out.text());
    REQUIRE(array.size() == 3);
    CHECK(array[0]["host"] == "a");
    CHECK(array[2]["host"] == "c");
}

TEST_CASE("an empty JSON array is an array") {
    Capture out;
    FdWriter fd(out.fd());
    JsonWriter(std::vector<std::string>(), fd).finish();
    CHECK(json::parse(out.text()) == json::array());
}

TEST_CASE("JSON lines come as the hosts end, with their files") {
    Capture out;
    FdWriter fd(out.fd());
    JsonLinesWriter writer(fd);
    const HostResult moved("b", {}, std::nullopt, Duration(5));
    std::vector<Transfer> transfers(2);
    transfers[0] = {"src", "dst", Status::success, 42, std::nullopt, Duration(5)};
    transfers[1] = {"x", "y", Status::error, 0, Error(Errc::transfer, "no space"), Duration(0)};
    writer.host_done(Outcome(moved, &transfers));
    const json object = json::parse(out.text());
    CHECK(object["status"] == "error");
    CHECK(object["transfers"][0]["bytes"] == 42);
    CHECK(object["transfers"][1]["error"]["code"] == "transfer");
    CHECK(out.text().ends_with("}\n"));
}

TEST_CASE("the closing line counts and names") {
    Tally tally(false);
    const HostResult fine("web01", {}, std::nullopt, Duration(1));
    const HostResult gone = unreachable("web07");
    for (int i = 0; i < 198; ++i)
        tally.add(Outcome(fine));
    tally.add(Outcome(fine, nullptr, Status::failed));
    tally.add(Outcome(gone));
    CHECK(tally.closing_line() == "198 ok, 1 failed, 1 unreachable: web07");
    CHECK(tally.exit_status() == 1);
    tally.add_missing("web08");
    tally.add_missing("web09");
    CHECK(tally.closing_line() == "198 ok, 1 failed, 1 unreachable: web07, 2 missing: web08 web09");
}

TEST_CASE("a refused plugin outranks a failure, and a dry run is no failure") {
    const HostResult idle = not_run("a");
    Tally dry(true);
    dry.add(Outcome(idle));
    CHECK(dry.exit_status() == 0);
    Tally real(false);
    real.add(Outcome(idle));
    CHECK(real.exit_status() == 1);
    const HostResult refused("b", {}, Error(Errc::plugin, "refused"), Duration(0));
    real.add(Outcome(refused));
    CHECK(real.exit_status() == 2);
    CHECK(exit_status_of_commands(Outcome(refused)) == 255);
}

TEST_CASE("a secret is masked however the stream is cut") {
    const std::string text = "login hunter22 hunter2 hunter2x hunt hunter2";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        SecretMasker masker;
        masker.add("hunter2");
        masker.add("hunter22");
        masker.add("no"); // too short to be masked
        std::string masked = masker.feed(std::string_view(text).substr(0, cut));
        masked += masker.feed(std::string_view(text).substr(cut));
        masked += masker.finish();
        REQUIRE(masked == "login ******** ******** ********x hunt ********");
    }
}

TEST_CASE("a secret is masked when it comes byte by byte") {
    SecretMasker masker;
    masker.add("aabaab");
    std::string masked;
    for (const char c : std::string("xaabaabaabaaby"))
        masked += masker.feed(std::string_view(&c, 1));
    masked += masker.finish();
    CHECK(masked == "x****************y");
}

TEST_CASE("a closed pipe ends writing without a signal and is told once") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    FdWriter writer(ends[1]);
    int told = 0;
    writer.on_failure([&] { ++told; });
    writer.write("lost");
    writer.write("lost too");
    CHECK(writer.closed());
    CHECK(told == 1);
    ::close(ends[1]);
}

TEST_CASE("a reader that stands still is given up after an interrupt") {
    int ends[2];
    int interrupt[2];
    REQUIRE(::pipe(ends) == 0);
    REQUIRE(::pipe(interrupt) == 0);
    REQUIRE(::write(interrupt[1], "!", 1) == 1);
    FdWriter writer(ends[1]);
    writer.interrupt_descriptor(interrupt[0]);
    writer.write(std::string(1 << 20, 'x')); // far more than a pipe holds
    CHECK(writer.error() == ETIMEDOUT);
    for (const int fd : {ends[0], ends[1], interrupt[0], interrupt[1]})
        ::close(fd);
}
