/// A storage plugin as the checks use it: owned types in and out, over the C table.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "base/instance.hpp"

namespace atr::testkit {

/// "invoices" with indexes by_state (text, int), by_amount (decimal) and unique by_number; "claims"; COUNTER
/// "balances".
atr::Schema kit_schema();

/// What a host with a newer atr.h does: larger structs, so that only strides find the next one.
enum class Layout { today, newer_host };

class Store {
public:
    /// Opens the plugin and migrates it to kit_schema().
    explicit Store(Context& context);
    Store(Context& context, const atr::Schema& schema);

    Instance& instance() { return instance_; }
    Answer migrate(const atr::Schema& schema);
    atr::Result<std::vector<atr::Record>> get(const std::vector<atr::Key>& keys, std::uint64_t min_seq = 0);
    std::vector<atr::Commit> commit(const std::vector<atr::Batch>& batches, Layout layout = Layout::today);
    atr::Commit commit(atr::Batch batch) { return commit(std::vector<atr::Batch>{std::move(batch)}).front(); }
    atr::Result<atr::Page> query(const atr::Query& query);
    atr::Result<std::vector<atr::Job>> lease(const std::string& queue, const std::string& worker, std::uint32_t max,
                                             std::int64_t lease_ms);
    atr::Result<std::uint32_t> extend_leases(const std::string& worker, std::int64_t lease_ms);
    atr::Result<atr::Changes> changes(std::uint64_t after_seq, std::uint32_t limit);
    Answer blob_put(const std::string& key, const std::string& bytes);
    atr::Result<atr::Blob> blob_get(const std::string& key, std::uint64_t offset, std::uint64_t length);
    atr::Result<std::uint32_t> purge(const std::string& collection, std::int64_t older_than_ms, std::uint32_t max);

    /// A commit that must be OK.
    atr::Commit must(atr::Batch batch, const std::string& what);
    /// The record; version 0: absent.
    atr::Record record(const std::string& collection, const std::string& key);
    std::string body(const std::string& key) { return record("invoices", key).body; }
    /// A counter's integer as text, "0" when absent.
    std::string balance(const std::string& key);
    /// Every record of the query, page by page.
    std::vector<atr::Record> all(atr::Query query);
    /// The newest commit sequence.
    std::uint64_t newest();

    const atr_storage& table() const { return table_; }

private:
    Instance instance_;
    atr_storage table_;
};

/// Short words for the operations of a batch.
atr::Op put(const std::string& collection, const std::string& key, const std::string& body,
            std::uint64_t expect = ATR_VER_ANY);
atr::Op invoice(const std::string& key, const std::string& state = "open", std::int64_t at = 1,
                std::uint64_t expect = ATR_VER_ANY);
atr::Op check(const std::string& key, std::uint64_t expect, const std::string& collection = "invoices");
atr::Op remove(const std::string& key, std::uint64_t expect = ATR_VER_ANY);
atr::Op add(const std::string& key, const std::string& delta, const std::string& min = "", const std::string& max = "");
atr::Op enqueue(const std::string& key, std::int64_t lease_ms = 0, const std::string& worker = "",
                std::int64_t run_at_ms = 0);
atr::Op job_done(const std::string& key, std::uint64_t token);
atr::Op reschedule(const std::string& key, std::uint64_t token, std::int64_t run_at_ms);
atr::Batch batch(std::vector<atr::Op> ops, const std::string& key = "", const std::string& fingerprint = "");

/// "conflict at op 2, code 103: ..."
std::string to_text(const atr::Commit& commit);
void need_commit(const atr::Commit& commit, atr::Outcome outcome, const std::string& what,
                 std::int32_t code = ATR_E_UNSPEC);

}  // namespace atr::testkit
