#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "tensor/device.h"

namespace posthoc::detail {

/// The memory of a tensor's elements, which goes with the last handle on it.
///
/// A handle is a std::shared_ptr in miniature: the count stands in front of the elements, in one block with them where
/// they lie on the host, so that a tensor is one request for memory.
class Storage {
 public:
  /// Nothing.
  Storage() = default;
  /// `bytes` bytes of no particular value, aligned to 64. Throws `Error` when there is no more memory.
  Storage(Device device, std::size_t bytes);
  Storage(const Storage& other) : block_(other.block_) {
    if (block_ != nullptr) block_->handles.fetch_add(1, std::memory_order_relaxed);
  }
  Storage(Storage&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Storage& operator=(Storage other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Storage() {
    if (block_ != nullptr) release();
  }

  [[nodiscard]] bool defined() const { return block_ != nullptr; }
  /// True iff this is the only handle.
  [[nodiscard]] bool unique() const { return block_->handles.load(std::memory_order_acquire) == 1; }
  [[nodiscard]] void* data() const { return block_->data; }

 private:
  struct alignas(64) Block {
    Block(Device on, std::size_t size, void* elements) : device(on), bytes(size), data(elements) {}

    std::atomic<std::int64_t> handles{1};
    Device device;
    std::size_t bytes;
    void* data;
  };

  void release() {
    // The only handle needs no locked instruction: there is nobody to count with.
    if (unique() || block_->handles.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }
  void destroy() noexcept;

  Block* block_ = nullptr;
};

}  // namespace posthoc::detail
