#pragma once

// Symbols of libotto that programs and plugins may use. Everything else in the library is hidden.
#define OTTO_API __attribute__((visibility("default")))

namespace boost::asio {}

namespace otto {
namespace asio = boost::asio;
}
