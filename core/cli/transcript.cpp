#include "transcript.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <system_error>

namespace otto::cli {
namespace {

std::string stamp(std::chrono::system_clock::time_point when) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
    const auto ms = std::chrono::duration_cast<Duration>(when.time_since_epoch()).count() % 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::string fraction = std::to_string(ms);
    fraction.insert(0, 3 - fraction.size(), '0');
    return std::string(text.data(), n) + "." + fraction + "Z";
}

} // namespace

// One host's file. The two streams are masked apart: a secret may come in two pieces of one stream with a
// piece of the other between them.
class TranscriptSink::File {
  public:
    explicit File(std::filesystem::path path)
        : path_(std::move(path))
        // Not followed if somebody put a link there; appended to, because a transcript is evidence.
        , fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (fd_ < 0) error_ = errno;
    }
    ~File() {
        if (fd_ >= 0) ::close(fd_);
    }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    // They only ever grow in number.
    void learn(const std::vector<std::string>& secrets) {
        if (secrets.size() == learned_) return;
        learned_ = secrets.size();
        for (const auto& secret : secrets)
            for (SecretMasker* masker : {&output_, &error_output_, &notes_})
                masker->add(secret);
    }

    void output(StreamId stream, std::string_view bytes) {
        write((stream == StreamId::output ? output_ : error_output_).feed(bytes));
    }

    void note(const Event& event) {
        release();
        if (!at_line_start_) write("\n");
        const std::string text = event.text().empty() ? "" : ": " + event.text();
        std::string line = notes_.feed(text);
        line += notes_.finish();
        write("# " + stamp(event.time()) + " " + std::string(to_string(event.kind())) + line + "\n");
    }

    // What was held back as the beginning of a secret, and was none.
    void release() {
        write(output_.finish());
        write(error_output_.finish());
    }

    [[nodiscard]] std::string failure() const {
        return error_ == 0 ? "" : path_.string() + ": " + std::generic_category().message(error_);
    }

  private:
    void write(std::string_view bytes) {
        if (!bytes.empty()) at_line_start_ = bytes.ends_with('\n');
        while (!bytes.empty() && error_ == 0) {
            const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
            if (n >= 0)
                bytes.remove_prefix(static_cast<std::size_t>(n));
            else if (errno != EINTR)
                error_ = errno;
        }
    }

    std::filesystem::path path_;
    int fd_;
    int error_ = 0;
    bool at_line_start_ = true;
    SecretMasker output_;
    SecretMasker error_output_;
    SecretMasker notes_;
    std::size_t learned_ = 0;
};

TranscriptSink::TranscriptSink(std::filesystem::path directory,
                               std::function<std::vector<std::string>()> secrets)
    : directory_(std::move(directory))
    , secrets_(std::move(secrets)) {
    if (::mkdir(directory_.c_str(), 0700) == 0 || errno == EEXIST) {
        if (std::error_code ignored; std::filesystem::is_directory(directory_, ignored)) return;
        errno = ENOTDIR;
    }
    throw Error(Errc::usage,
                "--log-dir " + directory_.string() + ": " + std::generic_category().message(errno))
        .advice("give a directory, or one whose parent exists");
}

TranscriptSink::~TranscriptSink() = default;

TranscriptSink::File& TranscriptSink::file_of(const std::string& host) {
    auto& file = files_[host];
    if (!file) file = std::make_unique<File>(directory_ / (host + ".log"));
    return *file;
}

void TranscriptSink::on_event(const Event& event) {
    if (event.host().empty() || event.kind() == EventKind::transfer_progress) return;
    File& file = file_of(event.host());
    file.learn(secrets_());
    if (event.kind() == EventKind::output) return file.output(event.stream(), event.text());
    file.note(event);
}

std::vector<std::string> TranscriptSink::finish() {
    std::vector<std::string> failures;
    for (auto& [host, file] : files_) {
        file->release();
        if (std::string failure = file->failure(); !failure.empty()) failures.push_back(std::move(failure));
    }
    return failures;
}

} // namespace otto::cli
