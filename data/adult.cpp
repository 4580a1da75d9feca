#include "data/named.h"

namespace posthoc::data {

NamedDataset adult() {
  NamedDataset entry;
  entry.name = "adult";
  entry.description = "Census income (USA, 1994): does a person earn more than 50,000 dollars a year?";
  entry.source = "UCI Machine Learning Repository, https://archive.ics.uci.edu/dataset/2/adult";
  entry.licence = "CC BY 4.0";
  entry.citation =
      "B. Becker and R. Kohavi. Adult. UCI Machine Learning Repository, 1996. "
      "https://doi.org/10.24432/C5XW20";
  const std::string url = "https://archive.ics.uci.edu/ml/machine-learning-databases/adult/";
  entry.files = {{.name = "adult.test",
                  .sha256 = "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05",
                  .bytes = 2003153,
                  .skip_lines = 1,
                  .url = url + "adult.test",
                  .archive_member = {}},
                 {.name = "adult.data",
                  .sha256 = "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d",
                  .bytes = 3974305,
                  .skip_lines = 0,
                  .url = url + "adult.data",
                  .archive_member = {}}};
  entry.csv.header = false;
  entry.csv.trim_blanks = true;
  entry.csv.names = {"age",
                     "workclass",
                     "fnlwgt",
                     "education",
                     "education-num",
                     "marital-status",
                     "occupation",
                     "relationship",
                     "race",
                     "sex",
                     "capital-gain",
                     "capital-loss",
                     "hours-per-week",
                     "native-country",
                     "income-per-year"};

  Encoding& encoding = entry.encoding;
  encoding.dropped = {"fnlwgt"};
  encoding.missing = {"?"};
  encoding.categorical = {"workclass", "education", "marital-status", "occupation", "relationship", "native-country"};
  encoding.protected_columns = {{"race", "race", {"White"}, std::nullopt}, {"sex", "sex", {"Male"}, std::nullopt}};
  encoding.label = {"income-per-year",
                    {">50K", {">50K."}, "earns more than 50,000 dollars a year"},
                    {"<=50K", {"<=50K."}, "earns at most 50,000 dollars a year"}};
  return entry;
}

}  // namespace posthoc::data
