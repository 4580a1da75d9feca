#pragma once

#include <string>
#include <vector>

#include "study/store.h"

namespace posthoc::study {

/// How many of the cells that an experiment asks for are in a store.
struct ExperimentStatus {
  std::string name;
  std::size_t done = 0;
  std::size_t cells = 0;
};

/// Of every experiment of the store's study, in order.
std::vector<ExperimentStatus> status_of(const StoreContents& contents);

}  // namespace posthoc::study
