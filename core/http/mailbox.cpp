#include "http/mailbox.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace treasurer::http {

Mailbox::Mailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Mailbox::~Mailbox() {
    destroy(posted_);
    destroy(opened_);
}

void Mailbox::post(Letter letter) {
    if (opened_.load(std::memory_order_relaxed)) destroy(opened_.exchange(nullptr));
    if (is_closed_) return;
    Node* const node = new Node{std::move(letter)};
    waiting_.fetch_add(1, std::memory_order_relaxed);
    const bool was_empty = add(posted_, node, node) == nullptr;
    if (is_closed_) return close();  // it may have been closed before this came in
    // The transport thread takes its letters at the end of every round: no need to wake itself.
    if (was_empty && of_this_thread_ != this) wake();
}

Mailbox::Node* Mailbox::take() {
    Node* newest = posted_.exchange(nullptr);
    Node* oldest = nullptr;
    std::size_t count = 0;
    for (; newest; ++count) {
        Node* const before = std::exchange(newest->next, oldest);
        oldest = std::exchange(newest, before);
    }
    waiting_.fetch_sub(count, std::memory_order_relaxed);
    return oldest;
}

void Mailbox::give_back(Node* first) {
    if (!first) return;
    Node* last = first;
    while (last->next) last = last->next;
    add(opened_, first, last);
}

void Mailbox::close() {
    is_closed_ = true;
    waiting_.fetch_sub(destroy(posted_.exchange(nullptr)), std::memory_order_relaxed);
    destroy(opened_.exchange(nullptr));
}

/// What the list began with before.
Mailbox::Node* Mailbox::add(List& list, Node* first, Node* last) {
    Node* before = list.load(std::memory_order_relaxed);
    do last->next = before;
    while (!list.compare_exchange_weak(before, first));
    return before;
}

std::size_t Mailbox::destroy(Node* first) {
    std::size_t count = 0;
    for (; first; ++count) delete std::exchange(first, first->next);
    return count;
}

}  // namespace treasurer::http
