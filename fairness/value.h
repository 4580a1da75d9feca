#pragma once

#include <cmath>
#include <limits>
#include <string>

namespace posthoc::fairness {

/// Stands for "all groups together" where a group is asked for.
inline constexpr int kAllGroups = -1;

/// A measure's value: a number, or undefined with a reason, such as a rate over no rows. Sums,
/// differences and multiples of undefined values are undefined, for the first reason met.
///
/// An undefined value remembers what it would be if a rate over no rows counted as 0, because
/// published code computes so (see `EmptyCell::zero`); nobody else should ask.
///
/// Small and free of allocation: threshold searches make millions.
class Value {
 public:
  constexpr Value(double number) : number_(number) {}

  /// `why` is a literal that completes "group 0 ...", for example "has no positive labels".
  static constexpr Value undefined(const char* why, int group = kAllGroups) {
    Value value(0.0);
    value.why_ = why;
    value.group_ = group;
    return value;
  }

  [[nodiscard]] bool defined() const { return why_ == nullptr && !std::isnan(number_); }

  /// The number; NaN if undefined.
  [[nodiscard]] double number() const { return why_ == nullptr ? number_ : std::numeric_limits<double>::quiet_NaN(); }

  /// The number, with each rate over no rows counted as 0.
  [[nodiscard]] double with_empty_as_zero() const { return number_; }

  /// Another number, undefined for the same reason if this one is.
  [[nodiscard]] constexpr Value with_number(double number) const { return combined(number, *this, *this); }

  /// "group 0 has no positive labels", or "" if defined.
  [[nodiscard]] std::string reason() const;

  friend constexpr Value operator+(const Value& a, const Value& b) { return combined(a.number_ + b.number_, a, b); }
  friend constexpr Value operator-(const Value& a, const Value& b) { return combined(a.number_ - b.number_, a, b); }
  friend constexpr Value operator/(const Value& a, double divisor) { return combined(a.number_ / divisor, a, a); }

 private:
  static constexpr Value combined(double number, const Value& a, const Value& b) {
    const Value& source = a.why_ != nullptr ? a : b;
    Value value(number);
    value.why_ = source.why_;
    value.group_ = source.group_;
    return value;
  }

  double number_;
  const char* why_ = nullptr;  // null iff nothing was empty
  int group_ = kAllGroups;
};

}  // namespace posthoc::fairness
