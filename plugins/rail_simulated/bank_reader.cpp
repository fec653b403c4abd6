#include "bank_reader.hpp"

#include <algorithm>
#include <charconv>

#include "book_file.hpp"
#include "payment_rows.hpp"
#include "tallies.hpp"
#include "time_left.hpp"

namespace rail_simulated {

namespace {

constexpr long long longest_page = 1000;

atr::Money money(const Tallies& tallies, const std::string& asset, atr::Int128 units) {
    const auto found = tallies.by_asset.find(asset);
    if (found == tallies.by_asset.end()) throw BookCorrupt("it holds '" + asset + "', which is no asset of it");
    const auto amount = atr::Decimal::from_units(units, found->second.decimals);
    if (!amount) throw BookCorrupt("an amount has more than 38 digits");
    return {*amount, asset};
}

Tallies tallies_of(soci::session& book) {
    TallyRows rows(book);
    Tallies out = rows.stored();
    rows.count_in(out);
    return out;
}

std::optional<long long> parse_position(std::string_view text) {
    if (text.empty()) return 0;
    long long out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc{} || end != text.data() + text.size() || out < 0) return std::nullopt;
    return out;
}

struct MovementRow {
    long long position = 0, at = 0;
    std::string event_id, direction, asset, units, fee, payment_id, rail_reference, counterparty;
};

std::vector<MovementRow> movements(soci::session& book, long long from, long long most) {
    MovementRow row;
    soci::statement rows =
        (book.prepare
             << "SELECT position, event_id, direction, asset, units, fee, payment_id, rail_reference,"
                " counterparty, at_unix_ms FROM movements WHERE position > :from ORDER BY position LIMIT :most",
         soci::use(from), soci::use(most), soci::into(row.position), soci::into(row.event_id),
         soci::into(row.direction), soci::into(row.asset), soci::into(row.units), soci::into(row.fee),
         soci::into(row.payment_id), soci::into(row.rail_reference), soci::into(row.counterparty), soci::into(row.at));
    std::vector<MovementRow> out;
    rows.execute();
    while (rows.fetch()) out.push_back(row);
    return out;
}

atr::RailEvent event_of(const MovementRow& row, const Tallies& tallies) {
    return {
        .event_id = row.event_id,
        .payment_id = row.payment_id,
        .rail_reference = row.rail_reference,
        .state = row.direction == "in" && !row.payment_id.empty() ? atr::RailState::returned : atr::RailState::settled,
        .direction = row.direction == "in" ? ATR_DIR_IN : ATR_DIR_OUT,
        .money = money(tallies, row.asset, parse_units(row.units)),
        .fee = money(tallies, row.asset, parse_units(row.fee)),
        .counterparty_json = row.counterparty,
        .position = std::to_string(row.position),
        .at_unix_ms = row.at};
}

/// One of the pool's connections, for the length of a call.
class Lease {
public:
    Lease(soci::connection_pool& pool, int wait_ms) : pool_(pool), held_(pool.try_lease(place_, wait_ms)) {}
    ~Lease() {
        if (held_) pool_.give_back(place_);
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    explicit operator bool() const { return held_; }
    soci::session& book() { return pool_.at(place_); }

private:
    soci::connection_pool& pool_;
    std::size_t place_ = 0;
    bool held_;
};

}  // namespace

BankReader::BankReader(const Terms& terms) : terms_(terms), pool_(connections) {
    for (std::size_t i = 0; i < connections; ++i) connect(pool_.at(i), terms);
}

template <class T>
atr::Result<T> BankReader::read(const atr::Call& call, const std::function<atr::Result<T>(soci::session&)>& work) {
    Lease lease(pool_, static_cast<int>(time_left(call).count()));
    if (!lease) return atr::retry(ATR_E_OVERLOADED, "all connections to the bank's book are busy");
    try {
        lease.book() << "BEGIN";
        const atr::Result<T> out = work(lease.book());
        rollback(lease.book());
        return out;
    } catch (const std::exception& error) {
        rollback(lease.book());
        return explain(error, terms_.settings.path);
    }
}

atr::Result<bool> BankReader::settlement_due(const atr::Call& call) {
    return read<bool>(call, [&](soci::session& book) -> atr::Result<bool> {
        return rail_simulated::settlement_due(book, call.now_unix_ms());
    });
}

atr::Result<std::optional<atr::RailStatus>> BankReader::lookup(const atr::Call& call, const std::string& payment_id) {
    using Answer = std::optional<atr::RailStatus>;
    return read<Answer>(call, [&](soci::session& book) -> atr::Result<Answer> {
        const auto rows = RowFinder(book).find(payment_id);
        if (rows.empty()) return Answer();
        const auto status = status_of(rows, terms_, call.now_unix_ms());
        if (!status) return status.error();
        return Answer(*status);
    });
}

atr::Result<std::string> BankReader::balance(const atr::Call& call) {
    return read<std::string>(call, [&](soci::session& book) -> atr::Result<std::string> {
        const Tallies tallies = tallies_of(book);
        auto balances = nlohmann::json::array();
        for (const auto& [asset, tally] : tallies.by_asset)
            balances.push_back({{"asset", asset},
                                {"amount", money(tallies, asset, tally.balance).amount.to_string()},
                                {"available", money(tallies, asset, tally.available()).amount.to_string()}});
        return nlohmann::json{{"account", terms_.settings.account},
                              {"balances", std::move(balances)},
                              {"position", std::to_string(tallies.position)}}
            .dump();
    });
}

atr::Result<atr::StatementPage> BankReader::statement(const atr::Call& call, std::string_view from_position,
                                                      std::uint32_t limit) {
    const auto from = parse_position(from_position);
    if (!from) return atr::rejected(ATR_E_BAD_INPUT, "'" + std::string(from_position) + "' is no statement position");
    const bool twice = terms_.settings.duplicate_notices;
    const long long room = limit == 0 ? longest_page : std::min<long long>(limit, longest_page);
    const long long most = twice ? std::max(room / 2, 1LL) : room;
    return read<atr::StatementPage>(call, [&](soci::session& book) -> atr::Result<atr::StatementPage> {
        const Tallies tallies = tallies_of(book);
        if (*from > tallies.position)
            return atr::rejected(ATR_E_BAD_INPUT, "statement position " + std::to_string(*from) +
                                                      " lies behind the book's end " +
                                                      std::to_string(tallies.position) + ": is it another book?");
        atr::StatementPage page;
        page.next_position = std::to_string(*from);
        for (const MovementRow& row : movements(book, *from, most)) {
            page.next_position = std::to_string(row.position);
            page.events.push_back(event_of(row, tallies));
            if (twice && room > 1) page.events.push_back(page.events.back());
        }
        return page;
    });
}

}  // namespace rail_simulated
