#include "nn/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"

namespace posthoc::nn {
namespace {

using Json = nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors holds little-endian elements");
constexpr std::size_t kLengthBytes = 8;

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

Dtype parse_dtype(const std::string& dtype, const std::string& tensor, const std::string& file) {
  for (const Dtype known : {Dtype::float32, Dtype::float64, Dtype::int64}) {
    if (dtype == text(known)) return known;
  }
  fail("{}: tensor {} has the dtype {}; expected F32, F64 or I64", file, tensor, dtype);
}

std::uint64_t non_negative(const Json& value, const char* what, const std::string& tensor, const std::string& file) {
  require(value.is_number_unsigned(), "{}: tensor {}: {} must hold non-negative integers", file, tensor, what);
  return value.get<std::uint64_t>();
}

struct Entry {
  std::string name;
  Dtype dtype;
  Shape shape;
  std::uint64_t begin;
  std::uint64_t end;
};

Shape parse_shape(const Json& sizes, const std::string& tensor, const std::string& file) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 56;
  std::vector<std::int64_t> result;
  for (const Json& size : sizes) {
    const std::uint64_t value = non_negative(size, "shape", tensor, file);
    require(value <= kMost, "{}: tensor {}: the size {} is more than any file holds", file, tensor, value);
    result.push_back(static_cast<std::int64_t>(value));
  }
  return Shape(std::move(result));
}

Entry parse_entry(const std::string& name, const Json& value, std::uint64_t data_bytes, const std::string& file) {
  require(value.is_object() && value.contains("dtype") && value["dtype"].is_string() && value.contains("shape") &&
              value["shape"].is_array() && value.contains("data_offsets") && value["data_offsets"].is_array() &&
              value["data_offsets"].size() == 2,
          "{}: tensor {} needs a dtype, a shape and two data_offsets", file, name);
  Entry entry{name, parse_dtype(value["dtype"].get<std::string>(), name, file), parse_shape(value["shape"], name, file),
              non_negative(value["data_offsets"][0], "data_offsets", name, file),
              non_negative(value["data_offsets"][1], "data_offsets", name, file)};
  require(entry.begin <= entry.end && entry.end <= data_bytes,
          "{}: tensor {} lies at bytes {} to {}, outside the {} bytes of data; the file is damaged or cut short", file,
          name, entry.begin, entry.end, data_bytes);
  const std::uint64_t needed = static_cast<std::uint64_t>(entry.shape.elements()) * size_of(entry.dtype);
  require(entry.end - entry.begin == needed, "{}: tensor {} of shape {} needs {} bytes, the file gives it {}", file,
          name, entry.shape.text(), needed, entry.end - entry.begin);
  return entry;
}

void require_apart(std::vector<Entry> entries, const std::string& file) {
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    require(entries[i - 1].end <= entries[i].begin, "{}: the tensors {} and {} overlap", file, entries[i - 1].name,
            entries[i].name);
  }
}

Json parse_header(std::string_view bytes, const std::string& file) {
  require(bytes.size() >= kLengthBytes, "{}: {} bytes are too few for a safetensors file", file, bytes.size());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  require(length <= bytes.size() - kLengthBytes,
          "{}: not a safetensors file, or cut short: it announces a header of {} bytes and has {} in all", file, length,
          bytes.size());
  const std::string_view header = bytes.substr(kLengthBytes, length);
  // Arrays in a header are at most two deep; refusing deeper ones keeps the parser's stack small.
  const Json json = Json::parse(
      header,
      [](int depth, Json::parse_event_t /*event*/, Json& /*parsed*/) {
        if (depth > 8) throw Error("nested too deeply");
        return true;
      },
      /*allow_exceptions=*/true);
  require(json.is_object(), "{}: the safetensors header is not a JSON object", file);
  return json;
}

Tensor read_tensor(const Entry& entry, std::string_view data) {
  Tensor tensor = Tensor::empty(entry.shape, entry.dtype);
  if (entry.end > entry.begin) {
    std::memcpy(tensor.mutable_address(), data.data() + entry.begin, entry.end - entry.begin);
  }
  return tensor;
}

}  // namespace

std::string to_safetensors(const TensorFile& file) {
  Json header = Json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    const std::uint64_t bytes = static_cast<std::uint64_t>(tensor.elements()) * size_of(tensor.dtype());
    header[name] = {
        {"dtype", text(tensor.dtype())}, {"shape", tensor.shape().sizes()}, {"data_offsets", {offset, offset + bytes}}};
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
  Json header;
  try {
    header = parse_header(bytes, name);
  } catch (const Json::exception&) {
    fail("{}: the safetensors header is not valid JSON", name);
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  const std::string_view data = bytes.substr(kLengthBytes + length);

  TensorFile file;
  std::vector<Entry> entries;
  for (const auto& [key, value] : header.items()) {
    if (key != "__metadata__") {
      entries.push_back(parse_entry(key, value, data.size(), name));
      continue;
    }
    require(value.is_object(), "{}: __metadata__ is not a JSON object", name);
    for (const auto& [field, content] : value.items()) {
      require(content.is_string(), "{}: the metadata {} is not a string", name, field);
      file.metadata[field] = content.get<std::string>();
    }
  }
  require_apart(entries, name);
  for (const Entry& entry : entries) file.tensors[entry.name] = read_tensor(entry, data);
  return file;
}

}  // namespace posthoc::nn
