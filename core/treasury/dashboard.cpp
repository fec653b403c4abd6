#include "treasury/dashboard.hpp"

#include "records/store_records.hpp"

#include "records/approval.hpp"
#include "records/payment.hpp"
#include "runtime/utc_time.hpp"
#include "treasury/json_text.hpp"

namespace treasurer::treasury {
namespace {

constexpr std::uint32_t page_size = 500;
constexpr std::uint64_t count_limit = 10'000;

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return std::to_string(number) + ' ' + std::string(number == 1 ? one : many);
}

std::string truth(bool value) {
    return value ? "true" : "false";
}

std::string books_json(const std::optional<BooksCheck>& books) {
    if (!books) return "null";
    JsonObject out;
    out.add("equal", truth(books->equal)).add("breaks", std::to_string(books->breaks));
    return std::move(out.add("as_of", json_string(rfc3339(books->as_of_ms)))).done();
}

std::string entries_json(const std::vector<Alert>& alerts) {
    std::string out;
    for (const auto& alert : alerts) {
        if (!out.empty()) out += ',';
        JsonObject entry;
        entry.add("code", json_string(alert.code)).add("level", json_string(alert.level));
        out += std::move(entry.add("message", json_string(alert.message))).done();
    }
    return out;
}

/// Apart from all others, the worst of all; `late` ones come last.
std::vector<Alert> alerts_of_books(const std::optional<BooksCheck>& books) {
    if (!books || books->equal) return {};
    return {{"books_not_equal", "critical",
             "The books and the rail differ: " + counted(books->breaks, "break", "breaks") + " found at " +
                 rfc3339(books->as_of_ms)}};
}

std::vector<Alert> alerts_of_late_books(const std::optional<BooksCheck>& books) {
    if (!books) return {{"books_not_compared", "warning", "The books were not compared with the rail yet"}};
    if (!books->is_late) return {};
    return {
        {"books_not_compared", "warning", "The books were last compared with the rail at " + rfc3339(books->as_of_ms)}};
}

void append(std::vector<Alert>& to, std::vector<Alert> more) {
    for (auto& alert : more) to.push_back(std::move(alert));
}

atr::Query by_status(std::string index, std::string value) {
    atr::Query out;
    out.index = std::move(index);
    out.eq = {atr::Value::of(std::move(value))};
    out.limit = page_size;
    return out;
}

/// But for those that reconciliation gives cause for.
std::vector<Alert> other_alerts(const Dashboard& dashboard) {
    std::vector<Alert> out;
    const auto& figures = dashboard.figures;
    if (dashboard.waiting.quarantined)
        out.push_back({"quarantine", "critical",
                       "The store was copied or restored: nothing is paid until the books agree with the rail, or an "
                       "admin releases it"});
    if (figures.runway_months && *figures.runway_months < dashboard.critical_runway_months)
        out.push_back({"runway_critical", "critical",
                       "Runway is " + figures.runway_months->to_fixed(1) + " months, below the critical " +
                           dashboard.critical_runway_months.to_fixed(1)});
    if (dashboard.waiting.payments_needing_person > 0)
        out.push_back({"payments_need_person", "critical",
                       counted(dashboard.waiting.payments_needing_person, "payment needs", "payments need") +
                           " a person to decide"});
    if (dashboard.waiting.unknown_payments > dashboard.waiting.payments_needing_person)
        out.push_back({"payments_unknown", "warning",
                       "The rail has not said what became of " +
                           counted(dashboard.waiting.unknown_payments - dashboard.waiting.payments_needing_person,
                                   "payment", "payments") +
                           "; the funds stay reserved"});
    if (dashboard.paused) out.push_back({"payments_paused", "warning", "Payments are paused"});
    return out;
}

}  // namespace

std::vector<Alert> alerts_of(const Dashboard& dashboard, const std::optional<BooksCheck>& books) {
    std::vector<Alert> out = alerts_of_books(books);
    append(out, other_alerts(dashboard));
    append(out, alerts_of_late_books(books));
    return out;
}

std::string to_json(const Dashboard& dashboard, const std::optional<BooksCheck>& books) {
    const auto& figures = dashboard.figures;
    JsonObject out;
    out.add("status", json_string("Online"))
        .add("treasury_balance", json_number(figures.booked))
        .add("currency", json_string(figures.asset))
        .add("monthly_burn", json_number(figures.monthly_burn))
        .add("runway_months", json_number(figures.runway_months))
        .add("alerts", '[' + entries_json(alerts_of(dashboard, books)) + ']')
        .add("available", json_number(figures.available))
        .add("held", json_number(figures.held))
        .add("waiting_approvals", std::to_string(dashboard.waiting.approvals))
        .add("payments_unknown", std::to_string(dashboard.waiting.unknown_payments))
        .add("payments_needing_person", std::to_string(dashboard.waiting.payments_needing_person))
        .add("paused", truth(dashboard.paused))
        .add("quarantined", truth(dashboard.waiting.quarantined))
        .add("critical_runway_months", json_number(dashboard.critical_runway_months))
        .add("rail", json_string(figures.rail))
        .add("as_of", json_string(rfc3339(figures.as_of_ms)))
        .add("books", books_json(books));
    return std::move(out).done();
}

Task<atr::Result<Waiting>> DashboardReader::waiting() {
    Waiting out;
    std::string quarantine_key = Quarantine::key;
    Task<atr::Result<std::optional<Quarantine>>> looking_at_store = store_.find<Quarantine>(std::move(quarantine_key));
    const atr::Result<std::optional<Quarantine>> quarantine = co_await looking_at_store;
    if (!quarantine) co_return quarantine.error();
    out.quarantined = *quarantine && (*quarantine)->active;
    Task<atr::Result<std::uint64_t>> counting = count_pending_approvals();
    const atr::Result<std::uint64_t> approvals = co_await counting;
    if (!approvals) co_return approvals.error();
    out.approvals = *approvals;
    Task<atr::Result<atr::Unit>> looking = count_unknown_payments(out);
    const atr::Result<atr::Unit> counted_payments = co_await looking;
    if (!counted_payments) co_return counted_payments.error();
    co_return out;
}

Task<atr::Result<std::uint64_t>> DashboardReader::count_pending_approvals() {
    atr::Query query = by_status("by_status", "pending");
    query.collection = Approval::collection;
    std::uint64_t out = 0;
    do {
        Task<atr::Result<atr::Page>> reading = store_.query(query);
        atr::Result<atr::Page> page = co_await reading;
        if (!page) co_return page.error();
        out += page->records.size();
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty() && out < count_limit);
    co_return out;
}

Task<atr::Result<atr::Unit>> DashboardReader::count_unknown_payments(Waiting& into) {
    atr::Query query = by_status("by_state", std::string(to_string(PaymentState::unknown)));
    do {
        Task<atr::Result<Listing<Payment>>> reading = store_.list<Payment>(query);
        atr::Result<Listing<Payment>> page = co_await reading;
        if (!page) co_return page.error();
        into.unknown_payments += page->items.size();
        for (const auto& payment : page->items) into.payments_needing_person += payment.needs_human ? 1 : 0;
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty() && into.unknown_payments < count_limit);
    co_return atr::Unit{};
}

}  // namespace treasurer::treasury
