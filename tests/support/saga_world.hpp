/// A small world for tests of the saga: storage and a rail in memory, a clock and an executor moved by hand, and as
/// many hosts as a test wants. Time passes only when the test says so.
#pragma once

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "payments/runner.hpp"
#include "records/schema.hpp"
#include "tests/support/fake_rail.hpp"
#include "tests/support/manual_executor.hpp"
#include "tests/support/simulated.hpp"

#include <memory>
#include <stdexcept>

namespace support {

/// One host: its own pipeline, saga and runner on the shared store. Named by its worker id.
struct SagaHost {
    SagaHost(treasurer::StoragePort& storage, treasurer::Executor& executor, treasurer::Ids& ids,
             const treasurer::payments::Rails& rails, const treasurer::ledger::Assets& assets,
             const treasurer::Clock& clock, std::string worker, treasurer::payments::SagaSettings settings)
        : scope(executor),
          pipeline(storage, executor, scope, {}),
          store(storage, pipeline, ids),
          saga({store, rails, assets, sealer, clock, executor, faults}, settings, std::move(worker)),
          runner(saga, storage, executor, scope) {}

    treasurer::TaskScope scope;
    treasurer::CommitPipeline pipeline;
    treasurer::Store store;
    PlainSealer sealer;
    treasurer::NoFaults faults;
    treasurer::payments::Saga saga;
    treasurer::payments::Runner runner;
};

class SagaWorld {
public:
    explicit SagaWorld(const std::string& funds = "1000")
        : random(7),
          ids(clock, random),
          executor(clock),
          storage(clock, treasurer::record_schema()),
          rail(executor, clock) {
        rails.add(rail);
        add_host("host-1");
        treasurer::Policy policy;
        policy.auto_approval_limit = 500;
        store_one(policy);
        fund(funds);
    }
    ~SagaWorld() {
        for (auto& host : hosts_) host->runner.stop();
        executor.advance(60'000);
    }

    SagaHost& add_host(const std::string& worker, treasurer::payments::SagaSettings settings = {}) {
        hosts_.push_back(std::make_unique<SagaHost>(storage, executor, ids, rails, assets, clock, worker, settings));
        return *hosts_.back();
    }
    SagaHost& host() { return *hosts_.front(); }

    /// Money comes in at the rail, and is booked.
    void fund(const std::string& amount) {
        using namespace treasurer;
        rail.receive(amount);
        ledger::Transfer in;
        in.id = ids.next();
        in.kind = ledger::TransferKind::direct;
        in.debit_account = ledger::treasury_account("bank");
        in.credit_account = ledger::receipts_account("bank");
        in.amount = *atr::Money::parse(amount, "MNEE");
        in.units = *assets.units(in.amount);
        in.at_ms = clock.unix_ms();
        UnitOfWork unit = host().store.begin();
        ledger::book(unit, in);
        must(host(), std::move(unit));
    }

    template <class R>
    void store_one(const R& record) {
        treasurer::UnitOfWork unit = host().store.begin();
        if (record.version == 0)
            unit.create(record);
        else
            unit.update(record);
        must(host(), std::move(unit));
    }

    /// Commit A for a payment of `amount`, without sending it: as if the host died right after. Returns payment and
    /// lease token.
    struct Begun {
        std::string id;
        treasurer::payments::Lease lease = {};
        treasurer::Committed committed = {};
    };
    Begun commit_a(const std::string& amount, SagaHost* by = nullptr) {
        SagaHost& on = by ? *by : host();
        const UnitA a = unit_a(amount, on);
        Begun out;
        out.id = a.payment_id;
        out.committed = executor.await(on.store.commit(a.unit));
        if (out.committed.ok()) out.lease = treasurer::payments::lease_born(*a.unit, out.committed, a.job);
        return out;
    }
    /// What Commit A of a payment consists of, with the place of its job.
    struct UnitA {
        std::string payment_id;
        std::shared_ptr<const treasurer::UnitOfWork> unit;
        std::size_t job = 0;
    };
    UnitA unit_a(const std::string& amount, SagaHost& on) {
        using namespace treasurer;
        Invoice invoice;
        invoice.id = ids.next();
        invoice.created_ms = invoice.updated_ms = clock.unix_ms();
        invoice.vendor_name = "Acme Hosting";
        invoice.amount_due = *atr::Money::parse(amount, "MNEE");
        Payment payment;
        payment.id = ids.next();
        payment.invoice_id = invoice.id;
        payment.amount = invoice.amount_due;
        payment.creditor = {"vendor-1", "Acme Hosting", "account-1", "0x1234567890abcdef1234567890abcdef12345678"};
        payment.rail = "bank";
        payment.source_account = "treasury";
        payment.created_ms = clock.unix_ms();
        invoice.payment_id = payment.id;
        auto prepared = executor.await(on.saga.prepare(payment, {}));
        if (!prepared) throw std::runtime_error(prepared.error().message);
        payment = *prepared;
        UnitOfWork unit = on.store.begin();
        unit.create(invoice);
        const auto positions = on.saga.add_commit_a(unit, payment);
        return {payment.id, std::make_shared<const UnitOfWork>(std::move(unit)), positions.job};
    }
    /// Commit A and the first send.
    std::string pay(const std::string& amount) {
        const Begun begun = commit_a(amount);
        if (!begun.committed.ok()) throw std::runtime_error("commit A failed: " + begun.committed.lost);
        host().runner.adopt(begun.id, begun.lease);
        executor.run_until_idle();
        return begun.id;
    }

    treasurer::Payment payment(const std::string& id) {
        auto found = executor.await(host().store.find<treasurer::Payment>(id));
        if (!found || !*found) throw std::runtime_error("no payment " + id);
        return **found;
    }
    treasurer::Invoice invoice_of(const std::string& payment_id) {
        auto found = executor.await(host().store.find<treasurer::Invoice>(payment(payment_id).invoice_id));
        if (!found || !*found) throw std::runtime_error("no invoice");
        return **found;
    }
    treasurer::Policy policy() {
        auto found = executor.await(host().store.find<treasurer::Policy>(treasurer::Policy::current));
        return **found;
    }
    void pause(bool paused) {
        auto now = policy();
        now.paused = paused;
        store_one(now);
    }
    void request_cancel(const std::string& id) {
        auto now = payment(id);
        now.cancel_requested = true;
        store_one(now);
    }

    std::string figure(const std::string& account, treasurer::ledger::Figure which) {
        const auto key = treasurer::ledger::balance_key("MNEE", account, which);
        auto found = executor.await(host().store.counters(treasurer::balances_collection, {key}));
        return assets.amount("MNEE", found->at(key))->to_string();
    }
    std::string available() { return figure("assets:treasury:bank", treasurer::ledger::Figure::available); }
    /// What the books say is at the rail.
    std::string booked() {
        const auto debits = *atr::Decimal::parse(figure("assets:treasury:bank", treasurer::ledger::Figure::debits));
        const auto credits = *atr::Decimal::parse(figure("assets:treasury:bank", treasurer::ledger::Figure::credits));
        return debits.minus(credits)->to_string();
    }
    bool books_equal_rail() { return booked() == rail.balance_of("MNEE").to_string(); }
    std::size_t open_jobs() {
        atr::Query query;
        query.collection = "atr.jobs";
        return executor.await(storage.query(query, {}))->records.size();
    }
    /// The payment's id as the rail knows it.
    static std::string at_rail(const std::string& id) { return treasurer::id_digits(id); }

    ManualClock clock;
    SeededRandom random;
    treasurer::Ids ids;
    ManualExecutor executor;
    MemoryStorage storage;
    FakeRail rail;
    treasurer::payments::Rails rails;
    treasurer::ledger::Assets assets{{{"MNEE", 5}}};

private:
    void must(SagaHost& on, treasurer::UnitOfWork unit) {
        const auto committed = executor.await(on.store.commit(std::move(unit)));
        if (!committed.ok())
            throw std::runtime_error("a commit of the test itself failed: " + committed.lost + " " +
                                     committed.error.message);
    }
    std::vector<std::unique_ptr<SagaHost>> hosts_;
};

}  // namespace support
