// make_books PLUGIN_DIR PLUGIN CONFIG_JSON PAYMENTS: fills an empty storage, through its plugin, with so many paid
// invoices and all that a host writes for each: invoice, document, claims, payment, transfers with their counters,
// activity and audit lines, idempotency keys; and with jobs that are free and leased.
#include <cstdio>
#include <cstdlib>

#include "auth/digest.hpp"
#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "plugin/plugin_set.hpp"
#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/payment.hpp"
#include "records/schema.hpp"
#include "records/store.hpp"
#include "records/store_records.hpp"
#include "runtime/block_on.hpp"
#include "runtime/thread_executor.hpp"
#include "tests/support/simulated.hpp"
#include "treasury/rollups.hpp"

using namespace treasurer;

namespace {

constexpr int payments_a_unit = 5;
constexpr int units_at_once = 64;

class Writer {
public:
    Writer(StoragePort& storage, Executor& executor, Ids& ids, const Clock& clock)
        : storage_(storage), executor_(executor), ids_(ids), clock_(clock) {}

    void begin_books() {
        StoreIdentity identity;
        identity.store_id = ids_.next();
        UnitOfWork unit(ids_.next());
        unit.create(identity);
        ledger::Transfer in;
        in.id = ids_.next();
        in.kind = ledger::TransferKind::direct;
        in.debit_account = ledger::treasury_account("bank");
        in.credit_account = ledger::receipts_account("bank");
        in.amount = *atr::Money::parse("1000000000", "MNEE");
        in.units = atr::Int128{100'000'000'000'000};
        ledger::book(unit, in);
        for (int i = 0; i < 3; ++i) unit.enqueue_leased("payments", "job-" + std::to_string(i), "host-1", Millis{1000});
        send({unit.batch()});
    }
    void pay(int count) {
        std::vector<atr::Batch> group;
        for (int done = 0; done < count; done += payments_a_unit) {
            UnitOfWork unit(ids_.next());
            for (int i = done; i < std::min(count, done + payments_a_unit); ++i) add_payment(unit, i);
            group.push_back(unit.batch());
            if (group.size() < units_at_once) continue;
            send(std::exchange(group, {}));
        }
        if (!group.empty()) send(std::move(group));
    }

private:
    void add_payment(UnitOfWork& unit, int number) {
        const UnixMillis now = clock_.unix_ms();
        Invoice invoice;
        invoice.id = ids_.next();
        invoice.created_ms = invoice.updated_ms = now;
        invoice.vendor_name = "Nimbus Forge Hosting";
        invoice.invoice_number = "NF-" + std::to_string(number);
        invoice.amount_due = *atr::Money::parse("12.5", "MNEE");
        invoice.status = InvoiceStatus::paid;
        const std::string text = "INVOICE\nInvoice Number: " + invoice.invoice_number + "\nTotal Due: 12.5 MNEE\n";
        invoice.document_sha256 = auth::sha256_hex(text);
        Payment payment;
        payment.id = ids_.next();
        payment.invoice_id = invoice.id;
        payment.amount = invoice.amount_due;
        payment.creditor = {"vendor-" + std::to_string(number % 200), invoice.vendor_name, "account", "0x4e1f0c2b"};
        payment.rail = "bank";
        payment.created_ms = now;
        payment.rail_reference = "bank-" + std::to_string(number);
        payment.enter(PaymentState::prepared, now);
        payment.enter(PaymentState::settled, now);
        invoice.payment_id = payment.id;
        ledger::Transfer pending;
        pending.id = payment.id;
        pending.kind = ledger::TransferKind::pending;
        pending.debit_account = ledger::vendor_account(payment.creditor.vendor_id);
        pending.credit_account = ledger::treasury_account("bank");
        pending.amount = payment.amount;
        pending.units = 1250000;
        pending.payment_id = payment.id;
        unit.create(invoice);
        unit.put("documents", invoice.document_sha256, text, {}, ATR_VER_ANY, "document");
        unit.put("claims", "document|" + invoice.document_sha256, R"({"invoice_id":")" + invoice.id + "\"}", {},
                 ATR_VER_ABSENT, "claim");
        unit.put("claims", "number|" + invoice.invoice_number, R"({"invoice_id":")" + invoice.id + "\"}", {},
                 ATR_VER_ABSENT, "claim");
        unit.create(payment);
        ledger::book(unit, pending);
        ledger::book(unit, pending.posting(now));
        treasury::note_settled(unit, payment.amount, pending.units, now);
        Activity line;
        line.id = ids_.next();
        line.at_ms = now;
        line.event = "PAYMENT";
        line.status = "APPROVED";
        line.amount = payment.amount;
        unit.create(line);
        AuditEntry entry;
        entry.id = ids_.next();
        entry.at_ms = now;
        entry.action = "payment.settled";
        entry.subject = payment.id;
        unit.create(entry);
    }
    void send(std::vector<atr::Batch> batches) {
        CallOptions patient;
        patient.timeout = Millis{60'000};
        for (const auto& result : block_on(executor_, storage_.commit(std::move(batches), patient)))
            if (result.outcome != atr::Outcome::ok) throw std::runtime_error(result.error.message);
    }

    StoragePort& storage_;
    Executor& executor_;
    Ids& ids_;
    const Clock& clock_;
};

int fail(const std::string& what) {
    std::fprintf(stderr, "make_books: %s\n", what.c_str());
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return fail("PLUGIN_DIR PLUGIN CONFIG_JSON PAYMENTS");
    PluginSettings settings;
    settings.dir = argv[1];
    settings.storage.use = argv[2];
    settings.storage.config_json = argv[3];
    ThreadExecutor executor(2);
    const SystemClock clock;
    support::SeededRandom random(1);
    Ids ids(clock, random);
    int code = 0;
    {
        auto plugins = PluginSet::load(settings, {executor, clock, {}},
                                       {.storage = true, .cache = false, .rails = false, .parsers = false});
        if (!plugins) return fail(plugins.error().message);
        const auto migrated = block_on(executor, (*plugins)->storage().migrate(record_schema(), {}));
        if (!migrated) return fail(migrated.error().message);
        try {
            Writer writer((*plugins)->storage(), executor, ids, clock);
            writer.begin_books();
            writer.pay(std::atoi(argv[4]));
        } catch (const std::exception& error) {
            code = fail(error.what());
        }
        (*plugins)->stop();
    }
    executor.stop();
    return code;
}
