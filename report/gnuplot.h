#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "report/document.h"

namespace posthoc::report {

/// A figure as gnuplot drew it.
struct Drawn {
  std::string svg;
  std::string pdf;
};

/// The program gnuplot, which draws the figures.
class Gnuplot {
 public:
  /// The one on the PATH; nothing if there is none.
  static std::optional<Gnuplot> find();

  /// Draws a figure; the same bytes for the same figure. Throws `Error` with gnuplot's words if it refuses.
  [[nodiscard]] Drawn draw(const Figure& figure) const;

 private:
  explicit Gnuplot(std::filesystem::path program) : program_(std::move(program)) {}

  std::filesystem::path program_;
};

/// `text` as a literal of gnuplot's language, in which nothing is expanded: in single quotes, on one line, its own
/// single quotes curled.
std::string gnuplot_text(std::string_view text);

}  // namespace posthoc::report
