#include "http/mailbox.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <system_error>

namespace treasurer::http {

Mailbox::Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void Mailbox::post(Letter letter) {
    {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return;
        letters_.push_back(std::move(letter));
        if (letters_.size() > 1) return;
    }
    // The transport thread takes its letters at the end of every round: no need to wake itself.
    if (of_this_thread_ != this) ::eventfd_write(event_.get(), 1);
}

std::vector<Letter> Mailbox::take() {
    std::vector<Letter> letters;
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
    return letters;
}

void Mailbox::close() {
    std::vector<Letter> dropped;
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    dropped.swap(letters_);
}

}  // namespace treasurer::http
