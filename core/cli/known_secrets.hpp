// The secrets of a lab that can be known without asking anybody: for masking transcripts.
#pragma once

#include <otto/otto.hpp>

#include <string>
#include <vector>

namespace otto::cli {

// Literals and set environment variables among the hosts' options, each once.
std::vector<std::string> known_secrets(const Lab& lab);

} // namespace otto::cli
