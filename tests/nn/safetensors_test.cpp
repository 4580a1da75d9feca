#include "nn/safetensors.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>

#include "support/expect_error.h"

namespace posthoc::nn {
namespace {

using posthoc::testing::fails_with;

// A file by hand: the header's length, the header, the data.
std::string file_of(const std::string& header, const std::string& data = "") {
  std::string bytes(8, '\0');
  const std::uint64_t length = header.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + data;
}

// A file with one tensor `a` and 8 bytes of data.
std::string entry(const std::string& fields) { return file_of("{\"a\":{" + fields + "}}", std::string(8, '\1')); }

::testing::AssertionResult refused(const std::string& bytes, std::string_view part) {
  return fails_with([&] { from_safetensors(bytes, "net.safetensors"); }, {"net.safetensors: ", part});
}

TEST(Safetensors, ReadsAFileMadeByHand) {
  const std::string data(
      "\x00\x00\x80\x3f\x00\x00\x00\xc0"   // float32 1, -2
      "\x00\x00\x00\x00\x00\x00\xe0\x3f"   // float64 0.5
      "\xff\xff\xff\xff\xff\xff\xff\xff",  // int64 -1
      24);
  const TensorFile file = from_safetensors(
      file_of(R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F64","shape":[],"data_offsets":[8,16]},)"
              R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
              R"("c":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},)"
              R"("none":{"dtype":"F32","shape":[3,0],"data_offsets":[24,24]}}    )",
              data),
      "net.safetensors");
  EXPECT_EQ(file.metadata.at("format"), "pt");
  ASSERT_EQ(file.tensors.size(), 4U);
  EXPECT_EQ(file.tensors.at("a").shape(), (Shape{1, 2}));
  EXPECT_EQ(file.tensors.at("a").to_vector(), (std::vector<double>{1, -2}));
  EXPECT_EQ(file.tensors.at("b").item(), 0.5);
  EXPECT_EQ(file.tensors.at("c").values<std::int64_t>()[0], -1);
  EXPECT_EQ(file.tensors.at("none").shape(), (Shape{3, 0}));
}

TEST(Safetensors, WhatIsWrittenReadsBackByteByByte) {
  TensorFile file;
  file.tensors["w"] = Tensor::from<float>({1.5F, -0.0F, 3e-45F, INFINITY, NAN, 2.0F}, {2, 3});
  file.tensors["d"] = Tensor::from<double>({0.1}, {});
  file.tensors["n"] = Tensor::from<std::int64_t>({1LL << 60, -7}, {2});
  file.tensors["empty"] = Tensor::zeros({0, 4});
  file.tensors["names with \"quotes\" and \xc3\xbc"] = Tensor::zeros({1});
  file.metadata = {{"task", "adult"}, {"note", "two\nlines"}};
  const std::string bytes = to_safetensors(file);
  const TensorFile back = from_safetensors(bytes, "x");
  EXPECT_EQ(back.metadata, file.metadata);
  EXPECT_EQ(back.tensors.size(), file.tensors.size());
  EXPECT_EQ(to_safetensors(back), bytes);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0U) << "elements start at a multiple of 8";
  EXPECT_EQ(to_safetensors(from_safetensors(to_safetensors({}), "x")), to_safetensors({}));
}

TEST(Safetensors, ViewsAreWrittenAsTheyAreSeen) {
  const Tensor all = Tensor::from<float>({1, 2, 3, 4}, {2, 2});
  const TensorFile back = from_safetensors(to_safetensors({{{"row", all.rows(1, 2)}}, {}}), "x");
  EXPECT_EQ(back.tensors.at("row").to_vector(), (std::vector<double>{3, 4}));
}

TEST(Safetensors, AFileCutShortAnywhereIsRefused) {
  TensorFile file;
  file.tensors["w"] = Tensor::from<float>({1, 2, 3}, {3});
  file.tensors["v"] = Tensor::from<double>({1}, {1});
  file.metadata = {{"task", "adult"}};
  const std::string bytes = to_safetensors(file);
  for (std::size_t size = 0; size < bytes.size(); ++size) EXPECT_TRUE(refused(bytes.substr(0, size), "")) << size;
  EXPECT_TRUE(refused(bytes + '\0', "the file has 21; it is damaged or cut short"));
}

TEST(Safetensors, AnyDamagedByteGivesAnErrorOrTensors) {
  TensorFile file;
  file.tensors["w"] = Tensor::from<float>({1, 2, 3}, {3});
  file.tensors["v"] = Tensor::from<double>({1}, {1});
  const std::string bytes = to_safetensors(file);
  int read = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const char value : {'\0', '\x7f', '\xff', '{', '[', '"', '9', '-', ' '}) {
      std::string damaged = bytes;
      damaged[at] = value;
      try {
        const TensorFile back = from_safetensors(damaged, "x");
        ++read;
        for (const auto& [name, tensor] : back.tensors) EXPECT_LE(tensor.elements(), 6);
      } catch (const Error&) {
        continue;
      }
    }
  }
  EXPECT_GE(read, 9 * 20) << "damage to the 20 bytes of elements is not seen";
}

