#pragma once

#include <map>
#include <string>
#include <string_view>

#include "nn/module.h"

namespace posthoc::nn {

/// Named tensors and text metadata, as the safetensors format holds them.
struct TensorFile {
  StateDict tensors;
  std::map<std::string, std::string> metadata;
};

/// The bytes of a safetensors file: an 8-byte little-endian header length, a JSON header, the elements. The same
/// content gives the same bytes. float32, float64 and int64.
std::string to_safetensors(const TensorFile& file);

/// Reads such bytes; `name` is what errors call them. F16 and BF16 are not read. Throws `Error` on anything that does
/// not fit: a header beyond the file, text that is not JSON, offsets of another size than the shape says, tensors that
/// overlap or do not fill the data. Memory is bounded by the size of `bytes`.
TensorFile from_safetensors(std::string_view bytes, const std::string& name);

}  // namespace posthoc::nn
