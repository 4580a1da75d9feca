#include "data/synthetic.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/threads.h"
#include "data/checksum.h"
#include "tensor/random.h"

namespace posthoc::data {
namespace {

constexpr std::int64_t max_values = std::int64_t{1} << 31;  // 16 GiB of doubles

const double probit_scale = std::sqrt(std::numbers::pi / 8.0);  // c
// z at angle 0, where q = Phi(z).
const double max_quantile = 2.0 * probit_scale / std::sqrt(1.0 + 4.0 * probit_scale * probit_scale);

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

// cos t for which 2 Phi(max_quantile cos t) - 1 = bias, by bisection to the last bit.
double cosine_for(double bias) {
  double low = -1.0;
  double high = 1.0;
  for (int step = 0; step < 64; ++step) {
    const double middle = 0.5 * (low + high);
    (std::erf(max_quantile * middle / std::numbers::sqrt2) < bias ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Everything random about a row but its noise: one Philox block.
struct Row {
  std::uint8_t label;
  std::int32_t group;
  double x[2];
};

Row draw_row(std::uint64_t seed, std::int64_t i, double cosine, double sine) {
  const RandomStream stream{seed, purpose("synthetic row"), 0};
  const auto words = random_block(stream, static_cast<std::uint64_t>(i));
  const auto normals = random_formulas::normals(words);  // the first two come from words 0 and 1
  Row row{};
  row.label = static_cast<std::uint8_t>(words.v[2] >> 31);
  const double mean = (row.label == 1 ? 1.0 : -1.0) / std::numbers::sqrt2;
  row.x[0] = mean + normals.v[0];
  row.x[1] = mean + normals.v[1];
  // m.Rx, R the rotation by t.
  const double projection = (cosine * (row.x[0] + row.x[1]) + sine * (row.x[0] - row.x[1])) / std::numbers::sqrt2;
  const double uniform = (words.v[3] + 0.5) / 4294967296.0;
  row.group = uniform < normal_cdf(probit_scale * 2.0 * projection) ? 1 : 0;
  return row;
}

// The features from the third on of rows begin .. end - 1, a column after the other: draws that follow each other cost
// a fraction of draws one by one.
void fill_noise(const SyntheticOptions& options, std::int64_t begin, std::int64_t end, double* features) {
  for (std::int64_t j = 2; j < options.features; ++j) {
    const RandomStream noise{options.seed, purpose("synthetic noise"), static_cast<std::uint32_t>(j)};
    const Tensor draws =
        random_normal({end - begin}, noise, Dtype::float32, Device::cpu(), static_cast<std::uint64_t>(begin));
    const std::span<const float> drawn = draws.values<float>();
    for (std::int64_t i = begin; i < end; ++i) {
      features[i * options.features + j] = static_cast<double>(drawn[static_cast<std::size_t>(i - begin)]);
    }
  }
}

void check(const SyntheticOptions& options) {
  require(options.features >= 2, "synthetic: expected at least 2 features, got {}", options.features);
  require(options.rows >= 1 && options.rows <= max_values / options.features,
          "synthetic: expected 1 to {} rows of {} features, got {}", max_values / options.features, options.features,
          options.rows);
  require(std::abs(options.bias) <= max_synthetic_bias(),
          "synthetic: expected a bias between -{0:.4f} and {0:.4f}, got {1}", max_synthetic_bias(), options.bias);
}

void require_both(bool both, const char* what, std::int64_t rows) {
  require(both, "synthetic: all {} rows have the same {}; ask for more rows", rows, what);
}

}  // namespace

double max_synthetic_bias() { return std::erf(max_quantile / std::numbers::sqrt2); }

double synthetic_parity_difference(const SyntheticOptions& options) {
  check(options);
  return -options.bias;
}

Dataset generate_synthetic(const SyntheticOptions& options) {
  check(options);
  const double cosine = cosine_for(options.bias);
  const double sine = std::sqrt(1.0 - cosine * cosine);
  const auto d = static_cast<std::size_t>(options.features);

  Dataset dataset;
  dataset.name = "synthetic";
  dataset.features = Tensor::empty({options.rows, options.features}, Dtype::float64);
  dataset.feature_names = {"x1", "x2"};
  for (std::size_t j = 2; j < d; ++j) dataset.feature_names.push_back(fmt::format("noise{}", j + 1));
  ProtectedAttribute group{"group", "privileged: group = 1", {}, {"unprivileged", "privileged"}};

  const auto rows = static_cast<std::size_t>(options.rows);
  dataset.labels.resize(rows);
  group.groups.resize(rows);
  dataset.instance_names.resize(rows);
  double* out = dataset.features.mutable_values<double>().data();
  constexpr std::int64_t kAtOnce = 256;  // rows, whose features stay in the second-level cache
  parallel_for((options.rows + kAtOnce - 1) / kAtOnce, [&](std::int64_t block, int /*worker*/) {
    const std::int64_t end = std::min((block + 1) * kAtOnce, options.rows);
    for (std::int64_t i = block * kAtOnce; i < end; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const Row row = draw_row(options.seed, i, cosine, sine);
      dataset.labels[at] = row.label;
      group.groups[at] = row.group;
      dataset.instance_names[at] = std::to_string(i);
      std::copy_n(row.x, 2, out + at * d);
    }
    fill_noise(options, block * kAtOnce, end, out);
  });
  const auto positives = std::count(dataset.labels.begin(), dataset.labels.end(), 1);
  const auto privileged = std::count(group.groups.begin(), group.groups.end(), 1);
  require_both(positives > 0 && positives < options.rows, "label", options.rows);
  require_both(privileged > 0 && privileged < options.rows, "group", options.rows);

  for (const std::string& name : dataset.feature_names) dataset.encoding.columns.push_back({name});
  const ProtectedColumn privileged_group{"group", "group", {"1"}, std::nullopt};
  dataset.encoding.attributes.push_back({privileged_group, std::vector<std::string>{"0"}});
  dataset.encoding.protected_by = {0};
  dataset.encoding.group_codes = {0, 1};
  dataset.encoding.csv.trim_blanks = true;

  dataset.protected_attributes.push_back(std::move(group));
  dataset.protected_attribute = "group";
  dataset.chosen_attributes = {"group"};
  dataset.label_name = "label";
  dataset.favorable_label = std::string("1");
  dataset.unfavorable_label = std::string("0");
  dataset.favorable_meaning = "positive class";
  dataset.counts.read = options.rows;
  dataset.counts.kept = options.rows;
  dataset.checksum = sha256(fmt::format("synthetic rows={} features={} bias={} seed={}", options.rows, options.features,
                                        options.bias, options.seed));
  return dataset;
}

}  // namespace posthoc::data
