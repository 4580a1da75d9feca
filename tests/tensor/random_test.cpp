#include "tensor/random.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <map>
#include <numbers>

#include "support/expect_error.h"

namespace posthoc {
namespace {

using testing::fails_with;
using Words = std::array<std::uint32_t, 4>;

constexpr RandomStream kStream{42, purpose("test"), 7};

RandomStream stream_of(const std::array<std::uint32_t, 2>& key, const Words& counter) {
  return {std::uint64_t{key[1]} << 32 | key[0], counter[3], counter[2]};
}

TEST(Random, PhiloxMeetsThePublishedVectors) {
  // Random123 1.14, tests/kat_vectors: the lines "philox4x32 10".
  struct Vector {
    Words counter;
    std::array<std::uint32_t, 2> key;
    Words expected;
  };
  const std::vector<Vector> vectors = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Vector& v : vectors) {
    const auto block = random_block(stream_of(v.key, v.counter), std::uint64_t{v.counter[1]} << 32 | v.counter[0]);
    EXPECT_TRUE(std::equal(v.expected.begin(), v.expected.end(), block.v));
  }
}

TEST(Random, PurposesAreFnv1aHashes) {
  EXPECT_EQ(purpose(""), 0x811c9dc5U);  // the published test values of the hash
  EXPECT_EQ(purpose("a"), 0xe40c292cU);
  EXPECT_EQ(purpose("foobar"), 0xbf9cf968U);
}

TEST(Random, DrawsDoNotDependOnTheSplitIntoTensors) {
  const std::vector<double> uniform = random_uniform({40}, kStream, -1.0, 1.0).to_vector();
  const std::vector<double> normal = random_normal({40}, kStream).to_vector();
  const std::vector<double> mask = random_dropout_mask({40}, kStream, 0.4, Dtype::float32, Device::cpu()).to_vector();
  const Tensor ones = Tensor::full({40}, 1.0);
  const std::vector<double> perturbed = random_perturb(ones, kStream, 0.1, 0).to_vector();
  for (std::uint64_t first = 0; first < 9; ++first) {
    for (const std::int64_t n : {1, 3, 4, 5, 10}) {
      const auto part = [&](const std::vector<double>& all) {
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
        return std::vector<double>(begin, begin + n);
      };
      EXPECT_EQ(random_uniform({n}, kStream, -1.0, 1.0, Dtype::float32, Device::cpu(), first).to_vector(),
                part(uniform));
      EXPECT_EQ(random_normal({n}, kStream, Dtype::float32, Device::cpu(), first).to_vector(), part(normal));
      EXPECT_EQ(random_dropout_mask({n}, kStream, 0.4, Dtype::float32, Device::cpu(), first).to_vector(), part(mask));
      EXPECT_EQ(random_perturb(ones.rows(0, n), kStream, 0.1, first).to_vector(), part(perturbed));
    }
  }
  for (std::uint64_t i = 0; i < 40; ++i) {
    EXPECT_EQ(static_cast<double>(random_normal_at(kStream, i)), normal[i]);
    EXPECT_EQ(static_cast<double>(std::fma(2.0F, random_uniform_at(kStream, i), -1.0F)), uniform[i]);
    EXPECT_EQ(mask[i], random_uniform_at(kStream, i) >= 0.4F ? static_cast<double>(1.0F / 0.6F) : 0.0);
    EXPECT_EQ(perturbed[i], static_cast<double>(std::fma(0.1F, random_normal_at(kStream, i), 1.0F)));
  }
}

TEST(Random, ManyDrawsAtOnceAreTheSameBits) {
  const auto bits = [](float x) { return std::bit_cast<std::uint32_t>(x); };
  // From the middle of a block, across the word in which a block is counted, and long enough to meet every branch.
  for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{3}, (std::uint64_t{1} << 34) - 50}) {
    for (const RandomStream& stream : {kStream, RandomStream{~0ULL, ~0U, ~0U}}) {
      const Tensor normal = random_normal({100003}, stream, Dtype::float32, Device::cpu(), first);
      const Tensor perturbed = random_perturb(normal, stream, 0.3, first);
      std::vector<float> uniform(100003);
      random_uniforms(stream, first, uniform);
      for (std::uint64_t i = 0; i < 100003; ++i) {
        const float draw = random_normal_at(stream, first + i);
        ASSERT_EQ(bits(normal.values<float>()[i]), bits(draw)) << first << " + " << i;
        ASSERT_EQ(bits(uniform[i]), bits(random_uniform_at(stream, first + i))) << first << " + " << i;
        ASSERT_EQ(bits(perturbed.values<float>()[i]), bits(random_formulas::perturbed(draw, 0.3F, draw)));
      }
    }
  }
}

TEST(Random, Float64HoldsTheFloat32DrawsWidened) {
  EXPECT_EQ(random_normal({99}, kStream, Dtype::float64).to_vector(), random_normal({99}, kStream).to_vector());
  EXPECT_EQ(random_uniform({99}, kStream, -0.3, 0.7, Dtype::float64).to_vector(),
            random_uniform({99}, kStream, -0.3, 0.7).to_vector());
}

