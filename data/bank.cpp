#include <limits>

#include "data/named.h"

namespace posthoc::data {

NamedDataset bank() {
  NamedDataset entry;
  entry.name = "bank";
  entry.description =
      "Telephone marketing of a Portuguese bank (2008 to 2010): does a client subscribe a term "
      "deposit?";
  entry.source = "UCI Machine Learning Repository, https://archive.ics.uci.edu/dataset/222/bank+marketing";
  entry.licence = "CC BY 4.0";
  entry.citation =
      "S. Moro, P. Cortez and P. Rita. A Data-Driven Approach to Predict the Success of Bank "
      "Telemarketing. Decision Support Systems 62:22-31, 2014. https://doi.org/10.24432/C5K306";
  entry.files = {{.name = "bank-additional-full.csv",
                  .sha256 = "74adfc578bf77a7ff4bb1ba4a9f8709d9e3c6907342959c2c8416847e0afb4d8",
                  .bytes = 5834924,
                  .skip_lines = 0,
                  .url = "https://archive.ics.uci.edu/ml/machine-learning-databases/00222/bank-additional.zip",
                  .archive_member = "bank-additional/bank-additional-full.csv"}};
  entry.csv.separator = ';';

  Encoding& encoding = entry.encoding;
  encoding.missing = {"unknown"};
  encoding.categorical = {"job",  "marital", "education", "default",     "housing",
                          "loan", "contact", "month",     "day_of_week", "poutcome"};
  // AIF360 changed the definition in its release 0.6; published results use the first.
  encoding.protected_columns = {{"age", "age", {}, Interval{25.0, std::numeric_limits<double>::infinity()}},
                                {"age_25_60", "age", {}, Interval{25.0, 60.0}}};
  encoding.label = {"y", {"yes", {}, "subscribes a term deposit"}, {"no", {}, "does not subscribe a term deposit"}};
  return entry;
}

}  // namespace posthoc::data
