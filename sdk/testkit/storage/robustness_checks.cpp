// Hosts that stop listening, give no time, or hand over large things.
#include "storage/encode.hpp"
#include "storage/store.hpp"
#include "storage/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

/// Takes `limit` records, then says stop.
struct Stopper {
    explicit Stopper(int records) : limit(records) {
        raw = {sizeof raw, 0, this, [](void* ctx, const atr_record*) noexcept -> std::int32_t {
                   auto& self = *static_cast<Stopper*>(ctx);
                   return ++self.calls >= self.limit ? 1 : 0;
               }};
    }
    const int limit;
    int calls = 0;
    atr_record_sink raw{};
};

void stops_when_told(Context& t) {
    Store store(t);
    std::vector<atr::Op> ops;
    std::vector<atr::Key> keys;
    std::vector<atr_key> raw_keys;
    for (int i = 0; i < 20; ++i) keys.push_back({"invoices", "k" + std::to_string(i)});
    for (const auto& key : keys) {
        ops.push_back(invoice(key.key));
        raw_keys.push_back({atr::borrow(key.collection), atr::borrow(key.key)});
    }
    store.must(batch(ops), "put");
    const atr_query query = {.struct_size = sizeof query,
                             .limit = 20,
                             .flags = 0,
                             .descending = 0,
                             .min_seq = 0,
                             .collection = atr::borrow("invoices"),
                             .index = {},
                             .n_eq = 0,
                             .reserved0 = 0,
                             .eq = nullptr,
                             .lo = {},
                             .hi = {},
                             .cursor = {}};
    using Call = std::function<atr_outcome(const atr_call*, const atr_record_sink*, atr_error*)>;
    const std::pair<const char*, Call> calls[] = {
        {"get",
         [&](const atr_call* call, const atr_record_sink* sink, atr_error* error) {
             return store.table().get(store.instance().self(), call, raw_keys.data(), 20, 0, 0, sink, error);
         }},
        {"query",
         [&](const atr_call* call, const atr_record_sink* sink, atr_error* error) {
             return store.table().query(store.instance().self(), call, &query, sink, nullptr, error);
         }},
        {"changes", [&](const atr_call* call, const atr_record_sink* sink, atr_error* error) {
             std::uint64_t last = 0;
             return store.table().changes(store.instance().self(), call, 0, 20, sink, &last, error);
         }}};
    for (const auto& [name, function] : calls) {
        Stopper stopper(3);
        const Answer answer = store.instance().call(
            name, [&](const atr_call* call, atr_error* error) { return function(call, &stopper.raw, error); });
        if (stopper.calls > 3)
            throw Failure{std::string(name) + " stops at the sink's first stop",
                          std::to_string(stopper.calls - 3) + " more", std::string(rule_sinks)};
        need_outcome(answer, Outcome::rejected, std::string(name) + " whose sink said stop");
    }
}

void no_time_left(Context& t) {
    Store store(t);
    auto& instance = store.instance();
    const std::vector<atr::Batch> late{batch({invoice("late")}, "late-key", "f")};
    const EncodedGroup group(late, Layout::today);
    const Answer answer = instance.call(
        "commit without time left",
        [&](const atr_call* call, atr_error* error) {
            return store.table().commit(instance.self(), call, group.get(), error);
        },
        -1);
    const auto outcome = answer.outcome == Outcome::ok ? group.results()[0].outcome : answer.outcome;
    const bool there = !store.body("late").empty();
    if (outcome == Outcome::ok) expect(there, "a commit that says OK is applied", "it is not");
    if (outcome != Outcome::ok && outcome != Outcome::unknown)
        expect(!there, "a commit that says " + std::string(atr::to_string(outcome)) + " is not applied", "it is");
    Stopper all(1000);
    instance.call(
        "query without time left",
        [&](const atr_call* call, atr_error* error) {
            const atr_query query = {.struct_size = sizeof query,
                                     .limit = 20,
                                     .flags = 0,
                                     .descending = 0,
                                     .min_seq = 0,
                                     .collection = atr::borrow("invoices"),
                                     .index = {},
                                     .n_eq = 0,
                                     .reserved0 = 0,
                                     .eq = nullptr,
                                     .lo = {},
                                     .hi = {},
                                     .cursor = {}};
            return store.table().query(instance.self(), call, &query, &all.raw, nullptr, error);
        },
        -1);
    store.must(batch({invoice("after")}), "a commit after it");
}

void large_things(Context& t) {
    Store store(t);
    std::vector<atr::Op> ops;
    for (int i = 0; i < 1000; ++i) ops.push_back(invoice("k" + std::to_string(i)));
    store.must(batch(ops), "a batch of 1000 ops");
    std::vector<atr::Batch> group;
    for (int i = 0; i < 256; ++i) group.push_back(batch({invoice("g" + std::to_string(i)), add("sum", "1")}));
    for (const auto& one : store.commit(group)) need_commit(one, Outcome::ok, "a batch in a group of 256");
    const std::string body = "{\"long\":\"" + std::string(4 << 20, 'x') + "\"}";
    const auto large = store.commit(batch({put("claims", "large", body)}));
    if (large.outcome == Outcome::ok)
        expect_equal(store.record("claims", "large").body.size(), body.size(), "a body of 4 MiB");
    else
        need_commit(large, Outcome::rejected, "a body of 4 MiB, if refused", ATR_E_TOO_LARGE);
    std::vector<atr::Key> keys;
    for (int i = 0; i < 1000; ++i) keys.push_back({"invoices", "k" + std::to_string(i)});
    expect_equal(need(store.get(keys), "get of 1000 keys").size(), keys.size(), "records");
}

}  // namespace

Checks storage_robustness_checks() {
    return in_stage(
        Stage::robustness,
        {
            {"ATR-STORAGE-110", "A call whose sink says stop ends as REJECTED.",
             "The caller has said how much it can hold.", "A loop that ignores what on_record returns.",
             "Return at the first result other than 0.", stops_when_told},
            {"ATR-STORAGE-111", "A commit without time left tells the truth: RETRY only if it is proven not applied.",
             "After RETRY the host decides and writes anew, after UNKNOWN it asks by the key.",
             "RETRY returned for every time-out, also while the commit is on its way.",
             "UNKNOWN where it is not known.", no_time_left},
            {"ATR-STORAGE-112", "1000 ops a batch, 256 batches a group and 1000 keys a get are usual.",
             "Groups grow with the load.", "More parameters in one statement than the database takes.",
             "Split statements at the database's own limits.", large_things},
        });
}

}  // namespace atr::testkit
