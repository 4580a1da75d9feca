#include "report/render.h"

#include <fmt/format.h>

#include "report/gnuplot.h"

namespace posthoc::report {

Rendered render(const Document& document) {
  Rendered rendered;
  const auto gnuplot = Gnuplot::find();
  if (!gnuplot) {
    rendered.notes.emplace_back(
        "gnuplot is not installed, so that there are tables and no figures; with it (apt install gnuplot-nox) the same "
        "command draws them");
    return rendered;
  }
  for (const Figure* figure : document.figures()) {
    Drawn drawn = gnuplot->draw(*figure);
    rendered.svg[figure->id] = std::move(drawn.svg);
    rendered.pdf[figure->id] = std::move(drawn.pdf);
  }
  return rendered;
}

Document with_notes(Document document, const std::vector<std::string>& notes) {
  std::vector<Block> head;
  for (const std::string& note : notes) head.emplace_back(Callout{fmt::format("{}.", note), Tone::bad});
  document.blocks.insert(document.blocks.begin(), head.begin(), head.end());
  return document;
}

}  // namespace posthoc::report
