// Runs a fuzz target over a folder of inputs without a fuzzer: `X_replay FOLDER`. A file named good-* must parse, one
// named bad-* must be refused, any other must do either.

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fmt/core.h>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "fuzz/target.h"

namespace posthoc::fuzz {
namespace {

void replay(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  int good = 0;
  for (const std::filesystem::path& file : files) {
    const std::string bytes = read_file(file);
    fmt::print("{}\n", file.string());
    const bool parsed = run_one(bytes);
    const std::string name = file.filename();
    require(!name.starts_with("good-") || parsed, "{} should parse, but is refused", file.string());
    require(!name.starts_with("bad-") || !parsed, "{} should be refused, but parses", file.string());
    good += parsed ? 1 : 0;
  }
  require(good > 0, "{}: no input of {} parses", folder.string(), files.size());
}

}  // namespace
}  // namespace posthoc::fuzz

int main(int argc, char** argv) {
  try {
    posthoc::require(argc == 2, "expected one argument, the folder of inputs");
    posthoc::fuzz::replay(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", argv[0], error.what());
    return 1;
  }
}