TEST(Random, StreamsDiffer) {
  const auto draws = [](const RandomStream& stream) { return random_normal({8}, stream).to_vector(); };
  const std::vector<double> base = draws({1, 2, 3});
  EXPECT_EQ(draws({1, 2, 3}), base);
  EXPECT_NE(draws({2, 2, 3}), base);
  EXPECT_NE(draws({1ULL << 32 | 1, 2, 3}), base);
  EXPECT_NE(draws({1, 3, 3}), base);
  EXPECT_NE(draws({1, 2, 4}), base);
}

constexpr std::int64_t kDraws = 1000000;

// The largest distance between the draws' distribution function and the true one (Kolmogorov and Smirnov).
template <typename Distribution>
double distance(std::vector<double> draws, Distribution distribution) {
  std::sort(draws.begin(), draws.end());
  const auto n = static_cast<double>(draws.size());
  double largest = 0.0;
  for (std::size_t i = 0; i < draws.size(); ++i) {
    const double at = distribution(draws[i]);
    largest = std::max({largest, static_cast<double>(i + 1) / n - at, at - static_cast<double>(i) / n});
  }
  return largest;
}

// 1.95 / sqrt(n): exceeded by one seed in a thousand; the seed here is fixed.
const double kLimit = 1.95 / std::sqrt(static_cast<double>(kDraws));

TEST(Random, UniformDrawsAreUniformInTheHalfOpenInterval) {
  const std::vector<double> draws = random_uniform({kDraws}, kStream, 0.0, 1.0).to_vector();
  EXPECT_GE(*std::min_element(draws.begin(), draws.end()), 0.0);
  EXPECT_LT(*std::max_element(draws.begin(), draws.end()), 1.0);
  EXPECT_LT(distance(draws, [](double x) { return x; }), kLimit);
}

TEST(Random, NormalDrawsHaveTheNormalDistribution) {
  const std::vector<double> draws = random_normal({kDraws}, kStream).to_vector();
  std::array<double, 5> moment{};
  double neighbours = 0.0;  // correlation of a draw with the next: sine with cosine, block with block
  for (std::size_t i = 0; i < draws.size(); ++i) {
    for (int k = 1; k <= 4; ++k) moment[static_cast<std::size_t>(k)] += std::pow(draws[i], k);
    if (i > 0) neighbours += draws[i] * draws[i - 1];
  }
  const auto n = static_cast<double>(kDraws);
  // Four standard errors: the k-th moment's variance is E x^2k - (E x^k)^2.
  EXPECT_NEAR(moment[1] / n, 0.0, 4.0 / std::sqrt(n));
  EXPECT_NEAR(moment[2] / n, 1.0, 4.0 * std::sqrt(2.0 / n));
  EXPECT_NEAR(moment[3] / n, 0.0, 4.0 * std::sqrt(15.0 / n));
  EXPECT_NEAR(moment[4] / n, 3.0, 4.0 * std::sqrt(96.0 / n));
  EXPECT_NEAR(neighbours / n, 0.0, 4.0 / std::sqrt(n));
  EXPECT_LT(distance(draws, [](double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }), kLimit);
}

TEST(Random, TheNormalTransformIsAccurate) {
  // Against the same transform in double precision, over ordinary blocks and the ends of the range.
  std::vector<random_formulas::Words> blocks = {{{0, 0, 0xffffffff, 0xffffffff}}, {{0xffffffff, 0, 0, 0xffffffff}}};
  for (std::uint32_t word = 0; word < 64; ++word) {
    blocks.push_back({{word << 8, word << 26, 0xffffffff - (word << 8), (word << 26) - 1}});
  }
  for (std::uint64_t quad = 0; quad < 100000; ++quad) blocks.push_back(random_block(kStream, quad));
  for (const auto& words : blocks) {
    const auto actual = random_formulas::normals(words);
    for (int pair = 0; pair < 2; ++pair) {
      const double u = ((words.v[2 * pair] >> 8) + 1.0) / 16777216.0;
      const double turn = (words.v[2 * pair + 1] >> 8) / 16777216.0;
      const double radius = std::sqrt(-2.0 * std::log(u));
      const double angle = 2.0 * std::numbers::pi * turn;
      ASSERT_NEAR(static_cast<double>(actual.v[2 * pair]), radius * std::cos(angle), 1.1e-6);
      ASSERT_NEAR(static_cast<double>(actual.v[2 * pair + 1]), radius * std::sin(angle), 1.1e-6);
    }
  }
}

TEST(Random, DropoutDropsItsShare) {
  for (const double p : {0.0, 0.2, 0.5, 0.9}) {
    const std::vector<double> mask =
        random_dropout_mask({kDraws}, kStream, p, Dtype::float64, Device::cpu()).to_vector();
    const auto dropped = static_cast<double>(std::count(mask.begin(), mask.end(), 0.0));
    const auto kept = static_cast<double>(std::count(mask.begin(), mask.end(), 1.0 / (1.0 - p)));
    EXPECT_EQ(dropped + kept, static_cast<double>(kDraws));
    EXPECT_NEAR(dropped / static_cast<double>(kDraws), p, 4.0 * std::sqrt(p * (1 - p) / static_cast<double>(kDraws)));
  }
}

