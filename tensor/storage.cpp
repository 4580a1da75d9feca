#include "tensor/storage.h"

#include <memory>
#include <new>

#include "tensor/backend.h"
#include "tensor/host_blocks.h"

namespace posthoc::detail {

Storage::Storage(Device device, std::size_t bytes) {
  if (device.is_cpu()) {
    void* const block = allocate_host_block(sizeof(Block) + bytes);
    block_ = ::new (block) Block(device, bytes, static_cast<std::byte*>(block) + sizeof(Block));
  } else {
    auto block = std::make_unique<Block>(device, bytes, nullptr);
    block->data = backend(device).allocator().allocate(bytes);
    block_ = block.release();
  }
}

void Storage::destroy() noexcept {
  if (block_->device.is_cpu()) {
    deallocate_host_block(block_, sizeof(Block) + block_->bytes);
  } else {
    backend(block_->device).allocator().deallocate(block_->data, block_->bytes);
    delete block_;
  }
}

}  // namespace posthoc::detail
