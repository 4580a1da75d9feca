#pragma once

#include <optional>
#include <string_view>

#include "data/encoding.h"

namespace posthoc::data {

/// The interval that `text` spells: ">=25" (from 25 on), "<60" (below 60) or "25..60" (from 25 to below 60), with
/// finite numbers. Nothing if it spells none. Throws `Error` if it looks like one and is empty or not finite
/// ("60..25").
std::optional<Interval> parse_interval(std::string_view text);

}  // namespace posthoc::data
