#pragma once

#include <fmt/core.h>

#include "tensor/device.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

// What {fmt} writes for a shape, a dtype and a device, so that a message takes the thing itself and its text is made
// only where the message is: "[64, 32]", "float32", "cuda:0".

template <>
struct fmt::formatter<posthoc::Shape> : fmt::formatter<fmt::string_view> {
  fmt::appender format(const posthoc::Shape& shape, fmt::format_context& context) const;
};

template <>
struct fmt::formatter<posthoc::Dtype> : fmt::formatter<fmt::string_view> {
  fmt::appender format(posthoc::Dtype dtype, fmt::format_context& context) const;
};

template <>
struct fmt::formatter<posthoc::Device> : fmt::formatter<fmt::string_view> {
  fmt::appender format(const posthoc::Device& device, fmt::format_context& context) const;
};
