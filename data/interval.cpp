#include "data/interval.h"

#include <limits>

#include "base/error.h"
#include "data/show.h"

namespace posthoc::data {

std::optional<Interval> parse_interval(std::string_view text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const auto number = [&](std::string_view part) {
    const std::optional<double> value = parse_number(part);
    require(value.has_value(), "interval '{}': expected a number, got '{}'; an interval is >=25, <60 or 25..60",
            show(text), show(part));
    return *value;
  };
  const std::size_t dots = text.find("..");
  if (text.starts_with(">=")) return Interval{number(text.substr(2)), infinity};
  require(!text.starts_with(">") && !text.starts_with("<="), "interval '{}': an interval is >=25, <60 or 25..60",
          show(text));
  if (text.starts_with("<")) return Interval{-infinity, number(text.substr(1))};
  if (dots == std::string_view::npos) return std::nullopt;
  const Interval interval{number(text.substr(0, dots)), number(text.substr(dots + 2))};
  require(interval.low < interval.high, "interval '{}': the first number must be below the second", show(text));
  return interval;
}

}  // namespace posthoc::data
