/// The vendor master: whom we know, and where they are paid. The only source of payees.
#pragma once

#include <atr/storage.hpp>
#include <string>
#include <vector>

#include "records/json.hpp"
#include "runtime/clock.hpp"

namespace treasurer {

struct PayeeAccount {
    std::string id;
    std::string rail;
    std::string asset;
    std::string address;
    UnixMillis active_from_ms = 0;  ///< cooling off before this moment

    bool active_at(UnixMillis now_ms) const { return now_ms >= active_from_ms; }
};

struct Vendor {
    static constexpr const char* collection = "vendors";

    std::string id;
    std::string name;
    std::string tax_id;
    std::vector<std::string> aliases;
    std::vector<PayeeAccount> accounts;
    UnixMillis created_ms = 0;
    UnixMillis updated_ms = 0;

    std::uint64_t version = 0;

    Json to_json() const;
    static Vendor from_json(const Json& json);
    std::vector<atr::IndexEntry> index() const;
};

/// A name that leads to a vendor: put-if-absent, so that two vendors never share one.
struct VendorName {
    static constexpr const char* collection = "vendor_names";
    std::string normal_form;
    std::string vendor_id;
};

/// The form in which vendor names are compared: lower case, letters and digits only, legal forms (GmbH, Ltd, Inc …) and
/// repeated spaces removed. "Acme Hosting, LLC" and "ACME  hosting" are one.
std::string vendor_normal_form(std::string_view name);

/// True for "Acme GmbH" and "Acme Ltd": two companies, though their normal forms are one. A name that gives no legal
/// form, or only a part of the other's ("Acme GmbH", "Acme GmbH & Co. KG"), does not differ.
bool legal_forms_differ(std::string_view a, std::string_view b);

/// The form in which wallets and account numbers are compared: without spaces, in lower case.
std::string address_form(std::string_view address);

}  // namespace treasurer
