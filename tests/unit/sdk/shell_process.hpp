// A real shell under a PosixFrame, over pipes or on a terminal, for tests. Everything it does is bounded.
#pragma once

#include <otto/sdk/posix_frame.hpp>

#include <sys/types.h>

#include <string>
#include <vector>

class ShellProcess {
  public:
    using Frame = otto::sdk::PosixFrame;

    ShellProcess(std::vector<std::string> argv, Frame::Channel channel);
    ~ShellProcess(); // kills the shell's process group
    ShellProcess(const ShellProcess&) = delete;
    ShellProcess& operator=(const ShellProcess&) = delete;

    struct Ran {
        std::string out;
        std::string err;
        std::size_t out_bytes = 0; // also counted when the text is not kept
        int status = -1;
        bool replaced = false;
        bool ended = false; // false: the time was up, or the shell was gone
    };
    Ran run(const otto::Command& command, bool keep = true);
    // In two steps, for what happens in between.
    void start(const otto::Command& command);
    // Waits for the end, or until the output so far ends with `until`.
    Ran finish(std::string_view until = {}, bool keep = true);
    bool resync();
    void interrupt(); // INT to the shell's process group
    Ran interrupt_and_finish();

    Frame frame;

  private:
    void send(std::string_view bytes);
    bool exchange(int timeout_ms);
    void read_from(int& fd, otto::StreamId stream);

    pid_t pid_ = -1;
    int in_ = -1;
    int out_ = -1;
    int err_ = -1;
    std::string unsent_;
    Ran ran_;
    bool keep_ = true;
};
