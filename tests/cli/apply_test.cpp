#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/program.h"
#include "cli/task.h"
#include "data/csv.h"
#include "data/csv_write.h"
#include "data/named.h"
#include "nn/safetensors.h"
#include "support/close.h"
#include "support/data_files.h"

namespace posthoc::testing {
namespace {

using Json = nlohmann::json;

// 300 people, women granted less often; `job` is text, with a comma in it.
std::string loans(const std::string& separator, bool labelled, int rows = 300) {
  std::string text = fmt::format("sex{0}income{0}job{0}note{1}\n", separator, labelled ? separator + "granted" : "");
  for (int i = 0; i < rows; ++i) {
    const bool woman = i % 3 == 0;
    const bool granted = i % (woman ? 5 : 2) == 0;
    const int income = 1000 + (granted ? 400 : 0) + i * 37 % 500;
    text += fmt::format("{1}{0}{2}{0}\"{3}\"{0}{4}{5}\n", separator, woman ? "f" : (i % 2 == 0 ? "m" : "d"), income,
                        i % 4 == 0 ? "clerk, head" : "cook", i, labelled ? separator + (granted ? "yes" : "no") : "");
  }
  return text;
}

// A file in which the sound model's rule is another.
void set_rule(const std::string& model, const std::string& rule, const std::string& output) {
  nn::TensorFile file = nn::from_safetensors(read_file(model), model);
  file.metadata["rule"] = rule;
  write_file(output, nn::to_safetensors(file));
}

class Apply : public ::testing::Test {
 protected:
  void SetUp() override {
    write_file(folder_ / "data.csv", loans(";", true));
    write_file(folder_ / "new.csv", loans(";", false));
    ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", model_} + data_ + small_network));
  }

  [[nodiscard]] std::string path(const std::string& name) const { return (folder_ / name).string(); }
  [[nodiscard]] Arguments apply(const std::string& input, const std::string& model = "model.safetensors") const {
    return {"apply", "--model", path(model), "--input", path(input), "-o", path("out.csv")};
  }
  [[nodiscard]] ::testing::AssertionResult refused(const std::string& text, std::string_view part) const {
    write_file(folder_ / "bad.csv", text);
    return refuses(apply("bad.csv"), 1, part, folder_);
  }
  [[nodiscard]] data::Table output(char separator = ';') const {
    data::CsvOptions csv;
    csv.separator = separator;
    return data::read_csv(path("out.csv"), csv);
  }

