// study/quick.toml whole, on the real data sets where they are present.

#include <algorithm>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "support/data_files.h"

namespace posthoc::testing {
namespace {

TEST(QuickStudy, RunsOnWhatDataThereAre) {
  int tasks = 1;
  for (const auto& [name, of_it] : {std::pair{"adult", 1}, std::pair{"bank", 1}, std::pair{"compas", 2}}) {
    if (data_files_found(name)) tasks += of_it;
  }
  const TemporaryFolder folder;
  const std::string results = (folder / "results").string();
  const Ran ran = run_program({"study", "run", "study/quick.toml", "-o", results});
  ASSERT_EQ(ran.code, 0) << ran.err;
  std::size_t passed_over = 0;
  for (std::size_t at = ran.err.find("is passed over"); at != std::string::npos;
       at = ran.err.find("is passed over", at + 1)) {
    ++passed_over;
  }
  EXPECT_EQ(passed_over, static_cast<std::size_t>(5 - tasks)) << ran.err;
  const nlohmann::json status = json_of({"study", "status", results});
  EXPECT_EQ(status.at("complete"), true);
  EXPECT_EQ(status.at("cells"), tasks * 2 * 2 * 9 * 3);  // measures, seeds, methods, protocols with the constraint
}

}  // namespace
}  // namespace posthoc::testing
