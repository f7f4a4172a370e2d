// "host: line" for streams of many hosts at once, each line whole.
#pragma once

#include "fd_writer.hpp"

#include <map>
#include <string>
#include <string_view>

namespace otto::cli {

class LineWriter {
  public:
    // `escape`: for a person's terminal, which control bytes of a device must not reach.
    LineWriter(FdWriter& out, bool escape)
        : out_(out)
        , escape_(escape) {}

    // Bytes of the host's stream: writes the lines that are complete. CR LF ends a line as LF does.
    void add(const std::string& host, std::string_view bytes);
    // Ends the host's last line if it lacks its newline.
    void end(const std::string& host);
    void end_all();
    // A line of otto's own.
    void line(const std::string& host, std::string_view text);

  private:
    // A line this long is written before its end has come.
    static constexpr std::size_t longest_held = std::size_t{64} * 1024;

    struct Partial {
        std::string held;   // not written yet
        bool begun = false; // an earlier part has been written
    };

    void put(const std::string& host, Partial& partial, std::string_view rest, bool complete);

    FdWriter& out_;
    bool escape_;
    std::map<std::string, Partial, std::less<>> partials_;
    std::string open_host_; // whose line stands without its end; empty: nobody's
    std::string batch_;     // one write for all lines of a call
};

} // namespace otto::cli
