#include "base/note.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

namespace atr::testkit {

Note::Note() {
    void* memory = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    page_ = new (memory) Page();
}

Note::~Note() {
    munmap(page_, sizeof(Page));
}

void Note::write(std::string_view text) {
    if (page_->busy.test_and_set(std::memory_order_acquire)) return;
    const std::size_t length = std::min(text.size(), page_->text.size() - 1);
    std::memcpy(page_->text.data(), text.data(), length);
    page_->text[length] = '\0';
    page_->busy.clear(std::memory_order_release);
}

std::string Note::read() const {
    return std::string(page_->text.data(), strnlen(page_->text.data(), page_->text.size()));
}

void Note::clear() {
    page_->busy.clear();
    page_->text[0] = '\0';
}

}  // namespace atr::testkit
