#include "intake/vendor_directory.hpp"

#include "intake/utf8.hpp"
#include "records/journal.hpp"

#include <algorithm>
#include <set>

namespace treasurer::intake {
namespace {

constexpr const char* last_character = "\xf4\x8f\xbf\xbf";  ///< U+10FFFF, which stands in no name
constexpr int most_adding_tries = 6;                        ///< while others keep changing the vendor

std::optional<std::string> text_fault(const std::string& what, const std::string& text, std::size_t most) {
    if (is_blank(text)) return what + " is empty";
    if (text.size() > most) return what + " is longer than " + std::to_string(most) + " bytes";
    if (invalid_utf8_at(text)) return what + " is not valid UTF-8";
    return std::nullopt;
}

atr::Error name_is_taken() {
    return atr::conflict(
        ATR_E_DUPLICATE,
        "a vendor with this name or alias exists already; names are compared without case, punctuation "
        "and legal form, since an invoice may leave them out: correct that vendor, or choose a "
        "name that tells the two apart");
}

AuditEntry audit_of(Ids& ids, UnixMillis now, std::string actor, std::string action, const std::string& vendor_id,
                    std::string request_id) {
    AuditEntry out;
    out.id = ids.next();
    out.at_ms = now;
    out.actor = std::move(actor);
    out.action = std::move(action);
    out.subject = vendor_id;
    out.request_id = std::move(request_id);
    return out;
}

}  // namespace

std::optional<std::string> VendorDirectory::fault_in(const NewAccount& account) const {
    if (auto fault = text_fault("an account's rail", account.rail, 64)) return fault;
    if (std::find(rails_.begin(), rails_.end(), account.rail) == rails_.end()) {
        std::string known;
        for (const auto& rail : rails_) known += (known.empty() ? "" : ", ") + rail;
        return "there is no payment rail '" + account.rail + "'; an account is on one of: " + known;
    }
    if (!atr::is_asset_name(account.asset)) return "an account's asset is malformed";
    return text_fault("an account's address", account.address, 256);
}

std::optional<std::string> VendorDirectory::fault_in(const NewVendor& vendor) const {
    if (auto fault = text_fault("name", vendor.name, 200)) return fault;
    if (vendor_normal_form(vendor.name).empty()) return "name has no letters or digits";
    if (vendor.tax_id.size() > 64 || invalid_utf8_at(vendor.tax_id)) return "tax_id is too long or not valid UTF-8";
    if (vendor.aliases.size() > 50) return "there are more than 50 aliases";
    if (vendor.accounts.size() > 50) return "there are more than 50 accounts";
    for (const auto& alias : vendor.aliases)
        if (auto fault = text_fault("an alias", alias, 200)) return fault;
    std::set<std::pair<std::string, std::string>> places;
    for (const auto& account : vendor.accounts) {
        if (auto fault = fault_in(account)) return fault;
        if (!places.emplace(account.rail, account.asset).second)
            return "there are two accounts for " + account.asset + " on rail '" + account.rail +
                   "': only one of them could be paid";
    }
    return std::nullopt;
}

Task<atr::Result<Vendor>> VendorDirectory::add(NewVendor wanted, std::string actor, std::string request_id, Once once) {
    if (const auto fault = fault_in(wanted)) co_return atr::rejected(ATR_E_BAD_INPUT, *fault);
    const UnixMillis now = clock_.unix_ms();
    Vendor vendor;
    vendor.id = store_.ids().next();
    vendor.name = wanted.name;
    vendor.tax_id = wanted.tax_id;
    vendor.aliases = wanted.aliases;
    vendor.created_ms = vendor.updated_ms = now;
    for (const auto& account : wanted.accounts)
        vendor.accounts.push_back({store_.ids().next(), account.rail, account.asset, account.address, now});

    std::set<std::string> names{vendor_normal_form(wanted.name)};
    for (const auto& alias : wanted.aliases)
        if (auto form = vendor_normal_form(alias); !form.empty()) names.insert(std::move(form));
    UnitOfWork unit = store_.begin();
    unit.create(vendor);
    for (const auto& name : names)
        unit.put(VendorName::collection, name, dump({{"vendor_id", vendor.id}}), {}, ATR_VER_ABSENT, "name");
    unit.create(audit_of(store_.ids(), now, std::move(actor), "vendor.added", vendor.id, std::move(request_id)));
    once.mark(unit, vendor.id);
    Task<Committed> committing = store_.commit(std::move(unit));
    Committed committed = co_await committing;
    if (committed.ok()) co_return vendor;
    if (committed.lost == "name") co_return name_is_taken();
    committed.error.outcome = committed.outcome;
    co_return committed.error;
}

Task<atr::Result<Vendor>> VendorDirectory::add_account(std::string vendor_id, NewAccount account, Millis cool_off,
                                                       std::string actor, std::string request_id, Once once) {
    if (const auto fault = fault_in(account)) co_return atr::rejected(ATR_E_BAD_INPUT, *fault);
    for (int tries = 0; tries < most_adding_tries; ++tries) {
        Task<atr::Result<std::optional<Vendor>>> finding = find(vendor_id);
        atr::Result<std::optional<Vendor>> found = co_await finding;
        if (!found) co_return found.error();
        if (!*found) co_return atr::not_found("no vendor has this id");
        Vendor vendor = std::move(**found);
        const UnixMillis now = clock_.unix_ms();
        vendor.updated_ms = now;
        std::erase_if(vendor.accounts,
                      [&](const PayeeAccount& old) { return old.rail == account.rail && old.asset == account.asset; });
        vendor.accounts.push_back(
            {store_.ids().next(), account.rail, account.asset, account.address, now + cool_off.count()});
        UnitOfWork unit = store_.begin();
        unit.update(vendor);
        unit.create(audit_of(store_.ids(), now, actor, "vendor.account_changed", vendor.id, request_id));
        once.mark(unit, vendor.id);
        Task<Committed> committing = store_.commit(std::move(unit));
        Committed committed = co_await committing;
        if (committed.ok()) {
            ++vendor.version;
            co_return vendor;
        }
        if (committed.outcome == atr::Outcome::conflict && committed.lost != once_label) continue;
        committed.error.outcome = committed.outcome;
        co_return committed.error;
    }
    co_return atr::retry(ATR_E_OVERLOADED, "the vendor keeps changing; try again");
}

Task<atr::Result<std::optional<Vendor>>> VendorDirectory::find(std::string id) {
    return store_.find<Vendor>(std::move(id));
}

Task<atr::Result<std::optional<Vendor>>> VendorDirectory::find_by_name(std::string name) {
    std::vector<atr::Key> keys;
    keys.push_back({VendorName::collection, vendor_normal_form(name)});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    if (found->empty()) co_return std::optional<Vendor>{};
    const Json body = Json::parse(found->front().body, nullptr, false);
    if (!body.is_object()) co_return atr::rejected(ATR_E_CORRUPT, "a record of vendor_names cannot be read");
    Task<atr::Result<std::optional<Vendor>>> finding = find(text_or(body, "vendor_id"));
    co_return co_await finding;
}

Task<atr::Result<Listing<Vendor>>> VendorDirectory::list(std::uint32_t limit, std::string cursor, std::string prefix) {
    atr::Query query;
    query.index = "by_name";
    query.limit = limit;
    query.cursor = std::move(cursor);
    if (!prefix.empty()) {
        query.lo = atr::Value::of(prefix);
        query.hi = atr::Value::of(prefix + last_character);
    }
    Task<atr::Result<Listing<Vendor>>> listing = store_.list<Vendor>(std::move(query), Freshness::may_lag);
    co_return co_await listing;
}

}  // namespace treasurer::intake
