#include "report/charts.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

#include "report/gnuplot.h"

namespace posthoc::report {
namespace {

constexpr int kWidth = 1000;
constexpr double kLetter = 7.4;  // pixels of a letter, about
constexpr int kKeyLine = 22;     // pixels of a line of the key

std::string number(double value) { return fmt::format("{:.10g}", value); }

// A part of the picture in pixels from the left and from the bottom, as margins of gnuplot.
struct Place {
  double left, right, bottom, top;
};

std::string margins(const Place& place, int height) {
  return fmt::format(
      "set lmargin at screen {}\nset rmargin at screen {}\nset bmargin at screen {}\nset tmargin at screen {}\n",
      number(place.left / kWidth), number(place.right / kWidth), number(place.bottom / height),
      number(place.top / height));
}

// Takes the places of the key's entries, from the left, line by line.
std::vector<std::pair<double, int>> key_places(const std::vector<KeyEntry>& key, int& lines) {
  std::vector<std::pair<double, int>> places;
  double x = 20;
  lines = key.empty() ? 0 : 1;
  for (const KeyEntry& entry : key) {
    const double width = 44 + kLetter * static_cast<double>(entry.label.size());
    if (x > 20 && x + width > kWidth) {
      x = 20;
      ++lines;
    }
    places.emplace_back(x, lines - 1);
    x += width;
  }
  return places;
}

std::string draw_key(const std::vector<KeyEntry>& key, int height) {
  int lines = 0;
  const auto places = key_places(key, lines);
  std::string script;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const double x = places[i].first / kWidth;
    const double y = (10.0 + kKeyLine * (lines - 1 - places[i].second)) / height;
    const Style& style = key[i].style;
    if (key[i].line) {
      script += fmt::format("set arrow {} from screen {},{} to screen {},{} nohead lc rgb '{}' lw 2 dt {}\n", 900 + i,
                            number(x - 0.008), number(y), number(x + 0.016), number(y), style.colour, style.dash);
    } else {
      script += fmt::format("set label {} '' at screen {},{} point pt {} ps 1.1 lc rgb '{}'\n", 700 + i,
                            number(x + 0.004), number(y), style.point, style.colour);
    }
    script += fmt::format("set label {} {} at screen {},{} left tc rgb '#222222'\n", 800 + i,
                          gnuplot_text(key[i].label), number(x + 0.022), number(y));
  }
  return script;
}

// What all panels have in common.
constexpr std::string_view kFrame =
    "unset key\nset border 3 lc rgb '#666666'\nset tics nomirror out scale 0.5\nset grid xtics lc rgb '#e2e2e2' lt 1\n"
    "set bars 0.5\n";

class Extent {
 public:
  void include(double value) {
    if (!std::isfinite(value)) return;
    low_ = std::min(low_, value);
    high_ = std::max(high_, value);
  }
  void include(const Range& range) {
    include(range.value);
    include(range.low);
    include(range.high);
  }
  // With a little air on either side; never empty.
  [[nodiscard]] std::pair<double, double> padded() const {
    if (!(low_ <= high_)) return {0, 1};
    const double width = high_ > low_ ? high_ - low_ : std::max(std::abs(high_), 1e-3);
    return {low_ - 0.04 * width, high_ + 0.06 * width};
  }

 private:
  double low_ = std::numeric_limits<double>::infinity();
  double high_ = -std::numeric_limits<double>::infinity();
};

// Steps of 1, 2 or 5 times a power of ten, as many as find room in `pixels`.
std::string tics_for(const std::pair<double, double>& range, double pixels) {
  const double rough = (range.second - range.first) / std::clamp(pixels / 55, 2.0, 6.0);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double step = rough / power <= 1   ? power
                      : rough / power <= 2 ? 2 * power
                      : rough / power <= 5 ? 5 * power
                                           : 10 * power;
  const int decimals = std::clamp(static_cast<int>(-std::floor(std::log10(step) + 1e-9)), 0, 9);
  return fmt::format("{} format '%.{}f'", number(step), decimals);
}

bool is_interval(const Range& range) { return range.high > range.low; }

// One line of points with their bars, as a block of data and the clause that plots it.
class Plot {
 public:
  void add(std::string rows, const std::string& clause) {
    blocks_ += fmt::format("$d{} << EOD\n{}EOD\n", count_, rows);
    clauses_ += fmt::format("{}$d{} {}", clauses_.empty() ? "plot " : ", \\\n  ", count_, clause);
    ++count_;
  }
  // The commands; the next panel begins anew.
  std::string take() {
    std::string commands = blocks_ + (clauses_.empty() ? "plot NaN notitle" : clauses_) + "\n";
    blocks_.clear();
    clauses_.clear();
    return commands;
  }

