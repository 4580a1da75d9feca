#include "study/report/names.h"

#include <array>

#include "debias/method.h"

namespace posthoc::study {
namespace {

struct Look {
  std::string_view method;
  Family family;
  report::Style style;
};

// Colours of Okabe and Ito (2008), which the colour-blind tell apart; the markers do it without colour.
const std::array<Look, 9> kLooks = {{
    {"majority", Family::baseline, {"#777777", 2, 3}},
    {"default", Family::baseline, {"#000000", 6, 1}},
    {"threshold", Family::baseline, {"#3a9bd9", 4, 2}},
    {"random", Family::fine_tuning, {"#e69f00", 7, 1}},
    {"layerwise", Family::fine_tuning, {"#009e73", 9, 4}},
    {"adversarial", Family::fine_tuning, {"#d55e00", 5, 5}},
    {"reject-option", Family::post_processing, {"#0072b2", 13, 1}},
    {"equalized-odds", Family::post_processing, {"#cc79a7", 11, 2}},
    {"calibrated-equalized-odds", Family::post_processing, {"#8a8a2a", 15, 3}},
}};

const Look* look_of(std::string_view method) {
  for (const Look& look : kLooks) {
    if (look.method == method) return &look;
  }
  return nullptr;
}

}  // namespace

Family family_of(std::string_view method) {
  if (const Look* look = look_of(method)) return look->family;
  for (const debias::MethodEntry& entry : debias::methods()) {
    if (entry.name == method) return entry.needs_model ? Family::fine_tuning : Family::post_processing;
  }
  return Family::post_processing;
}

std::size_t method_rank(std::string_view method) {
  std::size_t rank = 0;
  for (const Look& look : kLooks) {
    if (look.method == method) return rank;
    ++rank;
  }
  return rank;
}

report::Style method_style(std::string_view method) {
  const Look* look = look_of(method);
  return look != nullptr ? look->style : report::Style{"#444444", 3, 1};
}

report::Style series_style(std::size_t i) {
  constexpr std::array<const char*, 4> kColours = {"#0072b2", "#d55e00", "#009e73", "#000000"};
  constexpr std::array<int, 4> kPoints = {7, 5, 9, 13};
  return {kColours[i % 4], kPoints[i % 4], static_cast<int>(i % 5) + 1};
}

std::string measure_name(std::string_view measure) {
  if (measure.size() > 3) return words(measure);
  std::string name(measure);
  for (char& letter : name) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return name;
}

std::string words(std::string_view name) {
  std::string text(name);
  for (char& letter : text) {
    if (letter == '_' || letter == '-') letter = ' ';
  }
  return text;
}

}  // namespace posthoc::study
