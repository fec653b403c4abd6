#include "storage/store.hpp"

#include <atr/abi_sizes.hpp>

#include "storage/encode.hpp"

namespace atr::testkit {

namespace {

constexpr std::size_t most_collected = 2'000'000;

struct RecordSink {
    explicit RecordSink(Border& given) : border(given) {
        raw = {sizeof raw, 0, this, [](void* ctx, const atr_record* from) noexcept -> std::int32_t {
                   auto& self = *static_cast<RecordSink*>(ctx);
                   if (from == nullptr || from->struct_size < atr::SizeIn10<atr_record>::value) {
                       self.border.breach("ATR-STORAGE-001", "whole records", "a NULL or short atr_record");
                       return 1;
                   }
                   if (self.records.size() >= most_collected) return 1;
                   self.records.push_back(atr::detail::read(*from));
                   return 0;
               }};
    }
    Border& border;
    std::vector<atr::Record> records;
    atr_record_sink raw{};
};

}  // namespace

atr::Schema kit_schema() {
    return {.version = 1,
            .collections = {{.name = "invoices",
                             .indexes = {{"by_state", {{"/state", ATR_T_TEXT}, {"/at", ATR_T_INT}}},
                                         {"by_amount", {{"/amount", ATR_T_DEC}}},
                                         {"by_number", {{"/number", ATR_T_TEXT}}, true}}},
                            {.name = "claims"},
                            {.name = "balances", .counter = true}}};
}

Store::Store(Context& context) : Store(context, kit_schema()) {}

Store::Store(Context& context, const atr::Schema& schema)
    : instance_(context), table_(instance_.table<atr_storage>(ATR_IF_STORAGE, offsetof(atr_storage, blob_put))) {
    fill_slot(table_.blob_put);
    fill_slot(table_.blob_get);
    fill_slot(table_.purge);
    need_ok(migrate(schema), "migrate()");
}

Answer Store::migrate(const atr::Schema& schema) {
    const EncodedSchema encoded(schema);
    return instance_.call("migrate", [&](const atr_call* call, atr_error* error) {
        return table_.migrate(instance_.self(), call, encoded.get(), error);
    });
}

atr::Result<std::vector<atr::Record>> Store::get(const std::vector<atr::Key>& keys, std::uint64_t min_seq) {
    std::vector<atr_key> raw;
    for (const auto& key : keys) raw.push_back({atr::borrow(key.collection), atr::borrow(key.key)});
    RecordSink sink(instance_.border());
    const Answer answer = instance_.call("get", [&](const atr_call* call, atr_error* error) {
        return table_.get(instance_.self(), call, raw.data(), static_cast<std::uint32_t>(raw.size()), 0, min_seq,
                          &sink.raw, error);
    });
    need_supported(answer, "get");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return std::move(sink.records);
}

std::vector<atr::Commit> Store::commit(const std::vector<atr::Batch>& batches, Layout layout) {
    const EncodedGroup group(batches, layout);
    const Answer answer = instance_.call("commit", [&](const atr_call* call, atr_error* error) {
        return table_.commit(instance_.self(), call, group.get(), error);
    });
    need_supported(answer, "commit");
    auto out = group.results();
    if (answer.outcome != atr::Outcome::ok)
        for (auto& one : out) {
            one.outcome = answer.outcome;
            one.error = answer;
        }
    return out;
}

atr::Result<atr::Page> Store::query(const atr::Query& wanted) {
    std::vector<atr_value> eq;
    const auto raw_value = [](const atr::Value& from) {
        return atr_value{from.type, 0, from.integer, atr::borrow(from.text)};
    };
    for (const auto& value : wanted.eq) eq.push_back(raw_value(value));
    const atr_query raw = {sizeof raw,
                           wanted.limit,
                           wanted.flags,
                           wanted.descending ? 1 : 0,
                           wanted.min_seq,
                           atr::borrow(wanted.collection),
                           atr::borrow(wanted.index),
                           static_cast<std::uint32_t>(eq.size()),
                           0,
                           eq.data(),
                           raw_value(wanted.lo),
                           raw_value(wanted.hi),
                           atr::borrow(wanted.cursor)};
    RecordSink sink(instance_.border());
    Collector next(instance_.border(), 64 << 10);
    const Answer answer = instance_.call("query", [&](const atr_call* call, atr_error* error) {
        return table_.query(instance_.self(), call, &raw, &sink.raw, next.sink(), error);
    });
    need_supported(answer, "query");
    if (answer.outcome != atr::Outcome::ok) return answer;
    expect(sink.records.size() <= wanted.limit, "a page of at most " + std::to_string(wanted.limit) + " records",
           std::to_string(sink.records.size()));
    return atr::Page{std::move(sink.records), std::move(next.bytes)};
}

atr::Result<std::vector<atr::Job>> Store::lease(const std::string& queue, const std::string& worker, std::uint32_t max,
                                                std::int64_t lease_ms) {
    std::vector<atr::Job> jobs;
    const atr_job_sink sink = {sizeof sink, 0, &jobs, [](void* ctx, const atr_job* job) noexcept -> std::int32_t {
                                   static_cast<std::vector<atr::Job>*>(ctx)->push_back(
                                       {job->attempt, atr::copy(job->queue), atr::copy(job->id), atr::copy(job->body),
                                        job->lease_token, job->lease_until_unix_ms});
                                   return 0;
                               }};
    const Answer answer = instance_.call("lease", [&](const atr_call* call, atr_error* error) {
        return table_.lease(instance_.self(), call, atr::borrow(queue), atr::borrow(worker), max, lease_ms, &sink,
                            error);
    });
    need_supported(answer, "lease");
    if (answer.outcome != atr::Outcome::ok) return answer;
    expect(jobs.size() <= max, "at most " + std::to_string(max) + " jobs", std::to_string(jobs.size()));
    return jobs;
}

atr::Result<std::uint32_t> Store::extend_leases(const std::string& worker, std::int64_t lease_ms) {
    std::uint32_t held = 0;
    const Answer answer = instance_.call("extend_leases", [&](const atr_call* call, atr_error* error) {
        return table_.extend_leases(instance_.self(), call, atr::borrow(worker), lease_ms, &held, error);
    });
    need_supported(answer, "extend_leases");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return held;
}

atr::Result<atr::Changes> Store::changes(std::uint64_t after_seq, std::uint32_t limit) {
    RecordSink sink(instance_.border());
    std::uint64_t last = 0;
    const Answer answer = instance_.call("changes", [&](const atr_call* call, atr_error* error) {
        return table_.changes(instance_.self(), call, after_seq, limit, &sink.raw, &last, error);
    });
    need_supported(answer, "changes");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return atr::Changes{std::move(sink.records), last};
}

Answer Store::blob_put(const std::string& key, const std::string& bytes) {
    return instance_.call("blob_put", [&](const atr_call* call, atr_error* error) {
        return table_.blob_put(instance_.self(), call, atr::borrow(key), atr::borrow(bytes), error);
    });
}

atr::Result<atr::Blob> Store::blob_get(const std::string& key, std::uint64_t offset, std::uint64_t length) {
    Collector out(instance_.border());
    std::uint64_t total = 0;
    const Answer answer = instance_.call("blob_get", [&](const atr_call* call, atr_error* error) {
        return table_.blob_get(instance_.self(), call, atr::borrow(key), offset, length, out.sink(), &total, error);
    });
    if (answer.outcome != atr::Outcome::ok) return answer;
    return atr::Blob{std::move(out.bytes), total};
}

atr::Result<std::uint32_t> Store::purge(const std::string& collection, std::int64_t older_than_ms, std::uint32_t max) {
    std::uint32_t purged = 0;
    const Answer answer = instance_.call("purge", [&](const atr_call* call, atr_error* error) {
        return table_.purge(instance_.self(), call, atr::borrow(collection), older_than_ms, max, &purged, error);
    });
    if (answer.outcome != atr::Outcome::ok) return answer;
    return purged;
}

atr::Commit Store::must(atr::Batch batch, const std::string& what) {
    auto out = commit(std::move(batch));
    need_commit(out, atr::Outcome::ok, what);
    return out;
}

atr::Record Store::record(const std::string& collection, const std::string& key) {
    auto found = need(get({{collection, key}}), "get " + collection + "/" + key);
    expect(found.size() <= 1, "one record a key", std::to_string(found.size()));
    return found.empty() ? atr::Record{} : std::move(found.front());
}

std::string Store::balance(const std::string& key) {
    const auto found = need(get({{"balances", key}}), "get balances/" + key);
    return found.empty() ? "0" : found.front().body;
}

std::vector<atr::Record> Store::all(atr::Query wanted) {
    std::vector<atr::Record> out;
    do {
        auto page = need(query(wanted), "query " + wanted.collection + " " + wanted.index);
        std::move(page.records.begin(), page.records.end(), std::back_inserter(out));
        expect(page.next_cursor.empty() || page.next_cursor != wanted.cursor, "a cursor that moves on",
               "the same again");
        wanted.cursor = std::move(page.next_cursor);
    } while (!wanted.cursor.empty());
    return out;
}

std::uint64_t Store::newest() {
    return need(changes(0, 0), "changes() with limit 0, for the newest sequence").last_seq;
}

}  // namespace atr::testkit
