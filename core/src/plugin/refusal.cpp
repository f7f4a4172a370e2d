#include "plugin/refusal.hpp"

namespace otto {

Error refusal(const PluginFile& file, const std::string& what, const SourceMark& mark) {
    std::string text = "plugin '" + file.name + "'";
    if (!file.version.empty()) text += " " + file.version;
    const auto line_end = file.reason.find('\n');
    text += " was not loaded: it " + file.reason.substr(0, line_end);
    text += "\n  file   " + file.path.native();
    if (line_end != std::string::npos) text += file.reason.substr(line_end);
    text += "\n  needed by " + what;
    if (mark.line != 0) text += ", " + to_string(mark);
    text += "\n  fix    " + file.remedy;
    return {Errc::plugin, std::move(text)};
}

} // namespace otto
