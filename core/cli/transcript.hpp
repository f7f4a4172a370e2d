// --log-dir: a transcript of each host in DIR/HOST.log, for its owner's eyes only, secrets masked.
#pragma once

#include "secret_masker.hpp"

#include <otto/otto.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace otto::cli {

class TranscriptSink final : public EventSink {
  public:
    // `secrets` tells the values that are known by now; it is asked at every event, because a secret may be
    // used at any time. Throws Error(usage) if the directory cannot be made.
    TranscriptSink(std::filesystem::path directory, std::function<std::vector<std::string>()> secrets);
    ~TranscriptSink() override;

    void on_event(const Event& event) override;

    // Writes what is held back. Files that could not be written, with the reason.
    [[nodiscard]] std::vector<std::string> finish();

  private:
    class File;
    File& file_of(const std::string& host);

    std::filesystem::path directory_;
    std::function<std::vector<std::string>()> secrets_;
    std::map<std::string, std::unique_ptr<File>, std::less<>> files_;
};

} // namespace otto::cli
