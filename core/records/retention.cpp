#include "records/retention.hpp"

namespace treasurer {
namespace {

struct Kind {
    const char* collection;
    Millis kept;
    bool is_purged = true;
};

}  // namespace

Task<RetentionSweep::Round> RetentionSweep::purge(std::string collection, Millis kept) {
    for (unsigned call = 0; call < settings_.calls && !stopping_; ++call) {
        const std::int64_t older_than = clock_.unix_ms() - kept.count();
        Task<atr::Result<std::uint32_t>> asking =
            storage_.purge(collection, older_than, settings_.at_once, CallOptions{});
        const atr::Result<std::uint32_t> gone = co_await asking;
        if (!gone)
            // One that cannot just now, for whatever reason, may be able to the next time.
            co_return gone.outcome() == atr::Outcome::unsupported ? Round::refused : Round::done;
        removed_ += *gone;
        if (*gone < settings_.at_once) co_return Round::done;
    }
    co_return Round::left_over;
}

Task<> RetentionSweep::loop() {
    Kind keys{"atr.keys", settings_.keys}, changes{"atr.changes", settings_.changes};
    while (!stopping_) {
        bool left_over = false;
        for (Kind* kind : {&keys, &changes}) {
            if (!kind->is_purged || stopping_) continue;
            std::string collection = kind->collection;
            Task<Round> purging = purge(std::move(collection), kind->kept);
            const Round round = co_await purging;
            left_over = left_over || round == Round::left_over;
            kind->is_purged = round != Round::refused;
        }
        if (stopping_ || !(keys.is_purged || changes.is_purged)) co_return;
        Task<> waiting = pause_.wait(left_over ? settings_.breath : settings_.interval);
        co_await waiting;
    }
}

}  // namespace treasurer
