#include "reconcile/reconciliation.hpp"

#include <algorithm>

#include "ledger/accounts.hpp"
#include "reconcile/ledger_verify.hpp"
#include "reconcile/movement.hpp"
#include "records/schema.hpp"
#include "treasury/rollups.hpp"

namespace treasurer::reconcile {
namespace {

constexpr std::size_t checkpoint_pages = 16;
constexpr int balance_readings = 3;
constexpr std::uint32_t page_of_unknown = 500;
constexpr std::uint64_t most_unknown = 10'000;  ///< counted

bool has(const ReconciliationReport& report, std::string_view kind) {
    return std::any_of(report.breaks.begin(), report.breaks.end(),
                       [&](const auto& found) { return found.kind == kind; });
}

atr::Decimal less(const atr::Decimal& a, const atr::Decimal& b) {
    return a.minus(b).value_or(atr::Decimal{});
}

template <class Map>
typename Map::mapped_type value_in(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? typename Map::mapped_type{} : found->second;
}

template <class Map>
const typename Map::mapped_type* in(const Map& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

/// How far `value` lies below [low, high]; negative: above; zero inside.
atr::Decimal outside(const atr::Decimal& value, const atr::Decimal& low, const atr::Decimal& high) {
    if (value < low) return less(low, value);
    if (value > high) return less(high, value);
    return {};
}

/// A short name of a finding, the same whenever it is found.
std::string digest_of(std::string_view finding) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::uint64_t hash = 14'695'981'039'346'656'037U;  // FNV-1a
    for (const char c : finding) hash = (hash ^ static_cast<unsigned char>(c)) * 1'099'511'628'211U;
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[(hash >> shift) & 15];
    return out;
}

}  // namespace

CallOptions Reconciliation::options() const {
    CallOptions out;
    out.timeout = settings_.timeout;
    return out;
}

Task<atr::Result<ReconciliationReport>> Reconciliation::run(Extent extent) {
    if (checkpoints_.size() < rails_.size()) extent = Extent::full;
    Task<atr::Result<ReconciliationReport>> running = run_once(extent);
    atr::Result<ReconciliationReport> report = co_await running;
    // A full run names the payments whose movements are not as they were.
    const bool look_closer = report && extent == Extent::tail &&
                             (has(*report, kind::ledger_differs) || has(*report, kind::rail_balance_differs));
    if (look_closer) {
        Task<atr::Result<ReconciliationReport>> again = run_once(Extent::full);
        report = co_await again;
    }
    if (!report) co_return report;
    Task<Done> keeping = breaks_.keep(*report);
    const Done kept = co_await keeping;
    if (!kept) co_return kept.error();
    co_return report;
}

Task<atr::Result<ReconciliationReport>> Reconciliation::run_once(Extent extent) {
    ReconciliationReport report;
    report.extent = extent;
    if (extent == Extent::full) checkpoints_.clear();
    for (RailPort* rail : rails_) {
        report.as_of_ms = clock_.unix_ms();
        Task<Done> comparing = compare(*rail, report);
        const Done done = co_await comparing;
        if (!done) co_return done.error();
    }
    Task<Done> balancing = compare_trial_balance(report);
    const Done balanced = co_await balancing;
    if (!balanced) co_return balanced.error();
    Task<Done> counting = count_unknown(report);
    const Done counted = co_await counting;
    if (!counted) co_return counted.error();
    report.as_of_ms = clock_.unix_ms();
    co_return report;
}

Task<Reconciliation::Done> Reconciliation::compare_trial_balance(ReconciliationReport& report) {
    Task<atr::Result<ledger::Balances>> reading = read_balances(store_);
    const atr::Result<ledger::Balances> balances = co_await reading;
    if (!balances) co_return balances.error();
    Task<atr::Result<KnownBreaks>> asking = breaks_.read();
    const atr::Result<KnownBreaks> known = co_await asking;
    if (!known) co_return known.error();
    report.trial_balance = trial_lines(*balances, assets_);
    for (const auto& line : report.trial_balance)
        if (!line.difference.is_zero())
            known->add_unless_explained(
                Break{kind::trial_balance,
                      {},
                      {line.difference, line.asset},
                      {},
                      {},
                      "debits " + line.debits.to_string() + ", credits " + line.credits.to_string(),
                      0,
                      line.asset},
                report);
    if (report.extent == Extent::full) {
        Task<Done> proving = prove_ledger(report);
        const Done proven = co_await proving;
        if (!proven) co_return proven.error();
    }
    for (const auto& finding : unproven_)
        known->add_unless_explained(Break{kind::ledger_not_proven, {}, {}, {}, {}, finding, 0, digest_of(finding)},
                                    report);
    report.ledger_proven = ledger_proven_;
    co_return atr::Unit{};
}

/// Proves the ledger as `treasurer ledger verify` does. Too many payments, or commits that leave no moment between two,
/// leave it unproven.
Task<Reconciliation::Done> Reconciliation::prove_ledger(ReconciliationReport& report) {
    unproven_.clear();
    ledger_proven_ = false;
    Task<atr::Result<treasury::Totals>> counting = treasury::read_totals(store_);
    const atr::Result<treasury::Totals> totals = co_await counting;
    if (!totals) co_return totals.error();
    const atr::Int128 payments = totals->payments_settled + totals->payments_failed;
    if (settings_.prove_at_most == 0 || payments > static_cast<atr::Int128>(settings_.prove_at_most))
        co_return atr::Unit{};
    Task<atr::Result<LedgerProof>> proving = verify_ledger(store_);
    atr::Result<LedgerProof> proof = co_await proving;
    if (!proof && proof.error().code == ATR_E_OVERLOADED) co_return atr::Unit{};
    if (!proof) co_return proof.error();
    unproven_ = std::move(proof->findings);
    ledger_proven_ = true;
    report.payments_checked =
        std::max<std::uint64_t>(report.payments_checked, proof->payments);  // those seen among them
    co_return atr::Unit{};
}

Task<Reconciliation::Done> Reconciliation::count_unknown(ReconciliationReport& report) {
    atr::Query query;
    query.index = "by_state";
    query.eq = {atr::Value::of(std::string(to_string(PaymentState::unknown)))};
    query.limit = page_of_unknown;
    do {
        Task<atr::Result<Listing<Payment>>> reading = store_.list<Payment>(query);
        atr::Result<Listing<Payment>> page = co_await reading;
        if (!page) co_return page.error();
        if (report.unknown_payments == 0 && !page->items.empty())
            report.oldest_unknown_ms = page->items.front().created_ms;
        report.unknown_payments += page->items.size();
        query.cursor = std::move(page->next_cursor);
    } while (!query.cursor.empty() && report.unknown_payments < most_unknown);
    co_return atr::Unit{};
}

Task<Reconciliation::Done> Reconciliation::compare(RailPort& rail, ReconciliationReport& report) {
    const bool full = report.extent == Extent::full;
    Task<atr::Result<Followed>> following = follower_.follow(rail);
    const atr::Result<Followed> followed = co_await following;
    if (!followed) co_return followed.error();

    Scan scan{rail, report, {}, {}, value_in(checkpoints_, rail.name()), {}, {}, {}};
    report.rails.push_back(rail.name());
    std::size_t buckets = 1;
    if (full) {
        Task<atr::Result<std::size_t>> counting = count_buckets();
        const atr::Result<std::size_t> counted = co_await counting;
        if (!counted) co_return counted.error();
        buckets = *counted;
        Task<Done> listing = list_posted(scan, 0, buckets);
        const Done listed = co_await listing;
        if (!listed) co_return listed.error();
    }
    const std::string account = ledger::treasury_account(rail.name());
    Task<atr::Result<AccountSums>> reading = read_account(store_, assets_, account);
    const atr::Result<AccountSums> before = co_await reading;
    if (!before) co_return before.error();

    // Read between the two sums: what two persons book meanwhile is in the second alone, and may be explained or not.
    Task<atr::Result<KnownBreaks>> asking_persons = breaks_.read();
    atr::Result<KnownBreaks> known = co_await asking_persons;
    if (!known) co_return known.error();
    scan.known = std::move(*known);
    Judge judge(rail.name(), assets_, settings_.judge, scan.known, report, scan.progress,
                full ? &scan.posted : nullptr);
    for (int reading_no = 0; reading_no < balance_readings; ++reading_no) {
        Task<Done> asking = read_rail_balance(scan);
        const Done asked = co_await asking;
        if (!asked) co_return asked.error();
        Task<Done> scanning = read_statement(scan, judge);
        const Done scanned = co_await scanning;
        if (!scanned) co_return scanned.error();
        // Without the balance's place in the statement, money that moves between the two looks like a difference: then
        // both are read again, until they agree or only a little of the statement stands between two readings.
        if (scan.passed_balance || !rail_differs(scan)) break;
    }
    if (full) {
        judge.judge_posted_without_event();
        Task<Done> finding = find_other_buckets(scan, judge, buckets);
        const Done found = co_await finding;
        if (!found) co_return found.error();
    }
    Task<atr::Result<AccountSums>> reading_again = read_account(store_, assets_, account);
    const atr::Result<AccountSums> after = co_await reading_again;
    if (!after) co_return after.error();
    compare_rail(scan);
    compare_ledger(scan, *before, *after);
    co_return atr::Unit{};
}

// ------------------------------------------------------------------------------------------------ the rail

Task<Reconciliation::Done> Reconciliation::read_rail_balance(Scan& scan) {
    Task<atr::Result<std::string>> asking = scan.rail.balance(options());
    const atr::Result<std::string> text = co_await asking;
    if (!text) co_return text.error();
    scan.balance = {};
    scan.before_balance = scan.progress.tallies;
    scan.at_balance.clear();
    scan.passed_balance = false;
    const Json json = Json::parse(*text, nullptr, false);
    const auto malformed =
        atr::rejected(ATR_E_CORRUPT, "rail " + scan.rail.name() + " gave a balance that cannot be read");
    if (!json.is_object() || !json.contains("balances") || !json["balances"].is_array()) co_return malformed;
    if (json.contains("position") && json["position"].is_string())
        scan.balance.position = json["position"].get<std::string>();
    for (const auto& entry : json["balances"]) {
        const bool sound = entry.is_object() && entry.contains("asset") && entry["asset"].is_string() &&
                           entry.contains("amount") && entry["amount"].is_string();
        const auto amount = sound ? atr::Decimal::parse(entry["amount"].get<std::string>()) : std::nullopt;
        if (!amount) co_return malformed;
        scan.balance.amounts[entry["asset"].get<std::string>()] = *amount;
    }
    note_place(scan, scan.progress.position);
    co_return atr::Unit{};
}

void Reconciliation::note_place(Scan& scan, const std::string& position) const {
    if (position.empty() || position != scan.balance.position) return;
    scan.at_balance = scan.progress.tallies;
    scan.passed_balance = true;
}

Task<Reconciliation::Done> Reconciliation::read_statement(Scan& scan, Judge& judge) {
    for (;;) {
        Task<atr::Result<atr::StatementPage>> asking =
            scan.rail.statement(scan.progress.position, settings_.page, options());
        const atr::Result<atr::StatementPage> page = co_await asking;
        if (!page) co_return page.error();
        Task<Done> judging = judge_page(scan, judge, *page);
        const Done judged = co_await judging;
        if (!judged) co_return judged.error();
        const bool more = !page->next_position.empty() && page->next_position != scan.progress.position;
        if (more) scan.progress.position = page->next_position;
        note_place(scan, scan.progress.position);
        ++scan.pages;
        if (scan.clean && (!more || scan.pages % checkpoint_pages == 0)) checkpoints_[scan.rail.name()] = scan.progress;
        if (!more) break;
    }
    checkpoints_.try_emplace(scan.rail.name());
    co_return atr::Unit{};
}

Task<Reconciliation::Done> Reconciliation::judge_page(Scan& scan, Judge& judge, const atr::StatementPage& page) {
    if (page.events.empty()) co_return atr::Unit{};
    const std::string rail = scan.rail.name();
    std::vector<atr::Key> keys;
    for (const auto& event : page.events) {
        if (event.direction == ATR_DIR_IN)
            keys.push_back({ledger::Transfer::collection, receipt_id(rail, event.event_id)});
        else if (!event.payment_id.empty())
            keys.push_back({Payment::collection, id_from_digits(event.payment_id)});
        if (has_fee(event)) keys.push_back({ledger::Transfer::collection, fee_id(rail, event)});
    }
    std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) {
        return std::tie(a.collection, a.key) < std::tie(b.collection, b.key);
    });
    keys.erase(std::unique(keys.begin(), keys.end(),
                           [](const auto& a, const auto& b) { return a.collection == b.collection && a.key == b.key; }),
               keys.end());
    std::map<std::string, Payment> payments;
    std::map<std::string, ledger::Transfer> transfers;
    if (!keys.empty()) {
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
        const atr::Result<std::vector<atr::Record>> records = co_await reading;
        if (!records) co_return records.error();
        for (const auto& record : *records) {
            if (record.collection == Payment::collection) {
                atr::Result<Payment> payment = decode<Payment>(record);
                if (!payment) co_return payment.error();
                payments.emplace(record.key, std::move(*payment));
            } else {
                atr::Result<ledger::Transfer> transfer = decode<ledger::Transfer>(record);
                if (!transfer) co_return transfer.error();
                transfers.emplace(record.key, std::move(*transfer));
            }
        }
    }
    scan.report.payments_checked += payments.size();
    for (const auto& event : page.events) {
        Judge::Booked booked;
        booked.payment = in(payments, id_from_digits(event.payment_id));
        booked.receipt = in(transfers, receipt_id(rail, event.event_id));
        if (has_fee(event)) booked.fee = in(transfers, fee_id(rail, event));
        const bool explained = judge.judge(event, booked);
        scan.clean = scan.clean && explained;
        note_place(scan, event.position);
    }
    co_return atr::Unit{};
}

