/// Where two persons deal with a break: the movement is booked, or explained. Nothing is guessed, and nobody does it
/// alone.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ledger/assets.hpp"
#include "reconcile/break_record.hpp"
#include "reconcile/invoice_claims.hpp"
#include "records/idempotency.hpp"
#include "records/store.hpp"

namespace treasurer::reconcile {

struct BreakRequest {
    std::string break_id;
    std::string action;
    std::string reason;
    std::string by;
    std::string request_id = {};
    Once once = {};
};

enum class BreakResultKind {
    proposed,  ///< a second person has to say the same
    resolved,
    not_found,
    not_open,        ///< it was dealt with, or is gone; one that was explained may still be booked
    not_entitled,    ///< who speaks was disabled, or may decide it no more
    not_open_to_it,  ///< what has not moved, or is still under way, cannot be booked
    unavailable,     ///< safe to repeat
};

struct BreakResult {
    BreakResultKind kind = BreakResultKind::unavailable;
    BreakRecord record = {};
    atr::Error error = {};  ///< unavailable: of storage, where it said why
};

/// Threads: any. Lifetime: what it is given outlives it and its tasks. Errors: in the results.
class BreakDesk {
public:
    BreakDesk(Store& store, const ledger::Assets& assets, const Clock& clock, InvoiceClaims& claims)
        : store_(store), assets_(assets), clock_(clock), claims_(claims) {}

    /// Called when two persons have decided one. It returns at once. Before any other call.
    void on_decided(std::function<void(const BreakRecord&)> listener) { listener_ = std::move(listener); }

    /// One person's word. The first is kept as a proposal; another person's that is the same is carried out; one that
    /// is not takes the proposal's place, and so does any word where who proposed may not speak any more. A booking,
    /// the funds that it takes and the word of both are one unit of work; and where it says that a payment moved which
    /// the books had ended unpaid, its invoice is paid from that unit on, unless it was submitted again since.
    Task<BreakResult> resolve(BreakRequest request);

private:
    Task<std::optional<BreakResult>> resolve_once(BreakRequest request);
    void book(UnitOfWork& unit, const Break& what, UnixMillis now) const;
    Task<atr::Result<atr::Unit>> close_invoice(UnitOfWork& unit, Break what, UnixMillis now);

    Store& store_;
    const ledger::Assets& assets_;
    const Clock& clock_;
    InvoiceClaims& claims_;
    std::function<void(const BreakRecord&)> listener_;
};

}  // namespace treasurer::reconcile
