#include "study/report/claims.h"

namespace posthoc::study {

std::vector<Claim> claims_on_weights(const Results&) { return {}; }

}  // namespace posthoc::study
