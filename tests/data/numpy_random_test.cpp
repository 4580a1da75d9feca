#include "data/numpy_random.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

#include "data/checksum.h"
#include "data/split.h"
#include "support/expect_error.h"

namespace posthoc::data {
namespace {

using Indices = std::vector<std::int64_t>;

TEST(Checksum, AgreesWithTheStandardsExamples) {  // FIPS 180-4
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(NumpyRandom, DrawsWhatNumpyDraws) {
  std::ifstream file("tests/golden/numpy_random.json");
  ASSERT_TRUE(file.is_open());
  const auto golden = nlohmann::json::parse(file).at("rng");
  ASSERT_EQ(golden.size(), 3U);
  for (const auto& [text, expected] : golden.items()) {
    const auto seed = static_cast<std::uint32_t>(std::stoul(text));
    EXPECT_EQ(NumpyRandom(seed).permutation(10), expected.at("permutation_10").get<Indices>());

    NumpyRandom raw(seed);
    for (const std::uint32_t value : expected.at("raw_uint32_6")) EXPECT_EQ(raw.next(), value);
    NumpyRandom uniform(seed);
    for (const double value : expected.at("random_doubles_6")) EXPECT_EQ(uniform.uniform(), value);

    const auto& large = expected.at("permutation_45222");
    const Indices order = NumpyRandom(seed).permutation(45222);
    EXPECT_EQ(Indices(order.begin(), order.begin() + 10), large.at("first_10").get<Indices>());
    EXPECT_EQ(Indices(order.end() - 5, order.end()), large.at("last_5").get<Indices>());
    EXPECT_EQ(sha256(fmt::format("{}", fmt::join(order, "\n"))), large.at("sha256_newline_joined").get<std::string>());
  }
}

TEST(NumpyRandom, IntegersStayInRange) {
  NumpyRandom random(5);
  NumpyRandom untouched(5);
  EXPECT_EQ(random.integer(0), 0U);
  EXPECT_EQ(random.next(), untouched.next()) << "a draw from one value must take no output";
  for (const std::uint32_t max : {1U, 2U, 7U, 8U, 0x80000000U, 0xFFFFFFFFU}) {
    for (int i = 0; i < 100; ++i) EXPECT_LE(random.integer(max), max);
  }
  EXPECT_EQ(random.permutation(0), Indices{});
  EXPECT_EQ(random.permutation(1), Indices{0});
  EXPECT_TRUE(testing::fails_with([&] { random.permutation(-1); }, {"permutation", "-1"}));
}

TEST(Split, HoldsEveryRowOnceInPartsOfSixtyTwentyTwenty) {
  for (const std::int64_t n : {3, 4, 5, 10, 11, 99, 1000}) {
    const Split split = split_rows(n, 7);
    EXPECT_EQ(std::ssize(split.train), 6 * n / 10) << n;
    const std::int64_t rest = n - std::ssize(split.train);
    EXPECT_EQ(std::ssize(split.valid), rest / 2) << n;
    EXPECT_EQ(std::ssize(split.test), rest - rest / 2) << n;
    std::set<std::int64_t> rows;
    for (const auto* part : {&split.train, &split.valid, &split.test}) {
      EXPECT_FALSE(part->empty());
      rows.insert(part->begin(), part->end());
    }
    EXPECT_EQ(std::ssize(rows), n);
    EXPECT_EQ(*rows.begin(), 0);
    EXPECT_EQ(*rows.rbegin(), n - 1);
  }
}

TEST(Split, FollowsTheDocumentedPermutations) {
  // permutation(101, 10) is 8 2 0 4 9 3 5 7 6 1: train takes six, and permutation(101, 4) orders the rest 5 7 6 1.
  const Split split = split_rows(10, 101);
  EXPECT_EQ(split.train, (Indices{8, 2, 0, 4, 9, 3}));
  const Indices rest = {5, 7, 6, 1};
  const Indices order = NumpyRandom(101).permutation(4);
  EXPECT_EQ(split.valid, (Indices{rest[static_cast<std::size_t>(order[0])], rest[static_cast<std::size_t>(order[1])]}));
  EXPECT_EQ(split.test, (Indices{rest[static_cast<std::size_t>(order[2])], rest[static_cast<std::size_t>(order[3])]}));
}

TEST(Split, TooFewRowsAreRefused) {
  EXPECT_TRUE(testing::fails_with([] { split_rows(2, 1); }, {"split_rows", "3 rows", "got 2"}));
}

}  // namespace
}  // namespace posthoc::data
