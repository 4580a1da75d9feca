#include "study/network.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "base/error.h"
#include "fairness/measure.h"
#include "nn/model_file.h"
#include "optim/training.h"

namespace posthoc::study {
namespace {

// Whether the network tells rows apart at all: its loss is at least 2 % below that of the constant base rate.
bool has_learned(double loss, const std::vector<std::uint8_t>& labels) {
  constexpr double kAtMost = 0.98;
  const double rate = std::accumulate(labels.begin(), labels.end(), 0.0) / static_cast<double>(labels.size());
  if (rate == 0.0 || rate == 1.0) return true;  // one class: there is nothing to tell apart
  return loss < kAtMost * -(rate * std::log(rate) + (1.0 - rate) * std::log(1.0 - rate));
}

NetworkPart judge(const std::vector<double>& scores, const std::vector<std::uint8_t>& labels) {
  NetworkPart part;
  std::size_t right = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double likelihood = labels[i] != 0 ? scores[i] : 1.0 - scores[i];
    part.loss -= std::log(std::max(likelihood, 1e-300)) / static_cast<double>(scores.size());
    right += (scores[i] >= 0.5) == (labels[i] != 0) ? 1U : 0U;
  }
  part.accuracy = static_cast<double>(right) / static_cast<double>(scores.size());
  const std::vector<std::int32_t> groups(scores.size(), 0);  // which the AUC does not look at
  const fairness::Value auc = fairness::find_measure("auc").of_outcomes({scores, labels, groups});
  part.auc = auc.defined() ? auc.number() : 0.5;
  return part;
}

}  // namespace

StudyNetwork::StudyNetwork(const Study& study, std::shared_ptr<const SharedRows> rows, const Architecture& architecture,
                           std::uint64_t seed, std::filesystem::path models)
    : rows_(std::move(rows)),
      key_{rows_->data, rows_->digits, architecture, seed},
      max_epochs_(study.max_epochs),
      patience_(study.patience),
      models_(std::move(models)) {}

std::filesystem::path StudyNetwork::file(bool last) const {
  return models_ / (key_.file_stem() + (last ? "-last" : "") + ".safetensors");
}

bool StudyNetwork::has_files() const {
  std::error_code status;
  return std::filesystem::exists(file(false), status) && std::filesystem::exists(file(true), status);
}

NetworkResult StudyNetwork::train() {
  const auto start = std::chrono::steady_clock::now();
  nn::Mlp model({.input = rows_->train.size(1),
                 .depth = key_.architecture.depth,
                 .width = key_.architecture.width,
                 .dropout = key_.architecture.dropout},
                key_.seed);
  const optim::TrainingOptions options{.max_epochs = max_epochs_, .patience = patience_, .seed = key_.seed};
  const optim::TrainingResult trained =
      optim::train(model, {rows_->train, rows_->train_labels}, {rows_->valid, rows_->valid_labels}, options);

  NetworkResult result;
  result.key = key_;
  result.epochs = trained.epochs;
  result.learned = has_learned(trained.best_loss, rows_->valid_labels);
  const auto keep = [&](bool last, int epoch) {
    nn::save_mlp(model, {}, file(last));
    return NetworkWeights{file(last).filename().string(), epoch,
                          judge(nn::scores(model, rows_->valid), rows_->valid_labels),
                          judge(nn::scores(model, rows_->test), rows_->test_labels)};
  };
  result.best = keep(false, trained.best_epoch);
  model.load_state_dict(trained.last_state);
  result.last = keep(true, trained.epochs);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

const ScoredNetwork& StudyNetwork::weights(bool last) {
  Weights& weights = last ? last_ : best_;
  std::call_once(weights.loaded, [&] {
    const std::shared_ptr<nn::Mlp> model = nn::load_mlp(file(last)).model;
    model->eval();
    weights.network = {model, nn::scores(*model, rows_->valid), nn::scores(*model, rows_->test)};
  });
  return weights.network;
}

}  // namespace posthoc::study
