// Optional parts: blobs and retention.
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

void blobs(Context& t) {
    Store store(t);
    std::string bytes;
    for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(t.random());
    const Answer stored = store.blob_put("doc", bytes);
    skip_unless_supported(stored, "blobs");
    need_ok(stored, "blob_put");
    need_ok(store.blob_put("doc", bytes), "the same key with the same bytes");
    need_refused(store.blob_put("doc", bytes + "x"), "the same key with other bytes");
    need_ok(store.blob_put("empty", ""), "an empty blob");
    const auto whole = need(store.blob_get("doc", 0, bytes.size()), "blob_get");
    expect(whole.bytes == bytes && whole.total == bytes.size(), "all bytes, and their total", "others");
    const auto part = need(store.blob_get("doc", 1000, 50), "blob_get of a part");
    expect(part.bytes == bytes.substr(1000, 50) && part.total == bytes.size(), "bytes 1000 to 1050, and the total",
           "others");
    const auto end = need(store.blob_get("doc", bytes.size() - 10, 1000), "blob_get beyond the end");
    expect_equal(end.bytes.size(), std::size_t{10}, "what there is");
    const auto absent = store.blob_get("none", 0, 1);
    need_outcome(absent ? Answer{.outcome = Outcome::ok} : absent.error(), Outcome::not_found,
                 "blob_get of an absent one");
}

void purges(Context& t) {
    Store store(t);
    const auto first = store.purge("claims", now_ms() - 3'600'000, 10);
    if (!first) skip_unless_supported(first.error(), "purge");
    for (int i = 0; i < 10; ++i) store.must(batch({put("claims", "c" + std::to_string(i), "{}")}), "put");
    expect_equal(need(store.purge("claims", now_ms() - 3'600'000, 100), "purge of what is older than an hour"), 0u,
                 "purged");
    const std::int64_t ahead = now_ms() + 3'600'000;
    expect_equal(need(store.purge("claims", ahead, 4), "purge of at most 4"), 4u, "purged");
    expect_equal(store.all({.collection = "claims"}).size(), std::size_t{6}, "records left");
    std::uint32_t rest = 0;
    for (std::uint32_t some = 1; some > 0; rest += some)
        some = need(store.purge("claims", ahead, 100), "purge of the rest");
    expect_equal(rest, 6u, "purged");
    expect(store.all({.collection = "claims"}).empty(), "none left", "some");
}

void purges_keys_and_changes(Context& t) {
    Store store(t);
    const std::int64_t ahead = now_ms() + 3'600'000;
    auto lasting = batch({add("sum", "1")}, "lasting", "f");
    lasting.key_expires_unix_ms = ahead;
    auto gone = batch({add("sum", "1")}, "gone", "f");
    gone.key_expires_unix_ms = now_ms() + 1;
    store.must(lasting, "a commit whose key counts for an hour");
    const auto last = store.must(gone, "a commit whose key expires at once");
    const auto first = store.purge("atr.keys", now_ms() - 3'600'000, 10);
    if (!first) skip_unless_supported(first.error(), "purge");
    std::uint32_t keys = 0;
    eventually([&] { return (keys += need(store.purge("atr.keys", ahead, 10), "purge of atr.keys")) > 0; });
    expect_equal(keys, 1u, "keys purged: the one that has expired");
    expect(store.must(lasting, "the first commit again").replayed, "the key that counts is kept", "it is not");
    const auto old = store.purge("atr.changes", now_ms() - 3'600'000, 10);
    if (old.outcome() == Outcome::unsupported) return;  // it keeps all changes, or finds them in its records
    expect_equal(need(old, "purge of changes older than an hour"), 0u, "purged");
    for (std::uint32_t some = 1; some > 0;) some = need(store.purge("atr.changes", ahead, 10), "purge of atr.changes");
    const auto behind = store.changes(0, 100);
    need_outcome(behind ? Answer{.outcome = Outcome::ok} : behind.error(), Outcome::not_found,
                 "changes for a follower that has not read what was purged");
    const auto newest = need(store.changes(0, 0), "changes with limit 0").last_seq;
    expect(newest >= last.commit_seq, "the newest commit, where a follower begins anew", std::to_string(newest));
    const auto after = store.must(batch({add("sum", "1")}), "a commit after the purge");
    expect_equal(need(store.changes(newest, 100), "changes after that").last_seq, after.commit_seq, "the next commit");
    expect_equal(store.balance("sum"), "3", "the counter, of which nothing is purged");
}

}  // namespace

Checks storage_blob_checks() {
    return {
        {"ATR-STORAGE-085", "A blob comes back byte for byte, whole or in part; a key never changes its bytes.",
         "Documents are evidence, and are read years later.",
         "A text column, a cut at a zero byte, or a key that is silently overwritten.",
         "Store bytes with their length and refuse other bytes under a key that is there; without blobs answer "
         "ATR_UNSUPPORTED to every call.",
         blobs},
        {"ATR-STORAGE-086", "purge() removes at most max records that are older, and counts them.",
         "Retention is law; removing more than asked is a loss.",
         "max left out of the statement, or a time compared in seconds.", "Compare updated_unix_ms.", purges},
        {"ATR-STORAGE-087",
         "purge() of atr.keys leaves keys that still count; of atr.changes it leaves a gap that followers are told of.",
         "The host purges both for ever. A key that went too early lets a repeat happen twice; a gap that is passed "
         "over "
         "in silence leaves caches wrong.",
         "Expiry left out of the statement, or a feed that goes on behind the gap.",
         "Remember up to which commit changes are gone, and answer ATR_NOT_FOUND below it; a store that purges no "
         "changes answers ATR_UNSUPPORTED.",
         purges_keys_and_changes},
    };
}

}  // namespace atr::testkit
