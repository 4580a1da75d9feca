#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/report/moments.h"
#include "study/result.h"

namespace posthoc::study {

/// One number that the paper publishes.
struct PublishedNumber {
  std::string place;  ///< "Figure 1, SPD", "Table 1"
  std::string task;   ///< in the paper's words: "ACI (sex)"
  std::string data;   ///< our name: "adult"
  std::string protected_attribute;
  std::string quantity;  ///< "objective", "bias", "accuracy", "auc" or "seconds"
  std::string measure;   ///< "spd", ...; empty where it plays no part
  std::string method;    ///< our name, or "logistic regression", ... of Table 3
  Architecture architecture;
  Moments value;             ///< n is 10, 1 of a number without spread
  double rounding = 0.0;     ///< half a unit of the last digit that is known
  std::string incomparable;  ///< why no run of ours can be held against it; empty if one can
};

/// All of them, in the order of the paper's figures and tables.
std::vector<PublishedNumber> published_numbers();

/// What the release gave when its steps were run again, for a number of Figure 1 or Table 1 and our protocol: of the
/// weights and the steps that the protocol stands for. Nothing if it was not run for that.
std::optional<Moments> rerun_of(const PublishedNumber& number, bool published_protocol);

/// The paper's name of a task, "ACI (sex)"; empty if it is none of the paper's.
std::string paper_task(const std::string& data, const std::string& protected_attribute);

}  // namespace posthoc::study
