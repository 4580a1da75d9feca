#include <cmath>

#include "data/named.h"

namespace posthoc::data {
namespace {

// ProPublica's own filter: the arrest belongs to the screening, and the case is a known one. (Its
// fourth condition, on score_text, drops no row of the file.)
bool belongs_to_analysis(const Table& table, std::size_t row) {
  const auto field = [&](std::string_view name) { return table.field(row, table.column(name)); };
  const std::optional<double> days = parse_number(field("days_b_screening_arrest"));
  return days && std::abs(*days) <= 30.0 && field("is_recid") != "-1" && field("c_charge_degree") != "O";
}

}  // namespace

NamedDataset compas() {
  NamedDataset entry;
  entry.name = "compas";
  entry.description =
      "Recidivism in Broward County, Florida (2013 to 2014): is a defendant charged again within "
      "two years?";
  entry.source = "ProPublica, https://github.com/propublica/compas-analysis";
  entry.licence = "none stated by the publisher; compiled from public records, cite the source";
  entry.citation =
      "J. Larson, S. Mattu, L. Kirchner and J. Angwin. How We Analyzed the COMPAS Recidivism "
      "Algorithm. ProPublica, 2016.";
  entry.files = {{.name = "compas-scores-two-years.csv",
                  .sha256 = "c451db85908b2f7fef1d83203bedf6b71ecda0d5af468d82ae62178f91d0cc7d",
                  .bytes = 2546489,
                  .skip_lines = 0,
                  .url = "https://raw.githubusercontent.com/propublica/compas-analysis/master/"
                         "compas-scores-two-years.csv",
                  .archive_member = {}}};

  Encoding& encoding = entry.encoding;
  encoding.columns = {"sex",
                      "age",
                      "age_cat",
                      "race",
                      "juv_fel_count",
                      "juv_misd_count",
                      "juv_other_count",
                      "priors_count",
                      "c_charge_degree",
                      "c_charge_desc",
                      "two_year_recid"};
  encoding.categorical = {"age_cat", "c_charge_degree", "c_charge_desc"};
  encoding.protected_columns = {{"sex", "sex", {"Female"}, std::nullopt},
                                {"race", "race", {"Caucasian"}, std::nullopt}};
  encoding.label = {"two_year_recid",
                    {"0", {}, "is not charged again within two years"},
                    {"1", {}, "is charged again within two years"}};
  encoding.instance_name_column = "id";
  encoding.row_filter = belongs_to_analysis;
  return entry;
}

}  // namespace posthoc::data
