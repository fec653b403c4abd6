#include "pooler_check.hpp"

namespace storage_postgres {
namespace {

constexpr int rounds = 3;

/// A first session notes its server process, a second one holds a transaction open. A pooler that shares server
/// sessions gives the second the first one's process, or must move the first to another.
bool are_shared(Session& first, Session& second, Deadline deadline) {
    for (int round = 0; round < rounds; ++round) {
        const auto before = first.backend(deadline);
        second.run({"BEGIN"}, deadline);
        const bool same = second.backend(deadline) == before;
        const bool moved = !same && first.backend(deadline) != before;
        second.roll_back(deadline);
        if (same || moved) return true;
    }
    return false;
}

}  // namespace

atr::Result<> check_not_shared(Session& first, const std::function<atr::Result<std::unique_ptr<Session>>()>& another,
                               Deadline deadline) {
    if (first.backend(deadline) == first.announced_backend()) return {};  // no pooler in between
    auto second = another();
    if (!second) return second.error();
    if (!are_shared(first, **second, deadline)) return {};
    return atr::rejected(ATR_E_CONFIG,
                         "a pooler in transaction mode stands before PostgreSQL, through which named prepared "
                         "statements return wrong results: set prepared_statements: false, or the pooler to session "
                         "mode");
}

}  // namespace storage_postgres
