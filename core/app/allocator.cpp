#include "app/allocator.hpp"

#include <malloc.h>

namespace treasurer::app {

std::size_t allocated_bytes() {
    const auto heap = ::mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

void give_back_free_memory() {
    ::malloc_trim(0);
}

}  // namespace treasurer::app
