#include "idempotency.hpp"

#include <charconv>

namespace storage_sqlite {
namespace {

/// "[1,2,0]", as the body of an atr.keys record shows it.
std::string versions_text(const std::vector<std::uint64_t>& versions) {
    std::string out = "[";
    for (std::uint64_t version : versions) out += (out.size() > 1 ? "," : "") + std::to_string(version);
    return out + "]";
}

std::vector<std::uint64_t> versions_from(std::string_view text) {
    std::vector<std::uint64_t> out;
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.size();
    while (text.size() > 2 && at < end) {
        std::uint64_t version = 0;
        const auto read = std::from_chars(at, end, version);
        if (read.ec != std::errc()) break;
        out.push_back(version);
        at = read.ptr + 1;
    }
    return out;
}

}  // namespace

std::optional<atr::Commit> find_first_result(WriteTransaction& transaction, const PreparedBatch& batch) {
    if (batch.idempotency_key.empty()) return std::nullopt;
    Run run(transaction.connection().prepared(
        "SELECT fingerprint, commit_seq, versions FROM atr_keys WHERE key = ? AND (expires_ms = 0 OR expires_ms > ?)"));
    if (!run.text(batch.idempotency_key).integer(transaction.now_ms()).step()) return std::nullopt;
    atr::Commit out;
    if (run.text_at(0) != batch.fingerprint) {
        out.outcome = atr::Outcome::rejected;
        out.error = atr::rejected(ATR_E_IDEMPOTENCY_MISMATCH,
                                  "idempotency key " + batch.idempotency_key + " was used for something else");
        return out;
    }
    out.outcome = atr::Outcome::ok;
    out.replayed = true;
    out.commit_seq = static_cast<std::uint64_t>(run.integer_at(1));
    out.versions = versions_from(run.text_at(2));
    return out;
}

void remember_result(WriteTransaction& transaction, const PreparedBatch& batch, const atr::Commit& result) {
    const std::string versions = versions_text(result.versions);
    Run(transaction.connection().prepared("INSERT INTO atr_keys(key, fingerprint, commit_seq, versions, expires_ms, "
                                          "updated_ms) VALUES(?, ?, ?, ?, ?, ?) ON CONFLICT(key) DO UPDATE SET "
                                          "fingerprint = excluded.fingerprint, commit_seq = excluded.commit_seq, "
                                          "versions = excluded.versions, expires_ms = excluded.expires_ms, "
                                          "updated_ms = excluded.updated_ms"))
        .text(batch.idempotency_key)
        .text(batch.fingerprint)
        .integer(result.commit_seq)
        .text(versions)
        .integer(batch.key_expires_ms)
        .integer(transaction.now_ms())
        .finish();
}

}  // namespace storage_sqlite
