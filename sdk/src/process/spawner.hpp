// From a request to a running child.
#pragma once

#include <otto/error.hpp>
#include <otto/sdk/process.hpp>

namespace otto::sdk {

class Spawner {
  public:
    explicit Spawner(SpawnRequest request);
    [[nodiscard]] pid_t start();

  private:
    void check() const;
    [[nodiscard]] std::vector<std::string> environment() const;
    void lift_sources(int above);
    [[nodiscard]] Error failure(int error) const;
    SpawnRequest request_;
};

} // namespace otto::sdk
