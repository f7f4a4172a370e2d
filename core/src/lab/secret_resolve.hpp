// How each kind of secret reference is resolved. All of these block, and throw Error(lab) whose message is
// the reason alone: never the value, and never the reference, which the caller adds.
#pragma once

#include <string>
#include <vector>

namespace otto {

std::string resolve_env(const std::string& name);
std::string resolve_file(const std::string& path);
std::string resolve_command(const std::vector<std::string>& argv);
std::string resolve_ask(const std::string& prompt);

} // namespace otto
