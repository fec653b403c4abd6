/// A bank on a book in a folder of its own, and the few words its tests need.
#pragma once

#include <soci/sqlite3/soci-sqlite3.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <rail_simulated/simulated_rail.hpp>

#include "tests/support/fake_host.hpp"

namespace bank {

using atr::Outcome;
using rail_simulated::BankSettings;
using rail_simulated::SimulatedRail;

/// A fresh folder, removed with everything in it.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "bank-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path path;
};

inline std::string payment_id(int number) {
    char out[33];
    std::snprintf(out, sizeof out, "%032x", static_cast<unsigned>(number));
    return out;
}

inline atr::RailPayment payment(int number, std::string_view amount = "1", const std::string& address = "addr-1") {
    return {.payment_id = payment_id(number),
            .source_account = "treasury",
            .creditor_json = nlohmann::json{{"name", "Acme"}, {"address", address}}.dump(),
            .money = atr::Money::parse(amount, "MNEE").value()};
}

/// One host's instance of the bank.
struct Desk {
    Desk(const support::FakeHost& on, BankSettings settings)
        : host(on), rail(SimulatedRail::create(on.host(), "bank", std::move(settings)).value()) {}

    template <class F>
    auto call(F&& work, std::int64_t budget_ms = 30'000) const {
        const atr_call raw = support::make_call(host.now_unix_ms, budget_ms);
        return work(atr::Call(&raw));
    }
    atr::Result<atr::RailStatus> submit(const atr::RailPayment& wanted) const {
        return call([&](const atr::Call& c) { return rail->submit(c, wanted, rail->prepare(c, wanted).value().blob); });
    }
    atr::Result<atr::RailStatus> lookup(const atr::RailPayment& wanted) const {
        return call([&](const atr::Call& c) { return rail->lookup(c, wanted, {}, ""); });
    }
    atr::Result<atr::RailStatus> cancel(const atr::RailPayment& wanted) const {
        return call([&](const atr::Call& c) { return rail->cancel(c, wanted, {}); });
    }
    nlohmann::json balance() const {
        return nlohmann::json::parse(call([&](const atr::Call& c) { return rail->balance(c, ""); }).value());
    }
    std::string held(std::string_view asset = "MNEE", const char* what = "amount") const {
        const nlohmann::json all = balance();
        for (const auto& one : all["balances"])
            if (one["asset"] == asset) return one[what];
        return "no such asset";
    }
    std::string available() const { return held("MNEE", "available"); }
    atr::Result<atr::StatementPage> page(std::string_view from, std::uint32_t limit) const {
        return call([&](const atr::Call& c) { return rail->statement(c, "", from, limit); });
    }
    std::vector<atr::RailEvent> statement(std::uint32_t limit = 1000) const {
        std::vector<atr::RailEvent> out;
        for (std::string from;;) {
            const atr::StatementPage next = page(from, limit).value();
            if (next.events.empty()) return out;
            out.insert(out.end(), next.events.begin(), next.events.end());
            from = next.next_position;
        }
    }
    /// How often money left for this payment.
    long paid(const atr::RailPayment& wanted) const {
        const auto all = statement();
        return std::count_if(all.begin(), all.end(), [&](const atr::RailEvent& event) {
            return event.direction == ATR_DIR_OUT && event.payment_id == wanted.payment_id;
        });
    }
    /// What the statement adds up to.
    std::string sum(std::string_view asset = "MNEE") const {
        atr::Decimal out;
        for (const auto& event : statement())
            if (event.money.asset == asset)
                out = (event.direction == ATR_DIR_IN ? out.plus(event.money.amount) : out.minus(event.money.amount))
                          .value();
        return out.to_string();
    }

    const support::FakeHost& host;
    std::unique_ptr<SimulatedRail> rail;
};

/// A folder, a host, and desks that share the folder's book.
struct Bank {
    BankSettings settings(const std::function<void(BankSettings&)>& change = {}) const {
        BankSettings out;
        out.path = (folder.path / "bank.db").string();
        if (change) change(out);
        return out;
    }
    Desk open(const std::function<void(BankSettings&)>& change = {}) const { return Desk(host, settings(change)); }
    void sql(const std::string& statement) const {
        soci::session book(soci::sqlite3, settings().path);
        book << statement;
    }
    void pass(std::int64_t ms) { host.now_unix_ms += ms; }

    Folder folder;
    support::FakeHost host;
};

}  // namespace bank
