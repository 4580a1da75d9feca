#pragma once

#include <map>
#include <string>
#include <string_view>

#include "report/document.h"

namespace posthoc::report {

/// The SVG of figures by their ids, as gnuplot wrote them.
using Drawings = std::map<std::string, std::string>;

/// `text` with the five characters that mean something to HTML spelled as entities; fit for attributes too.
std::string escape_html(std::string_view text);

/// The document as one page that needs nothing else: styles and drawings stand in it, and it refers to nothing outside.
/// A figure without a drawing has its caption alone.
std::string to_html(const Document& document, const Drawings& drawings);

}  // namespace posthoc::report
