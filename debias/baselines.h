#pragma once

#include "debias/method.h"

namespace posthoc::debias {

/// The constant decision for the label that is more frequent in validation: favourable for nobody or for everybody. Any
/// result that does not beat it has won by refusing to decide.
class Majority final : public Method {
 public:
  [[nodiscard]] Debiased fit(const Problem& problem) const override;
};

/// The model that nobody debiased: its threshold maximises validation accuracy.
class Default final : public Method {
 public:
  [[nodiscard]] Debiased fit(const Problem& problem) const override;
};

/// The unchanged model with the threshold that minimises the objective.
class ThresholdOnly final : public Method {
 public:
  [[nodiscard]] Debiased fit(const Problem& problem) const override;
};

}  // namespace posthoc::debias