 private:
  std::string blocks_;
  std::string clauses_;
  int count_ = 0;
};

void add_range(Plot& plot, const Range& range, double y, const Style& style, double size) {
  if (!std::isfinite(range.value)) return;
  if (is_interval(range)) {
    plot.add(fmt::format("{} {} {} {}\n", number(range.value), number(y), number(range.low), number(range.high)),
             fmt::format("using 1:2:3:4 with xerrorbars pt 0 lw 1.6 lc rgb '{}'", style.colour));
  }
  plot.add(
      fmt::format("{} {}\n", number(range.value), number(y)),
      fmt::format("using 1:2 with points pt {} ps {} lw 1.4 lc rgb '{}'", style.point, number(size), style.colour));
}

// The part of a row's height that its main mark takes; other marks stand below it.
double main_offset(const DotRow& row) { return row.others.empty() ? 0.0 : -0.18; }

std::string rows_of(const DotPanel& panel, Plot& plot) {
  std::string labels;
  for (std::size_t i = 0; i < panel.rows.size(); ++i) {
    const DotRow& row = panel.rows[i];
    const double y = static_cast<double>(i) + main_offset(row);
    if (!row.dots.empty()) {
      std::string dots;
      for (const double dot : row.dots) {
        if (std::isfinite(dot)) dots += fmt::format("{} {}\n", number(dot), number(y));
      }
      if (!dots.empty()) plot.add(dots, "using 1:2 with points pt 7 ps 0.3 lc rgb '#b4b4b4'");
    }
    for (const double mark : row.marks) add_range(plot, {mark, mark, mark}, y, row.style, 0.8);
    if (row.range) add_range(plot, *row.range, y, row.style, 1.1);
    for (std::size_t k = 0; k < row.others.size(); ++k) {
      add_range(plot, row.others[k].range, static_cast<double>(i) + 0.14 + 0.26 * static_cast<double>(k),
                row.others[k].style, 0.8);
    }
    if (!row.range && row.marks.empty() && !row.remark.empty()) {
      labels += fmt::format("set label {} {} at graph 0.97,first {} right tc rgb '#777777'\n", 1 + i,
                            gnuplot_text(row.remark), number(static_cast<double>(i)));
    }
  }
  return labels;
}

std::pair<double, double> range_of_column(const DotChart& chart, std::size_t column) {
  Extent extent;
  for (std::size_t i = column; i < chart.panels.size(); i += chart.columns) {
    const DotPanel& panel = chart.panels[i];
    if (panel.x_range) return *panel.x_range;
    extent.include(0.0);
    if (panel.line) extent.include(*panel.line);
    for (const DotRow& row : panel.rows) {
      if (row.range) extent.include(*row.range);
      for (const double dot : row.dots) extent.include(dot);
      for (const double mark : row.marks) extent.include(mark);
      for (const OtherMark& other : row.others) extent.include(other.range);
    }
  }
  return extent.padded();
}

// `overlay` is drawn with the panel: what stands outside of all panels goes with the first.
std::string panel_script(const DotChart& chart, std::size_t index, const Place& place, int height,
                         const std::string& overlay, Plot& plot) {
  const DotPanel& panel = chart.panels[index];
  const std::size_t column = index % chart.columns;
  const auto [low, high] = range_of_column(chart, column);
  std::string script = margins(place, height);
  script += fmt::format("set title {} offset 0,-0.5\n", gnuplot_text(panel.title));
  script += fmt::format("set xrange [{}:{}]\nset yrange [{}:-0.5]\n", number(low), number(high),
                        number(static_cast<double>(std::max<std::size_t>(panel.rows.size(), 1)) - 0.5));
  script += fmt::format("set xtics {}\n", tics_for({low, high}, place.right - place.left));
  std::string names;
  for (std::size_t i = 0; i < panel.rows.size(); ++i) {
    names += fmt::format("{}{} {}", i > 0 ? ", " : "",
                         column == 0 ? gnuplot_text(panel.rows[i].label) : std::string("''"), i);
  }
  script += fmt::format("set ytics ({}) scale 0\n", names);
  script += "unset object\nunset arrow\nunset label\n" + overlay;
  if (panel.band) {
    script += fmt::format(
        "set object 1 rectangle from first {},graph 0 to first {},graph 1 fc rgb '#dcebf5' fs solid noborder behind\n",
        number(panel.band->first), number(panel.band->second));
  }
  // Rows are told apart by a faint line between them, the zero line is firm.
  for (std::size_t i = 1; i < panel.rows.size(); ++i) {
    const double y = static_cast<double>(i) - 0.5;
    script += fmt::format("set arrow from graph 0,first {0} to graph 1,first {0} nohead back lc rgb '#eeeeee'\n", y);
  }
  if (low <= 0 && high >= 0) {
    script += "set arrow from first 0,graph 0 to first 0,graph 1 nohead back lw 1.5 lc rgb '#333333'\n";
  }
  if (panel.line) {
    script +=
        fmt::format("set arrow from first {0},graph 0 to first {0},graph 1 nohead back lw 1.5 dt 2 lc rgb '#555555'\n",
                    number(*panel.line));
  }
  script += rows_of(panel, plot);
  return script + plot.take();
}

// The key once per label.
std::vector<KeyEntry> key_of(const XyChart& chart) {
  std::vector<KeyEntry> key;
  for (const XyPanel& panel : chart.panels) {
    for (const Series& series : panel.series) {
      const auto same = [&](const KeyEntry& entry) { return entry.label == series.label; };
      if (series.label.empty() || std::any_of(key.begin(), key.end(), same)) continue;
      key.push_back({series.label, series.style, series.kind != Series::Kind::points});
    }
  }
  return key;
}

void add_series(Plot& plot, const Series& series) {
  std::string points;
  std::string bars;
  for (const Point& point : series.points) {
    if (!std::isfinite(point.x) || !std::isfinite(point.y)) continue;
    points += fmt::format("{} {}\n", number(point.x), number(point.y));
    if (point.x_error > 0 || point.y_error > 0) {
      bars +=
          fmt::format("{} {} {} {}\n", number(point.x), number(point.y), number(point.x_error), number(point.y_error));
    }
  }
  const Style& style = series.style;
  if (!bars.empty()) {
    plot.add(bars, fmt::format("using 1:2:3:4 with xyerrorbars pt 0 lw 1.2 lc rgb '{}'", style.colour));
  }
  if (points.empty()) return;
  if (series.kind == Series::Kind::points) {
    plot.add(points, fmt::format("using 1:2 with points pt {} ps {} lw 1.4 lc rgb '{}'", style.point,
                                 number(series.size), style.colour));
  } else {
    plot.add(points, fmt::format("using 1:2 with {} lw {} dt {} lc rgb '{}'",
                                 series.kind == Series::Kind::line ? "lines" : "steps", number(series.size), style.dash,
                                 style.colour));
  }
}

// Each curve has its level written where it leaves the panel, on the wider side of 0, if the last one leaves room.
std::string contour_script(const XyPanel& panel, const std::pair<double, double>& x, const std::pair<double, double>& y,
                           const Place& place) {
  constexpr double kLabelWidth = 30;
  constexpr double kLabelHeight = 13;
  const double x_pixel = (x.second - x.first) / (place.right - place.left);
  const double y_pixel = (y.second - y.first) / (place.top - place.bottom);
  const double wider = -x.first > x.second ? -1.0 : 1.0;
  std::optional<std::pair<double, double>> last;
  std::string script;
  const double weight = panel.contours->weight;
  int tag = 100;
  for (const double level : panel.contours->levels) {
    // Straight from (0, top) to either side, upwards: more bias has to be made up for.
    const double top = 1 - level / (1 - weight);
    const double slope = weight / (1 - weight);
    for (const double side : {-1.0, 1.0}) {
      const double edge = side < 0 ? -x.first : x.second;
      // The part of the ray inside the panel.
      const double from = std::max(0.0, (y.first - top) / slope);
      const double to = std::min(edge, (y.second - top) / slope);
      if (!(from < to)) continue;
      script +=
          fmt::format("set arrow {} from {},{} to {},{} nohead back lc rgb '#c8c8c8' lw 1\n", tag++,
                      number(side * from), number(top + slope * from), number(side * to), number(top + slope * to));
      const std::pair<double, double> end = {side * to, top + slope * to};
      const bool room = !last || std::abs(end.first - last->first) > kLabelWidth * x_pixel ||
                        std::abs(end.second - last->second) > kLabelHeight * y_pixel;
      if (side != wider || !room) continue;
      script +=
          fmt::format("set label {} '{}' at {},{} {} offset {},-0.2 tc rgb '#888888' font ',10' back\n", tag++,
                      number(level), number(end.first), number(end.second), side < 0 ? "left" : "right", -0.3 * side);
      last = end;
    }
  }
  return script;
}

std::string panel_script(const XyPanel& panel, const Place& place, int height, const std::string& overlay, Plot& plot) {
  Extent x;
  Extent y;
  for (const Series& series : panel.series) {
    for (const Point& point : series.points) {
      x.include(Range{point.x, point.x - point.x_error, point.x + point.x_error});
      y.include(Range{point.y, point.y - point.y_error, point.y + point.y_error});
    }
  }
  if (panel.contours) x.include(0.0);
  const auto x_range = panel.x_range.value_or(x.padded());
  const auto y_range = panel.y_range.value_or(y.padded());
  std::string script = margins(place, height) + "unset object\nunset arrow\nunset label\n" + overlay;
  script += fmt::format("set title {} offset 0,-0.5\nset xlabel {} offset 0,0.4\nset ylabel {} offset 1.2,0\n",
                        gnuplot_text(panel.title), gnuplot_text(panel.x_label), gnuplot_text(panel.y_label));
  script += fmt::format("set xrange [{}:{}]\nset xtics {}\n", number(x_range.first), number(x_range.second),
                        tics_for(x_range, place.right - place.left));
  if (panel.log_y) {
    script += "set yrange [*:*]\nset logscale y\nset ytics autofreq format '%g'\n";
  } else {
    script += fmt::format("unset logscale y\nset yrange [{}:{}]\nset ytics {}\n", number(y_range.first),
                          number(y_range.second), tics_for(y_range, place.top - place.bottom));
  }
  if (panel.contours) script += contour_script(panel, x_range, y_range, place);
  for (const double line : panel.x_lines) {
    script += fmt::format("set arrow from first {0},graph 0 to first {0},graph 1 nohead back lw 1.3 lc rgb '#333333'\n",
                          number(line));
  }
  for (const double line : panel.y_lines) {
    script += fmt::format("set arrow from graph 0,first {0} to graph 1,first {0} nohead back lw 1.3 lc rgb '#333333'\n",
                          number(line));
  }
  for (const Series& series : panel.series) add_series(plot, series);
  return script + plot.take();
}

}  // namespace

