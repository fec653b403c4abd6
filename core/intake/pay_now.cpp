#include "intake/pay_now.hpp"

#include "intake/desk_records.hpp"
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "records/schema.hpp"
#include "runtime/mutation.hpp"

#include <algorithm>

namespace treasurer::intake {
namespace {

/// What Commit A has stored, with its versions.
std::optional<payments::Stored> stored(const SubmitResult& known, std::size_t payment_place,
                                       std::optional<std::size_t> invoice_place, const UnitOfWork& commit_a,
                                       const Committed& committed) {
    const auto& versions = committed.versions;
    if (!invoice_place || *invoice_place >= versions.size() || payment_place >= versions.size()) return std::nullopt;
    payments::Stored out{known.payment, known.invoice, commit_a.batch().ops[payment_place].record.body};
    out.payment.version = versions[payment_place];
    out.invoice.version = versions[*invoice_place];
    return out;
}

/// The smallest number of units that is not below `amount`; nullopt: too large for the books.
std::optional<atr::Int128> units_up(const atr::Decimal& amount, int decimals) {
    const auto rounded = amount.divided_by(1, decimals);
    const auto units = rounded ? rounded->to_units(decimals) : std::nullopt;
    return units && *rounded < amount ? *units + 1 : units;
}

void leave(UnitOfWork& unit, const Payment& payment, const atr::Decimal& left, const ledger::Assets& assets) {
    const std::string& asset = payment.amount.asset;
    const auto decimals = assets.decimals(asset);
    const auto units = decimals ? units_up(left, *decimals) : std::nullopt;
    if (!units) return;  // more than the books can count: the decision would not have been to pay
    unit.leave_at_least(balances_collection,
                        ledger::balance_key(asset, ledger::treasury_account(payment.rail), ledger::Figure::available),
                        *units);
}

/// Between two looks at a payment that another host may end, of which this one is not told.
constexpr Millis look_every{1000};
/// Looks for another reason than that time has passed: what was told is only a hint.
constexpr Millis::rep most_hints = 16;
/// Looks at a payment that is not sent yet, or being sent, once the host stops: it may end in a moment.
constexpr int most_last_looks = 2;

/// Whether its end may still come while a request waits. What is held back, doubtful or unsent takes its own time.
bool may_end_soon(const Payment& payment) {
    return payment.state == PaymentState::prepared || (payment.state == PaymentState::pending && !payment.needs_human);
}

/// The payment as it ends, or as it stands when the wait is over.
Task<SubmitResult> until_it_ends(Store& store, payments::Runner& runner, SubmitResult known,
                                 Completion<payments::News> expected, Millis wait) {
    const std::string payment_id = known.payment.id;
    const UnixMillis began = runner.now();
    int last_looks = 0;
    std::optional<payments::Waiters::Place> place;  // of those who wait for a rail, no more than are worked on at once
    for (auto looks_left = wait / look_every + most_hints;; --looks_left) {
        const payments::News ended = co_await expected;
        if (ended) co_return with_payment(std::move(known), *ended);
        const Millis left = wait - Millis(std::max<UnixMillis>(runner.now() - began, 0));
        expected =
            runner.waiters().expect(payment_id, std::clamp(left, Millis(0), look_every));  // before its end can come
        Task<SubmitResult> looking = standing_of(store, std::move(known));
        known = co_await looking;
        const bool is_over = left <= Millis(0) || looks_left <= 0;
        if (known.kind != SubmitKind::processing || is_over || !may_end_soon(known.payment)) co_return std::move(known);
        if (runner.waiters().is_closed() && ++last_looks > most_last_looks) co_return std::move(known);
        if (known.payment.state != PaymentState::pending) continue;
        if (auto free = place ? std::nullopt : runner.waiters().take_place(runner.most_at_once()))
            place.emplace(std::move(*free));
        if (!place || runner.waiters().is_closed()) co_return std::move(known);
    }
}

}  // namespace

std::string shortage(const Payment& prepared, const policy::Facts& facts) {
    const atr::Money& most = prepared.held();
    if (!facts.funds_known || most.amount <= facts.available) return {};
    return "only " + atr::Money(facts.available, most.asset).to_string() + " is available, and the rail may take " +
           most.to_string();
}

Task<atr::Result<SubmitResult>> pay_now(Store& store, payments::Saga& saga, payments::Runner& runner, UnitOfWork unit,
                                        SubmitResult known, atr::Decimal left, Millis wait, Effect effect) {
    if (!runner.has_room()) co_return atr::retry(ATR_E_OVERLOADED, "too many payments wait for their turn");
    const payments::CommitAPositions positions = saga.add_commit_a(unit, known.payment);
    leave(unit, known.payment, left, saga.assets());
    const auto place = unit.place_of(Invoice::collection, known.invoice.id);
    const auto commit_a = std::make_shared<const UnitOfWork>(std::move(unit));
    Task<Committed> committing = store.commit(commit_a);
    Committed committed = co_await committing;
    if (!committed.ok()) {
        if (mutated(Mutation::acknowledge_before_commit) && committed.outcome != atr::Outcome::conflict) {
            known.kind = SubmitKind::processing;
            co_return std::move(known);
        }
        if (committed.outcome == atr::Outcome::unknown) runner.find_out(commit_a, known.payment.id, positions.job);
        committed.error.outcome = committed.outcome;
        co_return committed.error;
    }
    known.kind = SubmitKind::processing;
    if (effect == Effect::none) co_return std::move(known);
    Completion<payments::News> expected = runner.waiters().expect(known.payment.id, wait);
    runner.adopt(known.payment.id, payments::lease_born(*commit_a, committed, positions.job),
                 stored(known, positions.payment, place, *commit_a, committed));
    Task<SubmitResult> waiting = until_it_ends(store, runner, std::move(known), std::move(expected), wait);
    co_return co_await waiting;
}

}  // namespace treasurer::intake
