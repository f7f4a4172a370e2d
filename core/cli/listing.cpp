#include "listing.hpp"

#include <algorithm>

namespace otto::cli {

void Listing::add(std::vector<std::string> columns, nlohmann::ordered_json object) {
    if (format_ == Format::text)
        rows_.push_back(std::move(columns));
    else
        objects_.push_back(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void Listing::finish() {
    if (format_ == Format::text) return finish_text();
    std::string text;
    for (const auto& object : objects_) {
        if (format_ == Format::json) text += text.empty() ? "[\n" : ",\n";
        text += object;
        if (format_ == Format::jsonl) text += '\n';
    }
    if (format_ == Format::json) text += objects_.empty() ? "[]\n" : "\n]\n";
    out_.write(text);
}

void Listing::finish_text() {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    }
    std::string text;
    for (const auto& row : rows_) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i)
            line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    out_.write(text);
}

} // namespace otto::cli
