#include "reconcile/statement_follower.hpp"

#include <algorithm>

#include "ledger/accounts.hpp"
#include "ledger/bookkeeping.hpp"
#include "reconcile/movement.hpp"
#include "records/schema.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::reconcile {
namespace {

constexpr const char* cursor_label = "cursor";
constexpr std::size_t most_skipped = 64;

std::string cursor_key(const std::string& rail) {
    return "statement|" + rail;
}

}  // namespace

Task<atr::Result<Followed>> StatementFollower::follow(RailPort& rail) {
    const std::string name = rail.name();
    Followed out;
    Task<atr::Result<Place>> reading = read_place(name);
    atr::Result<Place> place = co_await reading;
    if (!place) co_return place.error();
    std::string from = place->position;
    bool waits = false;  // behind a receipt that is not final the position stays, reading goes on
    for (;;) {
        CallOptions options;
        options.timeout = settings_.timeout;
        Task<atr::Result<atr::StatementPage>> asking = rail.statement(from, settings_.page, options);
        const atr::Result<atr::StatementPage> page = co_await asking;
        if (!page) co_return page.error();
        const bool more = !page->next_position.empty() && page->next_position != from;
        waits = waits || std::any_of(page->events.begin(), page->events.end(), [](const auto& event) {
                    return event.direction == ATR_DIR_IN && movement_of(event) == Movement::undecided;
                });
        std::vector<ledger::Transfer> receipts = receipts_of(name, *page, *place, out);
        if (more && !waits) place->position = page->next_position;
        Task<atr::Result<Written>> writing = write_page(name, std::move(receipts), *place, more && !waits, out);
        const atr::Result<Written> written = co_await writing;
        if (!written) co_return written.error();
        if (*written == Written::elsewhere) {  // another host moved the position: go on from there
            Task<atr::Result<Place>> again = read_place(name);
            place = co_await again;
            if (!place) co_return place.error();
            from = place->position;
            waits = false;
            continue;
        }
        if (!more) break;
        from = page->next_position;
    }
    out.position = place->position;
    co_return out;
}

std::vector<ledger::Transfer> StatementFollower::receipts_of(const std::string& rail, const atr::StatementPage& page,
                                                             Place& place, Followed& into) const {
    std::vector<ledger::Transfer> out;
    for (const auto& event : page.events) {
        if (movement_of(event) != Movement::in) continue;
        const auto units = assets_.units(event.money);
        if (!units || *units <= 0) {
            ++into.unbookable;
            if (!assets_.decimals(event.money.asset) && place.skipped.size() < most_skipped)
                place.skipped.insert(event.money.asset);
            continue;
        }
        ledger::Transfer receipt;
        receipt.id = receipt_id(rail, event.event_id);
        receipt.kind = ledger::TransferKind::direct;
        receipt.debit_account = ledger::treasury_account(rail);
        receipt.credit_account = ledger::receipts_account(rail);
        receipt.amount = event.money;
        receipt.units = *units;
        receipt.at_ms = clock_.unix_ms();
        receipt.rail_event_id = event.event_id;
        if (!event.payment_id.empty()) receipt.payment_id = id_from_digits(event.payment_id);
        const bool twice =
            std::any_of(out.begin(), out.end(), [&](const auto& other) { return other.id == receipt.id; });
        if (!twice) out.push_back(std::move(receipt));
    }
    return out;
}

Task<atr::Result<StatementFollower::Place>> StatementFollower::read_place(std::string rail) {
    std::vector<atr::Key> keys;
    keys.push_back({cursors_collection, cursor_key(rail)});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    Place out;
    if (found->empty()) co_return out;
    out.version = found->front().version;
    const Json body = Json::parse(found->front().body, nullptr, false);
    const bool sound = body.is_object() && body.contains("position") && body["position"].is_string();
    if (!sound) co_return out;  // from the beginning: what is booked already is not booked again
    out.position = body["position"].get<std::string>();
    const auto skipped = body.find("skipped");
    if (skipped != body.end() && skipped->is_array())
        for (const auto& asset : *skipped)
            if (asset.is_string()) out.skipped.insert(asset.get<std::string>());
    const bool counted_now = std::any_of(out.skipped.begin(), out.skipped.end(),
                                         [&](const auto& asset) { return assets_.decimals(asset).has_value(); });
    if (counted_now) {
        out.position.clear();
        out.skipped.clear();
    }
    co_return out;
}

Task<atr::Result<StatementFollower::Written>> StatementFollower::write_page(std::string rail,
                                                                            std::vector<ledger::Transfer> receipts,
                                                                            Place& place, bool moves, Followed& into) {
    for (;;) {
        std::vector<atr::Key> keys;
        for (const auto& receipt : receipts) keys.push_back({ledger::Transfer::collection, receipt.id});
        atr::Result<std::vector<atr::Record>> known = std::vector<atr::Record>{};
        if (!keys.empty()) {
            Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
            known = co_await reading;
            if (!known) co_return known.error();
        }
        std::erase_if(receipts, [&](const auto& receipt) {
            return std::any_of(known->begin(), known->end(),
                               [&](const auto& record) { return record.key == receipt.id; });
        });
        if (receipts.empty() && !moves) co_return Written::done;
        UnitOfWork unit = store_.begin();
        for (auto& receipt : receipts) {
            if (mutated(Mutation::book_receipts_twice)) receipt.id = store_.ids().next();
            ledger::book(unit, receipt);
        }
        std::size_t cursor_at = unit.size();
        if (moves) {
            Json body = {{"position", place.position}, {"skipped", place.skipped}};
            unit.put(cursors_collection, cursor_key(rail), dump(body), {},
                     mutated(Mutation::book_receipts_twice) ? ATR_VER_ANY : place.version, cursor_label);
        }
        Task<Committed> committing = store_.commit(std::move(unit));
        const Committed committed = co_await committing;
        if (committed.ok()) {
            into.booked += receipts.size();
            if (moves && cursor_at < committed.versions.size()) place.version = committed.versions[cursor_at];
            co_return Written::done;
        }
        if (committed.outcome != atr::Outcome::conflict) co_return committed.error;
        if (committed.lost == cursor_label) co_return Written::elsewhere;
    }
}

}  // namespace treasurer::reconcile