bool Reconciliation::rail_differs(const Scan& scan) const {
    const Tallies& sums = scan.passed_balance ? scan.at_balance : scan.progress.tallies;
    for (const auto& [asset, tally] : sums)
        if (tally.at_rail() != value_in(scan.balance.amounts, asset)) return true;
    return std::any_of(scan.balance.amounts.begin(), scan.balance.amounts.end(),
                       [&](const auto& entry) { return value_in(sums, entry.first).at_rail() != entry.second; });
}

/// What the rail's balance is above the sum of its statement. Without a place in the statement the balance may be any
/// between what the movements before it was read allow, and those after.
atr::Decimal Reconciliation::rail_off_by(const Scan& scan, const std::string& asset) const {
    const atr::Decimal says = value_in(scan.balance.amounts, asset);
    if (scan.passed_balance) return less(says, value_in(scan.at_balance, asset).at_rail());
    const Tally before = value_in(scan.before_balance, asset), after = value_in(scan.progress.tallies, asset);
    if (says == after.at_rail()) return {};
    return outside(says, less(before.moved_in, after.moved_out), less(after.moved_in, before.moved_out)).negated();
}

void Reconciliation::compare_rail(Scan& scan) const {
    std::map<std::string, atr::Decimal> assets = scan.balance.amounts;
    for (const auto& [asset, tally] : scan.progress.tallies) assets.try_emplace(asset);
    for (const auto& [asset, says] : assets) {
        const atr::Decimal off = rail_off_by(scan, asset);
        const Tally tally = value_in(scan.progress.tallies, asset);
        BalanceLine line{scan.rail.name(), asset, tally.booked(), {}, tally.in_flight, {}};
        line.at_rail = tally.at_rail().plus(off).value_or(says);
        line.difference = less(less(line.at_rail, line.booked), line.in_flight);
        scan.report.balances.push_back(std::move(line));
        if (off.is_zero()) continue;
        scan.known.add_unless_explained(Break{kind::rail_balance_differs,
                                              scan.rail.name(),
                                              {off, asset},
                                              {},
                                              {},
                                              "the rail says it holds " + says.to_string() +
                                                  ", its statement sums to " + less(says, off).to_string(),
                                              0,
                                              asset},
                                        scan.report);
    }
}

void Reconciliation::compare_ledger(Scan& scan, const AccountSums& before, const AccountSums& after) const {
    for (const auto& [asset, decimals] : assets_.all()) {
        const Tally tally = value_in(scan.progress.tallies, asset);
        const auto in = outside(tally.booked_in, value_in(before.debits, asset), value_in(after.debits, asset));
        const auto out = outside(tally.booked_out, value_in(before.credits, asset), value_in(after.credits, asset));
        const auto differs = [&](const atr::Decimal& by, std::string detail, const char* side) {
            if (by.is_zero()) return;
            scan.known.add_unless_explained(
                Break{kind::ledger_differs, scan.rail.name(), {by, asset}, {}, {}, std::move(detail), 0, asset + side},
                scan.report);
        };
        differs(in,
                "the treasury account was debited " + value_in(after.debits, asset).to_string() +
                    ", receipts explain " + tally.booked_in.to_string(),
                ".in");
        differs(out,
                "the treasury account was credited " + value_in(after.credits, asset).to_string() +
                    ", payments explain " + tally.booked_out.to_string(),
                ".out");
    }
}

}  // namespace treasurer::reconcile
