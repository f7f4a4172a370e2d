// The scanner by transcripts, and what the frame sends.
#include <otto/error.hpp>
#include <otto/sdk/posix_frame.hpp>

#include <support/catch.hpp>

using namespace otto::sdk;
using otto::Command;

namespace {

const std::string nonce = "0123456789abcdef";

std::string mark(const std::string& text, int sequence = 1) {
    return '\036' + nonce + ':' + std::to_string(sequence) + ':' + text + '\036';
}

struct Scanned {
    std::string out;
    MarkScanner scanner{nonce};

    void feed(std::string_view bytes) {
        MarkScanner::Output give = [this](std::string_view text) { out += text; };
        scanner.feed(bytes, give);
    }
};

} // namespace

TEST_CASE("output lies between the begin and the end mark, wherever the stream is cut") {
    const std::string inside = "a\036b\036\036" + mark("b") + mark("0:-", 2) + mark("1234:-") + mark(":-") +
                               mark("1:y") + "\036" + nonce + ":1:12:-x" + mark("0:-").substr(0, 21) + "end";
    const std::string stream = "prompt$ echo" + mark("0:-", 0) + mark("b", 2) + "\036" + mark("b") + inside +
                               mark("17:x") + "late" + mark("b");
    for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
        Scanned s;
        s.scanner.expect_command(1);
        s.feed(std::string_view(stream).substr(0, cut));
        s.feed(std::string_view(stream).substr(cut));
        REQUIRE(s.scanner.done());
        REQUIRE(s.out == inside);
        REQUIRE(s.scanner.status() == 17);
        REQUIRE(s.scanner.shell_replaced());
        REQUIRE(s.scanner.dropped() > 0);
    }
    Scanned s;
    s.scanner.expect_command(1);
    for (char c : stream)
        s.feed(std::string_view(&c, 1));
    CHECK(s.out == inside);
}

TEST_CASE("output is given out at once, but never a piece of a mark") {
    Scanned s;
    s.scanner.expect_command(1);
    s.feed(mark("b") + "text");
    CHECK(s.out == "text");
    std::string end = mark("0:-");
    for (char c : end) {
        CHECK_FALSE(s.scanner.done());
        s.feed(std::string_view(&c, 1));
        CHECK(s.out == "text");
    }
    CHECK(s.scanner.done());
}

TEST_CASE("what was held back is output when the stream ends") {
    Scanned s;
    s.scanner.expect_command(1);
    std::string piece = mark("0:-").substr(0, 10);
    s.feed(mark("b") + "text" + piece);
    CHECK(s.out == "text");
    MarkScanner::Output give = [&](std::string_view text) { s.out += text; };
    s.scanner.finish(give);
    CHECK(s.out == "text" + piece);
    CHECK_FALSE(s.scanner.done());
}

TEST_CASE("a probe is answered by its own mark only") {
    Scanned s;
    s.scanner.expect_probe(5, "42");
    s.feed("junk" + mark("0:-", 4) + mark("b", 5) + mark("p41", 5) + mark("p42", 4) + mark("0:-", 5));
    CHECK_FALSE(s.scanner.done());
    s.feed(mark("p42", 5));
    CHECK(s.scanner.done());
    CHECK(s.out.empty());
}

TEST_CASE("what is sent to the shell never contains a mark, so an echo is harmless") {
    for (auto channel : {PosixFrame::Channel::pipes, PosixFrame::Channel::terminal}) {
        PosixFrame frame(channel);
        std::string sent = frame.begin(Command("echo x").input("data"));
        CHECK(sent.find('\036') == std::string::npos);
        PosixFrame::Output none = [](otto::StreamId, std::string_view) { FAIL("no output expected"); };
        frame.feed(otto::StreamId::output, sent, none);
        CHECK(frame.state() == PosixFrame::State::running);
        std::string probe = frame.resync();
        frame.feed(otto::StreamId::output, probe, none);
        frame.feed(otto::StreamId::error_output, probe, none);
        CHECK(frame.state() == PosixFrame::State::resyncing);
    }
}

TEST_CASE("a terminal gets short lines of plain characters") {
    PosixFrame frame(PosixFrame::Channel::terminal);
    std::string text(10'000, '!');
    text += "\t\r\n\x03\xff'";
    std::string sent = frame.begin(Command(text).input(std::string(5000, '\0')));
    std::size_t length = 0;
    for (char c : sent) {
        length = c == '\n' ? 0 : length + 1;
        REQUIRE(length <= 800);
        REQUIRE((c == '\n' || (c >= ' ' && c < '\x7f')));
    }
    CHECK(sent.find('!') == std::string::npos);
}

TEST_CASE("what no shell can take is refused before anything is sent") {
    PosixFrame frame(PosixFrame::Channel::pipes);
    CHECK_THROWS_AS(frame.begin(Command(std::string("a\0b", 3))), otto::Error);
    CHECK_THROWS_AS(frame.begin(Command("a").env("x-y", "1")), otto::Error);
    CHECK_THROWS_AS(frame.begin(Command("a").env("1x", "1")), otto::Error);
    CHECK_THROWS_AS(frame.begin(Command("a").input(std::string(PosixFrame::input_limit + 1, 'x'))),
                    otto::Error);
    CHECK(frame.state() == PosixFrame::State::idle);
    CHECK(posix_quote("it's") == "'it'\\''s'");
}
