#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "optim/blackbox/box.h"

namespace posthoc::optim {

/// A function of the literature on optimisation, with the box and the minimum it is known with.
struct TestFunction {
  std::string name;
  std::function<double(std::span<const double>)> function;
  Box box;
  std::vector<double> at;  ///< where the minimum is
  double minimum = 0.0;
};

inline double sphere(std::span<const double> x) {
  double sum = 0.0;
  for (const double v : x) sum += v * v;
  return sum;
}

inline double rosenbrock(std::span<const double> x) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    const double a = x[i + 1] - x[i] * x[i];
    sum += 100.0 * a * a + (1.0 - x[i]) * (1.0 - x[i]);
  }
  return sum;
}

inline double ackley(std::span<const double> x) {
  double cosines = 0.0;
  for (const double v : x) cosines += std::cos(2.0 * std::numbers::pi * v);
  const auto d = static_cast<double>(x.size());
  return -20.0 * std::exp(-0.2 * std::sqrt(sphere(x) / d)) - std::exp(cosines / d) + 20.0 + std::numbers::e;
}

inline double levy(std::span<const double> x) {
  const auto w = [&](std::size_t i) { return 1.0 + (x[i] - 1.0) / 4.0; };
  const auto square = [](double v) { return v * v; };
  const double pi = std::numbers::pi;
  double sum = square(std::sin(pi * w(0)));
  for (std::size_t i = 0; i + 1 < x.size(); ++i) {
    sum += square(w(i) - 1.0) * (1.0 + 10.0 * square(std::sin(pi * w(i) + 1.0)));
  }
  const double last = w(x.size() - 1);
  return sum + square(last - 1.0) * (1.0 + square(std::sin(2.0 * pi * last)));
}

inline double hartmann6(std::span<const double> x) {
  constexpr std::array<double, 4> alpha = {1.0, 1.2, 3.0, 3.2};
  constexpr std::array<std::array<double, 6>, 4> a = {
      {{10, 3, 17, 3.5, 1.7, 8}, {0.05, 10, 17, 0.1, 8, 14}, {3, 3.5, 1.7, 10, 17, 8}, {17, 8, 0.05, 10, 0.1, 14}}};
  constexpr std::array<std::array<double, 6>, 4> p = {{{1312, 1696, 5569, 124, 8283, 5886},
                                                       {2329, 4135, 8307, 3736, 1004, 9991},
                                                       {2348, 1451, 3522, 2883, 3047, 6650},
                                                       {4047, 8828, 8732, 5743, 1091, 381}}};
  double sum = 0.0;
  for (std::size_t i = 0; i < alpha.size(); ++i) {
    double exponent = 0.0;
    for (std::size_t j = 0; j < 6; ++j) exponent += a[i][j] * (x[j] - 1e-4 * p[i][j]) * (x[j] - 1e-4 * p[i][j]);
    sum -= alpha[i] * std::exp(-exponent);
  }
  return sum;
}

inline Box cube(std::size_t dimensions, double low, double high) {
  return {std::vector<double>(dimensions, low), std::vector<double>(dimensions, high)};
}

inline std::vector<TestFunction> test_functions() {
  return {
      {"sphere, 10 dimensions", sphere, cube(10, -5.12, 5.12), std::vector<double>(10, 0.0), 0.0},
      {"Rosenbrock, 5 dimensions", rosenbrock, cube(5, -2.048, 2.048), std::vector<double>(5, 1.0), 0.0},
      {"Ackley, 10 dimensions", ackley, cube(10, -32.768, 32.768), std::vector<double>(10, 0.0), 0.0},
      {"Hartmann, 6 dimensions",
       hartmann6,
       cube(6, 0.0, 1.0),
       {0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573},
       -3.32237},
      {"Levy, 20 dimensions", levy, cube(20, -10.0, 10.0), std::vector<double>(20, 1.0), 0.0},
  };
}

}  // namespace posthoc::optim
