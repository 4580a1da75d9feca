// Study files.

#include <algorithm>
#include <string>

#include "base/error.h"
#include "fairness/measure.h"
#include "fuzz/target.h"
#include "study/study_file.h"

namespace posthoc::fuzz {

bool parses(std::string_view bytes) {
  const study::Study study = study::parse_study(bytes, "input");
  check(!study.tasks.empty() && !study.measures.empty() && !study.methods.empty() && !study.seeds.empty() &&
            !study.architectures.empty(),
        "a study has no empty axis");
  check(study.lambda >= 0.0 && study.lambda <= 1.0, "lambda lies in [0, 1]");
  for (const study::Architecture& network : study.architectures) {
    check(network.depth >= 0 && network.width >= 1 && network.dropout >= 0.0 && network.dropout < 1.0,
          "an architecture can be built");
  }
  for (const std::string& measure : study.measures) fairness::find_measure(measure, fairness::Measure::Kind::bias);
  for (const study::MethodChoice& choice : study.methods) {
    check(debias::method(choice.name, choice.options) != nullptr, "a method can be made");
  }
  std::vector<std::uint64_t> seeds = study.seeds;
  std::sort(seeds.begin(), seeds.end());
  check(std::adjacent_find(seeds.begin(), seeds.end()) == seeds.end(), "no seed is repeated");

  const std::string text = study::to_toml(study);
  std::string again;
  try {
    again = study::to_toml(study::parse_study(text, "copy"));
  } catch (const Error& error) {
    check(false, std::string("a study that was written can be read: ") + error.what());
  }
  check(again == text, "a study written and read again is the same");
  return true;
}

}  // namespace posthoc::fuzz
