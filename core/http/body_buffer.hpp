/// A request body as it arrives: bounded by itself, and by the budget all bodies share.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/body_budget.hpp"
#include "http/refusal.hpp"

namespace treasurer::http {

/// Charged for what has arrived, and holding memory for no more, so that nobody can take either with a promise.
class BodyBuffer {
public:
    /// Before a body: what it may have at most, and whose budget it is charged to.
    void begin(std::size_t max_bytes, std::shared_ptr<BodyBudget> budget) {
        max_bytes_ = max_bytes;
        budget_ = std::move(budget);
    }
    /// Judges what is announced to come next, a length or a chunk, before a byte of it is read.
    std::optional<Refusal> expect(std::uint64_t bytes) const {
        if (bytes > max_bytes_ - bytes_.size()) return too_large();
        if (!budget_->could_take(bytes)) return over_budget();
        return std::nullopt;
    }
    std::optional<Refusal> append(std::string_view data) {
        if (data.size() > max_bytes_ - bytes_.size()) return too_large();
        if (!charge_.cover(budget_, bytes_.size() + data.size())) return over_budget();
        bytes_.append(data);
        return std::nullopt;
    }
    std::size_t size() const { return bytes_.size(); }

    /// Moves the body and its charge out; the buffer is empty again.
    void move_to(std::string& body, BodyCharge& charge) {
        body = std::exchange(bytes_, {});
        charge = std::exchange(charge_, {});
    }

    void drop() {
        std::string body;
        BodyCharge charge;
        move_to(body, charge);
    }

private:
    static Refusal too_large() { return {413, "body_too_large", "The body is larger than this server accepts."}; }
    static Refusal over_budget() {
        return {503, "overloaded", "Too many request bodies are in flight; try again shortly.", 1};
    }

    std::size_t max_bytes_ = 0;
    std::shared_ptr<BodyBudget> budget_;
    std::string bytes_;
    BodyCharge charge_;
};

}  // namespace treasurer::http
