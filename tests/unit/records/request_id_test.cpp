/// A storage that fails is told of in the log with the request that met it.
#include <catch2/catch.hpp>

#include "records/journal.hpp"
#include "tests/support/store_bench.hpp"

using namespace treasurer;

namespace {

class Noting final : public simulation::MemoryStorage {
public:
    using MemoryStorage::MemoryStorage;
    std::vector<std::string> requests;

    Task<std::vector<atr::Commit>> commit(Batches batches, CallOptions options) override {
        requests.push_back(options.request_id);
        Task<std::vector<atr::Commit>> call = MemoryStorage::commit(std::move(batches), std::move(options));
        std::vector<atr::Commit> out = co_await call;
        co_return out;
    }
};

}  // namespace

SCENARIO("a flush carries the id of the first request in its group", "[records]") {
    support::ManualClock clock;
    support::ManualExecutor executor{clock};
    Noting storage{clock, record_schema()};
    support::SeededRandom random{1};
    Ids ids{clock, random};
    TaskScope scope{executor};
    CommitPipeline pipeline{storage, executor, scope, {}};
    const auto unit_of = [&](const std::string& request_id) {
        UnitOfWork unit(ids.next());
        Activity line;
        line.id = ids.next();
        unit.create(line);
        AuditEntry entry;
        entry.id = ids.next();
        entry.request_id = request_id;
        unit.create(entry);
        return unit;
    };
    for (const char* request : {"", "req-2", "req-3"}) {
        scope.spawn([](CommitPipeline& to, UnitOfWork unit) -> Task<> {
            Task<Committed> committing = to.commit(std::move(unit));
            co_await committing;
        }(pipeline, unit_of(request)));
    }
    executor.run_until_idle();
    std::vector<std::string> named;
    for (const auto& one : storage.requests)
        if (!one.empty()) named.push_back(one);
    REQUIRE(named.size() == 1);  // one group, or two of which the first has no request
    CHECK(named.front() == "req-2");
}
