#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "autograd/variable.h"
#include "nn/chain.h"

namespace posthoc::nn {

/// Parameters and buffers by name, as PyTorch names them ("fc0.weight", "bns.3.running_mean").
using StateDict = std::map<std::string, Tensor>;

struct NamedParameter {
  std::string name;
  Variable variable;  // the module's own: writing its value changes the module
};

/// A part of a network: a function with parameters, which training changes, and buffers, which it does not.
///
/// A module registers what it holds in its constructor; names, copies, files and freezing then follow by themselves.
/// Modules are neither copied nor moved; `clone` makes a network of its own.
class Module {
 public:
  Module() = default;
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  virtual ~Module() = default;

  virtual Variable forward(const Variable& x) = 0;
  Variable operator()(const Variable& x) { return forward(x); }

  /// An independent copy: same values, frozen parameters, mode and random state. No gradients.
  [[nodiscard]] virtual std::shared_ptr<Module> clone() const = 0;

  /// In order of registration, children after the module's own.
  [[nodiscard]] std::vector<NamedParameter> parameters() const;

  /// Copies of all parameters and buffers: what is kept stays as it was when training goes on.
  [[nodiscard]] StateDict state_dict() const;

  /// Copies values in, converted to the module's dtype and device (float32 and float64 into each other). Throws
  /// `Error`, changing nothing, unless names and shapes are exactly the module's.
  void load_state_dict(const StateDict& state);

  /// Moves parameters and buffers to a device and forgets gradients. Counts (int64 buffers), which no operation reads,
  /// stay on the host. An optimizer is made after it: its moments lie where the parameters are at its first step.
  void to(Device device);
  /// Where the parameters lie; the host, if there are none.
  [[nodiscard]] Device device() const;

  /// Training mode (dropout drops, batch normalisation uses the batch) or evaluation mode, for all children too.
  void train(bool on = true);
  void eval() { train(false); }
  [[nodiscard]] bool training() const { return training_; }

  /// Begins all random draws (dropout's masks) anew, by this seed: what training does then depends on the state dict
  /// and the seed, not on what the network has drawn before.
  void restart_draws(std::uint64_t seed);

  /// Freezes (false) or unfreezes every parameter.
  void set_requires_grad(bool requires_grad);
  void zero_grad();

 protected:
  Variable register_parameter(const std::string& name, const Tensor& value);
  /// `buffer` is a member of the derived module.
  void register_buffer(const std::string& name, Tensor& buffer);
  template <typename M>
  std::shared_ptr<M> register_module(const std::string& name, std::shared_ptr<M> child) {
    children_.push_back({name, child});
    return child;
  }
  /// A module that draws begins anew here; its children are told by themselves.
  virtual void restart_own_draws(std::uint64_t /*seed*/) {}
  /// For `clone`: gives the fresh copy this module's values, frozen parameters and mode.
  std::shared_ptr<Module> copy_into(const std::shared_ptr<Module>& copy) const;

 private:
  struct NamedBuffer {
    std::string name;
    Tensor* tensor;
  };
  struct Child {
    std::string name;
    std::shared_ptr<Module> module;
  };

  void collect_parameters(const std::string& prefix, std::vector<NamedParameter>& into) const;
  void collect_buffers(const std::string& prefix, std::vector<NamedBuffer>& into) const;

  bool training_ = true;
  std::vector<NamedParameter> own_parameters_;
  std::vector<NamedBuffer> own_buffers_;
  std::vector<Child> children_;
};

/// Puts a module into evaluation mode for a scope and gives it, and all its children, its mode back.
class EvalMode {
 public:
  explicit EvalMode(Module& module) : module_(module), before_(module.training()) { module_.eval(); }
  EvalMode(const EvalMode&) = delete;
  EvalMode& operator=(const EvalMode&) = delete;
  ~EvalMode() { module_.train(before_); }

 private:
  Module& module_;
  bool before_;
};

/// A stage of a classifier: a linear map and what follows it, up to the next.
struct Stage {
  std::string name;                    ///< "fc0"
  std::vector<NamedParameter> linear;  ///< weight and bias; of a network that is no chain, all parameters
  std::vector<NamedParameter> norm;    ///< weight (gamma) and bias (beta) of its normalisation, if it has one
};

/// A network for two classes: `logits` [n, 1] from features [n, d], and `forward` their sigmoid, P(favourable label).
/// In evaluation mode neither may change the network, nor may a row's result depend on the rows beside it: rows are
/// scored in blocks, by several threads at once.
class Classifier : public Module {
 public:
  virtual Variable logits(const Variable& x) = 0;
  Variable forward(const Variable& x) override;

  /// The network as a chain of stages, in order; the last one gives the logits and what enters it are the last hidden
  /// activations. A network that is no chain is one stage. The parameters are the network's own.
  [[nodiscard]] virtual std::vector<Stage> stages() const;
  /// stages().size(), for who needs no names.
  [[nodiscard]] virtual std::size_t stage_count() const { return stages().size(); }
  /// From the activations that enter stage `begin` (x itself for 0) to those that leave stage `end` - 1:
  /// `run_stages(x, 0, stages().size())` are the logits. Throws `Error` unless begin <= end <= stages().size().
  virtual Variable run_stages(const Variable& x, std::size_t begin, std::size_t end);

  /// What the network computes in evaluation mode, as plain layers, for whoever evaluates it without a tape. Nothing
  /// for a network that is not such a chain.
  [[nodiscard]] virtual std::optional<Chain> chain() const { return std::nullopt; }

  /// The number of features d.
  [[nodiscard]] virtual std::int64_t inputs() const = 0;
  [[nodiscard]] std::shared_ptr<Classifier> clone_classifier() const;
};

/// Evaluation goes through the rows of x in blocks of so many, so that activations stay few: on the host in its
/// second-level cache.
inline std::int64_t rows_at_once(const Tensor& x) { return x.device().is_cpu() ? 512 : 4096; }

/// Calls `visit(begin, end)` for such blocks, in order.
template <typename Visit>
void for_row_blocks(const Tensor& x, Visit&& visit) {
  const std::int64_t rows = x.size(0);
  const std::int64_t block = rows_at_once(x);
  for (std::int64_t begin = 0; begin < rows; begin += block) visit(begin, std::min(begin + block, rows));
}

/// Scores P(favourable label) of each row of x [n, d], in evaluation mode and without a graph, in blocks of rows so
/// that memory stays small, and on the host on all threads. Throws `Error` when d is not the classifier's or a score is
/// not finite.
std::vector<double> scores(Classifier& model, const Tensor& x);

}  // namespace posthoc::nn
