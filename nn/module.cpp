#include "nn/module.h"

#include <algorithm>
#include <cmath>

#include "autograd/ops.h"
#include "base/error.h"
#include "base/threads.h"
#include "tensor/format.h"

namespace posthoc::nn {

std::vector<NamedParameter> Module::parameters() const {
  std::vector<NamedParameter> all;
  collect_parameters("", all);
  return all;
}

void Module::collect_parameters(const std::string& prefix, std::vector<NamedParameter>& into) const {
  for (const auto& [name, variable] : own_parameters_) into.push_back({prefix + name, variable});
  for (const Child& child : children_) child.module->collect_parameters(prefix + child.name + ".", into);
}

void Module::collect_buffers(const std::string& prefix, std::vector<NamedBuffer>& into) const {
  for (const auto& [name, tensor] : own_buffers_) into.push_back({prefix + name, tensor});
  for (const Child& child : children_) child.module->collect_buffers(prefix + child.name + ".", into);
}

StateDict Module::state_dict() const {
  StateDict state;
  for (const auto& [name, variable] : parameters()) state[name] = variable.value().clone();
  std::vector<NamedBuffer> buffers;
  collect_buffers("", buffers);
  for (const auto& [name, tensor] : buffers) state[name] = tensor->clone();
  return state;
}

void Module::load_state_dict(const StateDict& state) {
  std::map<std::string, Tensor*> targets;
  std::vector<NamedParameter> all = parameters();
  for (auto& [name, variable] : all) targets[name] = &variable.mutable_value();
  std::vector<NamedBuffer> buffers;
  collect_buffers("", buffers);
  for (const auto& [name, tensor] : buffers) targets[name] = tensor;

  for (const auto& [name, target] : targets) {
    const auto found = state.find(name);
    require(found != state.end() && found->second.defined(), "load_state_dict: the tensor {} is missing", name);
    require(found->second.shape() == target->shape(), "load_state_dict: {} is {}, the network needs {}", name,
            found->second.shape(), target->shape());
    // A float32 network takes float64 values, but a count that came as a fraction or a NaN is a mistake.
    require(is_floating(found->second.dtype()) == is_floating(target->dtype()),
            "load_state_dict: {} is {}, the network needs {}", name, found->second.dtype(), target->dtype());
  }
  for (const auto& [name, tensor] : state) {
    require(targets.contains(name), "load_state_dict: the network has no tensor named {}", name);
  }
  std::map<std::string, Tensor> copies;  // all made before any is taken over: memory may run out
  for (const auto& [name, target] : targets) {
    copies[name] = state.at(name).clone().to(target->dtype()).to(target->device());
  }
  for (const auto& [name, target] : targets) *target = std::move(copies.at(name));
}

void Module::to(Device device) {
  for (NamedParameter& parameter : parameters()) {
    Tensor& value = parameter.variable.mutable_value();
    value = value.to(device);
    parameter.variable.zero_grad();
  }
  std::vector<NamedBuffer> buffers;
  collect_buffers("", buffers);
  for (const auto& [name, tensor] : buffers) {
    if (is_floating(tensor->dtype())) *tensor = tensor->to(device);
  }
}

Device Module::device() const {
  const std::vector<NamedParameter> all = parameters();
  return all.empty() ? Device::cpu() : all.front().variable.value().device();
}

void Module::train(bool on) {
  training_ = on;
  for (const Child& child : children_) child.module->train(on);
}

void Module::restart_draws(std::uint64_t seed) {
  restart_own_draws(seed);
  for (const Child& child : children_) child.module->restart_draws(seed);
}

void Module::set_requires_grad(bool requires_grad) {
  for (NamedParameter& parameter : own_parameters_) parameter.variable.set_requires_grad(requires_grad);
  for (const Child& child : children_) child.module->set_requires_grad(requires_grad);
}

void Module::zero_grad() {
  for (NamedParameter& parameter : own_parameters_) parameter.variable.zero_grad();
  for (const Child& child : children_) child.module->zero_grad();
}

Variable Module::register_parameter(const std::string& name, const Tensor& value) {
  own_parameters_.push_back({name, Variable(value, true)});
  return own_parameters_.back().variable;
}

void Module::register_buffer(const std::string& name, Tensor& buffer) { own_buffers_.push_back({name, &buffer}); }

std::shared_ptr<Module> Module::copy_into(const std::shared_ptr<Module>& copy) const {
  copy->to(device());
  copy->load_state_dict(state_dict());
  const std::vector<NamedParameter> own = parameters();
  std::vector<NamedParameter> theirs = copy->parameters();
  for (std::size_t i = 0; i < own.size(); ++i) theirs[i].variable.set_requires_grad(own[i].variable.requires_grad());
  copy->train(training_);
  return copy;
}

Variable Classifier::forward(const Variable& x) { return sigmoid(logits(x)); }

std::vector<Stage> Classifier::stages() const { return {{"network", parameters(), {}}}; }

Variable Classifier::run_stages(const Variable& x, std::size_t begin, std::size_t end) {
  require(begin <= end && end <= 1, "classifier: it has one stage, got stages {} to {}", begin, end);
  return begin < end ? logits(x) : x;
}

std::shared_ptr<Classifier> Classifier::clone_classifier() const {
  return std::dynamic_pointer_cast<Classifier>(clone());
}

std::vector<double> scores(Classifier& model, const Tensor& x) {
  require(x.rank() == 2 && x.size(1) == model.inputs(), "scores: the network takes {} features a row, the data is {}",
          model.inputs(), x.shape());
  const EvalMode eval(model);
  std::vector<double> all(static_cast<std::size_t>(x.size(0)));
  const auto score_rows = [&](std::int64_t begin, std::int64_t end) {
    const NoGrad no_graph;
    const Tensor part = model.forward(Variable(x.rows(begin, end))).value();
    require(part.elements() == end - begin, "scores: the network gives {} scores for {} rows", part.elements(),
            end - begin);
    std::ranges::copy(part.to_vector(), all.begin() + begin);
  };
  if (x.device().is_cpu()) {
    const std::int64_t block = rows_at_once(x);
    parallel_for((x.size(0) + block - 1) / block, [&](std::int64_t number, int /*worker*/) {
      score_rows(number * block, std::min((number + 1) * block, x.size(0)));
    });
  } else {
    for_row_blocks(x, score_rows);
  }
  const auto bad = std::find_if(all.begin(), all.end(), [](double score) { return !std::isfinite(score); });
  require(bad == all.end(), "scores: the network gives {} for row {}; its weights or the data are not finite",
          bad == all.end() ? 0.0 : *bad, bad - all.begin());
  return all;
}

}  // namespace posthoc::nn
