#include "report/charts.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>

#include "report/gnuplot.h"
#include "support/expect_error.h"
#include "support/temporary_folder.h"

namespace posthoc::report {
namespace {

DotChart dots(const std::string& name) {
  DotChart chart{"dots", "a caption", name, 2, {}, {{name, {"#000000", 7, 1}}, {"a line", {"#555555", 1, 2}, true}}};
  DotRow row{name, {"#d55e00", 5, 1}, Range{0.1, 0.05, 0.2}, {0.1, 0.12}, {0.3}, {{Range{0.1, 0.1, 0.1}, {}}}};
  DotRow empty{"nothing", {}, std::nullopt};
  empty.remark = "undefined";
  DotRow broken{
      "broken", {}, Range{std::numeric_limits<double>::quiet_NaN(), 0, 0}, {std::numeric_limits<double>::infinity()}};
  chart.panels = {{name, {row, empty, broken}, 0.15, std::make_pair(-0.1, 0.1)}, {"empty", {}, std::nullopt}};
  return chart;
}

XyChart curves(const std::string& name) {
  XyChart chart{"curves", "a caption", 2, {}};
  XyPanel panel{name, "x", "y", {}};
  Series points;
  points.label = name;
  points.points = {{0.1, 0.8, 0.01, 0.02}, {std::numeric_limits<double>::quiet_NaN(), 0}};
  Series line;
  line.label = "line";
  line.kind = Series::Kind::line;
  line.points = {{0, 0.7}, {0.2, 0.9}};
  panel.series = {points, line};
  panel.contours = Contours{0.75, {0.05, 0.1}};
  panel.x_lines = {0.0};
  panel.y_lines = {0.8};
  XyPanel log{"log", "x", "y", {line}};
  log.log_y = true;
  chart.panels = {panel, log, {"empty", "x", "y", {}}};
  return chart;
}

TEST(GnuplotText, NothingInItIsACommand) {
  EXPECT_EQ(gnuplot_text("it's"), "'it\u2019s'");
  EXPECT_EQ(gnuplot_text("a\nb`date`"), "'a b date '");
}

TEST(Gnuplot, IsLookedForOnThePath) {
  const std::string path = std::getenv("PATH") != nullptr ? std::getenv("PATH") : "";
  const testing::TemporaryFolder empty;
  setenv("PATH", empty.path().c_str(), 1);
  const bool found = Gnuplot::find().has_value();
  unsetenv("PATH");
  const bool found_without = Gnuplot::find().has_value();
  setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(found);
  EXPECT_FALSE(found_without);
}

class Charts : public ::testing::Test {
 protected:
  void SetUp() override {
    gnuplot_ = Gnuplot::find();
    if (!gnuplot_) GTEST_SKIP() << "gnuplot is not installed";
  }
  std::optional<Gnuplot> gnuplot_;
};

TEST_F(Charts, DrawTheSameBytesTwice) {
  for (const Figure& figure : {draw(dots("ours")), draw(curves("ours"))}) {
    const Drawn first = gnuplot_->draw(figure);
    EXPECT_TRUE(first.pdf.starts_with("%PDF-")) << figure.id;
    EXPECT_NE(first.svg.find("ours"), std::string::npos) << figure.id;
    const Drawn second = gnuplot_->draw(figure);
    EXPECT_EQ(first.svg, second.svg) << figure.id;
    EXPECT_EQ(first.pdf, second.pdf) << figure.id;
  }
}

TEST_F(Charts, NamesAreTextWhateverTheyAre) {
  const testing::TemporaryFolder folder;
  const std::string nasty = "'; system('touch " + (folder / "evil").string() + "'); `touch " +
                            (folder / "evil").string() + "` @x {/Symbol a}_b <script>\nplot";
  for (const Figure& figure : {draw(dots(nasty)), draw(curves(nasty))}) {
    const Drawn drawn = gnuplot_->draw(figure);
    EXPECT_EQ(drawn.svg.find("<script"), std::string::npos) << "gnuplot escapes what it writes";
    EXPECT_NE(drawn.svg.find("{/Symbol a}_b"), std::string::npos) << "no markup is read";
  }
  EXPECT_FALSE(std::filesystem::exists(folder / "evil"));
}

TEST_F(Charts, AnErrorHasGnuplotsWords) {
  EXPECT_TRUE(testing::fails_with(
      [&] {
        return gnuplot_->draw({"broken", "", 100, 100, "plot nonsense("});
      },
      {"could not draw the figure broken", "nonsense"}));
}

}  // namespace
}  // namespace posthoc::report