Figure draw(const DotChart& chart) {
  std::size_t letters = 0;
  std::size_t most_rows = 1;
  std::size_t others = 0;
  for (const DotPanel& panel : chart.panels) {
    most_rows = std::max(most_rows, panel.rows.size());
    for (const DotRow& row : panel.rows) {
      letters = std::max(letters, row.label.size());
      others = std::max(others, row.others.size());
    }
  }
  int key_lines = 0;
  key_places(chart.key, key_lines);
  const std::size_t rows = (chart.panels.size() + chart.columns - 1) / chart.columns;
  const double names = std::min(24 + kLetter * static_cast<double>(letters), 0.45 * kWidth);
  const double panel_height = (20.0 + 9.0 * static_cast<double>(others)) * static_cast<double>(most_rows);
  const double gap = 66;  // between panels, above and below: a title and the numbers of the axis
  const double bottom = 52 + kKeyLine * key_lines + 10;
  const int height = static_cast<int>(bottom + static_cast<double>(rows) * (panel_height + gap) - 18);

  std::string script = "set multiplot\n" + std::string(kFrame);
  Plot plot;
  const double spacing = 22;
  const std::string outside = draw_key(chart.key, height) +
                              fmt::format("set label 699 {} at screen {},{} center\n", gnuplot_text(chart.x_label),
                                          number((names + kWidth - 36) / 2 / kWidth), number((bottom - 38) / height));
  const double width = (kWidth - names - 14) / static_cast<double>(chart.columns);
  for (std::size_t i = 0; i < chart.panels.size(); ++i) {
    const double left = names + width * static_cast<double>(i % chart.columns);
    const double top = height - 32 - static_cast<double>(i / chart.columns) * (panel_height + gap);
    script += panel_script(chart, i, {left, left + width - spacing, top - panel_height, top}, height,
                           i == 0 ? outside : "", plot);
  }
  return {chart.id, chart.caption, kWidth, height, script + "unset multiplot\n"};
}

