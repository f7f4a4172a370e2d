#include "report_writer.hpp"

#include "json_writer.hpp"
#include "text_writer.hpp"

namespace otto::cli {

std::shared_ptr<ReportWriter> make_report_writer(const Request& request,
                                                 const std::vector<std::string>& hosts, Console& console) {
    switch (request.format) {
    case Format::json:
        return std::make_shared<JsonWriter>(hosts, console.out());
    case Format::jsonl:
        return std::make_shared<JsonLinesWriter>(console.out());
    case Format::text:
        break;
    }
    return std::make_shared<TextWriter>(console, request.verb == Verb::check);
}

} // namespace otto::cli
