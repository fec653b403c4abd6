#include "jobs.hpp"

#include <algorithm>

#include "stored_text.hpp"

namespace storage_postgres {

std::vector<atr::Job> lease_jobs(Session& session, const Clock& clock, const std::string& queue,
                                 const std::string& worker, std::uint32_t max, std::int64_t lease_ms,
                                 Deadline deadline) {
    Parameters parameters;
    parameters.text(to_stored(queue)).text(to_stored(worker)).integer(max).integer(lease_ms);
    const Rows rows = session.alone(
        {"WITH due AS (SELECT key, due_ms AS was_due FROM atr_jobs WHERE queue = $1::text AND due_ms <= " + clock +
             " ORDER BY due_ms, key LIMIT $3::bigint FOR UPDATE SKIP LOCKED), n AS MATERIALIZED (SELECT " + clock +
             " AS now), taken AS (UPDATE atr_jobs j SET version = version + 1, updated_ms = n.now, attempt = attempt + "
             "1, worker = $2::text, lease_token = nextval('atr_lease_token'), lease_until_ms = n.now + $4::bigint, "
             "due_ms = n.now + $4::bigint FROM due, n WHERE j.key = due.key RETURNING j.key, j.body, j.attempt, "
             "j.lease_token, j.lease_until_ms, due.was_due) SELECT key, body, attempt, lease_token, lease_until_ms "
             "FROM taken ORDER BY was_due, key",
         parameters},
        deadline);
    std::vector<atr::Job> out;
    for (int i = 0; i < rows.count(); ++i)
        out.push_back({.attempt = static_cast<std::uint32_t>(rows.integer(i, 2)),
                       .queue = queue,
                       .id = from_stored(rows.text(i, 0)),
                       .body = rows.bytes(i, 1),
                       .lease_token = rows.number(i, 3),
                       .lease_until_unix_ms = rows.integer(i, 4)});
    return out;
}

std::uint32_t extend_leases(Session& session, const Clock& clock, const std::string& worker, std::int64_t lease_ms,
                            Deadline deadline) {
    Parameters parameters;
    parameters.text(to_stored(worker)).integer(lease_ms);
    const Rows rows = session.alone(
        {"WITH mine AS (SELECT key FROM atr_jobs WHERE worker = $1::text AND lease_until_ms > " + clock +
             " ORDER BY key FOR UPDATE), renewed AS (UPDATE atr_jobs j SET lease_until_ms = n.now + $2::bigint, due_ms "
             "= greatest(n.now + $2::bigint, j.run_at_ms) FROM mine, LATERAL (SELECT " +
             clock + " AS now) n WHERE j.key = mine.key RETURNING 1) SELECT count(*) FROM renewed",
         parameters},
        deadline);
    return static_cast<std::uint32_t>(rows.integer(0, 0));
}

}  // namespace storage_postgres
