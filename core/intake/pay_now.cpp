#include "intake/pay_now.hpp"

#include "intake/desk_records.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::intake {
namespace {

/// The invoice as Commit A stores it.
std::optional<Invoice> stored(const Invoice& invoice, std::optional<std::size_t> place, const Committed& committed) {
    if (!place || *place >= committed.versions.size()) return std::nullopt;
    Invoice out = invoice;
    out.version = committed.versions[*place];
    return out;
}

}  // namespace

std::string shortage(const Payment& prepared, const policy::Facts& facts) {
    const atr::Money most = prepared.held();
    if (!facts.funds_known || most.amount <= facts.available) return {};
    return "only " + atr::Money(facts.available, most.asset).to_string() + " is available, and the rail may take " +
           most.to_string();
}

Task<atr::Result<SubmitResult>> pay_now(Store& store, payments::Saga& saga, payments::Runner& runner, UnitOfWork unit,
                                        SubmitResult known, Millis wait, Effect effect) {
    if (!runner.has_room()) co_return atr::retry(ATR_E_OVERLOADED, "too many payments wait for their turn");
    const payments::CommitAPositions positions = saga.add_commit_a(unit, known.payment);
    const auto place = unit.place_of(Invoice::collection, known.invoice.id);
    UnitOfWork asked_again = unit;
    Task<Committed> committing = store.commit(std::move(unit));
    Committed committed = co_await committing;
    if (!committed.ok()) {
        if (mutated(Mutation::acknowledge_before_commit) && committed.outcome != atr::Outcome::conflict) {
            known.kind = SubmitKind::processing;
            co_return std::move(known);
        }
        if (committed.outcome == atr::Outcome::unknown)
            runner.find_out(std::move(asked_again), known.payment.id, positions.job);
        committed.error.outcome = committed.outcome;
        co_return committed.error;
    }
    known.kind = SubmitKind::processing;
    if (effect == Effect::none) co_return std::move(known);
    Completion<bool> news = runner.waiters().expect(known.payment.id, wait);
    runner.adopt(known.payment.id, committed.versions.at(positions.job), stored(known.invoice, place, committed));
    co_await news;
    Task<SubmitResult> looking = standing_of(store, std::move(known));
    co_return co_await looking;
}

}  // namespace treasurer::intake
