#include "purge.hpp"

#include "change_feed.hpp"
#include "names.hpp"
#include "record_reader.hpp"

namespace storage_postgres {
namespace {

constexpr const char* blobs_name = "atr.blobs";

std::string delete_old(const std::string& table, const std::string& also) {
    return "DELETE FROM " + table + " WHERE key = ANY(ARRAY(SELECT key FROM " + table +
           " WHERE updated_ms < $1::bigint" + also +
           " ORDER BY updated_ms LIMIT $2::bigint FOR UPDATE SKIP LOCKED)) RETURNING key";
}

}  // namespace

atr::Result<std::uint32_t> purge_old(Session& session, const Catalog& catalog, const Clock& clock,
                                     const std::string& collection, std::int64_t older_than_ms, std::uint32_t max,
                                     Deadline deadline) {
    if (collection == "atr.changes") return purge_changes(session, older_than_ms, max, deadline);
    const Collection* found = catalog.find(collection);
    if (!found && collection != blobs_name) return unknown_collection(collection);
    if (found && found->kind == CollectionKind::jobs)
        return atr::rejected(ATR_E_BAD_INPUT, "jobs end by JOB_DONE, they are not purged");
    const bool keys = found && found->kind == CollectionKind::keys;
    Parameters parameters;
    parameters.integer(older_than_ms).integer(max);
    auto statements = session.begin_write(deadline);
    statements.push_back({delete_old(found ? sql_name(found->table) : "atr_blobs",
                                     keys ? " AND (expires_ms = 0 OR expires_ms <= " + clock + ")" : ""),
                          parameters});
    const auto rows = session.run(std::move(statements), deadline);
    const Rows& gone = rows.back();
    std::vector<Statement> rest;
    if (found && gone.count() > 0) {
        ChangeList changes;
        for (int i = 0; i < gone.count(); ++i) changes.add(0, found->id, gone.text(i, 0));
        rest.push_back(
            FeedEntry::statement(1, catalog.generation, changes, KeyList(), FeedEntry::Keys::new_to_all, clock));
    }
    rest.push_back({"COMMIT"});
    session.run(std::move(rest), deadline);
    return static_cast<std::uint32_t>(gone.count());
}

}  // namespace storage_postgres
