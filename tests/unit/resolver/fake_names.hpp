// A getaddrinfo that replaces libc's in this program, libotto included:
//
//   *.slow.test   no answer for ten minutes      *.gate.test   192.0.2.7, once the gate is open
//   *.bad.test    no such name                   others        192.0.2.7 at once
#pragma once

#include <cstddef>
#include <string>

namespace fake_names {

// How often the name was asked for.
std::size_t lookups(const std::string& name);
// How many are asked for at this moment, and the most there ever were.
std::size_t at_once();
std::size_t most_at_once();
void open_gate();

} // namespace fake_names
