#include "intake/payment_desk.hpp"

#include "intake/desk_records.hpp"
#include "payments/ending.hpp"
#include "records/store_life.hpp"

namespace treasurer::intake {
namespace {

constexpr int cancel_tries = 6;  ///< while the saga keeps changing the payment

}  // namespace

Task<CancelResult> PaymentDesk::request_cancel(CancelRequest request) {
    CancelResult out;
    for (int tries = 0; tries < cancel_tries; ++tries) {
        Task<atr::Result<std::optional<Quarantine>>> looking = store_.find<Quarantine>(Quarantine::key);
        const atr::Result<std::optional<Quarantine>> life = co_await looking;
        if (!life) {
            out.error = life.error();
            co_return out;
        }
        Task<atr::Result<std::optional<Payment>>> finding = store_.find<Payment>(request.payment_id);
        atr::Result<std::optional<Payment>> found = co_await finding;
        if (!found) {
            out.error = found.error();
            co_return out;
        }
        if (!*found) {
            out.kind = CancelKind::not_found;
            co_return out;
        }
        out.payment = std::move(**found);
        if (is_final(out.payment.state)) {
            out.kind = CancelKind::already_final;
            co_return out;
        }
        if (out.payment.state == PaymentState::waiting_approval) {
            out.kind = CancelKind::waiting_approval;
            co_return out;
        }
        if (out.payment.cancel_requested) {
            out.kind = CancelKind::requested;
            co_return out;
        }
        out.payment.cancel_requested = true;
        out.payment.updated_ms = clock_.unix_ms();
        UnitOfWork unit = store_.begin();
        check_life(unit, life->value_or(Quarantine{}));
        payments::check_not_ended(unit, out.payment);
        unit.update(out.payment);
        unit.create(audit_line(store_.ids(), clock_.unix_ms(), request.by, "payment.cancel_requested", out.payment.id,
                               {}, request.request_id));
        request.once.mark(unit, out.payment.id);
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.ok()) {
            out.kind = CancelKind::requested;
            co_return out;
        }
        if (committed.outcome != atr::Outcome::conflict) {
            out.error = committed.failure();
            break;
        }
    }
    co_return out;
}

}  // namespace treasurer::intake
