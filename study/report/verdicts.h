#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/report/published.h"
#include "study/report/results.h"

namespace posthoc::study {

enum class Mark {
  reproduced,  ///< within 2 joint standard errors, or exact where there is no spread
  not_reproduced,
  not_comparable,  ///< by what it is: another code base, another computer, another question
  missing          ///< nothing in the store to hold against it
};

/// "reproduced", "not reproduced", "not comparable", "not in the store".
std::string_view to_string(Mark mark);

/// A published number beside ours.
struct Verdict {
  PublishedNumber number;
  std::optional<Moments> ours;
  std::string source;            ///< where ours stands
  std::size_t degenerate = 0;    ///< of our networks' results
  std::optional<Moments> rerun;  ///< the release's steps run again
  std::optional<Comparison> with_published;
  std::optional<Comparison> with_rerun;
  Mark mark = Mark::missing;
  std::string reason;  ///< for every mark but reproduced
};

/// A verdict on every published number under one of our protocols, in the order of `published_numbers`. Empty if the
/// results have none of the paper's tasks, or nothing under the protocol.
std::vector<Verdict> verdicts(const Results& results, const std::string& protocol);

/// How many verdicts have a mark.
std::size_t count(const std::vector<Verdict>& verdicts, Mark mark);

}  // namespace posthoc::study
