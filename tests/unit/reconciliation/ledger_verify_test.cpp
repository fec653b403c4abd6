#include "reconcile/ledger_verify.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/reconciliation/books.hpp"

using namespace reconciliation_test;

namespace {

reconcile::LedgerProof verify(Books& books) {
    const auto out = books.await(reconcile::verify_ledger(books.store));
    REQUIRE(out);
    return *out;
}

}  // namespace

SCENARIO("a ledger whose counters are what its transfers say is proven", "[reconciliation]") {
    Books books;
    CHECK(verify(books).findings.empty());
    books.fund();
    books.pay("5");
    books.end(books.reserve("3"), PaymentState::cancelled);
    books.reserve("2");
    const auto proof = verify(books);
    CHECK(proof.findings.empty());
    CHECK(proof.transfers == 6);
    CHECK(proof.later == 0);
    CHECK(proof.as_of_seq == books.storage.last_seq());
}

SCENARIO("a counter that was changed by hand is named", "[reconciliation]") {
    Books books;
    books.fund();
    UnitOfWork unit = books.store.begin();
    unit.add(balances_collection, "MNEE|assets:treasury:bank|available", 1, false, "forged");
    books.commit(std::move(unit));
    const auto findings = verify(books).findings;
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].find("MNEE|assets:treasury:bank|available") != std::string::npos);
}

SCENARIO("a transfer that was taken away is noticed", "[reconciliation]") {
    Books books;
    books.fund();
    books.pay("5");
    atr::Op op;
    op.op = ATR_OP_DELETE;
    op.record.collection = ledger::Transfer::collection;
    op.record.key = "receipt|bank|event-1";
    std::vector<atr::Batch> batches(1);
    batches[0].ops.push_back(op);
    REQUIRE(books.await(books.storage.commit(batches, {})).front().outcome == atr::Outcome::ok);
    CHECK_FALSE(verify(books).findings.empty());
}

SCENARIO("a payment that says another thing than its transfers is named", "[reconciliation]") {
    Books books;
    books.fund();
    const Payment paid = books.pay("5"), open = books.reserve("3");
    const auto change = [&](Payment payment, auto edit) {
        edit(payment);
        UnitOfWork unit = books.store.begin();
        unit.update(payment);
        books.commit(std::move(unit));
        return verify(books).findings;
    };
    GIVEN("one that was paid and is called failed") {
        const auto found = change(paid, [](Payment& payment) { payment.state = PaymentState::failed; });
        REQUIRE(found.size() == 2);  // its invoice is paid
        CHECK(found[1] == "payment " + paid.id + " is failed, but its transfer was posted");
    }
    GIVEN("an open one that is called settled") {
        const auto found = change(open, [](Payment& payment) { payment.state = PaymentState::settled; });
        REQUIRE(found.size() == 2);
        CHECK(found[1] == "payment " + open.id + " is settled, but its transfer has not ended");
    }
    GIVEN("one of another amount") {
        const auto found = change(open, [](Payment& payment) { payment.amount = *atr::Money::parse("4", "MNEE"); });
        REQUIRE(found.size() == 1);
        CHECK(found[0].find("is of 4 MNEE from assets:treasury:bank") != std::string::npos);
    }
    GIVEN("one to another vendor") {
        const auto found = change(paid, [](Payment& payment) { payment.creditor.vendor_id = "thief"; });
        REQUIRE(found.size() == 1);
        CHECK(found[0].find("expenses:vendor:thief") != std::string::npos);
    }
}

SCENARIO("the ledger is proven while a host goes on booking", "[reconciliation]") {
    Books books;
    books.fund("100000");
    for (int i = 0; i < 1200; ++i) books.rail.receive("1");
    books.follow();
    bool done = false;
    const auto keep_booking = [&]() -> Task<> {
        for (int i = 0; !done; ++i) {
            ledger::Transfer transfer;
            transfer.id = "live-" + std::to_string(i);
            transfer.debit_account = ledger::treasury_account("bank");
            transfer.credit_account = ledger::receipts_account("bank");
            transfer.amount = *atr::Money::parse("1", "MNEE");
            transfer.units = 100'000;
            transfer.at_ms = books.clock.unix_ms() - (i % 3) * 1'000'000;  // also behind what was read already
            UnitOfWork unit = books.store.begin();
            ledger::book(unit, transfer);
            Task<Committed> committing = books.store.commit(std::move(unit));
            co_await committing;
        }
    };
    // Every step of the proof runs between two commits of the host.
    books.scope.spawn(keep_booking());
    std::optional<atr::Result<reconcile::LedgerProof>> proof;
    const auto prove = [&]() -> Task<> {
        co_await resume_on(books.executor);
        Task<atr::Result<reconcile::LedgerProof>> proving = reconcile::verify_ledger(books.store);
        proof.emplace(co_await proving);
        done = true;
    };
    books.scope.spawn(prove());
    books.executor.run_until([&] { return books.scope.running() == 0; });
    REQUIRE(proof);
    REQUIRE(*proof);
    CHECK((*proof)->findings.empty());
    CHECK((*proof)->transfers >= 1201);
}

namespace {

/// Whatever is read, something that is no transfer is committed right after it, as hosts do that ask a rail again and
/// again about a payment in doubt.
struct StorageOfAWaitingHost : support::MemoryStorage {
    using MemoryStorage::MemoryStorage;

    Task<atr::Result<atr::Page>> query(atr::Query query, CallOptions options) override {
        Task<atr::Result<atr::Page>> reading = MemoryStorage::query(std::move(query), options);
        atr::Result<atr::Page> page = co_await reading;
        atr::Op op;
        op.op = ATR_OP_PUT;
        op.record.collection = cursors_collection;
        op.record.key = "asked-" + std::to_string(++asked);
        op.record.body = "{}";
        std::vector<atr::Batch> batches(1);
        batches[0].ops.push_back(op);
        Task<std::vector<atr::Commit>> committing = MemoryStorage::commit(batches, options);
        const std::vector<atr::Commit> committed = co_await committing;
        all_committed = all_committed && committed.front().outcome == atr::Outcome::ok;
        co_return page;
    }

    int asked = 0;
    bool all_committed = true;
};

}  // namespace

SCENARIO("the ledger is proven while commits that book nothing never stop coming", "[reconciliation]") {
    Books books;
    StorageOfAWaitingHost storage{books.clock, record_schema()};
    CommitPipeline pipeline{storage, books.executor, books.scope, {}};
    Store store{storage, pipeline, books.ids};
    reconcile::StatementFollower follower{store, books.assets, books.clock};
    books.rail.receive("1000");
    REQUIRE(books.await(follower.follow(books.rail)));
    storage.asked = 0;
    const auto proof = books.await(reconcile::verify_ledger(store));
    REQUIRE(proof);
    CHECK(proof->findings.empty());
    CHECK(proof->transfers == 1);
    REQUIRE(storage.all_committed);
    CHECK(storage.asked < 10);  // each collection was read once
}
