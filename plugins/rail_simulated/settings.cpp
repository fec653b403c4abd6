#include "settings.hpp"

#include <algorithm>
#include <charconv>

namespace rail_simulated {

namespace {

constexpr std::int64_t day_ms = 86'400'000, any_count = 1'000'000'000;
constexpr int most_decimals = 30;

atr::Error bad(const std::string& setting, const std::string& why) {
    return atr::rejected(ATR_E_CONFIG, "setting '" + setting + "': " + why);
}

/// "MNEE:5"; the last colon divides, because asset names may hold colons.
atr::Result<Asset> parse_asset(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Asset out;
    if (colon != std::string::npos) out.name = text.substr(0, colon);
    if (!atr::is_asset_name(out.name)) return bad("assets", "'" + text + "' is not of the form ASSET:DECIMALS");
    const char *first = text.data() + colon + 1, *last = text.data() + text.size();
    const auto [end, error] = std::from_chars(first, last, out.decimals);
    if (error != std::errc{} || end != last || out.decimals < 0 || out.decimals > most_decimals)
        return bad("assets", "'" + text + "': decimals are a number from 0 to " + std::to_string(most_decimals));
    return out;
}

}  // namespace

atr::Config<BankSettings> bank_config() {
    using S = BankSettings;
    return atr::Config<S>{}
        .text("path", &S::path, "File of the bank's book (SQLite). Created when absent; its folder must exist.")
        .required()
        .text("account", &S::account, "Name of the one account the book keeps")
        .texts("assets", &S::assets, "Assets the bank holds, each as ASSET:DECIMALS, e.g. MNEE:5")
        .decimal("opening_balance", &S::opening_balance,
                 "Booked once, when the book is created, as a receipt of the first asset")
        .decimal("fee", &S::fee, "Taken besides the amount of every payment that is settled, in its asset")
        .flag("idempotent", &S::idempotent,
              "true: a second submit of one payment_id returns the first result. false: it pays a second time")
        .milliseconds("latency", &S::latency, 0, day_ms, "Every answer takes at least this long")
        .milliseconds("latency_max", &S::latency_max, 0, day_ms,
                      "Answers about a payment take between latency and this, by its payment_id; 0: all take latency")
        .integer("refuse_every", &S::refuse_every, 0, any_count, "payments",
                 "Every Nth new payment is refused; 0: none. The creditor address 'refuse' is always refused")
        .integer("unknown_every", &S::unknown_every, 0, any_count, "submits",
                 "Every Nth submit answers 'unknown', alternately after it was applied and without; 0: none")
        .milliseconds("settle_after", &S::settle_after, 0, 365 * day_ms,
                      "Payments are pending for this long, then settled and on the statement; 0: settled at once")
        .milliseconds("visible_after", &S::visible_after, 0, day_ms,
                      "A submitted payment is hidden from lookup for this long; lookup then answers 'retry'")
        .flag("duplicate_notices", &S::duplicate_notices, "The statement lists every event twice, same event_id")
        .flag("enforce_not_after", &S::enforce_not_after,
              "A payment that arrives after its execute_not_after is refused for ever")
        .choice("synchronous", &S::synchronous, {"full", "normal"},
                "full: an answered submit survives loss of power. normal: it survives kill -9 only");
}

const Asset* Terms::find(std::string_view name) const {
    const auto found = std::ranges::find(assets, name, &Asset::name);
    return found == assets.end() ? nullptr : &*found;
}

atr::Result<Terms> judge(BankSettings settings) {
    Terms out;
    for (const auto& text : settings.assets) {
        auto asset = parse_asset(text);
        if (!asset) return asset.error();
        if (out.find(asset->name)) return bad("assets", "'" + asset->name + "' is named twice");
        out.assets.push_back(std::move(*asset));
    }
    if (out.assets.empty()) return bad("assets", "at least one is needed");
    if (settings.account.empty() || settings.account.size() > 256) return bad("account", "is 1 to 256 bytes");
    if (settings.path.empty() || settings.path.front() == ':' ||
        settings.path.find_first_of(std::string_view("\"\0", 2)) != std::string::npos)
        return bad("path", "'" + settings.path + "' is not the name of a file");
    if (settings.opening_balance.is_negative()) return bad("opening_balance", "is negative");
    if (!settings.opening_balance.to_units(out.assets.front().decimals))
        return bad("opening_balance",
                   settings.opening_balance.to_string() + " does not fit the decimals of " + out.assets.front().name);
    if (settings.fee.is_negative()) return bad("fee", "is negative");
    for (const Asset& asset : out.assets)
        if (!settings.fee.to_units(asset.decimals))
            return bad("fee", settings.fee.to_string() + " does not fit the decimals of " + asset.name);
    if (settings.latency_max.count() != 0 && settings.latency_max < settings.latency)
        return bad("latency_max", "is below latency");
    out.settings = std::move(settings);
    return out;
}

}  // namespace rail_simulated
