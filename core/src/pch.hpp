// Precompiled for the build of this tree only; no source may rely on it (a build without it runs in CI).
#pragma once

#include <boost/asio.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
