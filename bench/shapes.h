#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace posthoc::bench {

/// A category as an encoder makes it, one 0/1 column a value: the shares of its most frequent values, the others evenly
/// what is left. Where there are no others, a row may have none of the values; a single value is a plain 0/1 column.
struct Category {
  int values;
  std::array<double, 8> shares;  ///< those of fewer values end with 0

  [[nodiscard]] std::vector<double> all_shares() const;
};

/// The size of a validation set, and of the paper's network on it: depth 10, width 32.
struct Shape {
  std::string_view name;
  std::int64_t rows;
  std::int64_t features;
  /// The last columns; those before them are numbers. Which numbers matters to no time, and which columns hold two
  /// values does.
  std::span<const Category> categories = {};

  /// Weights of the linear maps.
  [[nodiscard]] std::int64_t weights() const { return 32 * features + 10 * 32 * 32 + 32; }
  /// Of a forward pass over all rows that multiplies every feature: a multiplication and an addition for each weight.
  [[nodiscard]] double flop() const { return 2.0 * static_cast<double>(rows * weights()); }
  /// The same size, nothing but numbers.
  [[nodiscard]] Shape of_numbers() const { return {name, rows, features, {}}; }
};

// As in the published data sets, to three digits.
inline constexpr std::array kAdultCategories = {
    Category{1, {0.860}},                                                    // race
    Category{1, {0.675}},                                                    // sex
    Category{7, {0.7365, 0.084, 0.069, 0.043, 0.036, 0.031, 0.0005}},        // workclass
    Category{16, {0.327, 0.219, 0.167, 0.056, 0.043, 0.036, 0.033, 0.027}},  // education
    Category{7, {0.4653, 0.323, 0.140, 0.031, 0.028, 0.012, 0.0007}},        // marital status
    Category{14, {0.133, 0.133, 0.132, 0.123, 0.120, 0.106, 0.066, 0.051}},  // occupation
    Category{6, {0.413, 0.259, 0.147, 0.106, 0.046, 0.030}},                 // relationship
    Category{41, {0.913, 0.020, 0.006, 0.004, 0.004, 0.004, 0.003, 0.003}},  // country
};
inline constexpr std::array kBankCategories = {
    Category{1, {0.972}},                                                    // age from 25 on
    Category{11, {0.287, 0.186, 0.179, 0.094, 0.076, 0.040, 0.036, 0.036}},  // job
    Category{3, {0.574, 0.310, 0.116}},                                      // marital status
    Category{7, {0.3416, 0.253, 0.142, 0.140, 0.078, 0.045, 0.0004}},        // education
    Category{2, {0.9999, 0.0001}},                                           // default
    Category{2, {0.542, 0.458}},                                             // housing
    Category{2, {0.844, 0.156}},                                             // loan
    Category{2, {0.670, 0.330}},                                             // contact
    Category{10, {0.319, 0.167, 0.153, 0.118, 0.115, 0.069, 0.021, 0.016}},  // month
    Category{5, {0.210, 0.206, 0.201, 0.195, 0.188}},                        // day of the week
    Category{3, {0.847, 0.114, 0.039}},                                      // outcome of the last campaign
};
inline constexpr std::array kCompasCategories = {
    Category{1, {0.190}},                                                     // sex
    Category{1, {0.341}},                                                     // race
    Category{3, {0.572, 0.218, 0.210}},                                       // age
    Category{2, {0.643, 0.357}},                                              // degree of the charge
    Category{389, {0.176, 0.127, 0.068, 0.062, 0.031, 0.020, 0.015, 0.015}},  // its description
};

/// The published data sets'.
inline constexpr std::array<Shape, 3> kShapes = {Shape{"adult", 9044, 98, kAdultCategories},
                                                 Shape{"bank", 6098, 57, kBankCategories},
                                                 Shape{"compas", 1234, 401, kCompasCategories}};

}  // namespace posthoc::bench
