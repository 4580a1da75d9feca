#include <fmt/format.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "debias/fused/cpu/pack.h"
#include "support/use_instructions.h"
#include "tensor/random.h"

// Packed weights against plain loops: the same bits with every set of instructions.

namespace posthoc::debias {
namespace {

using cpu::LayerWeights;
using cpu::PackedInput;
using cpu::PackedLayer;

constexpr float kUntouched = -77.0F;

struct Packed {
  std::vector<float> weights;
  std::vector<float> sums;
  std::vector<float> steps;

  Packed(std::size_t block, std::size_t inputs, std::size_t outputs, std::size_t columns)
      : weights((outputs + block - 1) / block * block * inputs, kUntouched),
        sums(outputs, kUntouched),
        steps(columns * outputs, kUntouched) {}
  PackedLayer layer(std::size_t block, std::size_t inputs) {
    return {block, inputs, weights.data(), sums.data(), steps.data()};
  }
  bool operator==(const Packed&) const = default;
};

// By the definition, output by output.
Packed reference(const LayerWeights& from, const std::vector<PackedInput>& inputs, std::size_t block,
                 std::size_t dense) {
  Packed to(block, dense, from.outputs, inputs.size() - dense);
  for (std::size_t out = 0; out < from.outputs; ++out) {
    double sum = from.biases[out];
    for (std::size_t in = 0; in < inputs.size(); ++in) {
      const double weight = from.weights[out * from.inputs + in];
      const auto scaled = static_cast<float>(weight * inputs[in].scale);
      if (inputs[in].apart) {
        to.steps[inputs[in].at + out] = scaled;
      } else {
        to.weights[out / block * block * dense + inputs[in].at + out % block] = scaled;
      }
      if (inputs[in].shifted) sum += weight * inputs[in].shift;
    }
    to.sums[out] = static_cast<float>(sum);
  }
  return to;
}

// Every `apart`-th input is apart, 0: none; scales and shifts are no round numbers.
void expect_packed(std::size_t inputs, std::size_t outputs, std::size_t block, std::size_t apart) {
  SCOPED_TRACE(fmt::format("{} inputs, {} outputs in blocks of {}, each {}th apart", inputs, outputs, block, apart));
  const auto count = static_cast<std::int64_t>(inputs * outputs);
  const Tensor w = random_normal({count}, {1, purpose("weights"), 0});
  const Tensor b = random_normal({static_cast<std::int64_t>(outputs)}, {2, purpose("biases"), 0});
  std::vector<PackedInput> packed(inputs);
  std::size_t dense = 0;
  for (std::size_t in = 0; in < inputs; ++in) {
    const bool is_apart = apart > 0 && in % apart == 0;
    const double number = static_cast<double>(in) + 0.1;
    packed[in] = {.scale = 1.0 / number, .shift = number / 3.0, .shifted = apart == 0 || is_apart, .apart = is_apart};
    packed[in].at = is_apart ? (in - dense) * outputs : dense++ * block;
  }
  const LayerWeights from{w.values<float>().data(), b.values<float>().data(), inputs, outputs};
  const Packed expected = reference(from, packed, block, dense);
  const std::int64_t here = hwy::SupportedTargets();
  for (const std::int64_t target : {HWY_SCALAR, HWY_SSE4, HWY_AVX2, HWY_AVX3, HWY_NEON}) {
    if (target != HWY_SCALAR && (here & target) == 0) continue;
    SCOPED_TRACE(hwy::TargetName(target));
    const testing::UseInstructions these(target);
    Packed got(block, dense, outputs, inputs - dense);
    cpu::fused_pack(from, packed, got.layer(block, dense));
    EXPECT_TRUE(got == expected);
  }
}

TEST(FusedPack, IsThePlainLoopsToTheLastBit) {
  for (const std::size_t inputs : {1, 2, 7, 8, 9, 32, 57, 98}) {
    for (const std::size_t outputs : {1, 2, 3, 4, 7, 8, 9, 31, 32, 33}) {
      for (const std::size_t block : {1, 4, 8}) {
        for (const std::size_t apart : {0, 1, 2, 5}) expect_packed(inputs, outputs, block, apart);
      }
    }
  }
}

}  // namespace
}  // namespace posthoc::debias
