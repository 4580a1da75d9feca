// Primitives of `tensor/` that the time goes into, on one core. The row "peak" has what that core could do at best,
// which every program measures beside its rows.

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cmath>
#include <fmt/format.h>
#include <memory>

#include "fma_peak.h"
#include "tasks.h"
#include "tensor/ops.h"
#include "tensor/random.h"
#include "verified.h"

namespace posthoc::bench {
namespace {

constexpr long kPeakSteps = 100'000;

Row peak() {
  return {[] {
            float sum = 0.0F;
            fma_peak_flop(1000, sum);
            return difference("the sum", static_cast<double>(sum), kPeakChains * 2.0,
                              1e-5);  // each a = a / 2 + 1 tends to 2
          },
          [] {
            float sum = 0.0F;
            benchmark::DoNotOptimize(fma_peak_flop(kPeakSteps, sum));
            benchmark::DoNotOptimize(sum);
          }};
}

Tensor normal(const posthoc::Shape& shape, std::uint32_t number) {
  return random_normal(shape, {1, purpose("bench tensors"), number});
}

std::string compare(const char* what, const Tensor& actual, const Tensor& expected, double tolerance) {
  const std::vector<double> a = actual.to_vector();
  const std::vector<double> b = expected.to_vector();
  if (a.size() != b.size()) return fmt::format("{}: {} elements instead of {}", what, a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= tolerance)) {
      return fmt::format("{}: element {} is {} instead of {}", what, i, a[i], b[i]);
    }
  }
  return "";
}

// The reference of what float32 computes is float64, which takes plain loops.
Row linear_map(std::int64_t rows, std::int64_t in, std::int64_t out) {
  const Tensor x = normal({rows, in}, 0);
  const Tensor weight = normal({out, in}, 1);
  const Tensor bias = normal({out}, 2);
  return {[=] {
            const auto wide = [](const Tensor& t) { return t.to(Dtype::float64); };
            return compare("linear", linear(x, weight, bias), linear(wide(x), wide(weight), wide(bias)), 1e-3);
          },
          [=] { benchmark::DoNotOptimize(linear(x, weight, bias).address()); }};
}

Row column_sums(std::int64_t rows, std::int64_t columns) {
  const Tensor x = normal({rows, columns}, 0);
  return {[=] { return compare("sum", sum(x, {0}), sum(x.to(Dtype::float64), {0}), 1e-3); },
          [=] { benchmark::DoNotOptimize(sum(x, {0}).address()); }};
}

Row normals(std::int64_t count) {
  const RandomStream stream{1, purpose("bench"), 1};
  return {[=] {
            const std::vector<double> draws = random_normal({count}, stream).to_vector();
            for (std::size_t i = 0; i < draws.size(); ++i) {
              const auto one = static_cast<double>(random_normal_at(stream, i));
              if (draws[i] != one) return difference(fmt::format("draw {}", i), draws[i], one, 0.0);
            }
            return std::string();
          },
          [=] { benchmark::DoNotOptimize(random_normal({count}, stream).address()); }};
}

void add_linear_row(const char* on, std::int64_t rows, std::int64_t in, std::int64_t out) {
  add_row({.what = "linear", .on = on, .flop = 2.0 * static_cast<double>(rows * in * out)},
          [=] { return linear_map(rows, in, out); });
}

}  // namespace
}  // namespace posthoc::bench

int main(int argc, char** argv) {
  using namespace posthoc::bench;
  float sum = 0.0F;
  add_row({.what = "peak", .on = "multiply-adds on registers", .flop = fma_peak_flop(1, sum) * kPeakSteps}, peak);
  add_linear_row("64 x 32 to 32", 64, 32, 32);
  add_linear_row("64 x 98 to 32", 64, 98, 32);
  add_linear_row("9044 x 98 to 32", 9044, 98, 32);
  add_linear_row("512 x 512 to 512", 512, 512, 512);
  add_row({.what = "column sums", .on = "64 x 32", .items = 64 * 32, .item = "element"},
          [] { return column_sums(64, 32); });
  add_row({.what = "normal draws", .on = "100000", .items = 100'000, .item = "draw"}, [] { return normals(100'000); });
  return run(argc, argv);
}
