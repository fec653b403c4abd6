// The other way round: every payment that the books have posted is looked for in the statement.
#include <algorithm>
#include <functional>

#include "reconcile/movement.hpp"
#include "reconcile/reconciliation.hpp"
#include "records/schema.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::reconcile {
namespace {

/// When the payment was posted.
UnixMillis posted_at(const Payment& payment) {
    return payment.history.empty() ? payment.updated_ms : payment.history.back().at_ms;
}

}  // namespace

/// Posted payments are held a bucket at a time, by a hash of their id, so that memory stays bounded.
Task<atr::Result<std::size_t>> Reconciliation::count_buckets() {
    std::vector<std::string> keys = {treasury::payments_settled_key};
    Task<atr::Result<std::map<std::string, atr::Int128>>> reading =
        store_.counters(rollups_collection, std::move(keys));
    const atr::Result<std::map<std::string, atr::Int128>> counts = co_await reading;
    if (!counts) co_return counts.error();
    const auto posted = std::max<atr::Int128>(counts->begin()->second, 0);
    co_return static_cast<std::size_t>(posted / static_cast<atr::Int128>(settings_.posted_at_once)) + 1;
}

Task<Reconciliation::Done> Reconciliation::list_posted(Scan& scan, std::size_t bucket, std::size_t buckets) {
    scan.posted.clear();
    const std::vector<PaymentState> states = {PaymentState::settled, PaymentState::returned};
    for (const PaymentState state : states) {
        atr::Query query;
        query.index = "by_state";
        query.eq = {atr::Value::of(std::string(to_string(state)))};
        query.limit = settings_.page;
        do {
            Task<atr::Result<Listing<Payment>>> reading = store_.list<Payment>(query);
            atr::Result<Listing<Payment>> page = co_await reading;
            if (!page) co_return page.error();
            for (const auto& payment : page->items) {
                const std::string digits = id_digits(payment.id);
                const bool here = std::hash<std::string>{}(digits) % buckets == bucket;
                if (here && payment.rail == scan.rail.name())
                    scan.posted[digits] = Posted{payment.amount, posted_at(payment), false};
            }
            query.cursor = std::move(page->next_cursor);
        } while (!query.cursor.empty());
    }
    co_return atr::Unit{};
}

Task<Reconciliation::Done> Reconciliation::find_other_buckets(Scan& scan, Judge& judge, std::size_t buckets) {
    for (std::size_t bucket = 1; bucket < buckets; ++bucket) {
        Task<Done> listing = list_posted(scan, bucket, buckets);
        const Done listed = co_await listing;
        if (!listed) co_return listed.error();
        Task<Done> marking = mark_found(scan);
        const Done marked = co_await marking;
        if (!marked) co_return marked.error();
        judge.judge_posted_without_event();
    }
    co_return atr::Unit{};
}

Task<Reconciliation::Done> Reconciliation::mark_found(Scan& scan) {
    std::string position;
    for (;;) {
        Task<atr::Result<atr::StatementPage>> asking = scan.rail.statement(position, settings_.page, options());
        const atr::Result<atr::StatementPage> page = co_await asking;
        if (!page) co_return page.error();
        for (const auto& event : page->events) {
            const auto known = scan.posted.find(event.payment_id);
            if (known != scan.posted.end() && movement_of(event) == Movement::out) known->second.found = true;
        }
        if (page->next_position.empty() || page->next_position == position) break;
        position = page->next_position;
    }
    co_return atr::Unit{};
}

}  // namespace treasurer::reconcile
