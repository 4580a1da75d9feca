#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"

// The parts that lines of a result store are made of.

namespace posthoc::study {

using Json = nlohmann::ordered_json;

/// Parses one line of JSON. Throws `Error` that begins with `what` if it is none or no object.
Json parse_object(std::string_view text, const std::string& what);

/// The entry `name` as a T. Throws `Error` if it is missing or of another type; a whole number may stand for another.
template <typename T>
T entry(const Json& object, const char* name) {
  const auto found = object.find(name);
  require(found != object.end(), "the entry '{}' is missing", name);
  const auto fits = [&] {
    if constexpr (std::is_same_v<T, bool>) return found->is_boolean();
    if constexpr (std::is_same_v<T, std::string>) return found->is_string();
    if constexpr (std::is_same_v<T, double>) return found->is_number();
    if constexpr (std::is_unsigned_v<T>) return found->is_number_unsigned();
    if constexpr (std::is_integral_v<T>) return found->is_number_integer();
    return found->is_structured();
  };
  require(fits(), "the entry '{}' is of another type", name);
  return found->template get<T>();
}

}  // namespace posthoc::study
