// safetensors files.

#include <cstddef>
#include <cstring>
#include <string>

#include "fuzz/target.h"
#include "nn/safetensors.h"

namespace posthoc::fuzz {
namespace {

// Bytes, so that a NaN equals itself.
bool same_elements(const Tensor& a, const Tensor& b) {
  const std::size_t bytes = static_cast<std::size_t>(a.elements()) * size_of(a.dtype());
  return bytes == 0 || std::memcmp(a.address(), b.address(), bytes) == 0;
}

void check_same(const nn::TensorFile& a, const nn::TensorFile& b) {
  check(a.metadata == b.metadata, "metadata written and read again are the same");
  check(a.tensors.size() == b.tensors.size(), "as many tensors are read again as were written");
  for (const auto& [name, tensor] : a.tensors) {
    const auto found = b.tensors.find(name);
    check(found != b.tensors.end(), "a tensor keeps its name");
    check(found->second.shape() == tensor.shape() && found->second.dtype() == tensor.dtype(),
          "a tensor keeps its shape and dtype");
    check(same_elements(found->second, tensor), "a tensor keeps its elements");
  }
}

}  // namespace

bool parses(std::string_view bytes) {
  const nn::TensorFile file = nn::from_safetensors(bytes, "input");
  std::size_t data_bytes = 0;
  for (const auto& [name, tensor] : file.tensors) {
    check(tensor.defined() && tensor.elements() >= 0, "a tensor that was read is defined");
    data_bytes += static_cast<std::size_t>(tensor.elements()) * size_of(tensor.dtype());
  }
  check(data_bytes <= bytes.size(), "the elements are no more than the file holds");

  const std::string again = nn::to_safetensors(file);
  const nn::TensorFile copy = nn::from_safetensors(again, "copy");
  check_same(file, copy);
  check(nn::to_safetensors(copy) == again, "the same content gives the same bytes");
  return true;
}

}  // namespace posthoc::fuzz