Figure draw(const XyChart& chart) {
  const std::vector<KeyEntry> key = key_of(chart);
  int key_lines = 0;
  key_places(key, key_lines);
  const std::size_t rows = (chart.panels.size() + chart.columns - 1) / chart.columns;
  const double gap = 100;  // the numbers and the name of an axis, and the next title
  const double bottom = 48 + kKeyLine * key_lines + 12;
  const int height = static_cast<int>(bottom + static_cast<double>(rows) * (chart.panel_height + gap) - gap + 34);
  std::string script = "set multiplot\n" + std::string(kFrame) + "set grid ytics lc rgb '#e2e2e2' lt 1\n";
  Plot plot;
  const double width = static_cast<double>(kWidth) / static_cast<double>(chart.columns);
  for (std::size_t i = 0; i < chart.panels.size(); ++i) {
    const double left = 72 + width * static_cast<double>(i % chart.columns);
    const double top = height - 32 - static_cast<double>(i / chart.columns) * (chart.panel_height + gap);
    script += panel_script(chart.panels[i], {left, left + width - 92, top - chart.panel_height, top}, height,
                           i == 0 ? draw_key(key, height) : "", plot);
  }
  return {chart.id, chart.caption, kWidth, height, script + "unset multiplot\n"};
}

}  // namespace posthoc::report
