#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace posthoc::report {

/// How a thing is meant; it never shows by colour alone.
enum class Tone { plain, quiet, good, bad };

/// A cell of a table.
struct Cell {
  std::string text;
  std::string source = {};  ///< where its number comes from; HTML shows it when the cell is pointed at
  Tone tone = Tone::plain;
};

/// A cell that says why there is no number.
inline Cell quiet(const std::string& text) { return {text, "", Tone::quiet}; }

/// A table for people.
struct Table {
  std::string id;  ///< its anchor and the name of its file: letters, digits, '-' and '_'
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<Cell>> rows;  ///< each as wide as the header
  std::size_t text_columns = 1;         ///< so many columns stand flush left, the others are numbers
};

/// A figure: what gnuplot is to draw, without terminal and output.
struct Figure {
  std::string id;  ///< its anchor and the name of its files: letters, digits, '-' and '_'
  std::string caption;
  int width = 1000;  ///< in pixels of the SVG
  int height = 400;
  std::string script;
};

struct Heading {
  std::string text;
  int level = 2;  ///< 2 and 3; the document's title is 1
};

struct Paragraph {
  std::string text;
};

/// A paragraph that must not be overlooked.
struct Callout {
  std::string text;
  Tone tone = Tone::plain;
};

struct List {
  std::vector<std::string> items;
};

/// Text that keeps its line breaks: a command, a file.
struct Verbatim {
  std::string text;
};

using Block = std::variant<Heading, Paragraph, Callout, List, Verbatim, Table, Figure>;

/// What a report says, in order; text is plain, and who writes it escapes it.
struct Document {
  std::string title;
  std::vector<Block> blocks;

  void add(Block block) { blocks.push_back(std::move(block)); }
  /// The figures in order.
  [[nodiscard]] std::vector<const Figure*> figures() const;
};

/// A name made of lower-case letters, digits and '-', of any text: for anchors and files. "x" if nothing is left.
std::string slug(std::string_view text);

}  // namespace posthoc::report
