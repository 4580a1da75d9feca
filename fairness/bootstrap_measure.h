#pragma once

#include "fairness/bootstrap.h"

namespace posthoc::fairness {

/// The interval that `bootstrap` gives for one measure, without the others: for a measure of counts, milliseconds for
/// any number of rows. `counts` are of the rows of `outcomes`. Throws `Error` on bad options or outcomes, or if the
/// measure has no function.
MeasureInterval bootstrap_measure(const Measure& measure, const GroupCounts& counts, const Outcomes& outcomes,
                                  const BootstrapOptions& options = {});

}  // namespace posthoc::fairness
