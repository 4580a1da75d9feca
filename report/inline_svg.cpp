#include "report/inline_svg.h"

#include <fmt/format.h>

#include "base/error.h"

namespace posthoc::report {
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// Takes ` name="value"` or ` name='value'` out of the tag that `text` is; nothing if it has no such attribute.
void drop_attribute(std::string& text, std::string_view name) {
  const std::size_t at = text.find(fmt::format(" {}=", name));
  if (at == std::string::npos) return;
  const std::size_t quote = at + name.size() + 2;
  const std::size_t end = text.find(text[quote], quote + 1);
  if (end != std::string::npos) text.erase(at, end + 1 - at);
}

}  // namespace

std::string inline_svg(std::string_view svg, std::string_view prefix) {
  const std::size_t start = svg.find("<svg");
  const std::size_t inside = start == std::string_view::npos ? start : svg.find('>', start);
  require(inside != std::string_view::npos && svg.rfind("</svg>") != std::string_view::npos,
          "expected a drawing in SVG, got {} bytes without <svg> and </svg>", svg.size());

  std::string tag(svg.substr(start, inside - start));
  replace_all(tag, "\n", " ");
  for (const char* name : {"width", "height", "xmlns", "xmlns:xlink"}) drop_attribute(tag, name);
  const std::size_t end = svg.rfind("</svg>") + 6;
  std::string body(svg.substr(inside, end - inside));
  replace_all(body, "<title>Gnuplot</title>", "");  // a browser would show it over the whole drawing
  // gnuplot's ids and what refers to them, in either kind of quotes.
  for (const std::string_view before : {"id=\"", "id='", "href='#", "href=\"#", "url(#"}) {
    replace_all(body, before, fmt::format("{}{}-", before, prefix));
  }
  return tag + " role=\"img\"" + body + "\n";
}

}  // namespace posthoc::report