TEST(Random, APermutationHasEveryNumberOnce) {
  for (const std::int64_t n : {0, 1, 2, 10, 1000}) {
    std::vector<std::int64_t> order = random_permutation(n, kStream);
    EXPECT_EQ(order, random_permutation(n, kStream));
    std::sort(order.begin(), order.end());
    ASSERT_EQ(order.size(), static_cast<std::size_t>(n));
    for (std::size_t i = 0; i < order.size(); ++i) EXPECT_EQ(order[i], static_cast<std::int64_t>(i));
  }
}

TEST(Random, EveryPermutationIsEquallyLikely) {
  constexpr int kTrials = 60000;
  std::map<std::vector<std::int64_t>, int> counts;
  for (std::uint32_t trial = 0; trial < kTrials; ++trial) ++counts[random_permutation(3, {1, 2, trial})];
  ASSERT_EQ(counts.size(), 6U);
  double chi_square = 0.0;
  for (const auto& [order, count] : counts) chi_square += std::pow(count - kTrials / 6.0, 2) / (kTrials / 6.0);
  EXPECT_LT(chi_square, 20.5);  // 5 degrees of freedom: exceeded with probability 0.001
}

TEST(Random, IntegersAreEquallyLikelyAndDrawnByIndex) {
  constexpr std::int64_t kBound = 7;
  constexpr std::int64_t kDrawn = 70000;
  const std::vector<std::int64_t> drawn = random_integers(kDrawn, kBound, kStream);
  std::map<std::int64_t, int> counts;
  for (const std::int64_t integer : drawn) ++counts[integer];
  ASSERT_EQ(counts.size(), static_cast<std::size_t>(kBound));
  EXPECT_EQ(counts.begin()->first, 0);
  double chi_square = 0.0;
  for (const auto& [integer, count] : counts) chi_square += std::pow(count - 10000.0, 2) / 10000.0;
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom: exceeded with probability 0.001
  for (const std::uint64_t first : {0U, 1U, 2U, 5U}) {
    const std::vector<std::int64_t> part = random_integers(9, kBound, kStream, first);
    for (std::size_t i = 0; i < part.size(); ++i) EXPECT_EQ(part[i], drawn[first + i]);
  }
  EXPECT_TRUE(random_integers(0, kBound, kStream).empty());
  EXPECT_EQ(random_integers(3, 1, kStream), std::vector<std::int64_t>({0, 0, 0}));
  const std::int64_t huge = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t integer : random_integers(100, huge, kStream)) EXPECT_GE(integer, 0);
}

TEST(Random, BadArgumentsAreRefused) {
  const Tensor counts = Tensor::zeros({2}, Dtype::int64);
  EXPECT_TRUE(fails_with([] { random_uniform({2}, kStream, 1.0, 0.0); }, {"random_uniform", "got 1 and 0"}));
  EXPECT_TRUE(fails_with([] { random_uniform({2}, kStream, 0.0, INFINITY); }, {"random_uniform", "inf"}));
  EXPECT_TRUE(fails_with([] { random_uniform({2}, kStream, 0.0, 1.0, Dtype::int64); }, {"int64"}));
  EXPECT_TRUE(fails_with([] { random_normal({2}, kStream, Dtype::int64); }, {"random_normal", "int64"}));
  for (const double p : {-0.1, 1.0, std::nan("")}) {
    EXPECT_TRUE(fails_with([&] { random_dropout_mask({2}, kStream, p, Dtype::float32, Device::cpu()); },
                           {"dropout: the probability must lie in [0, 1)"}));
  }
  EXPECT_TRUE(fails_with([] { random_dropout_mask({2}, kStream, 0.5, Dtype::int64, Device::cpu()); }, {"int64"}));
  EXPECT_TRUE(fails_with([&] { random_perturb(counts, kStream, 0.1, 0); }, {"random_perturb", "int64"}));
  EXPECT_TRUE(fails_with([] { random_perturb(Tensor(), kStream, 0.1, 0); }, {"undefined"}));
  for (const double sigma : {-0.1, std::nan(""), static_cast<double>(INFINITY)}) {
    EXPECT_TRUE(fails_with([&] { random_perturb(Tensor::zeros({2}), kStream, sigma, 0); }, {"sigma must be finite"}));
  }
  EXPECT_TRUE(fails_with([] { random_permutation(-1, kStream); }, {"n must not be negative"}));
  EXPECT_TRUE(fails_with([] { random_integers(-1, 2, kStream); }, {"random_integers", "got -1 and 2"}));
  EXPECT_TRUE(fails_with([] { random_integers(1, 0, kStream); }, {"random_integers", "got 1 and 0"}));
}

}  // namespace
}  // namespace posthoc
