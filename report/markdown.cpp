#include "report/markdown.h"

#include <fmt/format.h>

namespace posthoc::report {
namespace {

class Writer {
 public:
  Writer(const std::string& folder, const std::set<std::string>& drawn) : folder_(folder), drawn_(drawn) {}

  void operator()(const Heading& heading) {
    out_ += fmt::format("{} {}\n\n", std::string(static_cast<std::size_t>(heading.level), '#'),
                        escape_markdown(heading.text));
  }
  void operator()(const Paragraph& paragraph) { out_ += escape_markdown(paragraph.text) + "\n\n"; }
  void operator()(const Callout& callout) { out_ += fmt::format("> {}\n\n", escape_markdown(callout.text)); }
  void operator()(const List& list) {
    for (const std::string& item : list.items) out_ += fmt::format("- {}\n", escape_markdown(item));
    out_ += "\n";
  }
  void operator()(const Verbatim& verbatim) {
    // Indented, not fenced: no text can close it early.
    out_ += "    ";
    for (const char letter : verbatim.text) {
      out_ += letter;
      if (letter == '\n') out_ += "    ";
    }
    out_ += "\n\n";
  }
  void operator()(const Table& table) {
    if (!table.caption.empty()) out_ += fmt::format("*{}*\n\n", escape_markdown(table.caption));
    out_ += "|";
    for (const std::string& name : table.header) out_ += fmt::format(" {} |", escape_markdown(name));
    out_ += "\n|";
    for (std::size_t column = 0; column < table.header.size(); ++column) {
      out_ += column < table.text_columns ? " --- |" : " ---: |";
    }
    out_ += "\n";
    for (const std::vector<Cell>& row : table.rows) {
      out_ += "|";
      for (const Cell& cell : row) out_ += fmt::format(" {} |", escape_markdown(cell.text));
      out_ += "\n";
    }
    out_ += "\n";
  }
  void operator()(const Figure& figure) {
    if (drawn_.contains(figure.id)) out_ += fmt::format("![{0}]({1}/{0}.svg)\n\n", figure.id, folder_);
    out_ += fmt::format("*{}*\n\n", escape_markdown(figure.caption));
  }

  std::string take() { return std::move(out_); }

 private:
  const std::string& folder_;
  const std::set<std::string>& drawn_;
  std::string out_;
};

}  // namespace

std::string escape_markdown(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '\\':
      case '`':
      case '*':
      case '_':
      case '[':
      case ']':
      case '|':
      case '~':
        escaped += '\\';
        escaped += letter;
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '\n':
      case '\r':
        escaped += ' ';
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string to_markdown(const Document& document, const std::string& figure_folder,
                        const std::set<std::string>& drawn) {
  Writer writer(figure_folder, drawn);
  for (const Block& block : document.blocks) std::visit(writer, block);
  std::string text = writer.take();
  while (text.ends_with("\n\n")) text.pop_back();
  return fmt::format("# {}\n\n{}", escape_markdown(document.title), text);
}

}  // namespace posthoc::report
