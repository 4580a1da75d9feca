#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "study/store.h"

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

/// What a key says of an architecture, and back.
Json architecture_json(const Architecture& architecture);
Architecture parse_architecture(const Json& json);

/// Calls `parse` with the key and the result of a record of this kind. Its `Error` says which record it is about, also
/// where an entry is of another type.
template <typename Parse>
auto parse_record(const Record& record, std::string_view kind, Parse&& parse) {
  require(record.kind == kind, "expected a record of kind {}, got {}", kind, record.kind);
  try {
    return parse(parse_object(record.key, "its key"), parse_object(record.result, "its result"));
  } catch (const Error& error) {
    fail("the {} {}: {}", kind, record.key, error.what());
  } catch (const Json::exception& error) {
    fail("the {} {}: {}", kind, record.key, error.what());
  }
}

}  // namespace posthoc::study
