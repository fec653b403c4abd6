// What storage does with a payment's batches: those of Commit A and Commit B, as a desk has made them.
#include <span>

#include "plugin/storage_encode.hpp"
#include "storage_postgres/prepared_batch.hpp"
#include "storage_sqlite/sqlite_storage.hpp"
#include "tests/bench/instructions/null_storage.hpp"
#include "tests/bench/instructions/repeat.hpp"
#include "tests/support/desk_world.hpp"
#include "tests/support/fake_host.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace treasurer;

namespace {

bool is_of_jobs(const atr::Op& op) {
    return op.op != ATR_OP_PUT && op.op != ATR_OP_ADD && op.op != ATR_OP_CHECK && op.op != ATR_OP_DELETE;
}

/// Everything that a world of `most_times` payments commits, in order. Without the jobs: their tokens are storage's
/// own.
struct Payments {
    explicit Payments(bool with_jobs) {
        support::DeskWorld world("1000000");
        for (const auto& collection : record_schema().collections) note(world, collection);
        world.host().pipeline.on_committed([&](const atr::Batch& batch, std::uint64_t, std::uint64_t) {
            batches.push_back(batch);
            if (!with_jobs) std::erase_if(batches.back().ops, is_of_jobs);
        });
        for (int i = 0; i < bench::most_times; ++i)
            world.submit({.number = "INV-" + std::to_string(i), .amount = std::to_string(i + 1)});
        REQUIRE(batches.size() == 2 * bench::most_times);
    }
    std::span<const atr::Batch> of(int payment) const {
        return std::span(batches).subspan(2 * std::size_t(payment), 2);
    }

    /// What the world begins with, as one batch.
    atr::Batch before;
    std::vector<atr::Batch> batches;

private:
    void note(support::DeskWorld& world, const atr::CollectionDef& collection) {
        const auto page = world.executor.await(world.storage.query({.collection = collection.name, .limit = 500}, {}));
        REQUIRE(page);
        for (const auto& record : page->records) {
            REQUIRE((collection.counter || record.version == 1));
            atr::Op& op = before.ops.emplace_back();
            op.op = collection.counter ? ATR_OP_ADD : ATR_OP_PUT;
            op.record = record;
            if (collection.counter) op.delta = std::exchange(op.record.body, {});
        }
    }
};

storage_postgres::Collection collection_of(const atr::CollectionDef& from, std::int64_t id) {
    storage_postgres::Collection out{.id = id, .name = from.name, .table = from.name, .columns = {}, .indexes = {}};
    if (from.counter) out.kind = storage_postgres::CollectionKind::counters;
    for (const auto& index : from.indexes) {
        storage_postgres::Index made{.name = index.name, .columns = {}, .unique = index.unique};
        for (const auto& column : index.columns) {
            std::size_t at = 0;
            while (at < out.columns.size() && out.columns[at].json_pointer != column.json_pointer) ++at;
            if (at == out.columns.size())
                out.columns.push_back({column.json_pointer.substr(1), column.json_pointer, column.type});
            made.columns.push_back(at);
        }
        out.indexes.push_back(std::move(made));
    }
    return out;
}

}  // namespace

TEST_CASE("commit_through_the_table", "[instructions]") {
    const int times = bench::times();
    const Payments payments(true);
    support::FakeHost host;
    atr::Instance<bench::NullStorage> storage{host.host(), std::make_unique<bench::NullStorage>()};
    const atr_storage& table = atr::detail::StorageTable<bench::NullStorage>::table;
    const atr_call call = support::make_call();
    std::vector<Batches> groups;
    for (int i = 0; i < bench::most_times; ++i)
        groups.emplace_back(std::vector<atr::Batch>(payments.of(i).begin(), payments.of(i).end()));
    for (int i = 0; i < times; ++i) {
        const CommitGroupView group(groups[std::size_t(i)]);
        atr_error error{};
        if (table.commit(&storage, &call, group.raw(), &error) != ATR_OK || group.answers().size() != 2) std::abort();
    }
}

TEST_CASE("postgres_prepare", "[instructions]") {
    const int times = bench::times();
    const Payments payments(true);
    std::vector<storage_postgres::Collection> collections;
    for (const auto& from : record_schema().collections)
        collections.push_back(
            collection_of(from, storage_postgres::first_own_collection_id + std::int64_t(collections.size())));
    const auto catalog = storage_postgres::Catalog::of(std::move(collections));
    for (const auto& batch : payments.of(0)) {
        const auto prepared = storage_postgres::prepare(*catalog, batch);
        INFO((prepared.refusal ? prepared.refusal->message : ""));
        REQUIRE_FALSE(prepared.refusal);
    }
    for (int i = 0; i < times; ++i)
        for (const auto& batch : payments.of(i))
            if (storage_postgres::prepare(*catalog, batch).refusal) std::abort();
}

TEST_CASE("sqlite_commit", "[instructions]") {
    const int times = bench::times();
    const Payments payments(false);
    const support::TemporaryFolder folder;
    storage_sqlite::Settings settings;
    settings.path = (folder.path() / "treasurer.db").string();
    std::int64_t now = 1'796'000'000'000;
    const auto storage = *storage_sqlite::SqliteStorage::create("bench", settings, [&] { return now; });
    const atr_call raw = support::make_call(now, 600'000);
    const atr::Call call(&raw);
    REQUIRE(storage->migrate(call, record_schema()));
    const auto commit = [&](const atr::Batch& batch) {
        std::vector<atr::Commit> out(1);
        const auto done = storage->commit(call, {&batch, 1}, out);
        INFO(out[0].error.message << " at " << out[0].conflict_op);
        return done && out[0].outcome == atr::Outcome::ok;
    };
    REQUIRE(commit(payments.before));
    for (int i = 0; i < times; ++i)
        for (const auto& batch : payments.of(i))
            if (!commit(batch)) std::abort();
}
