#include <cublas_v2.h>
#include <dlfcn.h>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "tensor/cuda/blas.h"

namespace posthoc::cuda {
namespace {

// The functions of cuBLAS that are used, from the library that is found when the first product is asked for: linked,
// its 600 MB would be mapped at every start of the program, and it could not start without them.
struct Library {
  decltype(&cublasCreate_v2) create = nullptr;
  decltype(&cublasDestroy_v2) destroy = nullptr;
  decltype(&cublasSetStream_v2) set_stream = nullptr;
  decltype(&cublasSgemm_v2) sgemm = nullptr;
  decltype(&cublasDgemm_v2) dgemm = nullptr;

  Library() {
    // The soname of the headers first; these five functions have been the same in the neighbours.
    const std::string own = "libcublas.so." + std::to_string(CUBLAS_VER_MAJOR);
    void* handle = nullptr;
    std::string names;
    for (const std::string& name : {own, std::string(POSTHOC_CUBLAS_FOLDER "/") + own, std::string("libcublas.so.13"),
                                    std::string("libcublas.so.12")}) {
      handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
      if (handle != nullptr) break;
      names += (names.empty() ? "" : ", ") + name;
    }
    require(handle != nullptr,
            "cuBLAS is not installed (tried {}); install CUDA's libcublas or add its folder to LD_LIBRARY_PATH", names);
    find(handle, "cublasCreate_v2", create);
    find(handle, "cublasDestroy_v2", destroy);
    find(handle, "cublasSetStream_v2", set_stream);
    find(handle, "cublasSgemm_v2", sgemm);
    find(handle, "cublasDgemm_v2", dgemm);
  }

 private:
  template <typename Function>
  static void find(void* handle, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(handle, name));
    require(function != nullptr, "cuBLAS has no function {}; it is too old or too new", name);
  }
};

void check(cublasStatus_t status, const char* call) {
  require(status == CUBLAS_STATUS_SUCCESS, "cuBLAS: {}: status {}", call, static_cast<int>(status));
}

int blas_size(std::int64_t size) {
  require(size <= 0x7fffffff, "matmul: a dimension of {} is more than cuBLAS can take (2^31 - 1)", size);
  return static_cast<int>(size);
}

}  // namespace

#define POSTHOC_CHECK(call) check(call, #call)

struct Blas::State {
  Library library;
  cublasHandle_t handle = nullptr;
  std::mutex mutex;  // of the handle

  template <typename T, typename Gemm>
  void multiply(Gemm gemm, const char* name, const Product<T>& product) {
    const ColumnMajorProduct<T> p = column_major(product);
    const auto op = [](bool transpose) { return transpose ? CUBLAS_OP_T : CUBLAS_OP_N; };
    const T one = 1;
    const T beta = product.accumulate ? T(1) : T(0);
    const int m = blas_size(p.m);
    const int n = blas_size(p.n);
    const int k = blas_size(p.k);
    const std::lock_guard lock(mutex);
    check(gemm(handle, op(p.transpose_a), op(p.transpose_b), m, n, k, &one, p.a, blas_size(p.lda), p.b,
               blas_size(p.ldb), &beta, p.c, blas_size(p.ldc)),
          name);
  }
};

Blas::Blas(StreamHandle stream) : state_(nullptr) {
  auto state = std::make_unique<State>();
  const Library& library = state->library;
  POSTHOC_CHECK(library.create(&state->handle));
  POSTHOC_CHECK(library.set_stream(state->handle, stream));
  state_ = state.release();
}

Blas::~Blas() {
  static_cast<void>(state_->library.destroy(state_->handle));
  delete state_;
}

void Blas::multiply(const Product<float>& product) { state_->multiply(state_->library.sgemm, "cublasSgemm", product); }
void Blas::multiply(const Product<double>& product) { state_->multiply(state_->library.dgemm, "cublasDgemm", product); }

}  // namespace posthoc::cuda
