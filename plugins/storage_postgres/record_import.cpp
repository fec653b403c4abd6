#include "record_import.hpp"

#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "imported_rows.hpp"
#include "names.hpp"
#include "prepared_batch.hpp"
#include "record_reader.hpp"
#include "stored_text.hpp"

namespace storage_postgres {
namespace {
using atr::rejected;
using atr::Result;

Result<> check(const atr::Record& record) {
    if (!is_usable_key(record.key) || record.version == 0 || record.version > INT64_MAX)
        return rejected(ATR_E_BAD_INPUT, place_of(record) + ": a record needs a version, and a key of 1 to " +
                                             std::to_string(most_key_bytes) + " bytes of UTF-8");
    if (record.body.size() > most_body_bytes) return rejected(ATR_E_TOO_LARGE, place_of(record) + " is too large");
    return {};
}

/// The statements of one import. A collection's last record of a key stands for all of that key.
class Writing {
public:
    explicit Writing(const Catalog& catalog) : catalog_(catalog) {}

    Result<> remove(const std::vector<atr::Key>& removals) {
        std::map<std::string, ArrayColumn> gone;
        for (const auto& [collection, key] : removals) {
            const Collection* found = catalog_.find(collection);
            if (!found && collection != atr::blobs_collection) return unknown_collection(collection);
            if (!is_utf8(key)) continue;
            const std::string table = found ? sql_name(found->table) : "atr_blobs";
            gone.try_emplace(table, ArrayColumn::Type::text).first->second.text(to_stored(key));
        }
        for (const auto& [table, keys] : gone) {
            Parameters parameters;
            parameters.array(keys);
            statements_.push_back({"DELETE FROM " + table + " WHERE key = ANY($1::text[])", parameters});
        }
        return {};
    }

    Result<> write(const std::vector<atr::Record>& records) {
        std::map<std::string_view, std::map<std::string_view, const atr::Record*>> newest;
        for (const auto& record : records) {
            if (auto checked = check(record); !checked) return checked;
            newest[record.collection][record.key] = &record;
        }
        for (const auto& [collection, of_it] : newest) {
            auto rows = ImportedRows::into(catalog_, std::string(collection));
            if (!rows) return rows.error();
            for (const auto& [key, record] : of_it)
                if (auto added = rows->add(*record); !added) return added;
            statements_.push_back(rows->statement());
        }
        return {};
    }

    void raise(const atr::StoreState& state) {
        if (state.commit_seq > 0) {
            Parameters seq;
            seq.integer(static_cast<std::int64_t>(state.commit_seq));
            statements_.push_back(
                {"WITH raised AS (UPDATE atr_state SET commit_seq = $1::bigint, feed_floor = $1::bigint WHERE "
                 "commit_seq < $1::bigint RETURNING 1) DELETE FROM atr_changes WHERE EXISTS (SELECT 1 FROM raised)",
                 seq});
        }
        if (state.lease_token > 0) {
            Parameters token;
            token.integer(static_cast<std::int64_t>(state.lease_token));
            statements_.push_back(
                {"SELECT setval('atr_lease_token', $1::bigint) FROM atr_lease_token WHERE last_value <= $1::bigint",
                 token});
        }
    }

    std::vector<Statement> take() { return std::move(statements_); }

private:
    const Catalog& catalog_;
    std::vector<Statement> statements_;
};

}  // namespace

Result<> import_records(Session& session, const Catalog& catalog, const atr::Import& import, Deadline deadline) {
    if (import.state.commit_seq > INT64_MAX || import.state.lease_token > INT64_MAX)
        return rejected(ATR_E_BAD_INPUT, "a sequence is out of range");
    Writing writing(catalog);
    if (auto removed = writing.remove(import.removals); !removed) return removed;
    if (auto written = writing.write(import.records); !written) return written;
    writing.raise(import.state);
    auto statements = session.begin_write(deadline);
    auto own = writing.take();
    std::move(own.begin(), own.end(), std::back_inserter(statements));
    statements.push_back({"COMMIT"});
    try {
        session.run(std::move(statements), deadline);
    } catch (const SqlError& error) {
        if (!error.is(sqlstate::unique_violation)) throw;
        return to_error(error, atr::Outcome::conflict);
    }
    return {};
}

}  // namespace storage_postgres
