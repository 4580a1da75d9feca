#pragma once

#include <string>
#include <string_view>

namespace posthoc::report {

/// A drawing as it may stand in an HTML page among others: without the head of an XML file and its names of standards,
/// which look like addresses; with the ids it defines made its own by `prefix`, so that none is taken for another's; as
/// wide as the page lets it. Throws `Error` if `svg` is no drawing.
std::string inline_svg(std::string_view svg, std::string_view prefix);

}  // namespace posthoc::report
