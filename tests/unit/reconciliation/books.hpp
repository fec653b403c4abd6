/// A company with a rail and books, for tests of reconciliation. Payments are put into the books directly: what the
/// saga does with them is tested with the saga.
#pragma once

#include <catch2/catch.hpp>

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "reconcile/invoice_claims.hpp"
#include "reconcile/reconciliation.hpp"
#include "records/invoice.hpp"
#include "records/payment.hpp"
#include "tests/support/fake_rail.hpp"
#include "tests/support/store_bench.hpp"
#include "treasury/rollups.hpp"

namespace reconciliation_test {

using namespace treasurer;
using reconcile::Extent;
using reconcile::ReconciliationReport;

inline atr::Decimal dec(const std::string& text) {
    return *atr::Decimal::parse(text);
}

/// Claims as intake would keep them, of one invoice at most.
struct FakeClaims final : reconcile::InvoiceClaims {
    std::string taken_over;  ///< the invoice that another has taken the claims of
    unsigned renewed = 0;

    Task<atr::Result<bool>> renew_claims(UnitOfWork&, Invoice invoice) override {
        const bool holds = invoice.id != taken_over;
        renewed += holds ? 1 : 0;
        co_return holds;
    }
};

struct Books : support::StoreBench {
    support::FakeRail rail{executor, clock};
    ledger::Assets assets{{{"MNEE", 5}}};
    FakeClaims claims;
    reconcile::StatementFollower follower{store, assets, clock};
    reconcile::Reconciliation reconciliation{store, assets, clock, {&rail}, follower, small_pages()};

    /// Pages as small as can be, so that every border between two is crossed.
    static reconcile::ReconciliationSettings small_pages() {
        reconcile::ReconciliationSettings out;
        out.page = 3;
        return out;
    }

    void commit(UnitOfWork unit) {
        const auto committed = await(store.commit(std::move(unit)));
        REQUIRE(committed.ok());
    }
    reconcile::Followed follow() {
        const auto out = await(follower.follow(rail));
        REQUIRE(out);
        return *out;
    }
    /// Opens the books with money in them.
    void fund(const std::string& amount = "1000") {
        rail.receive(amount);
        follow();
    }

    ledger::Transfer pending_of(const Payment& payment) {
        ledger::Transfer out;
        out.id = payment.id;
        out.kind = ledger::TransferKind::pending;
        out.debit_account = ledger::vendor_account("acme");
        out.credit_account = ledger::treasury_account("bank");
        out.amount = payment.amount;
        out.units = *assets.units(payment.amount);
        out.at_ms = clock.unix_ms();
        out.payment_id = payment.id;
        return out;
    }
    /// A payment that is reserved in the books and not yet sent.
    Payment reserve(const std::string& amount) {
        Payment out;
        out.id = ids.next();
        out.amount = *atr::Money::parse(amount, "MNEE");
        out.rail = "bank";
        out.creditor.vendor_id = "acme";
        out.creditor.address = "0xacme01";
        out.invoice_id = ids.next();
        out.transfer_id = out.id;
        out.enter(PaymentState::prepared, clock.unix_ms());
        Invoice invoice;
        invoice.id = out.invoice_id;
        invoice.payment_id = out.id;
        invoice.amount_due = out.amount;
        UnitOfWork unit = store.begin();
        unit.create(out);
        unit.create(invoice);
        ledger::book(unit, pending_of(out));
        commit(std::move(unit));
        return load(out.id);
    }
    Payment load(const std::string& id) {
        const auto out = await(store.find<Payment>(id));
        REQUIRE(out);
        REQUIRE(*out);
        return **out;
    }
    static std::string at_rail(const Payment& payment) { return id_digits(payment.id); }
    /// Sends it; the books stay as they are.
    std::string send(const Payment& payment) {
        atr::RailPayment out;
        out.payment_id = at_rail(payment);
        out.money = payment.amount;
        auto prepared = await(rail.prepare(out, {}));
        REQUIRE(prepared);
        const auto status = await(rail.submit(out, prepared->blob, {}));
        return status ? status->rail_reference : "";
    }
    /// Ends it in the books.
    Payment end(Payment payment, PaymentState state, const std::string& reference = "") {
        payment.enter(state, clock.unix_ms());
        payment.rail_reference = reference;
        const bool paid = state == PaymentState::settled || state == PaymentState::returned;
        const auto pending = pending_of(payment);
        auto invoice = await(store.find<Invoice>(payment.invoice_id));
        REQUIRE(invoice);
        (*invoice)->status = state == PaymentState::settled     ? InvoiceStatus::paid
                             : state == PaymentState::cancelled ? InvoiceStatus::cancelled
                                                                : InvoiceStatus::failed;
        UnitOfWork unit = store.begin();
        unit.update(payment);
        unit.update(**invoice);
        ledger::book(unit, paid ? pending.posting(clock.unix_ms()) : pending.voiding(clock.unix_ms()));
        if (paid) treasury::note_settled(unit, payment.amount, pending.units, clock.unix_ms());
        commit(std::move(unit));
        return load(payment.id);
    }
    Payment pay(const std::string& amount) {
        const Payment payment = reserve(amount);
        const std::string reference = send(payment);
        return end(payment, PaymentState::settled, reference);
    }
    /// An event of money going out, as the rail would note it.
    static atr::RailEvent out_event(const std::string& payment_id, const std::string& amount,
                                    const std::string& reference, const std::string& asset = "MNEE") {
        atr::RailEvent out;
        out.payment_id = payment_id;
        out.rail_reference = reference;
        out.money = {dec(amount), asset};
        out.fee = {atr::Decimal{}, asset};
        return out;
    }

    ReconciliationReport run(Extent extent = Extent::full) {
        const auto out = await(reconciliation.run(extent));
        REQUIRE(out);
        return *out;
    }
    /// The kinds of breaks that a full run finds, in order.
    std::vector<std::string> breaks(Extent extent = Extent::full) {
        std::vector<std::string> out;
        for (const auto& found : run(extent).breaks) out.push_back(found.kind);
        return out;
    }
    atr::Decimal booked() {
        const auto sums = await(reconcile::read_account(store, assets, ledger::treasury_account("bank")));
        REQUIRE(sums);
        return *sums->debits.at("MNEE").minus(sums->credits.at("MNEE"));
    }
    atr::Decimal available_funds() {
        const auto key = ledger::balance_key("MNEE", ledger::treasury_account("bank"), ledger::Figure::available);
        const auto found = await(store.counters(balances_collection, {key}));
        REQUIRE(found);
        return *assets.amount("MNEE", found->at(key));
    }
    std::size_t transfers() {
        atr::Query query;
        query.limit = 1000;
        return await(store.list<ledger::Transfer>(query))->items.size();
    }
};

using Kinds = std::vector<std::string>;

}  // namespace reconciliation_test
