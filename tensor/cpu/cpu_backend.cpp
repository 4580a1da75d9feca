#include "tensor/cpu/cpu_backend.h"

#include "tensor/cpu/host_allocator.h"
#include "tensor/cpu/kernels.h"

namespace posthoc {
namespace {

class CpuBackend final : public Backend {
 public:
  CachingAllocator& allocator() override { return cpu::host_allocator(); }
  void transfer(const Tensor& from, Tensor& to) override { cpu::convert(from, to); }
  void convert(const Tensor& in, Tensor& out) override { cpu::convert(in, out); }
  void fill(double value, Tensor& out) override { cpu::fill(value, out); }
  void unary(UnaryOp op, const Tensor& in, Tensor& out) override { cpu::unary(op, in, out); }
  void binary(BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out) override { cpu::binary(op, a, b, out); }
  void where(const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out) override {
    cpu::where(mask, a, b, out);
  }
  void reduce(ReduceOp op, const Tensor& in, Tensor& out) override { cpu::reduce(op, in, out); }
  void argmax(const Tensor& in, int axis, Tensor& out) override { cpu::argmax(in, axis, out); }
  void transpose(const Tensor& in, int a, int b, Tensor& out) override { cpu::transpose(in, a, b, out); }
  void copy_range(const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out,
                  std::int64_t to) override {
    cpu::copy_range(in, axis, from, length, out, to);
  }
  void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate,
              Tensor& out) override {
    cpu::matmul(a, transpose_a, b, transpose_b, accumulate, out);
  }
  void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out) override {
    cpu::linear(x, weight, bias, out);
  }
  void gather_rows(const Tensor& in, const Tensor& index, Tensor& out) override { cpu::gather_rows(in, index, out); }
  void scatter_add_rows(const Tensor& in, const Tensor& index, Tensor& out) override {
    cpu::scatter_add_rows(in, index, out);
  }
  BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps) override {
    return cpu::batch_norm_statistics(x, eps);
  }
  void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                        Tensor& y) override {
    cpu::batch_norm_apply(x, statistics, gamma, beta, y);
  }
  BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                         const Tensor& cotangent, bool batch) override {
    return cpu::batch_norm_backward(x, statistics, gamma, cotangent, batch);
  }
  void moved_towards(const Tensor& old, const Tensor& batch, double scale, double momentum, Tensor& out) override {
    cpu::moved_towards(old, batch, scale, momentum, out);
  }
  void random_uniform(const RandomStream& stream, std::uint64_t first, double low, double high, Tensor& out) override {
    cpu::random_uniform(stream, first, low, high, out);
  }
  void random_normal(const RandomStream& stream, std::uint64_t first, Tensor& out) override {
    cpu::random_normal(stream, first, out);
  }
  void dropout_mask(const RandomStream& stream, std::uint64_t first, double p, Tensor& out) override {
    cpu::dropout_mask(stream, first, p, out);
  }
  void relu_dropout(const Tensor& x, const RandomStream& stream, std::uint64_t first, double p, Tensor& y) override {
    cpu::relu_dropout(x, stream, first, p, y);
  }
  void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) override {
    cpu::relu_dropout_backward(y, p, cotangent, dx);
  }
  void perturb(const Tensor& w, const RandomStream& stream, double sigma, std::uint64_t first, Tensor& out) override {
    cpu::perturb(w, stream, sigma, first, out);
  }
  void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) override {
    cpu::adam_step(options, gradient, parameter, m, v);
  }
};

}  // namespace

Backend& cpu_backend() {
  // Never destroyed: tensors with static lifetime may give blocks back after the end of main.
  static auto* const instance = new CpuBackend;
  return *instance;
}

}  // namespace posthoc
