#pragma once

#include <map>
#include <string>
#include <vector>

#include "report/document.h"
#include "report/html.h"

namespace posthoc::report {

/// A document's figures, drawn.
struct Rendered {
  Drawings svg;
  std::map<std::string, std::string> pdf;  ///< by the figures' ids
  std::vector<std::string> notes;          ///< what the reader has to know: that nothing could be drawn
};

/// Draws all figures of a document. Without gnuplot there are none, and a note. Throws `Error` if gnuplot refuses one.
Rendered render(const Document& document);

/// The document with notes at its head.
Document with_notes(Document document, const std::vector<std::string>& notes);

}  // namespace posthoc::report
