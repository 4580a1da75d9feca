#include "tensor/cuda/cuda_backend.h"

#include <memory>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "tensor/cuda/blas.h"
#include "tensor/cuda/kernels.h"
#include "tensor/cuda/runtime.h"

namespace posthoc {
namespace {

// One stream does all work of a device, in the order in which the host asked for it. So a block that is returned can be
// handed out at once: whatever still reads it comes before whatever writes it next.
class DeviceAllocator final : public CachingAllocator {
 public:
  DeviceAllocator(int device, const cuda::Stream& stream) : device_(device), stream_(stream) {}

 protected:
  void* system_allocate(std::size_t bytes) override {
    cuda::use_device(device_);
    void* block = cuda::allocate(bytes);
    if (block == nullptr) stream_.synchronize();  // the cached blocks go next, and work may still read them
    return block;
  }
  void system_free(void* block) noexcept override { cuda::release(block); }
  [[nodiscard]] std::string memory() const override { return Device::cuda(device_).name(); }

 private:
  int device_;
  const cuda::Stream& stream_;
};

class CudaBackend final : public Backend {
 public:
  explicit CudaBackend(int device) : device_(device), allocator_(device, stream_) {}

  CachingAllocator& allocator() override { return allocator_; }

  void transfer(const Tensor& from, Tensor& to) override {
    const std::size_t bytes = bytes_of(from);
    if (bytes == 0) return;
    if (to.device().is_cpu()) {
      cuda::copy_to_host(from.address(), to.mutable_address(), bytes, stream());
    } else {
      cuda::copy_to_device(from.address(), to.mutable_address(), bytes, stream());
    }
  }
  void convert(const Tensor& in, Tensor& out) override {
    if (in.dtype() != out.dtype()) return cuda::convert(stream(), in, out);
    if (bytes_of(in) > 0) cuda::copy_on_device(in.address(), out.mutable_address(), bytes_of(in), stream());
  }
  void fill(double value, Tensor& out) override { cuda::fill(stream(), value, out); }
  void unary(UnaryOp op, const Tensor& in, Tensor& out) override { cuda::unary(stream(), op, in, out); }
  void binary(BinaryOp op, const Tensor& a, const Tensor& b, Tensor& out) override {
    cuda::binary(stream(), op, a, b, out);
  }
  void where(const Tensor& mask, const Tensor& a, const Tensor& b, Tensor& out) override {
    cuda::where(stream(), mask, a, b, out);
  }
  void reduce(ReduceOp op, const Tensor& in, Tensor& out) override { cuda::reduce(stream(), op, in, out); }
  void argmax(const Tensor& in, int axis, Tensor& out) override { cuda::argmax(stream(), in, axis, out); }
  void transpose(const Tensor& in, int a, int b, Tensor& out) override { cuda::transpose(stream(), in, a, b, out); }
  void copy_range(const Tensor& in, int axis, std::int64_t from, std::int64_t length, Tensor& out,
                  std::int64_t to) override {
    cuda::copy_range(stream(), in, axis, from, length, out, to);
  }
  void matmul(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b, bool accumulate,
              Tensor& out) override {
    const std::int64_t inner = a.size(transpose_a ? 0 : 1);
    if (out.elements() == 0) return;
    if (inner == 0) {  // an empty sum
      if (!accumulate) fill(0.0, out);
      return;
    }
    dispatch_floating(out.dtype(), [&]<typename T>() {
      blas().multiply(cuda::Product<T>{.m = out.size(0),
                                       .n = out.size(1),
                                       .k = inner,
                                       .a = cuda::elements<T>(a),
                                       .transpose_a = transpose_a,
                                       .b = cuda::elements<T>(b),
                                       .transpose_b = transpose_b,
                                       .out = cuda::elements<T>(out),
                                       .accumulate = accumulate});
    });
  }
  void linear(const Tensor& x, const Tensor& weight, const Tensor& bias, Tensor& out) override {
    cuda::repeat_row(stream(), bias, out);
    matmul(x, false, weight, true, true, out);
  }
  void gather_rows(const Tensor& in, const Tensor& index, Tensor& out) override {
    cuda::gather_rows(stream(), in, index, out);
  }
  void scatter_add_rows(const Tensor& in, const Tensor& index, Tensor& out) override {
    cuda::scatter_add_rows(stream(), in, index, out);
  }

