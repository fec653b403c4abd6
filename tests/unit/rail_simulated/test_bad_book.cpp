/// Absurd settings and files that cannot be used: each a precise error.
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "bank.hpp"

using namespace bank;

namespace {

atr::Error refused(const Bank& bank, const std::function<void(BankSettings&)>& change = {}) {
    const auto made = SimulatedRail::create(bank.host.host(), "bank", bank.settings(change));
    REQUIRE(made.outcome() == Outcome::rejected);
    return made.error();
}

bool says(const atr::Error& error, const std::string& words) {
    INFO(error.message);
    const bool found = error.message.find(words) != std::string::npos;
    CHECK(found);
    return found;
}

/// Root may write everywhere; permissions are tried as somebody else.
class Nobody {
public:
    Nobody() : was_(::geteuid()) {
        if (was_ == 0) REQUIRE(::seteuid(65534) == 0);
    }
    ~Nobody() {
        if (was_ == 0 && ::seteuid(was_) != 0) std::abort();
    }
    Nobody(const Nobody&) = delete;
    Nobody& operator=(const Nobody&) = delete;

private:
    uid_t was_;
};

/// No file of this process may grow beyond `bytes` for a while: what a full disk does, without filling one.
class SmallDisk {
public:
    explicit SmallDisk(rlim_t bytes) : was_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &was_);
        const rlimit small = {bytes, was_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    }
    ~SmallDisk() {
        ::setrlimit(RLIMIT_FSIZE, &was_);
        std::signal(SIGXFSZ, was_handler_);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

private:
    rlimit was_{};
    void (*was_handler_)(int);
};

}  // namespace

SCENARIO("absurd settings are refused by name", "[rail_simulated]") {
    Bank bank;
    struct Case {
        const char* setting;
        std::function<void(BankSettings&)> change;
    };
    const Case cases[] = {
        {"assets", [](auto& s) { s.assets = {}; }},
        {"assets", [](auto& s) { s.assets = {"MNEE"}; }},
        {"assets", [](auto& s) { s.assets = {"MNEE:"}; }},
        {"assets", [](auto& s) { s.assets = {"MNEE:-1"}; }},
        {"assets", [](auto& s) { s.assets = {"MNEE:5x"}; }},
        {"assets", [](auto& s) { s.assets = {"MNEE:99999999999999999999"}; }},
        {"assets",
         [](auto& s) {
             s.assets = {"MNEE:5", "MNEE:6"};
         }},
        {"assets", [](auto& s) { s.assets = {"7:5"}; }},
        {"account", [](auto& s) { s.account = ""; }},
        {"path", [](auto& s) { s.path = ""; }},
        {"path", [](auto& s) { s.path = ":memory:"; }},
        {"path", [](auto& s) { s.path = "a\"b"; }},
        {"opening_balance", [](auto& s) { s.opening_balance = -1; }},
        {"opening_balance", [](auto& s) { s.opening_balance = atr::Decimal::parse("0.000001").value(); }},
        {"opening_balance",
         [](auto& s) { s.opening_balance = atr::Decimal::parse("9" + std::string(37, '0')).value(); }},
        {"latency_max",
         [](auto& s) {
             s.latency = std::chrono::milliseconds(2);
             s.latency_max = std::chrono::milliseconds(1);
         }},
    };
    for (const auto& one : cases) {
        const auto error = refused(bank, one.change);
        CHECK(error.code == ATR_E_CONFIG);
        says(error, std::string("'") + one.setting + "'");
    }
    CHECK_FALSE(std::filesystem::exists(bank.settings().path));
}

SCENARIO("settings come from JSON, checked once more", "[rail_simulated]") {
    const auto config = rail_simulated::bank_config();
    CHECK(config.read(R"({"path":"x","settle_after":5,"opening_balance":"1.5"})").value().settle_after.count() == 5);
    for (const char* bad : {"{}", R"({"path":5})", R"({"path":"x","settle":5})", R"({"path":"x","assets":"MNEE:5"})",
                            R"({"path":"x","opening_balance":"much"})", "[]", "{"}) {
        INFO(bad);
        CHECK(config.read(bad).error().code == ATR_E_CONFIG);
    }
}

