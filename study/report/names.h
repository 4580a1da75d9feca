#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "report/charts.h"
#include "study/result.h"

namespace posthoc::study {

/// What a method does to the network.
enum class Family { baseline, fine_tuning, post_processing };

/// By a method's name in the table of methods.
Family family_of(std::string_view method);

/// Where a method stands in tables and figures: baselines, fine-tuning, post-processing; of a family as in the table of
/// methods.
std::size_t method_rank(std::string_view method);

/// How a method is drawn, the same everywhere; a marker and a colour of its own. By its name.
report::Style method_style(std::string_view method);

/// The `i`-th of a few things that are no methods: networks, groups.
report::Style series_style(std::size_t i);

/// "SPD" of "spd"; a longer name as it is.
std::string measure_name(std::string_view measure);

/// "balanced accuracy" of "balanced_accuracy" and "equalized odds" of "equalized-odds".
std::string words(std::string_view name);

}  // namespace posthoc::study
