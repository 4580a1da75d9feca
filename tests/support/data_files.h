#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "data/named.h"

namespace posthoc::testing {

/// True iff the program would find the files of the named data set here; tests that need them skip where it is false.
inline bool data_files_found(const std::string& name) {
  const auto folders = data::data_folders(std::nullopt, data::Environment::of_process());
  try {
    for (const data::NamedFile& file : data::named_dataset(name).files) data::locate(name, file.name, folders);
  } catch (const Error&) {
    return false;
  }
  return true;
}

}  // namespace posthoc::testing
