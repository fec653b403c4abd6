/// The cursors of both SQL storages: what one wrote reads back, and any bytes, also under a right hash, do no harm.
/// The sources are included so that the hash can be made here, as one who forges a cursor would.
#include "storage_postgres/cursor.cpp"
#include "storage_sqlite/cursor.cpp"

#include "input.hpp"

namespace {

atr::Query query_of(fuzz::Input& input) {
    atr::Query out{.collection = std::string(input.text()), .index = std::string(input.text())};
    out.descending = input.choice(2) == 1;
    return out;
}

#define CURSOR_FUZZ(storage)                                                                                         \
    namespace storage {                                                                                              \
    void fuzz_bytes(fuzz::Input input) {                                                                             \
        const atr::Query query = query_of(input);                                                                    \
        (void)from_cursor(std::string(input.rest()), query);                                                         \
        std::string forged;                                                                                          \
        put(forged, hash_of(query, input.rest()));                                                                   \
        const auto read = from_cursor(base64url(forged + std::string(input.rest())), query);                         \
        if (read) fuzz::require(from_cursor(to_cursor(*read, query), query).has_value(), "what is read is written"); \
    }                                                                                                                \
    void fuzz_places(fuzz::Input input) {                                                                            \
        const atr::Query query = query_of(input);                                                                    \
        Position position{.snapshot = input.number<std::uint64_t>(), .cells = {}};                                   \
        while (!input.empty()) switch (input.choice(3)) {                                                            \
                case 0:                                                                                              \
                    position.cells.emplace_back();                                                                   \
                    break;                                                                                           \
                case 1:                                                                                              \
                    position.cells.emplace_back(input.number<std::int64_t>());                                       \
                    break;                                                                                           \
                default:                                                                                             \
                    position.cells.emplace_back(std::string(input.text()));                                          \
                    break;                                                                                           \
            }                                                                                                        \
        const std::string cursor = to_cursor(position, query);                                                       \
        const auto read = from_cursor(cursor, query);                                                                \
        fuzz::require(read && read->snapshot == position.snapshot && read->cells == position.cells,                  \
                      "a cursor reads back");                                                                        \
        fuzz::require(!from_cursor(cursor.substr(0, cursor.size() - 1), query), "a cut cursor is recognised");       \
    }                                                                                                                \
    }
}  // namespace

CURSOR_FUZZ(storage_sqlite)
CURSOR_FUZZ(storage_postgres)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    switch (input.choice(4)) {
        case 0:
            storage_sqlite::fuzz_bytes(input);
            break;
        case 1:
            storage_postgres::fuzz_bytes(input);
            break;
        case 2:
            storage_sqlite::fuzz_places(input);
            break;
        default:
            storage_postgres::fuzz_places(input);
            break;
    }
    return 0;
}
