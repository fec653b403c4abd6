#include <limits>
#include <nlohmann/json.hpp>

#include "plugin/rail_plugin.hpp"

namespace treasurer {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_assets = 1024;

atr::Error bad(const std::string& what) {
    return atr::rejected(ATR_E_CONFIG, "the rail's describe() " + what);
}

bool read_flag(const Json& from, const char* key, bool& to) {
    const auto at = from.find(key);
    if (at == from.end() || !at->is_boolean()) return false;
    to = at->get<bool>();
    return true;
}

std::optional<RailAsset> read_asset(const Json& from) {
    if (!from.is_object()) return std::nullopt;
    const auto asset = from.find("asset"), decimals = from.find("decimals");
    if (asset == from.end() || !asset->is_string() || decimals == from.end() || !decimals->is_number_integer())
        return std::nullopt;
    const auto places = decimals->get<std::int64_t>();
    const auto& name = asset->get_ref<const std::string&>();
    if (!atr::is_asset_name(name) || places < 0 || places > atr::Decimal::max_digits) return std::nullopt;
    return RailAsset{.asset = name, .decimals = static_cast<int>(places)};
}

}  // namespace

atr::Result<RailCapabilities> read_rail_capabilities(std::string_view json) {
    const Json from = Json::parse(json, nullptr, false);
    if (!from.is_object()) return bad("is not a JSON object");
    RailCapabilities out;

    const auto assets = from.find("assets");
    if (assets == from.end() || !assets->is_array() || assets->empty() || assets->size() > max_assets)
        return bad("lists no assets");
    for (const Json& entry : *assets) {
        const auto asset = read_asset(entry);
        if (!asset) return bad("has an asset without a sound name and 0 to 38 decimals");
        out.assets.push_back(*asset);
    }

    const auto account = from.find("account");
    if (account == from.end() || !account->is_string() || account->get_ref<const std::string&>().empty())
        return bad("names no account");
    out.account = account->get<std::string>();

    // Whether a repeat is safe is never guessed.
    if (!read_flag(from, "idempotent", out.idempotent)) return bad("does not say whether it is idempotent");
    if (!read_flag(from, "queryable", out.queryable)) return bad("does not say whether it is queryable");
    read_flag(from, "sequenced", out.sequenced);
    read_flag(from, "cancel", out.cancel);
    read_flag(from, "enforces_not_after", out.enforces_not_after);

    const auto window = from.find("idempotency_window_ms");
    if (window != from.end()) {
        if (!window->is_number_integer() || window->get<std::int64_t>() < 0)
            return bad("has an idempotency_window_ms that is no count of milliseconds");
        out.idempotency_window_ms = window->get<std::int64_t>();
    }
    return out;
}

}  // namespace treasurer