  BatchNormStatistics batch_norm_statistics(const Tensor& x, double eps) override {
    const Tensor column = Tensor::empty({x.size(1)}, x.dtype(), x.device());
    BatchNormStatistics result{column, column.empty_like(), column.empty_like()};
    cuda::batch_norm_statistics(stream(), x, eps, result);
    return result;
  }
  void batch_norm_apply(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma, const Tensor& beta,
                        Tensor& y) override {
    cuda::batch_norm_apply(stream(), x, statistics, gamma, beta, y);
  }
  BatchNormGradients batch_norm_backward(const Tensor& x, const BatchNormStatistics& statistics, const Tensor& gamma,
                                         const Tensor& cotangent, bool batch) override {
    BatchNormGradients result{x.empty_like(), gamma.empty_like(), gamma.empty_like()};
    cuda::batch_norm_backward(stream(), x, statistics, gamma, cotangent, batch, result);
    return result;
  }
  void moved_towards(const Tensor& old, const Tensor& batch, double scale, double momentum, Tensor& out) override {
    cuda::moved_towards(stream(), old, batch, scale, momentum, out);
  }

  void random_uniform(const RandomStream& random, std::uint64_t first, double low, double high, Tensor& out) override {
    cuda::random_uniform(stream(), random, first, low, high, out);
  }
  void random_normal(const RandomStream& random, std::uint64_t first, Tensor& out) override {
    cuda::random_normal(stream(), random, first, out);
  }
  void dropout_mask(const RandomStream& random, std::uint64_t first, double p, Tensor& out) override {
    cuda::dropout_mask(stream(), random, first, p, out);
  }
  void relu_dropout(const Tensor& x, const RandomStream& random, std::uint64_t first, double p, Tensor& y) override {
    cuda::relu_dropout(stream(), x, random, first, p, y);
  }
  void relu_dropout_backward(const Tensor& y, double p, const Tensor& cotangent, Tensor& dx) override {
    cuda::relu_dropout_backward(stream(), y, p, cotangent, dx);
  }
  void perturb(const Tensor& w, const RandomStream& random, double sigma, std::uint64_t first, Tensor& out) override {
    cuda::perturb(stream(), w, random, sigma, first, out);
  }
  void adam_step(const AdamStep& options, const Tensor& gradient, Tensor& parameter, Tensor& m, Tensor& v) override {
    cuda::adam_step(stream(), options, gradient, parameter, m, v);
  }

 private:
  static std::size_t bytes_of(const Tensor& tensor) {
    return static_cast<std::size_t>(tensor.elements()) * size_of(tensor.dtype());
  }

  // Where the calling thread's next work goes: threads choose their device each for themselves.
  cuda::StreamHandle stream() {
    cuda::use_device(device_);
    return stream_.handle();
  }
  cuda::Blas& blas() {
    const cuda::StreamHandle on = stream();
    std::call_once(blas_made_, [&] { blas_ = std::make_unique<cuda::Blas>(on); });
    return *blas_;
  }

  int device_;
  cuda::Stream stream_;
  DeviceAllocator allocator_;
  std::once_flag blas_made_;
  std::unique_ptr<cuda::Blas> blas_;
};

struct Slot {
  std::once_flag made;
  std::unique_ptr<CudaBackend> backend;
};

}  // namespace

Backend& cuda_backend(int index) {
  // Never destroyed: tensors with static lifetime may give blocks back after the end of main.
  static auto* const slots = new std::vector<Slot>(static_cast<std::size_t>(cuda_device_count()));
  require(!slots->empty(), "cuda:{}: no CUDA device can be used: {}; use the CPU", index, why_no_cuda_device());
  require(index >= 0 && static_cast<std::size_t>(index) < slots->size(),
          "cuda:{}: there is no such device; the CUDA devices are cuda:0 to cuda:{}", index, slots->size() - 1);
  Slot& slot = (*slots)[static_cast<std::size_t>(index)];
  std::call_once(slot.made, [&] {
    cuda::use_device(index);
    slot.backend = std::make_unique<CudaBackend>(index);
  });
  return *slot.backend;
}

int cuda_device_count() { return cuda::device_count(); }

std::string why_no_cuda_device() { return cuda::why_no_device(); }

}  // namespace posthoc
