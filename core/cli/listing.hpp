// A list of things in the format that was asked for: aligned columns, an array, or a line each.
#pragma once

#include "fd_writer.hpp"
#include "request.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace otto::cli {

class Listing {
  public:
    Listing(Format format, FdWriter& out)
        : format_(format)
        , out_(out) {}

    void add(std::vector<std::string> columns, nlohmann::ordered_json object);
    void finish();

  private:
    void finish_text();

    Format format_;
    FdWriter& out_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::string> objects_;
};

} // namespace otto::cli
