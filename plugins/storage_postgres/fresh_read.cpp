#include "fresh_read.hpp"

namespace storage_postgres {

Statement newest_commit() {
    return {"SELECT commit_seq FROM atr_state"};
}

atr::Result<> check_reached(const Rows& newest, std::uint64_t min_seq) {
    if (newest.count() == 1 && newest.number(0, 0) >= min_seq) return {};
    return atr::retry(ATR_E_UNSPEC, "commit " + std::to_string(min_seq) + " is not in this store (yet)");
}

atr::Result<std::vector<Rows>> read_at_least(Session& session, std::vector<Statement> statements, std::uint64_t min_seq,
                                             Deadline deadline) {
    if (min_seq == 0) return session.read(std::move(statements), deadline);
    statements.insert(statements.begin(), newest_commit());
    auto rows = session.read(std::move(statements), deadline);
    if (auto reached = check_reached(rows.front(), min_seq); !reached) return reached.error();
    rows.erase(rows.begin());
    return rows;
}

}  // namespace storage_postgres
