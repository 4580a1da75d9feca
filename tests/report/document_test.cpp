#include "report/document.h"

#include <cmath>
#include <gtest/gtest.h>

#include "report/csv.h"
#include "report/html.h"
#include "report/inline_svg.h"
#include "report/markdown.h"
#include "support/expect_error.h"

namespace posthoc::report {
namespace {

constexpr const char* kNasty = "<script>alert('x')</script>&\"|`*_[a](b)";

Document everything(const std::string& text) {
  Document document;
  document.title = text;
  document.add(Heading{text});
  document.add(Paragraph{text});
  document.add(Callout{text, Tone::bad});
  document.add(List{{text, text}});
  document.add(Verbatim{text + "\nsecond line"});
  document.add(Table{"t", text, {text, "n"}, {{{text}, {"1", text, Tone::good}}}, 1});
  document.add(Figure{"f", text, 10, 10, ""});
  return document;
}

TEST(Html, EscapesWhatItIsGivenEverywhere) {
  const std::string html = to_html(everything(kNasty), {});
  EXPECT_EQ(html.find("<script"), std::string::npos) << html;
  EXPECT_EQ(html.find("alert('x')"), std::string::npos);
  // Title twice, heading and its link, paragraph, callout, two items, verbatim, caption, header, two cells (one of them
  // a tooltip), caption of the figure.
  std::size_t times = 0;
  const std::string escaped = "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;";
  for (std::size_t at = html.find(escaped); at != std::string::npos; at = html.find(escaped, at + 1)) ++times;
  EXPECT_EQ(times, 14U);
}

TEST(Html, NeedsNothingFromOutside) {
  const std::string svg =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/d.dtd\">\n"
      "<svg width=\"10\" height=\"10\" viewBox=\"0 0 10 10\"\n xmlns=\"http://www.w3.org/2000/svg\"\n "
      "xmlns:xlink=\"http://www.w3.org/1999/xlink\">\n<title>Gnuplot</title><g id=\"gpPt\"/><use "
      "xlink:href='#gpPt'/></svg>\n";
  const std::string html = to_html(everything("a"), {{"f", svg}});
  EXPECT_EQ(html.find("http:"), std::string::npos) << html;
  EXPECT_EQ(html.find("https:"), std::string::npos);
  EXPECT_EQ(html.find("src="), std::string::npos);
  EXPECT_EQ(html.find("@import"), std::string::npos);
  EXPECT_NE(html.find("<svg viewBox=\"0 0 10 10\""), std::string::npos) << html;
  EXPECT_NE(html.find("id=\"f-gpPt\""), std::string::npos) << "ids of two drawings must not meet";
  EXPECT_NE(html.find("href='#f-gpPt'"), std::string::npos);
  EXPECT_EQ(html.find("Gnuplot"), std::string::npos);
}

TEST(Html, RefusesADrawingThatIsNone) {
  EXPECT_TRUE(testing::fails_with([] { return inline_svg("no drawing", "f"); }, {"expected a drawing", "10 bytes"}));
}

TEST(Html, TonesShowWithoutColourInTables) {
  // What is bad is bold as well.
  EXPECT_NE(to_html({}, {}).find("td.bad { background: #fbe9dd; font-weight: 600; }"), std::string::npos);
}

TEST(Markdown, KeepsTablesAndLinksWhole) {
  Document document = everything(kNasty);
  std::erase_if(document.blocks, [](const Block& block) { return std::holds_alternative<Verbatim>(block); });
  const std::string text = to_markdown(document, "figures", {"f"});
  EXPECT_EQ(text.find("<script"), std::string::npos) << text;
  EXPECT_NE(text.find("![f](figures/f.svg)"), std::string::npos);
  EXPECT_EQ(to_markdown(everything("a"), "figures", {}).find("!["), std::string::npos);
  EXPECT_EQ(escape_markdown("a|b\nc"), "a\\|b c");
  // The row of the table has its three bars and no more that count.
  const std::size_t row = text.rfind("\n| ", text.find(" 1 |"));
  const std::string line = text.substr(row + 1, text.find('\n', row + 1) - row - 1);
  std::size_t bars = 0;
  for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
  EXPECT_EQ(bars, 3U) << line;
}

TEST(Markdown, VerbatimTextIsIndented) {
  Document document;
  document.title = "t";
  document.add(Verbatim{"a\n```\nb"});
  EXPECT_EQ(to_markdown(document, "figures", {}), "# t\n\n    a\n    ```\n    b\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  EXPECT_EQ(to_csv({"x", {"a", "b"}, {{"1,5", "say \"no\""}, {"line\nbreak", ""}}}),
            "a,b\n\"1,5\",\"say \"\"no\"\"\"\n\"line\nbreak\",\n");
}

TEST(Csv, DigitsReadBack) {
  EXPECT_EQ(digits(0.1), "0.1");
  EXPECT_EQ(std::stod(digits(1.0 / 3.0)), 1.0 / 3.0);
  EXPECT_EQ(digits(std::nan("")), "");
}

TEST(Slug, IsANameForFilesAndAnchors) {
  EXPECT_EQ(slug("ACI (sex), SPD"), "aci-sex-spd");
  EXPECT_EQ(slug("../<x>"), "x");
  EXPECT_EQ(slug("(!)"), "x");
}

}  // namespace
}  // namespace posthoc::report
