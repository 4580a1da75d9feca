// A data set of one's own, from a table in memory: text fields become features, labels and groups, a network learns
// from them and is audited.
#include <fmt/core.h>
#include <random>
#include <string>
#include <vector>

#include "base/error.h"
#include "data/dataset.h"
#include "data/encoding.h"
#include "data/prepared.h"
#include "data/table.h"
#include "fairness/report.h"
#include "nn/mlp.h"
#include "optim/training.h"

using namespace posthoc;

// Stands for a query of a database: who applied for a job, and who was hired.
data::Table applications() {
  data::Table table("applications", {"years", "degree", "sex", "hired"});
  std::mt19937 random(1);
  for (int row = 0; row < 4000; ++row) {
    const auto years = random() % 20;
    const bool degree = random() % 3 == 0;
    const bool man = random() % 2 == 0;
    const bool hired = years + (degree ? 6 : 0) + (man ? 4 : 0) + random() % 8 > 17;
    table.push_field(row % 100 == 0 ? "" : std::to_string(years));  // a missing value now and then
    table.push_field(degree ? "yes" : "no");
    table.push_field(man ? "m" : "f");
    table.push_field(hired ? "1" : "0");
    table.end_row(row + 1);  // the line that an error names
  }
  return table;
}

data::Dataset hiring() {
  data::Encoding encoding;
  encoding.categorical = {"degree"};  // one 0/1 feature for each of its values; other columns are numbers
  encoding.protected_columns = {{.name = "sex", .column = "sex", .privileged = {"m"}, .interval = std::nullopt}};
  encoding.label = {"hired", {"1", {}, "was hired"}, {"0", {}, "was not hired"}};
  data::Dataset dataset = data::encode(applications(), encoding, "sex");
  dataset.name = "hiring";
  return dataset;
}

int main() try {
  const data::Dataset dataset = hiring();
  fmt::print("{} rows of {}, {}; features:", dataset.rows(), dataset.counts.read, dataset.attribute("sex").description);
  for (const std::string& name : dataset.feature_names) fmt::print(" {}", name);

  // From here on it is like any other data set: split, standardised, learnt from, audited.
  const data::Prepared rows = data::prepare(dataset);
  nn::Mlp model({.input = rows.train.features.size(1), .depth = 1, .width = 8}, /*seed=*/0);
  optim::TrainingOptions training;
  training.max_epochs = 10;
  optim::train(model, {rows.train.features, rows.train.labels}, {rows.valid.features, rows.valid.labels}, training);
  const std::vector<double> scores = nn::scores(model, rows.test.features);
  const fairness::GroupCounts counts = fairness::count({scores, rows.test.labels, rows.test.groups}, 0.5);
  fmt::print("\ntest: SPD {:+.3f}, accuracy {:.3f}\n", fairness::find_measure("spd").of_counts(counts).number(),
             fairness::accuracy(counts).number());
} catch (const Error& error) {
  fmt::print(stderr, "{}\n", error.what());
  return 1;
}
