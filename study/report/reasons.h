#pragma once

#include <string>

#include "study/report/results.h"
#include "study/report/verdicts.h"

namespace posthoc::study {

/// Why a number of a protocol is not reproduced: what was tried and seen, not what may be. The rerun of the release's
/// steps, the same number elsewhere in the paper, other options of the method, more networks, the networks that learned
/// alone, and each switch of the protocol alone, of what the results hold. The verdict has ours and its comparisons.
std::string reason_not_reproduced(const Results& results, const Verdict& verdict, const std::string& protocol);

}  // namespace posthoc::study
