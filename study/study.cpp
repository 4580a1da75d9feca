#include "study/study.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace posthoc::study {
namespace {

Protocol all(bool on) {
  Protocol protocol;
  for (const ProtocolSwitch& entry : protocol_switches()) protocol.*entry.member = on;
  return protocol;
}

}  // namespace

std::span<const ProtocolSwitch> protocol_switches() {
  static constexpr std::array<ProtocolSwitch, 11> table = {{
      {"equalized_odds_on_labels", &Protocol::equalized_odds_on_labels},
      {"compas_unfavourable_scores", &Protocol::compas_unfavourable_scores},
      {"random_keeps_original_weights", &Protocol::random_keeps_original_weights},
      {"random_without_original", &Protocol::random_without_original},
      {"training_keeps_last_epoch", &Protocol::training_keeps_last_epoch},
      {"adversarial_keeps_last_round", &Protocol::adversarial_keeps_last_round},
      {"adversarial_with_dropout", &Protocol::adversarial_with_dropout},
      {"calibrated_cost_weighted", &Protocol::calibrated_cost_weighted},
      {"calibrated_mix_rates_as_found", &Protocol::calibrated_mix_rates_as_found},
      {"empty_cell_is_zero", &Protocol::empty_cell_is_zero},
      {"searches_on_grids", &Protocol::searches_on_grids},
  }};
  return table;
}

std::string to_string(const Protocol& protocol) {
  const auto switches = protocol_switches();
  const auto on = std::count_if(switches.begin(), switches.end(),
                                [&](const ProtocolSwitch& entry) { return protocol.*entry.member; });
  const bool published = on > static_cast<std::ptrdiff_t>(switches.size()) / 2;
  std::string text = published ? "published" : "corrected";
  for (const ProtocolSwitch& entry : switches) {
    if (protocol.*entry.member == published) continue;
    text += published ? '-' : '+';
    text += entry.name;
  }
  return text;
}

Protocol parse_protocol(std::string_view text) {
  const std::size_t first = std::min(text.find_first_of("+-"), text.size());
  const std::string_view base = text.substr(0, first);
  require(base == "corrected" || base == "published",
          "expected \"corrected\" or \"published\", perhaps with switches (\"corrected+SWITCH\"), got \"{}\"", text);
  Protocol protocol = all(base == "published");
  for (std::size_t at = first; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of("+-", at + 1), text.size());
    const std::string_view name = text.substr(at + 1, end - at - 1);
    std::string known;
    bool found = false;
    for (const ProtocolSwitch& entry : protocol_switches()) {
      known += (known.empty() ? "" : ", ") + std::string(entry.name);
      if (entry.name != name) continue;
      protocol.*entry.member = text[at] == '+';
      found = true;
    }
    require(found, "there is no switch \"{}\"; the switches are {}", name, known);
    at = end;
  }
  return protocol;
}

const Task& Study::task(std::string_view task_name) const {
  const auto found = std::find_if(tasks.begin(), tasks.end(), [&](const Task& task) { return task.name == task_name; });
  require(found != tasks.end(), "the study {} has no task {}", name, task_name);
  return *found;
}

const MethodChoice& Study::method(std::string_view label) const {
  const auto found =
      std::find_if(methods.begin(), methods.end(), [&](const MethodChoice& choice) { return choice.label == label; });
  require(found != methods.end(), "the study {} has no method {}", name, label);
  return *found;
}

}  // namespace posthoc::study
