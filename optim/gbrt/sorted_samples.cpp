#include "optim/gbrt/sorted_samples.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace posthoc::optim {

SortedSamples::SortedSamples(std::size_t features, std::size_t capacity) : features_(features), capacity_(capacity) {
  require(features >= 1 && capacity >= 1 && capacity <= kMaxSamples,
          "sorted samples: expected at least one feature and room for 1 to {} samples, got {} and {}", kMaxSamples,
          features, capacity);
  values_.resize(features * capacity);
  order_.resize(features * capacity);
  all_separated_.assign(features, 1);
}

void SortedSamples::insert(std::span<const float> row) {
  require(size_ < capacity_, "sorted samples: there is room for {} samples and no more", capacity_);
  require(row.size() == features_, "sorted samples: a row has {} features, expected {}", row.size(), features_);
  require(std::all_of(row.begin(), row.end(), [](float x) { return std::isfinite(x); }),
          "sorted samples: a feature is not finite");
  for (std::size_t f = 0; f < features_; ++f) {
    float* values = values_.data() + f * capacity_;
    Index* order = order_.data() + f * capacity_;
    Index* end = order + size_;
    Index* at = std::upper_bound(order, end, row[f], [&](float x, Index sample) { return x < values[sample]; });
    if ((at != order && !separated(values[at[-1]], row[f])) || (at != end && !separated(row[f], values[*at]))) {
      all_separated_[f] = 0;
    }
    std::copy_backward(at, end, end + 1);
    *at = static_cast<Index>(size_);
    values[size_] = row[f];
  }
  ++size_;
}

}  // namespace posthoc::optim
