#include "blobs.hpp"

#include <algorithm>

#include "prepared_batch.hpp"
#include "stored_text.hpp"

namespace storage_postgres {

atr::Result<> put_blob(Session& session, const Clock& clock, const std::string& key, std::string_view bytes,
                       Deadline deadline) {
    Parameters blob;
    blob.text(to_stored(key)).bytes(bytes);
    const Rows written =
        session.alone({"WITH w AS (INSERT INTO atr_blobs(key, updated_ms, bytes) VALUES($1::text, " + clock +
                           ", $2::bytea) ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*) FROM w",
                       blob},
                      deadline);
    if (written.integer(0, 0) == 1) return {};
    // In a statement of its own: it sees what the insertion above had to wait for.
    const Rows there = session.alone({"SELECT bytes = $2::bytea FROM atr_blobs WHERE key = $1::text", blob}, deadline);
    if (there.count() == 0) return atr::retry(ATR_E_OVERLOADED, "blob " + key + " was just purged");
    if (there.boolean(0, 0)) return {};
    return atr::conflict(ATR_E_DUPLICATE, "blob " + key + " is there with other bytes");
}

atr::Result<atr::Blob> get_blob(Session& session, const std::string& key, std::uint64_t offset, std::uint64_t length,
                                Deadline deadline) {
    Parameters range;
    range.text(to_stored(key));
    range.integer(static_cast<std::int64_t>(std::min<std::uint64_t>(offset, most_body_bytes)) + 1);
    range.integer(static_cast<std::int64_t>(std::min<std::uint64_t>(length, most_body_bytes)));
    const Rows rows = session.alone({"SELECT octet_length(bytes), substring(bytes FROM $2::bigint::int FOR "
                                     "$3::bigint::int) FROM atr_blobs WHERE key = $1::text",
                                     range},
                                    deadline);
    if (rows.count() == 0) return atr::not_found("no blob " + key);
    return atr::Blob{.bytes = rows.bytes(0, 1), .total = rows.number(0, 0)};
}

}  // namespace storage_postgres
