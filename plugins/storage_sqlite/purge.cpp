#include "purge.hpp"

#include "names.hpp"
#include "record_reader.hpp"

namespace storage_sqlite {
namespace {

constexpr const char* blobs_name = "atr.blobs";

std::string condition_of(const std::string& collection) {
    return collection == "atr.keys" ? "updated_ms < ? AND (expires_ms = 0 OR expires_ms <= ?)" : "updated_ms < ?";
}

}  // namespace

atr::Result<std::vector<std::string>> find_old(Connection& connection, const Catalog& catalog,
                                               const std::string& collection, std::int64_t older_than_ms,
                                               std::uint32_t max, std::int64_t now_ms) {
    const Collection* found = catalog.find(collection);
    if (!found && collection != blobs_name) return unknown_collection(collection);
    if (found && found->kind == CollectionKind::jobs)
        return atr::rejected(ATR_E_BAD_INPUT, "jobs end by JOB_DONE, they are not purged");
    const std::string table = found ? found->table : "atr_blobs";
    std::vector<std::string> out;
    Run run(connection.prepared("SELECT key FROM " + sql_name(table) + " WHERE " + condition_of(collection) +
                                " ORDER BY updated_ms LIMIT ?"));
    run.integer(older_than_ms);
    if (found && found->kind == CollectionKind::keys) run.integer(now_ms);
    run.integer(std::int64_t{max});
    while (run.step()) out.emplace_back(run.text_at(0));
    return out;
}

std::uint32_t remove_old(WriteTransaction& transaction, const std::string& collection,
                         const std::vector<std::string>& keys, std::int64_t older_than_ms) {
    const Collection* found = transaction.catalog()->find(collection);
    const std::string sql = "DELETE FROM " + sql_name(found ? found->table : "atr_blobs") + " WHERE key = ? AND " +
                            condition_of(collection);
    ChangeList changes;
    std::uint32_t removed = 0;
    for (const auto& key : keys) {
        Run run(transaction.connection().prepared(sql));
        run.text(key).integer(older_than_ms);
        if (found && found->kind == CollectionKind::keys) run.integer(transaction.now_ms());
        if (run.finish() == 0) continue;
        ++removed;
        if (found) changes.add(found->id, key);
    }
    if (removed > 0) transaction.keep_commit(changes);
    return removed;
}

}  // namespace storage_sqlite
