#include "tensor/format.h"

#include <fmt/format.h>

using Text = fmt::formatter<fmt::string_view>;

fmt::appender fmt::formatter<posthoc::Shape>::format(const posthoc::Shape& shape, fmt::format_context& context) const {
  return Text::format(shape.text(), context);
}

fmt::appender fmt::formatter<posthoc::Dtype>::format(posthoc::Dtype dtype, fmt::format_context& context) const {
  const std::string_view text = posthoc::name(dtype);
  return Text::format({text.data(), text.size()}, context);
}

fmt::appender fmt::formatter<posthoc::Device>::format(const posthoc::Device& device,
                                                      fmt::format_context& context) const {
  return Text::format(device.name(), context);
}
