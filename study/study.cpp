#include "study/study.h"

#include <array>

namespace posthoc::study {

std::span<const ProtocolSwitch> protocol_switches() {
  static constexpr std::array<ProtocolSwitch, 8> table = {{
      {"equalized_odds_on_labels", &Protocol::equalized_odds_on_labels},
      {"compas_unfavourable_scores", &Protocol::compas_unfavourable_scores},
      {"random_keeps_last_trial", &Protocol::random_keeps_last_trial},
      {"training_keeps_last_epoch", &Protocol::training_keeps_last_epoch},
      {"adversarial_with_dropout", &Protocol::adversarial_with_dropout},
      {"calibrated_cost_weighted", &Protocol::calibrated_cost_weighted},
      {"calibrated_mix_rates_as_found", &Protocol::calibrated_mix_rates_as_found},
      {"empty_cell_is_zero", &Protocol::empty_cell_is_zero},
  }};
  return table;
}

}  // namespace posthoc::study
