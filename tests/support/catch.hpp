// The only place that names the test framework's header: Debian 12 ships Catch2 version 2.
#pragma once

#include <catch2/catch.hpp>
