#include "study/classifier.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

#include "data/prepared.h"
#include "data/synthetic.h"
#include "support/close.h"
#include "support/expect_error.h"
#include "tensor/tensor.h"

namespace posthoc::study {
namespace {

using testing::close;
using testing::fails_with;

const data::Prepared& synthetic() {
  static const data::Prepared prepared = data::prepare(data::generate_synthetic({.rows = 4000}));
  return prepared;
}

ClassifierResult run(const std::string& model, std::uint64_t seed = 0) {
  const data::Prepared& rows = synthetic();
  return run_classifier({"synthetic", "0123456789ab", model, seed}, {rows.train.features, rows.train.labels},
                        {rows.valid.features, rows.valid.labels}, {rows.test.features, rows.test.labels});
}

// The best classifier of the synthetic data is linear and right with probability Phi(1) = 0.841, its AUC
// Phi(sqrt 2) = 0.921 (data/synthetic.h).
TEST(Classifier, LogisticRegressionIsAsGoodAsTheSyntheticDataAllow) {
  const ClassifierResult found = run("logistic_regression");
  const double spread = std::sqrt(0.841 * 0.159 / 800.0);
  EXPECT_NEAR(found.test.accuracy, 0.841, 3.0 * spread);
  EXPECT_NEAR(found.test.auc, 0.921, 0.03);
  EXPECT_GE(found.valid.tuned_accuracy, found.valid.accuracy);
  EXPECT_LE(found.valid.coarse_accuracy, found.valid.tuned_accuracy);
  EXPECT_NEAR(found.valid.coarse_accuracy, found.valid.tuned_accuracy, 0.01);
  EXPECT_EQ(run("logistic_regression", 5).test.auc, found.test.auc);
}

TEST(Classifier, TheForestIsBehindOnlyALittleAndDependsOnItsSeed) {
  const ClassifierResult found = run("random_forest");
  EXPECT_GT(found.test.auc, run("logistic_regression").test.auc - 0.05);
  EXPECT_GE(found.valid.tuned_accuracy, found.valid.accuracy);
  EXPECT_EQ(run("random_forest").test.auc, found.test.auc);
  EXPECT_NE(run("random_forest", 1).test.auc, found.test.auc);
}

TEST(Classifier, RecordsReadBackAsTheyWere) {
  const ClassifierResult found = run("logistic_regression", 7);
  const Record record = to_record(found);
  EXPECT_EQ(record.kind, "classifier");
  EXPECT_EQ(record.id(), record_id(found.key));
  const ClassifierResult back = parse_classifier(parse_line(to_line(record)));
  EXPECT_EQ(back.key.data, "synthetic");
  EXPECT_EQ(back.key.features, "0123456789ab");
  EXPECT_EQ(back.key.model, "logistic_regression");
  EXPECT_EQ(back.key.seed, 7U);
  EXPECT_EQ(back.threshold, found.threshold);
  EXPECT_EQ(back.valid.tuned_accuracy, found.valid.tuned_accuracy);
  EXPECT_EQ(back.test.coarse_accuracy, found.test.coarse_accuracy);
  EXPECT_EQ(back.test.accuracy, found.test.accuracy);
  EXPECT_EQ(back.test.auc, found.test.auc);
  EXPECT_EQ(back.seconds, found.seconds);
  EXPECT_TRUE(fails_with([] { parse_classifier({"cell", "{}", "{}", 0.0, ""}); }, {"kind classifier", "got cell"}));
  EXPECT_TRUE(fails_with([&] { parse_classifier({"classifier", record.key, "{}", 0.0, ""}); }, {"threshold"}));
}

TEST(Classifier, RefusesWhatItCannotFitOrJudge) {
  const Tensor x = Tensor::from<float>({1, 2, 3, 4}, {4, 1});
  const Tensor wide = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  const std::vector<std::uint8_t> labels{0, 1, 0, 1};
  const std::vector<std::uint8_t> two{0, 1};
  const std::vector<std::uint8_t> ones(4, 1);
  const ClassifierKey key{"d", "f", "logistic_regression", 0};
  EXPECT_TRUE(fails_with(
      [&] {
        run_classifier({"d", "f", "oracle", 0}, {x, labels}, {x, labels}, {x, labels});
      },
      {"logistic_regression, random_forest", "'oracle'"}));
  EXPECT_TRUE(fails_with([&] { run_classifier(key, {x, labels}, {wide, two}, {x, labels}); }, {"rows of 1 features"}));
  EXPECT_TRUE(fails_with([&] { run_classifier(key, {x, labels}, {x, labels}, {x, two}); }, {"2 labels"}));
  EXPECT_TRUE(fails_with([&] { run_classifier(key, {x, labels}, {x, labels}, {x, ones}); }, {"no AUC"}));
}

}  // namespace
}  // namespace posthoc::study
