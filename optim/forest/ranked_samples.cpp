#include "optim/forest/ranked_samples.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"

namespace posthoc::optim {

RankedSamples::RankedSamples(const SampleRows& rows) : size_(rows.size()) {
  require(rows.features >= 1 && size_ >= 1 && rows.values.size() == size_ * rows.features,
          "samples: expected at least one row of at least one feature, got {} values of {} features",
          rows.values.size(), rows.features);
  require(size_ <= std::numeric_limits<std::int32_t>::max(), "samples: expected fewer than 2^31 rows, got {}", size_);
  require(std::all_of(rows.values.begin(), rows.values.end(), [](float x) { return std::isfinite(x); }),
          "samples: a feature is not finite");
  ranks_.resize(size_ * rows.features);
  first_.push_back(0);
  std::vector<float> column(size_);
  for (std::size_t feature = 0; feature < rows.features; ++feature) {
    for (std::size_t i = 0; i < size_; ++i) column[i] = rows.values[i * rows.features + feature];
    std::vector<float> distinct = column;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    std::uint32_t* ranks = ranks_.data() + feature * size_;
    for (std::size_t i = 0; i < size_; ++i) {
      ranks[i] =
          static_cast<std::uint32_t>(std::lower_bound(distinct.begin(), distinct.end(), column[i]) - distinct.begin());
    }
    values_.insert(values_.end(), distinct.begin(), distinct.end());
    first_.push_back(values_.size());
    most_values_ = std::max(most_values_, distinct.size());
  }
}

}  // namespace posthoc::optim