  TemporaryFolder folder_;
  std::string model_ = path("model.safetensors");
  Arguments data_ = {"--data", path("data.csv"), "--protected", "sex",    "--label", "granted",     "--favorable",
                     "yes",    "--privileged",   "m,d",         "--drop", "note",    "--separator", ";"};
};

double number(const data::Table& table, std::size_t row, const char* column) {
  return std::stod(std::string(table.field(row, table.column(column))));
}

// The scores of `table`'s rows are those that the model's own data set gets, in validation and test, but for the last
// bits of a float32, which depend on the rows that are scored with them.
void expect_scores_of(const cli::Task& task, const data::Table& table) {
  const std::size_t scores = table.column("score");
  const std::size_t groups = table.column("group");
  const std::size_t decisions = table.column("decision");
  const auto at = [&](std::size_t row, std::size_t column) { return std::stod(std::string(table.field(row, column))); };
  for (const cli::ScoredPart* part : {&task.valid, &task.test}) {
    ASSERT_GT(part->scores.size(), 0U);
    for (std::size_t i = 0; i < part->scores.size(); ++i) {
      const auto row = static_cast<std::size_t>(part->part->rows[i]);
      const double score = at(row, scores);
      ASSERT_TRUE(close(score, part->scores[i], 1e-5, 1e-7)) << row;
      ASSERT_EQ(at(row, groups), part->part->groups[i]) << row;
      ASSERT_EQ(at(row, decisions), debias::favourable_probability(*task.metadata.rule, score, part->part->groups[i]))
          << row;
    }
  }
}

TEST_F(Apply, GivesTheScoresAndDecisionsThatEvaluateMeasures) {
  ASSERT_TRUE(succeeds_quietly(apply("new.csv")));
  const data::Table table = output();
  ASSERT_EQ(table.rows(), 300U);
  EXPECT_EQ(table.names(), (std::vector<std::string>{"sex", "income", "job", "note", "score", "group",
                                                     "favourable_probability", "decision"}));
  EXPECT_EQ(table.field(4, 2), "clerk, head");
  cli::DataOptions data;
  data.data = path("data.csv");
  data.protected_attributes = {"sex"};
  data.label = "granted";
  data.favorable = "yes";
  data.privileged = {"m,d"};
  data.dropped = {"note"};
  data.separator = ";";
  expect_scores_of(*cli::load_task(data, model_), table);
}

TEST_F(Apply, OrderOfColumnsAndRowsAndOtherRowsDoNotMatter) {
  ASSERT_TRUE(succeeds_quietly(apply("new.csv")));
  const data::Table all = output();
  write_file(folder_ / "few.csv", "extra;job;income;sex\nx;cook;1037;d\nx;clerk, head;1400;f\n");
  ASSERT_TRUE(succeeds_quietly(apply("few.csv")));
  const data::Table few = output();
  ASSERT_EQ(few.rows(), 2U);
  EXPECT_TRUE(close(number(few, 0, "score"), number(all, 1, "score"), 1e-5, 1e-7));
  EXPECT_TRUE(close(number(few, 1, "score"), number(all, 0, "score"), 1e-5, 1e-7));
  EXPECT_EQ(few.field(0, 0), "x");
}

TEST_F(Apply, AnotherSeparatorAndLinesToPassOver) {
  ASSERT_TRUE(succeeds_quietly(apply("new.csv")));
  const data::Table semicolon = output();
  const std::vector<std::pair<std::string, char>> separators = {{",", ','}, {"tab", '\t'}};
  for (const auto& [name, separator] : separators) {
    write_file(folder_ / "other.csv", "# exported\n" + loans(std::string(1, separator), false));
    ASSERT_TRUE(succeeds_quietly(apply("other.csv") + Arguments{"--separator", name, "--skip-lines", "1"}));
    const data::Table other = output(separator);
    ASSERT_EQ(other.rows(), semicolon.rows());
    for (std::size_t row = 0; row < other.rows(); ++row) {
      for (std::size_t j = 0; j < other.columns(); ++j) EXPECT_EQ(other.field(row, j), semicolon.field(row, j));
    }
  }
}

TEST_F(Apply, SyntheticRowsGetTheScoresOfTheirDataSet) {
  const std::string model = trained_model(folder_);
  data::SyntheticOptions options;
  options.rows = 400;
  const data::Dataset dataset = data::generate_synthetic(options);
  std::string text = "x1,x2,group\n";
  const std::vector<double> values = dataset.features.to_vector();
  for (std::size_t row = 0; row < 400; ++row) {
    text +=
        fmt::format("{},{},{}\n", values[2 * row], values[2 * row + 1], dataset.protected_attributes[0].groups[row]);
  }
  write_file(folder_ / "rows.csv", text);
  ASSERT_TRUE(succeeds_quietly({"apply", "--model", model, "--input", path("rows.csv"), "-o", path("out.csv")}));
  cli::DataOptions data;
  data.data = "synthetic";
  data.protected_attributes = {"group"};
  data.rows = 400;
  const data::Table table = output(',');
  EXPECT_EQ(table.columns(), 6U);  // the column group is the groups already
  expect_scores_of(*cli::load_task(data, model), table);
}

TEST_F(Apply, AdultRowsGetTheScoresOfTheirDataSet) {
  if (!data_files_found("adult")) GTEST_SKIP() << "the files of adult are not here";
  const Arguments adult = {"--data", "adult", "--protected", "sex", "--epochs", "1"};
  ASSERT_TRUE(
      succeeds_quietly(Arguments{"train", "-o", path("adult.safetensors")} + adult + Arguments{"--depth", "1"}));
  cli::DataOptions data;
  data.data = "adult";
  data.protected_attributes = {"sex"};
  const auto task = cli::load_task(data, path("adult.safetensors"));
  // The complete rows of the published files, under the names that those do not have.
  data::CsvOptions csv = data::named_dataset("adult").csv;
  csv.skip_lines = 1;
  data::Table published = data::read_csv(task->dataset.sources[0].path, csv);
  csv.skip_lines = 0;
  published.append(data::read_csv(task->dataset.sources[1].path, csv));
  data::Table complete("complete", published.names());
  for (std::size_t row = 0; row < published.rows(); ++row) {
    bool missing = false;
    for (std::size_t j = 0; j < published.columns(); ++j) missing = missing || published.field(row, j) == "?";
    if (missing) continue;
    for (std::size_t j = 0; j < published.columns(); ++j) complete.push_field(published.field(row, j));
    complete.end_row(static_cast<std::int64_t>(row));
  }
  const std::string text = data::to_csv(complete, {});
  write_file(folder_ / "named.csv", text);
  write_file(folder_ / "bare.csv", text.substr(text.find('\n') + 1));
  ASSERT_TRUE(succeeds_quietly(apply("bare.csv", "adult.safetensors")));
  const std::string of_bare = read_file(path("out.csv"));
  ASSERT_TRUE(succeeds_quietly(apply("named.csv", "adult.safetensors")));
  EXPECT_TRUE(of_bare == read_file(path("out.csv"))) << "a header changes nothing";
  const data::Table table = output(',');
  ASSERT_EQ(static_cast<std::int64_t>(table.rows()), task->dataset.rows());
  expect_scores_of(*task, table);
}

TEST_F(Apply, EveryKindOfRuleDecidesAsTheLibraryDoes) {
  const std::vector<std::string> rules = {
      R"({"kind":"threshold","threshold":0.4})",
      R"({"kind":"reject_option","threshold":0.5,"margin":0.1,"lower":0.4,"upper":0.6})",
      R"({"kind":"equalized_odds","sp2p":0.9,"sn2p":0.1,"op2p":1.0,"on2p":0.3,"threshold":0.45})",
      R"({"kind":"calibrated_equalized_odds","privileged_mix_rate":0.25,"unprivileged_mix_rate":0.5,)"
      R"("privileged_base_rate":0.6,"unprivileged_base_rate":0.3,"threshold":0.5})"};
  for (const std::string& rule : rules) {
    set_rule(model_, rule, path("ruled.safetensors"));
    const Json evaluated = json_of(Arguments{"evaluate", "--model", path("ruled.safetensors")} + data_);
    EXPECT_EQ(evaluated["rule"], Json::parse(rule));
    EXPECT_EQ(evaluated.contains("expected"), rule.find("equalized") != std::string::npos) << rule;
    const Json applied = json_of(apply("new.csv", "ruled.safetensors") + Arguments{"--seed", "7"});
    EXPECT_EQ(applied["rule"], evaluated["rule"]);
    const data::Table table = output();
    std::int64_t favourable = 0;
    double expected = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const double probability = number(table, row, "favourable_probability");
      EXPECT_EQ(number(table, row, "decision"), debias::decide(probability, 7, row) ? 1 : 0);
      favourable += static_cast<std::int64_t>(number(table, row, "decision"));
      expected += probability;
    }
    EXPECT_EQ(applied["favourable"], favourable);
    EXPECT_NEAR(static_cast<double>(favourable), expected, 40) << rule;  // 300 draws: five standard deviations
  }
}

TEST_F(Apply, WithoutGroupsARuleThatIgnoresThemStillDecides) {
  // Synthetic data's group is no feature.
  const std::string model = trained_model(folder_);
  write_file(folder_ / "x.csv", "x1,x2\n0.5,-1\n2,2\n");
  const Arguments apply_x = {"apply", "--input", path("x.csv"), "-o", path("out.csv"), "--model"};
  const Json json = json_of(apply_x + Arguments{model});
  EXPECT_EQ(json["groups"].size(), 0U);
  EXPECT_EQ(json["n"], 2);
  EXPECT_FALSE(output(',').find_column("group").has_value());
  set_rule(model, R"({"kind":"reject_option","threshold":0.5,"margin":0.1})", path("roc.safetensors"));
  std::filesystem::remove(folder_ / "out.csv");
  EXPECT_TRUE(refuses(apply_x + Arguments{path("roc.safetensors")}, 1, "looks at groups, so it needs", folder_));
}

TEST_F(Apply, UnknownValuesAreListedOrIgnored) {
  const std::string rows = "sex;income;job\nx;1037;cook\nf;1400;pilot\nf;1400;smith\nd;1037;cook\n";
  for (const char* part : {"column 'job' has 'pilot'", "'smith'", "line 4", "column 'sex' has 'x'"}) {
    EXPECT_TRUE(refused(rows, part));
  }
  ASSERT_TRUE(succeeds_quietly(apply("bad.csv") + Arguments{"--unknown", "ignore"}));
  const data::Table table = output();
  EXPECT_EQ(table.field(0, table.column("group")), "0");  // nobody is privileged by a value that is not
  EXPECT_EQ(table.field(1, table.column("score")), table.field(2, table.column("score")));
  std::filesystem::remove(folder_ / "out.csv");
  EXPECT_TRUE(refuses(apply("bad.csv") + Arguments{"--unknown", "skip"}, 2, "ignore", folder_));
}

TEST_F(Apply, RowsThatCannotBeScoredAreNamed) {
  EXPECT_TRUE(refused("sex;income;job\nm;;cook\n", "1 missing value, which"));
  EXPECT_TRUE(refused("sex;income;job\nm;;cook\nNA;1;cook\n", "line 2, column 'income'"));
  EXPECT_TRUE(refused("sex;income;job\nm;;cook\nNA;1;cook\n", "line 3, column 'sex'"));
  EXPECT_TRUE(refused("sex;income;job\nm;much;cook\n", "expected a number, got 'much'"));
  EXPECT_TRUE(refused("sex;income;job\nm;inf;cook\n", "expected a number"));
  EXPECT_TRUE(refused("sex;income;job\nm;1e308;cook\n", "too far from"));
  EXPECT_TRUE(refused("sex;job\nm;cook\n", "expected the column income; the columns are sex, job"));
  EXPECT_TRUE(refused("a;b\nm;cook\n", "expected the columns sex, income, job"));
  EXPECT_TRUE(refused("sex;income;job;job\nm;1;cook;cook\n", "2 columns are called 'job'"));
  EXPECT_TRUE(refused("sex;income;job\nm;1\n", "line 2"));
  EXPECT_TRUE(refused("sex;income;job\n", ""));
  EXPECT_TRUE(refused("", "bad.csv"));
  EXPECT_TRUE(refused("sex,income,job\nm,1,cook\n", "separator"));
  EXPECT_TRUE(refused("sex;income;job;score\nm;1000;cook;1\n", "'score' already; rename that one, or give --prefix"));
  EXPECT_TRUE(refused("sex;income;job;group\nm;1000;cook;7\n", "'group' already"));
  // But for the prefix.
  write_file(folder_ / "named.csv", "sex;income;job;score;group\nm;1000;cook;1;7\n");
  EXPECT_TRUE(succeeds_quietly(apply("named.csv") + Arguments{"--prefix", "new_"}));
  EXPECT_EQ(output().names().back(), "new_decision");
}

TEST_F(Apply, ClumsyUseIsAnsweredWithOneLine) {
  EXPECT_TRUE(refuses({"apply"}, 2, "--model", folder_));
  EXPECT_TRUE(refuses({"apply", "--model", model_, "--input", path("new.csv")}, 2, "output", folder_));
  EXPECT_TRUE(refuses(apply("none.csv"), 1, "none.csv", folder_));
  EXPECT_TRUE(refuses(apply("new.csv", "none.safetensors"), 1, "none.safetensors", folder_));
  EXPECT_TRUE(refuses(apply("new.csv", "new.csv"), 1, "new.csv", folder_));
  EXPECT_TRUE(refuses({"apply", "--model", model_, "--input", path("new.csv"), "-o", path("new.csv")}, 1,
                      "written over", folder_));
  EXPECT_TRUE(
      refuses({"apply", "--model", model_, "--input", path("new.csv"), "-o", model_}, 1, "written over", folder_));
  EXPECT_TRUE(
      refuses({"apply", "--model", model_, "--input", path("new.csv"), "-o", path("no/out.csv")}, 1, "no/", folder_));
  EXPECT_TRUE(refuses(apply("new.csv") + Arguments{"--label", "granted"}, 2, "--label requires --data", folder_));
  EXPECT_TRUE(refuses(apply("new.csv") + Arguments{"--protected", "sex"}, 2, "requires --data", folder_));
  EXPECT_TRUE(refuses(apply("new.csv") + Arguments{"--data", "synthetic"}, 1, "needs --protected", folder_));
  EXPECT_TRUE(refuses(apply("new.csv") + Arguments{"--separator", ";;"}, 1, "one character", folder_));
  EXPECT_TRUE(refuses(apply("new.csv") + Arguments{"--skip-lines", "-1"}, 2, "--skip-lines", folder_));
}

TEST_F(Apply, AModelFromElsewhereNeedsItsDataSet) {
  ASSERT_TRUE(succeeds_quietly(apply("new.csv")));
  const std::string expected = read_file(path("out.csv"));
  nn::TensorFile file = nn::from_safetensors(read_file(model_), model_);
  file.metadata.clear();
  write_file(folder_ / "bare.safetensors", nn::to_safetensors(file));
  std::filesystem::remove(folder_ / "out.csv");
  EXPECT_TRUE(refuses(apply("new.csv", "bare.safetensors"), 1,
                      "does not say how rows become features; name the data "
                      "set that it was trained on with --data",
                      folder_));
  EXPECT_TRUE(succeeds_quietly(apply("new.csv", "bare.safetensors") + data_));
  EXPECT_EQ(read_file(path("out.csv")), expected);
}

TEST_F(Apply, AnEncodingThatIsNoneIsRefused) {
  const nn::TensorFile sound = nn::from_safetensors(read_file(model_), model_);
  const Json encoding = Json::parse(sound.metadata.at("encoding"));
  const auto with = [&](const std::string& pointer, const Json& value) {
    Json changed = encoding;
    changed[Json::json_pointer(pointer)] = value;
    nn::TensorFile file = sound;
    file.metadata["encoding"] = changed.dump();
    write_file(folder_ / "bad.safetensors", nn::to_safetensors(file));
    return refuses(apply("new.csv", "bad.safetensors"), 1, "bad.safetensors", folder_);
  };
  EXPECT_TRUE(with("", 1));
  EXPECT_TRUE(with("", Json::object()));
  EXPECT_TRUE(with("/version", 2));
  EXPECT_TRUE(with("/columns", Json::array()));
  EXPECT_TRUE(with("/columns/0/column", ""));
  EXPECT_TRUE(with("/columns/0/column", "income"));
  EXPECT_TRUE(with("/columns/0/attribute", 3));
  EXPECT_TRUE(with("/columns/0/attribute", -1));
  EXPECT_TRUE(with("/columns/0/attribute", 0.5));
  EXPECT_TRUE(with("/columns/2/categories", Json::array()));
  EXPECT_TRUE(with("/columns/2/categories", {"b", "a"}));
  EXPECT_TRUE(with("/columns/2/categories", {"a", "b", "c"}));
  EXPECT_TRUE(with("/columns/2/categories", 7));
  EXPECT_TRUE(with("/attributes", Json::array()));
  EXPECT_TRUE(with("/attributes/0/interval", {5, 5}));
  EXPECT_TRUE(with("/attributes/0/interval", {"a", 5}));
  EXPECT_TRUE(with("/protected", Json::array()));
  EXPECT_TRUE(with("/protected", {9}));
  EXPECT_TRUE(with("/group_codes", {0}));
  EXPECT_TRUE(with("/group_codes", {0, 0}));
  EXPECT_TRUE(with("/group_codes", {0, 5}));
  EXPECT_TRUE(with("/csv/separator", "ab"));
  EXPECT_TRUE(with("/csv/trim_blanks", "yes"));
}

TEST_F(Apply, ADebiasedModelFileSaysItToo) {
  ASSERT_TRUE(succeeds_quietly(
      Arguments{"debias", "--model", model_, "--method", "threshold", "-o", path("fair.safetensors")} + data_));
  ASSERT_TRUE(succeeds_quietly(apply("new.csv", "fair.safetensors")));
  EXPECT_EQ(output().rows(), 300U);
}

TEST_F(Apply, IntersectionsAndIntervalsComeBack) {
  const Arguments both = {"--data",      path("data.csv"), "--label",      "granted", "--favorable",  "yes",
                          "--protected", "sex,income",     "--privileged", "sex=m,d", "--privileged", "income>=1300",
                          "--drop",      "note",           "--separator",  ";"};
  ASSERT_TRUE(succeeds_quietly(Arguments{"train", "-o", path("both.safetensors")} + both + small_network));
  ASSERT_TRUE(succeeds_quietly(apply("new.csv", "both.safetensors")));
  cli::DataOptions data;
  data.data = path("data.csv");
  data.protected_attributes = {"sex,income"};
  data.label = "granted";
  data.favorable = "yes";
  data.privileged = {"sex=m,d", "income>=1300"};
  data.dropped = {"note"};
  data.separator = ";";
  expect_scores_of(*cli::load_task(data, path("both.safetensors")), output());
}

TEST_F(Apply, TheNumberOfThreadsChangesNothing) {
  ASSERT_TRUE(succeeds_quietly(apply("new.csv") + Arguments{"--threads", "1"}));
  const std::string one = read_file(path("out.csv"));
  ASSERT_TRUE(succeeds_quietly(apply("new.csv") + Arguments{"--threads", "2"}));
  EXPECT_EQ(read_file(path("out.csv")), one);
}

}  // namespace
}  // namespace posthoc::testing
