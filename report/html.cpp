#include "report/html.h"

#include <fmt/format.h>

#include "report/inline_svg.h"

namespace posthoc::report {
namespace {

// Light on purpose: the drawings are made for white paper.
constexpr std::string_view kStyle = R"css(
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 78rem; padding: 0 1.2rem; color: #1a1a1a; background: #fff;
       font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
p, li, figcaption, .callout { max-width: 48rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin-bottom: .4rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .6rem; border-top: 1px solid #ccc; }
h3 { font-size: 1.05rem; margin: 1.8rem 0 .4rem; }
nav { margin: 1rem 0; font-size: .92rem; }
nav a { margin-right: 1.1rem; white-space: nowrap; }
a { color: #0b5394; }
.scroll { overflow-x: auto; margin: 1rem 0 1.6rem; }
table { border-collapse: collapse; font-size: .8rem; font-variant-numeric: tabular-nums; line-height: 1.35; }
caption { caption-side: top; text-align: left; padding: .3rem 0 .5rem; max-width: 52rem; color: #333; }
th, td { padding: .2rem .45rem; text-align: right; vertical-align: top; }
td { white-space: nowrap; }
td.long { white-space: normal; min-width: 14rem; }
th { border-bottom: 2px solid #555; vertical-align: bottom; font-weight: 600; }
td { border-bottom: 1px solid #e3e3e3; }
.t { text-align: left; }
td.t { max-width: 34rem; }
td.quiet { color: #666; }
td.good { background: #e3f0fa; }
td.bad { background: #fbe9dd; font-weight: 600; }
[title] { cursor: help; }
figure { margin: 1.2rem 0 2rem; }
figure svg { width: 100%; height: auto; max-width: 64rem; }
figcaption { font-size: .88rem; color: #333; }
.callout { border-left: 5px solid #888; background: #f5f5f5; padding: .6rem .9rem; margin: 1rem 0; }
.callout.good { border-color: #0072b2; }
.callout.bad { border-color: #d55e00; }
pre { background: #f5f5f5; padding: .7rem .9rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } nav { display: none; }
  figure, tr, .callout { break-inside: avoid; } h2, h3, caption { break-after: avoid; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } th, td { padding: .15rem .35rem; } }
)css";

// Text of more letters may be broken into lines.
constexpr std::size_t kLongText = 32;

std::string_view class_of(Tone tone) {
  switch (tone) {
    case Tone::quiet:
      return "quiet";
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::plain:
      break;
  }
  return "";
}

class Writer {
 public:
  explicit Writer(const Drawings& drawings) : drawings_(drawings) {}

  void operator()(const Heading& heading) {
    out_ += fmt::format("<h{0} id=\"{1}\">{2}</h{0}>\n", heading.level, slug(heading.text), escape_html(heading.text));
  }
  void operator()(const Paragraph& paragraph) { out_ += fmt::format("<p>{}</p>\n", escape_html(paragraph.text)); }
  void operator()(const Callout& callout) {
    out_ += fmt::format("<div class=\"callout {}\">{}</div>\n", class_of(callout.tone), escape_html(callout.text));
  }
  void operator()(const List& list) {
    out_ += "<ul>\n";
    for (const std::string& item : list.items) out_ += fmt::format("<li>{}</li>\n", escape_html(item));
    out_ += "</ul>\n";
  }
  void operator()(const Verbatim& verbatim) { out_ += fmt::format("<pre>{}</pre>\n", escape_html(verbatim.text)); }

  void operator()(const Table& table) {
    out_ += fmt::format("<div class=\"scroll\"><table id=\"{}\">\n", slug(table.id));
    if (!table.caption.empty()) out_ += fmt::format("<caption>{}</caption>\n", escape_html(table.caption));
    out_ += "<thead><tr>";
    for (std::size_t column = 0; column < table.header.size(); ++column) {
      out_ += fmt::format("<th{}>{}</th>", column < table.text_columns ? " class=\"t\"" : "",
                          escape_html(table.header[column]));
    }
    out_ += "</tr></thead>\n<tbody>\n";
    for (const std::vector<Cell>& row : table.rows) {
      out_ += "<tr>";
      for (std::size_t column = 0; column < row.size(); ++column) write(row[column], column < table.text_columns);
      out_ += "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
  }

  void operator()(const Figure& figure) {
    out_ += fmt::format("<figure id=\"{}\">\n", slug(figure.id));
    const auto drawing = drawings_.find(figure.id);
    if (drawing != drawings_.end()) out_ += inline_svg(drawing->second, slug(figure.id));
    out_ += fmt::format("<figcaption>{}</figcaption>\n</figure>\n", escape_html(figure.caption));
  }

  std::string take() { return std::move(out_); }

 private:
  void write(const Cell& cell, bool text) {
    std::string classes(class_of(cell.tone));
    if (text) classes += classes.empty() ? "t" : " t";
    if (text && cell.text.size() > kLongText) classes += " long";
    out_ += "<td";
    if (!classes.empty()) out_ += fmt::format(" class=\"{}\"", classes);
    if (!cell.source.empty()) out_ += fmt::format(" title=\"{}\"", escape_html(cell.source));
    out_ += fmt::format(">{}</td>", escape_html(cell.text));
  }

  const Drawings& drawings_;
  std::string out_;
};

std::string contents_of(const Document& document) {
  std::string links;
  for (const Block& block : document.blocks) {
    const auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr || heading->level != 2) continue;
    links += fmt::format("<a href=\"#{}\">{}</a>\n", slug(heading->text), escape_html(heading->text));
  }
  return links.empty() ? "" : fmt::format("<nav>\n{}</nav>\n", links);
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string to_html(const Document& document, const Drawings& drawings) {
  Writer writer(drawings);
  for (const Block& block : document.blocks) std::visit(writer, block);
  const std::string title = escape_html(document.title);
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<h1>{}</h1>\n{}{}</body>\n</html>\n",
      title, kStyle, title, contents_of(document), writer.take());
}

}  // namespace posthoc::report
