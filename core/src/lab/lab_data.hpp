// What a Lab's copies share.
#pragma once

#include <otto/lab.hpp>

#include <string>
#include <unordered_map>

namespace otto {

struct Lab::Data {
    std::string name;
    std::vector<std::filesystem::path> files;
    std::vector<HostSpec> hosts;
    std::unordered_map<std::string, std::size_t> by_id; // index in hosts
    std::vector<std::string> resources;
    std::optional<ReservationSettings> reservations;
    std::vector<std::string> warnings;
    std::shared_ptr<PluginRegistry> plugins;
};

} // namespace otto