SCENARIO("a book that cannot be used says which file and why", "[rail_simulated]") {
    Bank bank;
    const auto at = [&](const std::string& name) {
        return [&, name](BankSettings& s) { s.path = (bank.folder.path / name).string(); };
    };
    says(refused(bank, at("no/such/bank.db")), "does not exist");
    std::filesystem::create_directory(bank.folder.path / "folder");
    says(refused(bank, at("folder")), "is a folder");
    std::ofstream(bank.folder.path / "text.db") << std::string(5000, 'x');
    says(refused(bank, at("text.db")), "is not a SQLite database");
    says(refused(bank, at("text.db/bank.db")), "is not a folder");
    {
        soci::session foreign(soci::sqlite3, (bank.folder.path / "foreign.db").string());
        foreign << "CREATE TABLE t (x)";
    }
    says(refused(bank, at("foreign.db")), "another program");
    says(refused(bank, at("foreign.db")), (bank.folder.path / "foreign.db").string());
}

SCENARIO("a book of another account, layout or precision is not touched", "[rail_simulated]") {
    Bank bank;
    bank.open();
    says(refused(bank, [](auto& s) { s.account = "other"; }), "keeps account 'treasury'");
    says(refused(bank, [](auto& s) { s.assets = {"MNEE:6"}; }), "with 5 decimals, not 6");
    CHECK(bank.open([](auto& s) { s.assets = {"EUR:2", "MNEE:5"}; }).held("EUR") == "0");
    bank.sql("PRAGMA user_version=99");
    says(refused(bank), "layout 99");
}

SCENARIO("a book from before there were fees is taken over with what it holds", "[rail_simulated]") {
    Bank bank;
    {
        const auto desk = bank.open();
        REQUIRE(desk.submit(payment(1, "4")));
    }
    for (const char* table : {"movements", "payments"})
        bank.sql(std::string("ALTER TABLE ") + table + " DROP COLUMN fee");
    bank.sql("PRAGMA user_version=1");
    const auto desk = bank.open([](auto& settings) { settings.fee = 1; });
    CHECK(desk.held() == "99996");
    REQUIRE(desk.submit(payment(2, "4")));
    CHECK(desk.held() == "99991");
}

SCENARIO("a folder or book without permission is refused before anything is written", "[rail_simulated]") {
    Bank bank;
    bank.open();
    namespace fs = std::filesystem;
    fs::permissions(bank.folder.path, fs::perms(0777));
    fs::permissions(bank.settings().path, fs::perms(0));
    {
        const Nobody nobody;
        says(refused(bank), "is not readable and writable");
    }
    fs::permissions(bank.folder.path, fs::perms(0555));
    {
        const Nobody nobody;
        says(refused(bank, [&](auto& s) { s.path = (bank.folder.path / "new.db").string(); }), "is not writable");
    }
    fs::permissions(bank.folder.path, fs::perms(0755));
}

SCENARIO("a full disk stops payments without losing or inventing one", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    int paid = 0;
    atr::Error stopped;
    {
        const SmallDisk disk(300 << 10);
        for (; paid < 10'000; ++paid) {
            const auto answer = desk.submit(payment(paid + 1));
            if (answer) continue;
            stopped = answer.error();
            break;
        }
        CHECK(desk.submit(payment(paid + 1)).outcome() == Outcome::retry);
    }
    CHECK(stopped.outcome == Outcome::retry);
    says(stopped, bank.settings().path);
    CHECK(desk.lookup(payment(paid + 1)).value().state == atr::RailState::never_received);
    CHECK(desk.lookup(payment(paid)).value().state == atr::RailState::settled);
    CHECK(desk.submit(payment(paid + 1)).has_value());
    CHECK(desk.held() == desk.sum());
    CHECK(desk.held() == std::to_string(100'000 - paid - 1));
}

SCENARIO("a payment the table refuses does not take its neighbours with it", "[rail_simulated]") {
    Bank bank;
    const Desk desk = bank.open();
    bank.sql("INSERT INTO movements (event_id, direction, asset, units) VALUES ('" +
             rail_simulated::rail_reference(payment_id(1), 1) + "', 'in', 'MNEE', '1')");
    soci::session other(soci::sqlite3, bank.settings().path);
    other << "BEGIN IMMEDIATE";  // so that all of them wait, and then share a transaction
    std::vector<std::thread> threads;
    std::atomic<int> ok = 0;
    std::atomic<int> corrupt = 0;
    for (int i = 1; i <= 8; ++i)
        threads.emplace_back([&, i] {
            const auto answer = desk.submit(payment(i));
            if (answer) ++ok;
            if (!answer && answer.error().code == ATR_E_CORRUPT) ++corrupt;
        });
    other << "COMMIT";
    for (auto& thread : threads) thread.join();
    CHECK(ok == 7);
    CHECK(corrupt == 1);
    CHECK(desk.held() == desk.sum());
    CHECK(desk.held() == "99993.00001");
}
