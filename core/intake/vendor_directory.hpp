/// The vendor master: adding vendors, and finding the one a name means.
#pragma once

#include "records/idempotency.hpp"
#include "records/store.hpp"
#include "records/vendor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace treasurer::intake {

struct NewAccount {
    std::string rail, asset, address;
};
struct NewVendor {
    std::string name, tax_id;
    std::vector<std::string> aliases;
    std::vector<NewAccount> accounts;
};

/// Threads: any. Errors: rejected ATR_E_BAD_INPUT for what cannot be stored, conflict ATR_E_DUPLICATE for a name in
/// use.
class VendorDirectory {
public:
    /// `rails` are the names of the rails that accounts may be on.
    VendorDirectory(Store& store, const Clock& clock, std::vector<std::string> rails)
        : store_(store), clock_(clock), rails_(std::move(rails)) {}

    /// A vendor entered with its accounts is active at once; `actor` goes to the audit trail.
    Task<atr::Result<Vendor>> add(NewVendor wanted, std::string actor, std::string request_id, Once once = {});
    /// An account added later cools off for `cool_off` before anything is paid to it.
    Task<atr::Result<Vendor>> add_account(std::string vendor_id, NewAccount account, Millis cool_off, std::string actor,
                                          std::string request_id, Once once = {});
    Task<atr::Result<std::optional<Vendor>>> find(std::string id);
    /// By name or alias, in normal form.
    Task<atr::Result<std::optional<Vendor>>> find_by_name(std::string name);
    /// By name; those whose name begins with `prefix`, as it is written.
    Task<atr::Result<Listing<Vendor>>> list(std::uint32_t limit, std::string cursor, std::string prefix = {});

private:
    std::optional<std::string> fault_in(const NewAccount& account) const;
    std::optional<std::string> fault_in(const NewVendor& vendor) const;

    Store& store_;
    const Clock& clock_;
    const std::vector<std::string> rails_;
};

}  // namespace treasurer::intake
