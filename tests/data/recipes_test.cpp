// The encodings of the named data sets on a few rows written in the style of each file, with results worked out by
// hand from the documented rules. reference_test.cpp has the real files.

#include <gtest/gtest.h>
#include <string>

#include "data/named.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

using Strings = std::vector<std::string>;
using Doubles = std::vector<double>;
using Labels = std::vector<std::uint8_t>;
using Groups = std::vector<std::int32_t>;

Dataset encode_text(const NamedDataset& recipe, const std::string& text, const std::string& attribute) {
  return encode(parse_csv(text, "t", recipe.csv), recipe.encoding, attribute);
}

const std::string adult_rows =
    "25, Private, 226802, 11th, 7, Never-married, Sales, Own-child, Black, Male, 0, 0, 40, United-States, <=50K.\n"
    "38, ?, 89814, HS-grad, 9, Divorced, Sales, Husband, White, Male, 0, 0, 50, United-States, <=50K.\n"
    "28, Local-gov, 336951, HS-grad, 9, Divorced, Sales, Husband, White, Female, 7688, 0, 40, Peru, >50K.\n"
    "\n"
    "44, Private, 160323, 11th, 7, Divorced, Sales, Husband, White, Male, 0, 9, 40, United-States, >50K\n";

TEST(Recipes, AdultDropsWeightsAndRowsWithQuestionMarks) {
  const Dataset data = encode_text(adult(), adult_rows, "");
  EXPECT_EQ(data.feature_names, (Strings{"age", "education-num", "race", "sex", "capital-gain", "capital-loss",
                                         "hours-per-week", "workclass=Local-gov", "workclass=Private", "education=11th",
                                         "education=HS-grad", "marital-status=Divorced", "marital-status=Never-married",
                                         "occupation=Sales", "relationship=Husband", "relationship=Own-child",
                                         "native-country=Peru", "native-country=United-States"}));
  EXPECT_EQ(data.features.shape(), (Shape{3, 18}));
  EXPECT_EQ(data.features.to_vector(), (Doubles{25, 7, 0, 1, 0,    0, 40, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 1,  //
                                                28, 9, 1, 0, 7688, 0, 40, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 0,  //
                                                44, 7, 1, 1, 0,    9, 40, 0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(data.labels, (Labels{0, 1, 1}));
  EXPECT_EQ(data.instance_names, (Strings{"0", "2", "3"}));
  EXPECT_EQ(data.protected_attribute, "race");
  EXPECT_EQ(data.attribute("race").groups, (Groups{0, 1, 1}));
  EXPECT_EQ(data.attribute("sex").groups, (Groups{1, 0, 1}));
  EXPECT_EQ(data.attribute("sex").description, "privileged: sex = Male");
  EXPECT_EQ(data.counts.read, 4);
  EXPECT_EQ(data.counts.incomplete, 1);
  EXPECT_EQ(data.favorable_label, ">50K");
}

std::string bank_row(const std::string& age, const std::string& job, const std::string& rate, const std::string& y) {
  return age + ";\"" + job +
         "\";\"single\";\"basic.4y\";\"no\";\"no\";\"no\";\"telephone\";\"may\";\"mon\";261;1;999;0;" +
         "\"nonexistent\";" + rate + ";93.994;-36.4;4.857;5191;\"" + y + "\"\r\n";
}

const std::string bank_text =
    "\"age\";\"job\";\"marital\";\"education\";\"default\";\"housing\";\"loan\";\"contact\";\"month\";\"day_of_week\";"
    "\"duration\";\"campaign\";\"pdays\";\"previous\";\"poutcome\";\"emp.var.rate\";\"cons.price.idx\";"
    "\"cons.conf.idx\";\"euribor3m\";\"nr.employed\";\"y\"\r\n" +
    bank_row("24", "services", "1.1", "no") + bank_row("25", "admin.", "-1.8", "yes") +
    bank_row("59", "unknown", "1.1", "no") + bank_row("59", "admin.", "1.1", "no") +
    bank_row("60", "admin.", "1.1", "yes");

TEST(Recipes, BankHasTwoDefinitionsOfAge) {
  const Dataset data = encode_text(bank(), bank_text, "age");
  EXPECT_EQ(data.feature_names, (Strings{"age",
                                         "duration",
                                         "campaign",
                                         "pdays",
                                         "previous",
                                         "emp.var.rate",
                                         "cons.price.idx",
                                         "cons.conf.idx",
                                         "euribor3m",
                                         "nr.employed",
                                         "job=admin.",
                                         "job=services",
                                         "marital=single",
                                         "education=basic.4y",
                                         "default=no",
                                         "housing=no",
                                         "loan=no",
                                         "contact=telephone",
                                         "month=may",
                                         "day_of_week=mon",
                                         "poutcome=nonexistent"}));
  EXPECT_EQ(data.features.rows(1, 2).to_vector(),
            (Doubles{1, 261, 1, 999, 0, -1.8, 93.994, -36.4, 4.857, 5191, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_EQ(data.instance_names, (Strings{"0", "1", "3", "4"}));
  EXPECT_EQ(data.labels, (Labels{0, 1, 0, 1}));
  EXPECT_EQ(data.attribute("age").groups, (Groups{0, 1, 1, 1}));
  EXPECT_EQ(data.attribute("age").description, "privileged: age >= 25");
  EXPECT_EQ(data.attribute("age_25_60").groups, (Groups{0, 1, 1, 0}));
  EXPECT_EQ(data.attribute("age_25_60").description, "privileged: 25 <= age < 60");

  // The feature `age` is the chosen definition.
  const Dataset narrow = encode_text(bank(), bank_text, "age_25_60");
  for (const std::int64_t row : {0, 1, 2, 3}) {
    EXPECT_EQ(data.features.rows(row, row + 1).to_vector()[0], (Doubles{0, 1, 1, 1})[static_cast<std::size_t>(row)]);
    EXPECT_EQ(narrow.features.rows(row, row + 1).to_vector()[0], (Doubles{0, 1, 1, 0})[static_cast<std::size_t>(row)]);
  }
}

const std::string compas_text =
    "id,sex,age,age_cat,race,juv_fel_count,juv_misd_count,juv_other_count,priors_count,days_b_screening_arrest,"
    "c_charge_degree,c_charge_desc,is_recid,score_text,priors_count,two_year_recid\r\n"
    "1,Male,69,Greater than 45,Other,0,0,0,3,-1,F,\"Battery, simple\",0,Low,99,0\r\n"
    "3,Female,34,25 - 45,Caucasian,0,0,0,0,30,F,arson=x,1,Low,99,1\r\n"
    "4,Male,24,Less than 25,Caucasian,0,0,1,4,31,F,Theft,1,Low,99,1\r\n"  // screened too late
    "5,Male,23,Less than 25,Caucasian,0,1,0,1,,F,Theft,0,High,99,0\r\n"   // no date
    "6,Male,43,25 - 45,Other,0,0,0,2,0,F,Theft,-1,Low,99,0\r\n"           // no case
    "7,Male,44,25 - 45,Other,0,0,0,0,0,O,Theft,0,Low,99,0\r\n"            // no charge that matters
    "8,Male,41,25 - 45,Caucasian,0,0,0,14,-30,M,,1,Medium,99,1\r\n"       // no description
    "9,Male,43,25 - 45,Other,0,0,0,3,-30,M,Theft,0,N/A,99,0\r\n";

TEST(Recipes, CompasFiltersRowsAndKeepsTheFirstOfEqualColumns) {
  const Dataset data = encode_text(compas(), compas_text, "race");
  EXPECT_EQ(data.feature_names,
            (Strings{"sex", "age", "race", "juv_fel_count", "juv_misd_count", "juv_other_count", "priors_count",
                     "age_cat=25 - 45", "age_cat=Greater than 45", "c_charge_degree=F", "c_charge_degree=M",
                     "c_charge_desc=Battery, simple", "c_charge_desc=Theft", "c_charge_desc=arson=x"}));
  EXPECT_EQ(data.features.to_vector(), (Doubles{0, 69, 0, 0, 0, 0, 3, 0, 1, 1, 0, 1, 0, 0,  //
                                                1, 34, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1,  //
                                                0, 43, 0, 0, 0, 0, 3, 1, 0, 0, 1, 0, 1, 0}));
  EXPECT_EQ(data.instance_names, (Strings{"1", "3", "9"}));
  EXPECT_EQ(data.labels, (Labels{1, 0, 1})) << "not to be charged again is the favourable label";
  EXPECT_EQ(data.counts.read, 8);
  EXPECT_EQ(data.counts.filtered, 4);
  EXPECT_EQ(data.counts.incomplete, 1);
  EXPECT_EQ(data.counts.kept, 3);
}

TEST(Recipes, AnUnknownLabelValueIsAnError) {
  std::string text = bank_text;
  text.replace(text.rfind("\"yes\""), 5, "\"jes\"");
  EXPECT_TRUE(testing::fails_with([&] { encode_text(bank(), text, ""); },
                                  {"t line 6, column 'y'", "'yes' or 'no'", "got 'jes'"}));
}

}  // namespace
}  // namespace posthoc::data
