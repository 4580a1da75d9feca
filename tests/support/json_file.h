#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace posthoc::testing {

inline nlohmann::json read_json(const std::filesystem::path& path) { return nlohmann::json::parse(read_file(path)); }

}  // namespace posthoc::testing
