#pragma once

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

namespace posthoc::data {

/// NumPy's legacy generator, `numpy.random.RandomState(seed)`, draw for draw: MT19937 with 32-bit
/// outputs, integers by masked rejection. It exists to reproduce published splits; for anything new
/// use the counter-based generator of tensor/random.h.
class NumpyRandom {
 public:
  /// Seeds as `numpy.random.seed(seed)` does for an integer.
  explicit NumpyRandom(std::uint32_t seed) : engine_(seed) {}

  /// The next 32-bit output.
  std::uint32_t next();

  /// A double in [0, 1) of 53 random bits (`random_sample`); takes two outputs.
  double uniform();

  /// An integer in [0, max], uniform; no output is taken for max = 0.
  std::uint32_t integer(std::uint32_t max);

  /// Shuffles in place as `numpy.random.shuffle` does a one-dimensional array. At most 2^32 values.
  template <typename T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i-- > 1;) {
      std::swap(values[i], values[integer(static_cast<std::uint32_t>(i))]);
    }
  }

  /// 0, 1, ..., n-1 in shuffled order (`numpy.random.permutation(n)`), n in [0, 2^32].
  /// Throws `Error` for any other n.
  std::vector<std::int64_t> permutation(std::int64_t n);

 private:
  std::mt19937 engine_;
};

}  // namespace posthoc::data
