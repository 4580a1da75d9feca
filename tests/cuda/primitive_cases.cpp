#include "cuda/primitive_cases.h"

#include <cmath>
#include <fmt/core.h>
#include <limits>

#include "tensor/format.h"
#include "tensor/naive.h"

namespace posthoc::testing {
namespace {

using Cases = std::vector<PrimitiveCase>;
using Tensors = std::vector<Tensor>;
using Sizes = std::vector<std::int64_t>;

constexpr std::array kFloating = {Dtype::float32, Dtype::float64};
constexpr std::array kAll = {Dtype::float32, Dtype::float64, Dtype::int64};
const Sizes kSizes = {0, 1, 2, 3, 31, 32, 33, 255, 256, 257, 1030};

// Nothing is made beside the tensors of the case.
const Tensors kNothing;

// Values as kernels must take them: normal ones, and in between zeros of both signs, infinities and a NaN.
Tensor values(const Shape& shape, std::uint32_t number, Dtype dtype) {
  Tensor result = noise(shape, number, Dtype::float64);
  const auto elements = result.mutable_values<double>();
  constexpr std::array special = {0.0,
                                  -0.0,
                                  1.0,
                                  std::numeric_limits<double>::infinity(),
                                  -std::numeric_limits<double>::infinity(),
                                  std::numeric_limits<double>::quiet_NaN()};
  for (std::size_t i = 5; i < elements.size(); i += 11) elements[i] = special[i / 11 % special.size()];
  return result.to(dtype);
}

// What can be an int64 too.
Tensor whole(const Shape& shape, std::uint32_t number, Dtype dtype) {
  Tensor result = noise(shape, number, Dtype::float64);
  for (double& value : result.mutable_values<double>()) value = std::round(100.0 * value);
  return result.to(dtype);
}

Tensor target(const Shape& shape, Dtype dtype) { return Tensor::full(shape, -7.0, dtype); }

// Shapes that broadcast to each other: equal ones of every size, rows, columns, scalars, and random ones.
struct Operands {
  Shape full;
  Shape a;
  Shape b;
  Shape c;
};
std::vector<Operands> operands() {
  std::vector<Operands> all;
  for (const std::int64_t n : kSizes) all.push_back({{n}, {n}, {n}, {n}});
  for (const std::int64_t n : Sizes{1, 32, 65}) {
    all.push_back({{n, 33}, {n, 33}, {33}, {}});
    all.push_back({{n, 33}, {n, 1}, {n, 33}, {33}});
    all.push_back({{n, 33}, {}, {n, 33}, {n, 1}});
    all.push_back({{n, 33}, {n, 1}, {1, 33}, {1, 1}});
  }
  all.push_back({{0, 3}, {3}, {0, 1}, {}});
  for (std::uint32_t number = 0; number < 40; ++number) {
    const Shape full = random_shape(number, 6);
    all.push_back({full, full, random_operand(full, number, 1), random_operand(full, number, 2)});
  }
  return all;
}

void add_elementwise(Cases& cases) {
  constexpr std::array kExact = {UnaryOp::neg, UnaryOp::sqrt, UnaryOp::abs, UnaryOp::sign, UnaryOp::relu};
  constexpr std::array kLibrary = {UnaryOp::exp, UnaryOp::log, UnaryOp::tanh, UnaryOp::sigmoid};
  for (const Dtype dtype : kFloating) {
    for (const std::int64_t n : kSizes) {
      const auto add = [&](UnaryOp op, Nearness nearness) {
        cases.push_back({fmt::format("unary {} of {} {}", static_cast<int>(op), n, dtype),
                         nearness,
                         {values({n}, 1, dtype), target({n}, dtype)},
                         [op](Backend& backend, Tensors& t) {
                           backend.unary(op, t[0], t[1]);
                           return kNothing;
                         }});
      };
      for (const UnaryOp op : kExact) add(op, Nearness::bits);
      for (const UnaryOp op : kLibrary) add(op, Nearness::library);
    }
    std::uint32_t number = 0;
    for (const auto& [full, a, b, c] : operands()) {
      // Every operation on some shapes, and every shape with some operations.
      for (int op = static_cast<int>(++number % 5); op <= static_cast<int>(BinaryOp::bce_with_logits_backward);
           op += 5) {
        const auto binary_op = static_cast<BinaryOp>(op);
        const bool exact =
            op <= static_cast<int>(BinaryOp::div) ||
            (op >= static_cast<int>(BinaryOp::maximum) && op <= static_cast<int>(BinaryOp::relu_backward)) ||
            binary_op == BinaryOp::bce_backward;
        cases.push_back({fmt::format("binary {} of {} {} {}", op, a, b, dtype),
                         exact ? Nearness::bits : Nearness::library,
                         {values(a, number, dtype), values(b, number + 100, dtype), target(full, dtype)},
                         [binary_op](Backend& backend, Tensors& t) {
                           backend.binary(binary_op, t[0], t[1], t[2]);
                           return kNothing;
                         }});
      }
      cases.push_back({fmt::format("binary in place of {} {} {}", full, b, dtype),
                       Nearness::bits,
                       {values(full, number, dtype), values(b, number + 100, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.binary(BinaryOp::add, t[0], t[1], t[0]);
                         return kNothing;
                       }});
      cases.push_back({fmt::format("where of {} {} {} {}", c, a, b, dtype),
                       Nearness::bits,
                       {values(c, number, dtype), values(a, number + 100, dtype), values(b, number + 200, dtype),
                        target(full, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.where(t[0], t[1], t[2], t[3]);
                         return kNothing;
                       }});
    }
  }
}

void add_fill_and_convert(Cases& cases) {
  for (const std::int64_t n : kSizes) {
    for (const Dtype dtype : kAll) {
      cases.push_back({fmt::format("fill of {} {}", n, dtype),
                       Nearness::bits,
                       {target({n}, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.fill(3.0, t[0]);
                         return kNothing;
                       }});
      for (const Dtype to : kAll) {
        cases.push_back({fmt::format("convert of {} {} to {}", n, dtype, to),
                         Nearness::bits,
                         {whole({n}, 1, dtype), target({n}, to)},
                         [](Backend& backend, Tensors& t) {
                           backend.convert(t[0], t[1]);
                           return kNothing;
                         }});
      }
    }
  }
}

Shape reduced(const Shape& shape, std::uint32_t axes) {
  Sizes sizes(shape.sizes().begin(), shape.sizes().end());
  for (std::size_t axis = 0; axis < sizes.size(); ++axis) {
    if ((axes >> axis & 1U) != 0) sizes[axis] = 1;
  }
  return Shape(sizes);
}

void add_reductions(Cases& cases) {
  std::vector<Shape> shapes = {{},         {0},        {1},        {255},       {256},        {257},          {40000},
                               {31, 33},   {32, 32},   {33, 65},   {257, 31},   {3, 1000},    {1000, 3},      {700, 40},
                               {1, 70000}, {40000, 1}, {5, 33, 7}, {33, 5, 40}, {2, 3, 4, 5}, {3, 40, 2, 33}, {0, 33}};
  for (std::uint32_t number = 0; number < 20; ++number) shapes.push_back(random_shape(number, 6));
  for (const Dtype dtype : kFloating) {
    std::uint32_t number = 0;
    for (const Shape& shape : shapes) {
      for (std::uint32_t axes = 0; axes < 1U << std::min(shape.rank(), 3); ++axes, ++number) {
        const Shape out = reduced(shape, axes);
        const auto call = [](ReduceOp op) {
          return [op](Backend& backend, Tensors& t) {
            backend.reduce(op, t[0], t[1]);
            return kNothing;
          };
        };
        cases.push_back({fmt::format("sum of {} to {} {}", shape, out, dtype),
                         Nearness::sum,
                         {noise(shape, number, dtype), target(out, dtype)},
                         call(ReduceOp::sum),
                         static_cast<double>(shape.elements())});
        cases.push_back(
            {fmt::format("max of {} to {} {}", shape, out, dtype),
             Nearness::bits,
             {number % 2 == 0 ? noise(shape, number, dtype) : values(shape, number, dtype), target(out, dtype)},
             call(ReduceOp::max)});
      }
      for (int axis = 0; axis < shape.rank(); ++axis) {
        const Shape out = reduced(shape, 1U << axis);
        if (shape[axis] == 0 || out.elements() == 0) continue;
        cases.push_back({fmt::format("argmax of {} along {} {}", shape, axis, dtype),
                         Nearness::bits,
                         {values(shape, number, dtype), target(out, Dtype::int64)},
                         [axis](Backend& backend, Tensors& t) {
                           backend.argmax(t[0], axis, t[1]);
                           return kNothing;
                         }});
      }
    }
  }
}

Shape with_axis(const Shape& shape, int axis, std::int64_t size) {
  Sizes sizes(shape.sizes().begin(), shape.sizes().end());
  sizes[static_cast<std::size_t>(axis)] = size;
  return Shape(sizes);
}

void add_shaping(Cases& cases) {
  std::vector<Shape> shapes = {{1, 1},  {31, 33},  {32, 32},    {33, 64},     {100, 1},    {1, 100},
                               {65, 3}, {3, 4, 5}, {2, 33, 40}, {3, 1, 2, 5}, {2, 3, 4, 5}};
  for (std::uint32_t number = 0; number < 20; ++number) shapes.push_back(random_shape(number, 5));
  for (const Dtype dtype : kAll) {
    std::uint32_t number = 0;
    for (const Shape& shape : shapes) {
      ++number;
      if (shape.elements() == 0) continue;
      for (int a = 0; a < shape.rank(); ++a) {
        for (int b = a + 1; b < shape.rank(); ++b) {
          const Shape out = with_axis(with_axis(shape, a, shape[b]), b, shape[a]);
          cases.push_back({fmt::format("transpose of {} axes {} {} {}", shape, a, b, dtype),
                           Nearness::bits,
                           {whole(shape, number, dtype), target(out, dtype)},
                           [a, b](Backend& backend, Tensors& t) {
                             backend.transpose(t[0], a, b, t[1]);
                             return kNothing;
                           }});
        }
        const std::int64_t size = shape[a];
        for (const std::int64_t length : {std::int64_t{1}, size / 2, size}) {
          const std::int64_t from = size - length;
          cases.push_back({fmt::format("copy of {} axis {} from {} {}", shape, a, from, dtype),
                           Nearness::bits,
                           {whole(shape, number, dtype), target(with_axis(shape, a, size + 2), dtype)},
                           [a, from, length](Backend& backend, Tensors& t) {
                             backend.copy_range(t[0], a, from, length, t[1], 1);
                             return kNothing;
                           }});
        }
      }
    }
    for (const std::int64_t width : Sizes{0, 1, 3, 32, 257}) {
      for (const std::int64_t rows : Sizes{0, 1, 2, 33, 100}) {
        // Rows drawn with replacement, so that some come often and some not at all.
        const auto index = Tensor::from(random_integers(rows, 70, {3, purpose("index"), 0}), {rows});
        cases.push_back({fmt::format("gather {} rows of {} {}", rows, width, dtype),
                         Nearness::bits,
                         {whole({70, width}, number, dtype), index, target({rows, width}, dtype)},
                         [](Backend& backend, Tensors& t) {
                           backend.gather_rows(t[0], t[1], t[2]);
                           return kNothing;
                         }});
        if (dtype == Dtype::int64) continue;
        cases.push_back({fmt::format("scatter {} rows of {} {}", rows, width, dtype),
                         Nearness::bits,
                         {noise({rows, width}, number, dtype), index, noise({70, width}, number + 1, dtype)},
                         [](Backend& backend, Tensors& t) {
                           backend.scatter_add_rows(t[0], t[1], t[2]);
                           return kNothing;
                         }});
      }
    }
  }
}

void add_products(Cases& cases) {
  for (const Dtype dtype : kFloating) {
    for (std::uint32_t number = 0; number < 120; ++number) {
      const auto size = [&](std::uint64_t axis) {
        const Sizes sizes = {0, 1, 2, 3, 7, 16, 31, 32, 33, 65};
        const auto u = random_uniform_at({7, purpose("sizes"), number}, axis);
        return sizes[static_cast<std::size_t>(u * static_cast<float>(sizes.size()))];
      };
      const std::int64_t m = size(0);
      const std::int64_t n = size(1);
      const std::int64_t k = size(2);
      const bool ta = number % 2 == 1;
      const bool tb = number % 4 >= 2;
      const bool accumulate = number % 8 >= 4;
      cases.push_back({fmt::format("matmul {} x {} x {}{}{}{} {}", m, n, k, ta ? ", a transposed" : "",
                                   tb ? ", b transposed" : "", accumulate ? ", added" : "", dtype),
                       Nearness::sum,
                       {noise(ta ? Shape{k, m} : Shape{m, k}, number, dtype),
                        noise(tb ? Shape{n, k} : Shape{k, n}, number + 1, dtype), noise({m, n}, number + 2, dtype)},
                       [=](Backend& backend, Tensors& t) {
                         backend.matmul(t[0], ta, t[1], tb, accumulate, t[2]);
                         return kNothing;
                       },
                       dtype == Dtype::float32 ? 1e8 * static_cast<double>(k + 1) : static_cast<double>(k + 1)});
      cases.push_back({fmt::format("linear {} x {} to {} {}", m, k, n, dtype),
                       Nearness::sum,
                       {noise({m, k}, number, dtype), noise({n, k}, number + 1, dtype), noise({n}, number + 2, dtype),
                        target({m, n}, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.linear(t[0], t[1], t[2], t[3]);
                         return kNothing;
                       },
                       dtype == Dtype::float32 ? 1e8 * static_cast<double>(k + 1) : static_cast<double>(k + 1)});
    }
  }
}

void add_batch_norm(Cases& cases) {
  for (const Dtype dtype : kFloating) {
    std::uint32_t number = 0;
    for (const std::int64_t n : Sizes{1, 2, 7, 8, 9, 64, 257}) {
      for (const std::int64_t c : Sizes{0, 1, 31, 32, 33, 100}) {
        number += 10;
        const std::string what = fmt::format("[{}, {}] {}", n, c, dtype);
        const Tensor x = noise({n, c}, number, dtype);
        const Tensor column = noise({c}, number + 1, dtype);
        const Tensor scale = noise({c}, number + 2, dtype);
        cases.push_back({"statistics of " + what,
                         Nearness::sum,
                         {x},
                         [](Backend& backend, Tensors& t) {
                           const BatchNormStatistics made = backend.batch_norm_statistics(t[0], 1e-5);
                           return Tensors{made.mean, made.variance, made.inverse_deviation};
                         },
                         static_cast<double>(n)});
        cases.push_back(
            {"normalisation of " + what,
             Nearness::bits,
             {x, column, scale, noise({c}, number + 3, dtype), noise({c}, number + 4, dtype), target({n, c}, dtype)},
             [](Backend& backend, Tensors& t) {
               backend.batch_norm_apply(t[0], {t[1], t[1], t[2]}, t[3], t[4], t[5]);
               return kNothing;
             }});
        for (const bool batch : {false, true}) {
          cases.push_back({fmt::format("gradient of normalisation of {}, batch {}", what, batch),
                           Nearness::sum,
                           {x, column, scale, noise({c}, number + 3, dtype), noise({n, c}, number + 5, dtype)},
                           [batch](Backend& backend, Tensors& t) {
                             const BatchNormGradients made =
                                 backend.batch_norm_backward(t[0], {t[1], t[1], t[2]}, t[3], t[4], batch);
                             return Tensors{made.x, made.gamma, made.beta};
                           },
                           dtype == Dtype::float32 ? 1e8 : 100.0 * static_cast<double>(n)});
        }
      }
    }
    for (const std::int64_t n : kSizes) {
      cases.push_back({fmt::format("running statistic of {} {}", n, dtype),
                       Nearness::bits,
                       {noise({n}, 1, dtype), noise({n}, 2, dtype), target({n}, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.moved_towards(t[0], t[1], 1.03, 0.1, t[2]);
                         return kNothing;
                       }});
      cases.push_back({fmt::format("Adam on {} {}", n, dtype),
                       Nearness::bits,
                       {noise({n}, 1, dtype), noise({n}, 2, dtype), noise({n}, 3, dtype),
                        random_uniform({n}, {4, 0, 0}, 0.0, 1.0, dtype)},
                       [](Backend& backend, Tensors& t) {
                         backend.adam_step({.rate = 3e-3, .beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8}, t[0], t[1], t[2],
                                           t[3]);
                         return kNothing;
                       }});
    }
  }
}

void add_random(Cases& cases) {
  const RandomStream stream{0x123456789ABCDEFULL, purpose("draws"), 3};
  // Draws that begin within a block, and counters that pass 2^32 and 2^34.
  for (const std::uint64_t first : {0ULL, 1ULL, 2ULL, 3ULL, 2048ULL, (1ULL << 32) - 9, (1ULL << 34) - 50}) {
    for (const std::int64_t n : Sizes{0, 1, 2, 3, 4, 5, 63, 64, 65, 1023, 1024, 1025, 3000}) {
      for (const Dtype dtype : kFloating) {
        const auto add = [&](const char* name, Tensors tensors, std::function<void(Backend&, Tensors&)> call) {
          cases.push_back({fmt::format("{} of {} from {} {}", name, n, first, dtype), Nearness::bits,
                           std::move(tensors), [call](Backend& backend, Tensors& t) {
                             call(backend, t);
                             return kNothing;
                           }});
        };
        const Tensor x = values({n}, 5, dtype);
        const Tensor out = target({n}, dtype);
        add("uniform", {out}, [=](Backend& b, Tensors& t) { b.random_uniform(stream, first, -0.3, 2.0, t[0]); });
        add("normal", {out}, [=](Backend& b, Tensors& t) { b.random_normal(stream, first, t[0]); });
        add("dropout", {out}, [=](Backend& b, Tensors& t) { b.dropout_mask(stream, first, 0.2, t[0]); });
        add("relu and dropout", {x, out},
            [=](Backend& b, Tensors& t) { b.relu_dropout(t[0], stream, first, 0.5, t[1]); });
        add("perturb", {x, out}, [=](Backend& b, Tensors& t) { b.perturb(t[0], stream, 0.1, first, t[1]); });
        if (first > 0) continue;
        add("relu and dropout backward", {x, values({n}, 6, dtype), out},
            [=](Backend& b, Tensors& t) { b.relu_dropout_backward(t[0], 0.2, t[1], t[2]); });
      }
    }
  }
}

}  // namespace

std::vector<PrimitiveCase> primitive_cases() {
  Cases cases;
  add_elementwise(cases);
  add_fill_and_convert(cases);
  add_reductions(cases);
  add_shaping(cases);
  add_products(cases);
  add_batch_norm(cases);
  add_random(cases);
  return cases;
}

}  // namespace posthoc::testing
