#pragma once

#include <filesystem>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/file.h"
#include "cli/app.h"
#include "support/temporary_folder.h"

// The program run in process, on a task small enough to train in a moment.

namespace posthoc::testing {

using Arguments = std::vector<std::string>;

struct Ran {
  int code;
  std::string out;
  std::string err;
};

inline Ran run_program(const Arguments& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = cli::run(arguments, out, err);
  return {code, out.str(), err.str()};
}

inline Arguments operator+(Arguments all, const Arguments& more) {
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

inline const Arguments synthetic_data = {"--data", "synthetic", "--protected", "group", "--rows", "400"};
inline const Arguments small_network = {"--epochs",     "3",  "--depth",         "1",   "--width", "8",
                                        "--batch-size", "16", "--learning-rate", "0.02"};
inline const Arguments few_trials = {"--method", "random", "--random-trials", "5"};

/// Success iff the program exits with 0 and says nothing, as --quiet asks.
inline ::testing::AssertionResult succeeds_quietly(const Arguments& arguments) {
  const Ran ran = run_program(arguments + Arguments{"--quiet"});
  if (ran.code == 0 && ran.out.empty() && ran.err.empty()) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << "code " << ran.code << ", out '" << ran.out << "', err '" << ran.err << "'";
}

/// The result that a successful run writes to a file; null, and a failed test, if there is none.
inline nlohmann::json json_of(const Arguments& arguments) {
  const TemporaryFolder folder;
  const std::filesystem::path file = folder / "result.json";
  EXPECT_TRUE(succeeds_quietly(arguments + Arguments{"--json", file.string()}));
  return std::filesystem::exists(file) ? nlohmann::json::parse(read_file(file), nullptr, false) : nlohmann::json();
}

/// Trains the small network on the synthetic data.
inline std::string trained_model(const TemporaryFolder& folder) {
  const std::string model = (folder / "model.safetensors").string();
  EXPECT_TRUE(succeeds_quietly(Arguments{"train", "-o", model} + synthetic_data + small_network));
  return model;
}

/// Every file under a folder, hidden ones too.
inline std::set<std::string> files_in(const std::filesystem::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    files.insert(std::filesystem::relative(entry.path(), folder).string());
  }
  return files;
}

/// Success iff the program fails as it should: `code`, nothing on standard output, and on standard error the one line
/// "posthoc: error: ..." that contains `part`. Nothing may appear in or vanish from `folder`.
inline ::testing::AssertionResult refuses(const Arguments& arguments, int code, std::string_view part,
                                          const TemporaryFolder& folder) {
  const auto before = files_in(folder.path());
  const Ran ran = run_program(arguments);
  const auto failure = [&](const char* what) {
    std::string command;
    for (const std::string& argument : arguments) command += " " + argument;
    return ::testing::AssertionFailure() << what << " from posthoc" << command << "\ncode " << ran.code << ", out '"
                                         << ran.out << "', err '" << ran.err << "'";
  };
  if (ran.code != code) return failure("another exit code");
  if (!ran.out.empty()) return failure("text on standard output");
  if (!ran.err.starts_with("posthoc: error: ") || ran.err.find('\n') != ran.err.size() - 1) {
    return failure("not one line of error");
  }
  if (ran.err.find(part) == std::string::npos) return failure("another message");
  if (files_in(folder.path()) != before) return failure("files left or removed");
  return ::testing::AssertionSuccess();
}

}  // namespace posthoc::testing
