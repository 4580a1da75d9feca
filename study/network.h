#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "nn/mlp.h"
#include "study/result.h"
#include "study/store.h"
#include "study/task_data.h"

namespace posthoc::study {

/// A network with its scores, which every method needs.
struct ScoredNetwork {
  std::shared_ptr<const nn::Mlp> model;
  std::vector<double> valid;  ///< P(favourable label)
  std::vector<double> test;
};

/// A network of a study: trained once, kept in the store's folder of models, loaded when it is first asked for.
class StudyNetwork {
 public:
  StudyNetwork(const Study& study, std::shared_ptr<const SharedRows> rows, const Architecture& architecture,
               std::uint64_t seed, std::filesystem::path models);

  [[nodiscard]] const NetworkKey& key() const { return key_; }
  [[nodiscard]] const SharedRows& rows() const { return *rows_; }
  [[nodiscard]] bool has_files() const;

  /// Trains it and writes the weights of the best and of the last epoch, which are of one training.
  NetworkResult train();

  /// The weights of the last epoch or of the best. May be called from any thread. Throws `Error` if its file is missing
  /// or bad.
  const ScoredNetwork& weights(bool last);

 private:
  struct Weights {
    std::once_flag loaded;
    ScoredNetwork network;
  };
  [[nodiscard]] std::filesystem::path file(bool last) const;

  std::shared_ptr<const SharedRows> rows_;
  NetworkKey key_;
  int max_epochs_;
  int patience_;
  std::filesystem::path models_;
  Weights best_;
  Weights last_;
};

}  // namespace posthoc::study
