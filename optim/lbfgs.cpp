#include "optim/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

#include "base/error.h"

namespace posthoc::optim {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

void add_multiple(Vector& to, double factor, const Vector& from) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

double largest(const Vector& v) {
  double most = 0.0;
  for (const double x : v) most = std::max(most, std::abs(x));
  return most;
}

struct Point {
  Vector at;
  double loss = 0.0;
  Vector gradient;
};

// All parameters as one vector.
class FlatLoss {
 public:
  FlatLoss(const std::vector<nn::NamedParameter>& parameters, const std::function<Variable()>& loss)
      : parameters_(parameters), loss_(loss) {}

  [[nodiscard]] Vector values() const {
    Vector all;
    for (const auto& parameter : parameters_) {
      const Vector values = parameter.variable.value().to_vector();
      all.insert(all.end(), values.begin(), values.end());
    }
    return all;
  }

  // Leaves the parameters at `at`, rounded to their dtype.
  Point look(Vector at) {
    std::size_t first = 0;
    for (auto& parameter : parameters_) {
      Tensor& value = parameter.variable.mutable_value();
      const auto count = static_cast<std::size_t>(value.elements());
      value = Tensor::from(std::span<const double>(at).subspan(first, count), value.shape()).to(value.dtype());
      parameter.variable.zero_grad();
      first += count;
    }
    const Variable loss = loss_();
    loss.backward();
    Point point{std::move(at), loss.value().item(), {}};
    for (const auto& parameter : parameters_) {
      Vector gradient = parameter.variable.has_grad()
                            ? parameter.variable.grad().to_vector()
                            : Vector(static_cast<std::size_t>(parameter.variable.value().elements()), 0.0);
      point.gradient.insert(point.gradient.end(), gradient.begin(), gradient.end());
    }
    return point;
  }

 private:
  std::vector<nn::NamedParameter> parameters_;
  const std::function<Variable()>& loss_;
};

struct Step {
  Vector change;    // of the parameters
  Vector gradient;  // its change
  double inverse;   // 1 / (change . gradient)
};

// The direction -H g, H the inverse Hessian as the steps tell it: the two loops of algorithm 7.4.
Vector direction(const Vector& gradient, const std::deque<Step>& steps) {
  Vector d(gradient.size());
  std::transform(gradient.begin(), gradient.end(), d.begin(), std::negate<>());
  Vector alpha(steps.size());
  for (std::size_t i = steps.size(); i-- > 0;) {
    alpha[i] = steps[i].inverse * dot(steps[i].change, d);
    add_multiple(d, -alpha[i], steps[i].gradient);
  }
  if (!steps.empty()) {
    const double scale = 1.0 / (steps.back().inverse * dot(steps.back().gradient, steps.back().gradient));
    for (double& x : d) x *= scale;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double beta = steps[i].inverse * dot(steps[i].gradient, d);
    add_multiple(d, alpha[i] - beta, steps[i].change);
  }
  return d;
}

// The next point along `d`; the same one as `from` if rounding leaves none that is lower.
Point line_search(FlatLoss& loss, const Point& from, const Vector& d, double first) {
  constexpr double kDecrease = 1e-4;
  constexpr double kCurvature = 0.9;
  constexpr int kMostTries = 50;
  const double slope = dot(from.gradient, d);
  double low = 0.0;
  double high = std::numeric_limits<double>::infinity();
  double t = first;
  for (int tries = 0; tries < kMostTries; ++tries) {
    Vector at = from.at;
    add_multiple(at, t, d);
    Point next = loss.look(std::move(at));
    if (!(next.loss <= from.loss + kDecrease * t * slope)) {  // a loss that is no number is too far as well
      high = t;
    } else if (dot(next.gradient, d) < kCurvature * slope) {
      low = t;
    } else {
      return next;
    }
    t = std::isinf(high) ? 2.0 * low : low + (high - low) / 2.0;
  }
  return from;
}

}  // namespace

LbfgsResult minimize_lbfgs(const std::vector<nn::NamedParameter>& parameters, const std::function<Variable()>& loss,
                           const LbfgsOptions& options) {
  require(options.max_iterations >= 0 && options.memory >= 1 && options.gradient_tolerance >= 0.0,
          "lbfgs: expected max_iterations >= 0, memory >= 1 and gradient_tolerance >= 0, got {}, {} and {}",
          options.max_iterations, options.memory, options.gradient_tolerance);
  FlatLoss flat(parameters, loss);
  Point point = flat.look(flat.values());
  require(std::isfinite(point.loss), "lbfgs: the loss is not finite where the search starts");
  std::deque<Step> steps;
  LbfgsResult result;
  while (result.iterations < options.max_iterations && largest(point.gradient) > options.gradient_tolerance) {
    const Vector d = direction(point.gradient, steps);
    // Nothing is known of the scale before the first step: it moves by at most 1.
    const double first = steps.empty() ? std::min(1.0, 1.0 / std::sqrt(dot(d, d))) : 1.0;
    Point next = line_search(flat, point, d, first);
    if (next.at == point.at) break;
    Step step{next.at, next.gradient, 0.0};
    add_multiple(step.change, -1.0, point.at);
    add_multiple(step.gradient, -1.0, point.gradient);
    const double curvature = dot(step.change, step.gradient);  // positive by the second condition, but for rounding
    point = std::move(next);
    ++result.iterations;
    if (!(curvature > 0.0)) continue;
    step.inverse = 1.0 / curvature;
    steps.push_back(std::move(step));
    if (steps.size() > static_cast<std::size_t>(options.memory)) steps.pop_front();
  }
  point = flat.look(std::move(point.at));
  result.loss = point.loss;
  result.gradient = largest(point.gradient);
  result.converged = result.gradient <= options.gradient_tolerance;
  return result;
}

}  // namespace posthoc::optim
