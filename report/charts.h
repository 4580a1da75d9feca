#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/document.h"

namespace posthoc::report {

/// How a thing is drawn wherever it is drawn: told apart by its marker and its line too, so that the colour may be
/// lost.
struct Style {
  std::string colour = "#000000";
  int point = 7;  ///< gnuplot's number of the marker
  int dash = 1;   ///< gnuplot's number of the line's pattern
};

/// A number with what it may vary between; both ends are the value where nothing is known of it.
struct Range {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// A line of the key below a chart.
struct KeyEntry {
  std::string label;
  Style style;
  bool line = false;  ///< drawn as a line, not as a marker
};

/// A second mark in a row of a dot chart: the same thing as others found it.
struct OtherMark {
  Range range;
  Style style;
};

/// One thing that is measured: its name, its value, and the single results that it is the mean of.
struct DotRow {
  std::string label;
  Style style;
  std::optional<Range> range;
  std::vector<double> dots = {};
  std::vector<double> marks = {};      ///< values that each count, drawn in the row's style
  std::vector<OtherMark> others = {};  ///< below the value, in order
  std::string remark = {};             ///< stands where the row has nothing to show
};

/// The rows under one title.
struct DotPanel {
  std::string title;
  std::vector<DotRow> rows;
  std::optional<double> line;  ///< a vertical line: what everything is compared with
  std::optional<std::pair<double, double>> band = {};
  std::optional<std::pair<double, double>> x_range = {};  ///< unset: from the data, and 0
};

/// Values of named rows, side by side: each row has its name on the left, so that no colour has to be looked up.
struct DotChart {
  std::string id;
  std::string caption;
  std::string x_label;
  std::size_t columns = 1;
  std::vector<DotPanel> panels;  ///< row by row; those of one column share their x axis
  std::vector<KeyEntry> key;
};

Figure draw(const DotChart& chart);

struct Point {
  double x = 0;
  double y = 0;
  double x_error = 0;  ///< half the length of the bar; 0 for none
  double y_error = 0;
};

/// Points of one kind.
struct Series {
  enum class Kind { points, line, steps };
  std::string label;  ///< in the key; "" for none
  Style style;
  Kind kind = Kind::points;
  std::vector<Point> points;
  double size = 1.1;  ///< of markers; of a line its width
};

/// Curves of one value of `weight |x| + (1 - weight) (1 - y)`.
struct Contours {
  double weight = 0.75;
  std::vector<double> levels;
};

struct XyPanel {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<Series> series;
  std::optional<Contours> contours = {};
  std::vector<double> x_lines = {};  ///< vertical lines
  std::vector<double> y_lines = {};  ///< horizontal ones
  std::optional<std::pair<double, double>> x_range = {};
  std::optional<std::pair<double, double>> y_range = {};
  bool log_y = false;
};

/// Panels with two axes. The key is of the first series of each label.
struct XyChart {
  std::string id;
  std::string caption;
  std::size_t columns = 1;
  std::vector<XyPanel> panels;
  int panel_height = 320;
};

Figure draw(const XyChart& chart);

}  // namespace posthoc::report
