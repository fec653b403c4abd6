/// Two stores in memory, and books to copy from one to the other.
#pragma once

#include <catch2/catch.hpp>
#include <set>

#include "copy/backup_file.hpp"
#include "copy/store_copier.hpp"
#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "records/journal.hpp"
#include "records/store_records.hpp"
#include "tests/support/memory_storage_copy.hpp"
#include "tests/support/store_bench.hpp"
#include "tests/support/temporary_folder.hpp"

namespace copy_test {

using namespace treasurer;
using treasurer::copy::BackupSource;
using treasurer::copy::CopyResult;
using treasurer::copy::PatientStorage;
using treasurer::copy::SnapshotSource;
using treasurer::copy::StoreCopier;
using treasurer::copy::StoreDigest;

struct CopyBench {
    support::StoreBench source;
    support::MemoryStorageCopy source_port{source.storage};
    PatientStorage from{source_port, source.executor};
    support::MemoryStorage target{source.clock};
    support::MemoryStorageCopy target_port{target};
    PatientStorage to{target_port, source.executor};

    CopyBench() {
        StoreIdentity identity;
        identity.store_id = "books-1";
        UnitOfWork unit = source.store.begin();
        unit.create(identity);
        commit(std::move(unit));
    }

    template <class T>
    T await(Task<T> task) {
        return source.await(std::move(task));
    }
    Committed commit(UnitOfWork unit) {
        Committed done = await(source.store.commit(std::move(unit)));
        REQUIRE(done.ok());
        return done;
    }
    void change(const std::string& name, const std::string& body) {
        UnitOfWork unit = source.store.begin();
        unit.put("claims", name, body, {}, ATR_VER_ANY, "record");
        commit(std::move(unit));
    }
    void remove(const std::string& name) {
        atr::Op op;
        op.op = ATR_OP_DELETE;
        op.record.collection = "claims";
        op.record.key = name;
        atr::Batch batch;
        batch.ops.push_back(op);
        REQUIRE(await(source.storage.commit({batch}, {})).front().outcome == atr::Outcome::ok);
    }
    /// Transfers with their counters, a leased job, keys, a document, and `claims` records.
    void fill(int claims = 20) {
        for (int i = 0; i < claims; ++i) change("claim-" + std::to_string(i), R"({"n":)" + std::to_string(i) + "}");
        ledger::Transfer in;
        in.id = source.ids.next();
        in.kind = ledger::TransferKind::direct;
        in.debit_account = ledger::treasury_account("bank");
        in.credit_account = ledger::receipts_account("bank");
        in.amount = *atr::Money::parse("12.5", "MNEE");
        in.units = 1250000;
        UnitOfWork unit = source.store.begin();
        ledger::book(unit, in);
        unit.enqueue_leased(payments_queue, "job-1", "host-1", Millis{5000});
        commit(std::move(unit));
        REQUIRE(await(source.storage.blob_put("document-1", std::string("\x00\xff\x01", 3), {})));
    }

    StoreDigest digest(PatientStorage& of, bool unfinished_allowed = false) {
        auto opened = await(SnapshotSource::open(of, unfinished_allowed));
        if (!opened) throw std::runtime_error(opened.error().message);
        auto digest = await(treasurer::copy::digest_of(*opened));
        if (!digest) throw std::runtime_error(digest.error().message);
        return *digest;
    }

    treasurer::copy::CopyPlan plan() const {
        treasurer::copy::CopyPlan out;
        out.origin = "a test";
        out.reason = "copied in a test";
        out.life = "life-2";
        out.now_ms = source.clock.unix_ms();
        return out;
    }
    /// One try to copy `records` into the target, to the end unless something fails.
    atr::Result<CopyResult> copy_from(treasurer::copy::RecordSource& records) {
        StoreCopier copier(records, target, to, plan());
        auto filled = await(copier.fill());
        if (!filled) return filled;
        const auto finished = await(copier.finish());
        if (!finished) return finished.error();
        return filled;
    }
    atr::Result<CopyResult> copy_all() {
        auto opened = await(SnapshotSource::open(from));
        if (!opened) return opened.error();
        return copy_from(*opened);
    }

    template <class R>
    std::optional<R> in_target(const std::string& key) {
        const auto found = await(target.get({{R::collection, key}}, {}));
        if (!found || found->empty()) return std::nullopt;
        return *decode<R>(found->front());
    }
};

}  // namespace copy_test
