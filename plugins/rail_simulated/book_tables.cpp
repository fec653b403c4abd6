/// The tables of the book. `movements` is the statement, and the one table a person may add to by hand:
///
///     INSERT INTO movements (direction, asset, units) VALUES ('in', 'MNEE', '1250000');
///
/// books a receipt of 12.5 MNEE (5 decimals) that no payment of ours caused; everything left out has a default. A
/// receipt with the payment_id of a payment is what came back of it. `fee` is what the bank took besides. It is
/// plain: no triggers, and the balances in `assets` catch up with it at the next transaction. Rows are never changed
/// or removed, and `position` is left to the book.
#include "book_file.hpp"

namespace rail_simulated {

namespace {

constexpr int application_id = 0x41545253;  // "ATRS"
constexpr int layout_version = 2;

constexpr const char* tables[] = {
    "CREATE TABLE account (name TEXT NOT NULL)",

    // balance: the sum of all movements up to counters.tallied_position. held: what pending payments will take.
    "CREATE TABLE assets (asset TEXT PRIMARY KEY, decimals INTEGER NOT NULL,"
    " balance TEXT NOT NULL DEFAULT '0', held TEXT NOT NULL DEFAULT '0') WITHOUT ROWID",

    "CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",

    "CREATE TABLE movements (position INTEGER PRIMARY KEY AUTOINCREMENT,"
    " event_id TEXT NOT NULL UNIQUE DEFAULT ('manual-' || lower(hex(randomblob(12)))),"
    " direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),"
    " asset TEXT NOT NULL,"
    " units TEXT NOT NULL CHECK (units GLOB '[1-9]*' AND units NOT GLOB '*[^0-9]*' AND length(units) <= 38),"
    " fee TEXT NOT NULL DEFAULT '0' CHECK (fee NOT GLOB '*[^0-9]*' AND length(fee) BETWEEN 1 AND 38),"
    " payment_id TEXT NOT NULL DEFAULT '',"
    " rail_reference TEXT NOT NULL DEFAULT '',"
    " counterparty TEXT NOT NULL DEFAULT '{}',"
    " at_unix_ms INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER) * 1000))",

    "CREATE TABLE payments (payment_id TEXT NOT NULL, nth INTEGER NOT NULL,"
    " asset TEXT NOT NULL, units TEXT NOT NULL, fee TEXT NOT NULL DEFAULT '0', address TEXT NOT NULL, counterparty "
    "TEXT NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('pending', 'settled', 'failed', 'cancelled')),"
    " reason INTEGER NOT NULL, received_at INTEGER NOT NULL, settle_at INTEGER NOT NULL,"
    " PRIMARY KEY (payment_id, nth)) WITHOUT ROWID",

    "CREATE INDEX payments_pending ON payments (settle_at, payment_id, nth) WHERE state = 'pending'",
};

void create_tables(soci::session& book, const Terms& terms, long long now_unix_ms) {
    for (const char* table : tables) book << table;
    const std::string account = terms.settings.account;
    book << "INSERT INTO account (name) VALUES (:name)", soci::use(account);
    for (const char* counter : {"submits", "new_payments", "tallied_position"})
        book << std::string("INSERT INTO counters VALUES ('") + counter + "', 0)";
    const Asset& first = terms.assets.front();
    const auto units = terms.settings.opening_balance.to_units(first.decimals);
    if (units && *units > 0) {
        const std::string opening = atr::units_to_string(*units);
        book << "INSERT INTO movements (event_id, direction, asset, units, at_unix_ms)"
                " VALUES ('opening', 'in', :asset, :units, :at)",
            soci::use(first.name), soci::use(opening), soci::use(now_unix_ms);
    }
    book << "PRAGMA user_version=" + std::to_string(layout_version);
    book << "PRAGMA application_id=" + std::to_string(application_id);
}

/// Adds the assets that are new; one that is known must have the decimals its units were written with.
atr::Result<> declare_assets(soci::session& book, const Terms& terms) {
    for (const Asset& asset : terms.assets) {
        int decimals = asset.decimals;
        book << "INSERT OR IGNORE INTO assets (asset, decimals) VALUES (:asset, :decimals)", soci::use(asset.name),
            soci::use(decimals);
        book << "SELECT decimals FROM assets WHERE asset = :asset", soci::use(asset.name), soci::into(decimals);
        if (decimals != asset.decimals)
            return atr::rejected(ATR_E_CONFIG, "the bank's book '" + terms.settings.path + "' keeps " + asset.name +
                                                   " with " + std::to_string(decimals) + " decimals, not " +
                                                   std::to_string(asset.decimals));
    }
    return {};
}

atr::Result<> check_or_create(soci::session& book, const Terms& terms, long long now_unix_ms) {
    int id = 0, version = 0, tables_found = 0;
    book << "PRAGMA application_id", soci::into(id);
    book << "PRAGMA user_version", soci::into(version);
    book << "SELECT count(*) FROM sqlite_master", soci::into(tables_found);
    const std::string name = "the bank's book '" + terms.settings.path + "' ";
    if (id != application_id && (id != 0 || tables_found != 0))
        return atr::rejected(ATR_E_CONFIG, name + "is a database of another program");
    if (id == 0) {
        create_tables(book, terms, now_unix_ms);
    } else if (version == 1) {  // knew no fees
        for (const char* table : {"movements", "payments"})
            book << std::string("ALTER TABLE ") + table + " ADD COLUMN fee TEXT NOT NULL DEFAULT '0'";
        book << "PRAGMA user_version=" + std::to_string(layout_version);
    } else if (version != layout_version) {
        return atr::rejected(ATR_E_CONFIG, name + "has layout " + std::to_string(version) + ", this plugin knows " +
                                               std::to_string(layout_version));
    }
    std::string account;
    book << "SELECT name FROM account", soci::into(account);
    if (account != terms.settings.account)
        return atr::rejected(ATR_E_CONFIG,
                             name + "keeps account '" + account + "', not '" + terms.settings.account + "'");
    return declare_assets(book, terms);
}

}  // namespace

atr::Result<> prepare_book(soci::session& book, const Terms& terms, std::int64_t now_unix_ms) {
    begin_immediate(book);
    try {
        const atr::Result<> checked = check_or_create(book, terms, now_unix_ms);
        if (checked) {
            commit(book);
        } else {
            rollback(book);
        }
        return checked;
    } catch (...) {
        rollback(book);
        throw;
    }
}

}  // namespace rail_simulated
