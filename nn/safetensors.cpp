#include "nn/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <tuple>
#include <vector>

#include "base/error.h"
#include "tensor/format.h"

namespace posthoc::nn {
namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors holds little-endian elements");
constexpr std::size_t kLengthBytes = 8;
constexpr const char* kMetadata = "__metadata__";

const char* text(Dtype dtype) {
  switch (dtype) {
    case Dtype::float32:
      return "F32";
    case Dtype::float64:
      return "F64";
    case Dtype::int64:
      return "I64";
  }
  return "";
}

// The errors below name the tensor; from_safetensors adds the file.

Dtype parse_dtype(const std::string& dtype, const std::string& tensor) {
  for (const Dtype known : {Dtype::float32, Dtype::float64, Dtype::int64}) {
    if (dtype == text(known)) return known;
  }
  fail("tensor {} has the dtype {}; expected F32, F64 or I64", tensor, dtype);
}

std::uint64_t non_negative(const Json& value, const char* what, const std::string& tensor) {
  require(value.is_number_unsigned(), "tensor {}: {} must hold non-negative integers", tensor, what);
  return value.get<std::uint64_t>();
}

struct Entry {
  std::string name;
  Dtype dtype;
  Shape shape;
  std::uint64_t begin;
  std::uint64_t end;
};

Shape parse_shape(const Json& sizes, const std::string& tensor) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 56;
  std::vector<std::int64_t> result;
  for (const Json& size : sizes) {
    const std::uint64_t value = non_negative(size, "shape", tensor);
    require(value <= kMost, "tensor {}: the size {} is more than any file holds", tensor, value);
    result.push_back(static_cast<std::int64_t>(value));
  }
  return Shape(result);
}

Entry parse_entry(const std::string& name, const Json& value) {
  require(value.is_object() && value.contains("dtype") && value["dtype"].is_string() && value.contains("shape") &&
              value["shape"].is_array() && value.contains("data_offsets") && value["data_offsets"].is_array() &&
              value["data_offsets"].size() == 2,
          "tensor {} needs a dtype, a shape and two data_offsets", name);
  Entry entry{name, parse_dtype(value["dtype"].get<std::string>(), name), parse_shape(value["shape"], name),
              non_negative(value["data_offsets"][0], "data_offsets", name),
              non_negative(value["data_offsets"][1], "data_offsets", name)};
  const std::uint64_t needed = static_cast<std::uint64_t>(entry.shape.elements()) * size_of(entry.dtype);
  require(entry.begin <= entry.end && entry.end - entry.begin == needed,
          "tensor {} of shape {} needs {} bytes, the file gives it bytes {} to {}", name, entry.shape, needed,
          entry.begin, entry.end);
  return entry;
}

// The format asks that the tensors fill the data without gaps: anything else is a damaged file.
void require_filled(std::vector<Entry> entries, std::uint64_t data_bytes) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  std::uint64_t filled = 0;
  for (const Entry& entry : entries) {
    require(entry.begin == filled,
            "tensor {} begins at byte {} of the data, expected {}: tensors overlap or leave gaps", entry.name,
            entry.begin, filled);
    filled = entry.end;
  }
  require(filled == data_bytes, "the tensors take {} bytes of data, the file has {}; it is damaged or cut short",
          filled, data_bytes);
}

Json parse_header(std::string_view bytes) {
  require(bytes.size() >= kLengthBytes, "{} bytes are too few for a safetensors file", bytes.size());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  require(length <= bytes.size() - kLengthBytes,
          "not a safetensors file, or cut short: it announces a header of {} bytes and has {} in all", length,
          bytes.size());
  const std::string_view header = bytes.substr(kLengthBytes, length);
  require(header.find('\0') == std::string_view::npos,
          "the safetensors header holds a NUL byte");  // the parser ends there
  // A header is at most three levels deep; refusing deeper ones bounds the memory that a lying one costs.
  Json json = Json::parse(header, [](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
    require(depth <= 8, "the safetensors header is nested too deeply");
    return true;
  });
  require(json.is_object(), "the safetensors header is not a JSON object");
  return json;
}

Tensor read_tensor(const Entry& entry, std::string_view data) {
  Tensor tensor = Tensor::empty(entry.shape, entry.dtype);
  if (entry.end > entry.begin) {
    std::memcpy(tensor.mutable_address(), data.data() + entry.begin, entry.end - entry.begin);
  }
  return tensor;
}

TensorFile read_content(std::string_view bytes) {
  const Json header = parse_header(bytes);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  const std::string_view data = bytes.substr(kLengthBytes + length);

  TensorFile content;
  std::vector<Entry> entries;
  for (const auto& [key, value] : header.items()) {
    if (key != kMetadata) {
      entries.push_back(parse_entry(key, value));
      continue;
    }
    require(value.is_object(), "{} is not a JSON object", kMetadata);
    for (const auto& [field, entry] : value.items()) {
      require(entry.is_string(), "the metadata {} is not a string", field);
      content.metadata[field] = entry.get<std::string>();
    }
  }
  require_filled(entries, data.size());
  for (const Entry& entry : entries) content.tensors[entry.name] = read_tensor(entry, data);
  return content;
}

}  // namespace

std::string to_safetensors(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header[kMetadata] = file.metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    require(tensor.defined() && name != kMetadata, "to_safetensors: the tensor {} is undefined or has a reserved name",
            name);
    const std::uint64_t bytes = static_cast<std::uint64_t>(tensor.elements()) * size_of(tensor.dtype());
    const auto sizes = tensor.shape().sizes();
    header[name] = {{"dtype", text(tensor.dtype())},
                    {"shape", std::vector<std::int64_t>(sizes.begin(), sizes.end())},
                    {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  std::string json = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  json.resize((json.size() + 7) / 8 * 8, ' ');  // elements start at a multiple of 8, as the format advises

  std::string result(kLengthBytes, '\0');
  const std::uint64_t length = json.size();
  std::memcpy(result.data(), &length, kLengthBytes);
  result += json;
  for (const auto& [name, tensor] : file.tensors) {
    const Tensor host = tensor.to(Device::cpu());
    result.append(static_cast<const char*>(host.address()),
                  static_cast<std::size_t>(host.elements()) * size_of(host.dtype()));
  }
  return result;
}

TensorFile from_safetensors(std::string_view bytes, const std::string& name) {
  try {
    return read_content(bytes);
  } catch (const Json::exception&) {
    fail("{}: the safetensors header is not valid JSON", name);
  } catch (const Error& error) {
    fail("{}: {}", name, error.what());
  }
}

}  // namespace posthoc::nn