TEST(Safetensors, LyingHeadersAreRefused) {
  EXPECT_TRUE(refused("", "0 bytes are too few for a safetensors file"));
  EXPECT_TRUE(refused(std::string("\0\0\0\0\0\0\0\x10{}", 10), "it announces a header of 1152921504606846976 bytes"));
  EXPECT_TRUE(refused(std::string(8, '\xff') + "{}", "it announces a header of 18446744073709551615 bytes"));
  EXPECT_TRUE(refused(file_of(""), "the safetensors header is not valid JSON"));
  EXPECT_TRUE(refused(file_of("{"), "not valid JSON"));
  EXPECT_TRUE(refused(file_of(std::string("{}\0{", 4)), "holds a NUL byte"));
  EXPECT_TRUE(refused(file_of("{\"\xff\":1}"), "not valid JSON"));
  EXPECT_TRUE(refused(file_of("[]"), "the safetensors header is not a JSON object"));
  EXPECT_TRUE(refused(file_of("null"), "the safetensors header is not a JSON object"));
  EXPECT_TRUE(refused(file_of(std::string(1000000, '[')), "nested too deeply"));
  EXPECT_TRUE(refused(file_of("{\"a\":" + std::string(1000000, '[')), "nested too deeply"));
  EXPECT_TRUE(refused(file_of(R"({"__metadata__":[]})"), "__metadata__ is not a JSON object"));
  EXPECT_TRUE(refused(file_of(R"({"__metadata__":{"epochs":3}})"), "the metadata epochs is not a string"));
}

TEST(Safetensors, LyingEntriesAreRefused) {
  EXPECT_TRUE(refused(file_of(R"({"a":1})"), "tensor a needs a dtype, a shape and two data_offsets"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2])"), "two data_offsets"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0])"), "two data_offsets"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F16","shape":[4],"data_offsets":[0,8])"), "has the dtype F16"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,16])"), "needs 8 bytes"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[4],"data_offsets":[0,16])"), "the file has 8"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), "needs 8 bytes"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":[-8,0])"), "non-negative integers"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":[0.0,8.0])"), "non-negative integers"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[2],"data_offsets":["0",8])"), "non-negative integers"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), "shape must hold non-negative"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[1],"data_offsets":[4,8])"), "expected 0: tensors overlap"));
  EXPECT_TRUE(refused(entry(R"("dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,8])"), "any file holds"));
  EXPECT_TRUE(
      refused(entry(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8])"), "too many elements"));
  EXPECT_TRUE(
      refused(entry(R"("dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0])"), "too many elements"));
  EXPECT_TRUE(refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                              R"("b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
                              std::string(12, '\0')),
                      "tensor b begins at byte 4 of the data, expected 8"));
}

TEST(Safetensors, WhatCannotBeReadBackIsNotWritten) {
  EXPECT_TRUE(fails_with([] { to_safetensors({{{"w", Tensor()}}, {}}); }, {"the tensor w is undefined"}));
  EXPECT_TRUE(fails_with([] { to_safetensors({{{"__metadata__", Tensor::zeros({1})}}, {}}); }, {"reserved name"}));
}

}  // namespace
}  // namespace posthoc::nn
