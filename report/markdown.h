#pragma once

#include <set>
#include <string>

#include "report/document.h"

namespace posthoc::report {

/// The document as Markdown (tables and pictures as GitHub reads them). A figure is a link to
/// `<figure_folder>/<id>.svg` if its id is among `drawn`, else its caption alone.
std::string to_markdown(const Document& document, const std::string& figure_folder, const std::set<std::string>& drawn);

/// `text` with the characters that mean something to Markdown or HTML made harmless, on one line.
std::string escape_markdown(std::string_view text);

}  // namespace posthoc::report
