#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace posthoc {

/// Element types of a tensor. float32 is for work, float64 for gradient checks and reference numbers, int64 for
/// indices.
enum class Dtype { float32, float64, int64 };

std::string_view name(Dtype dtype);
inline std::size_t size_of(Dtype dtype) { return dtype == Dtype::float32 ? 4 : 8; }
inline bool is_floating(Dtype dtype) { return dtype != Dtype::int64; }

/// The Dtype of a C++ element type: float, double or std::int64_t.
template <typename T>
constexpr Dtype dtype_of() {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double> || std::is_same_v<T, std::int64_t>);
  if constexpr (std::is_same_v<T, float>) return Dtype::float32;
  if constexpr (std::is_same_v<T, double>) return Dtype::float64;
  return Dtype::int64;
}

/// Calls `f.template operator()<T>()` with T the element type of a floating `dtype`. The caller has checked that it is
/// one.
template <typename F>
decltype(auto) dispatch_floating(Dtype dtype, F&& f) {
  if (dtype == Dtype::float32) return f.template operator()<float>();
  return f.template operator()<double>();
}

/// The same for any dtype.
template <typename F>
decltype(auto) dispatch(Dtype dtype, F&& f) {
  if (dtype == Dtype::int64) return f.template operator()<std::int64_t>();
  return dispatch_floating(dtype, f);
}

}  // namespace posthoc
