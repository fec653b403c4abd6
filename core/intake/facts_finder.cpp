#include "intake/facts_finder.hpp"

#include "auth/digest.hpp"
#include "intake/taken_claims.hpp"
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "records/schema.hpp"
#include "treasury/rollups.hpp"

#include <algorithm>

namespace treasurer::intake {
namespace {

constexpr UnixMillis burn_is_fresh_for_ms = 5000;

policy::DocumentType document_type(const Reading& reading) {
    if (!reading.document_type) return policy::DocumentType::invoice;
    const auto& name = reading.document_type->value;
    if (name == "invoice") return policy::DocumentType::invoice;
    if (name == "credit_note") return policy::DocumentType::credit_note;
    if (name == "reminder") return policy::DocumentType::reminder;
    return policy::DocumentType::other;
}

/// The least certain of the fields that decide whether anything is owed, and who gets how much.
void set_confidence(policy::Facts& facts, const Reading& reading) {
    const std::pair<const char*, const std::optional<CheckedField>*> fields[] = {
        {"seller.name", &reading.seller_name},
        {"amount_due", reading.amount_due ? &reading.amount_due : &reading.total_with_tax},
        {"currency", &reading.currency},
        {"invoice_number", &reading.invoice_number},
        {"document_type", &reading.document_type}};
    facts.confidence_bp = 10000;
    facts.parser_remarks = reading.remarks;
    for (const auto& [name, field] : fields) {
        if (!*field || (*field)->confidence_bp >= facts.confidence_bp) continue;
        facts.confidence_bp = (*field)->confidence_bp;
        facts.least_confident_field = name;
    }
}

/// True if the document names an account that the vendor master does not have for this vendor, or has for the same
/// asset as `paid` beside it.
bool names_another_account(const std::vector<std::string>& payees, const Vendor& vendor,
                           const std::optional<PayeeAccount>& paid) {
    bool names_paid = false, names_other = false;
    for (const auto& payee : payees) {
        const std::string named = address_form(payee);
        bool known = false;
        for (const auto& account : vendor.accounts) {
            if (address_form(account.address) != named) continue;
            known = true;
            names_paid = names_paid || (paid && address_form(paid->address) == named);
            names_other = names_other || (paid && account.asset == paid->asset);
        }
        if (!known) return true;
    }
    return names_other && !names_paid;
}

/// What Reading::payees held.
std::vector<std::string> payees_of(const Invoice& invoice) {
    std::vector<std::string> out;
    const Json fields = Json::parse(invoice.fields, nullptr, false);
    if (!fields.is_array()) return out;
    for (const auto& field : fields)
        if (const std::string path = text_or(field, "path"); path == "payee.wallet" || path == "payee.iban")
            out.push_back(text_or(field, "value"));
    return out;
}

/// True if each name of the vendor that sounds like the one read has another legal form. `form`: the normal form read.
bool is_another_company(std::string_view as_read, const std::string& form, const Vendor& vendor) {
    const auto fits = [&](const std::string& name) {
        return vendor_normal_form(name) == form && !legal_forms_differ(as_read, name);
    };
    return !fits(vendor.name) && std::none_of(vendor.aliases.begin(), vendor.aliases.end(), fits);
}

std::optional<std::string> doubt_of_legal_form(const std::string& as_read, const std::string& form,
                                               const Vendor& vendor) {
    if (!is_another_company(as_read, form, vendor)) return std::nullopt;
    return "the invoice is from \"" + as_read + "\", the vendor master knows \"" + vendor.name +
           "\": companies of different legal forms";
}

/// "DE 123.456.789" is "de123456789".
std::string tax_id_form(std::string_view id) {
    std::string out;
    for (const char c : id) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) out += c;
        if (c >= 'A' && c <= 'Z') out += static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

/// The doubt that the document is another company's than the vendor, by their tax ids; nullopt: there is none, or one
/// of the two names no tax id.
std::optional<std::string> doubt_of_tax_id(const std::string& read, const Vendor& vendor) {
    const std::string here = tax_id_form(read), known = tax_id_form(vendor.tax_id);
    if (here.empty() || known.empty() || here == known) return std::nullopt;
    return "the invoice names the tax id \"" + read + "\", the vendor master has \"" + vendor.tax_id + "\"";
}

/// What the document says that does not fit to the vendor it led to.
void doubt_vendor(Judgement& known, const std::string& form, const std::string& tax_id,
                  const std::vector<std::string>& payees) {
    if (!known.vendor) return;
    for (const auto& doubt :
         {doubt_of_legal_form(known.facts.vendor_name, form, *known.vendor), doubt_of_tax_id(tax_id, *known.vendor)})
        if (doubt) known.facts.doubts.push_back(*doubt);
    known.facts.payee_differs = names_another_account(payees, *known.vendor, known.account);
}

/// Claims are taken under the vendor's id and the name as read; those of its other names are looked at.
void name_vendor(ClaimSubject& subject, const std::string& form, const std::optional<Vendor>& vendor) {
    const auto add = [&](std::string name) {
        if (std::find(subject.vendors.begin(), subject.vendors.end(), name) == subject.vendors.end())
            subject.vendors.push_back(std::move(name));
    };
    if (vendor) add(vendor->id);
    add("~" + form);
    subject.own = subject.vendors.size();
    if (!vendor) return;
    add("~" + vendor_normal_form(vendor->name));
    for (const auto& alias : vendor->aliases) add("~" + vendor_normal_form(alias));
}

ClaimSubject subject_of(const Invoice& invoice, const std::string& form, const std::optional<Vendor>& vendor) {
    ClaimSubject out = claim_subject(invoice);
    out.vendors.clear();
    name_vendor(out, form, vendor);
    return out;
}

ClaimSubject subject_of(const Reading& reading, const std::string& form, const std::optional<Vendor>& vendor) {
    ClaimSubject out;
    out.document_sha256 = reading.document_sha256;
    name_vendor(out, form, vendor);
    if (reading.invoice_number) out.invoice_number = reading.invoice_number->value;
    if (reading.issue_date) out.issue_date = reading.issue_date->value;
    out.amount = *reading.amount();
    return out;
}

std::vector<atr::Key> first_keys(const std::string& form) {
    std::vector<atr::Key> out;
    out.push_back({Policy::collection, Policy::current});
    out.push_back({Quarantine::collection, Quarantine::key});
    out.push_back({VendorName::collection, form});
    return out;
}

std::vector<atr::Key> funds_keys(const std::string& asset, const RailPort& rail, const treasury::BurnBasis& basis) {
    std::vector<atr::Key> out;
    for (const ledger::Figure figure : {ledger::Figure::available, ledger::Figure::debits, ledger::Figure::credits})
        out.push_back({balances_collection, ledger::balance_key(asset, ledger::treasury_account(rail.name()), figure)});
    out.push_back({rollups_collection, basis.today_key});  // what was paid a moment ago shortens the runway now
    return out;
}

void compare_hints(std::vector<std::string>& doubts, const Hints& hints, const Reading& reading,
                   const Judgement& known) {
    const auto differs = [&](const char* name) {
        doubts.push_back(std::string("the hint ") + name + " does not agree with the document");
    };
    if (hints.amount) {
        const auto hinted = atr::Decimal::parse(*hints.amount);
        if (!hinted || *hinted != reading.amount()->amount) differs("amount");
    }
    if (hints.currency && address_form(*hints.currency) != address_form(reading.currency->value)) differs("currency");
    if (hints.invoice_number && (!reading.invoice_number || number_skeleton(*hints.invoice_number) !=
                                                                number_skeleton(reading.invoice_number->value)))
        differs("invoice_id");
    if (hints.due_date && (!reading.due_date || *hints.due_date != reading.due_date->value)) differs("due_date");
    if (hints.vendor_wallet) {
        const std::string hinted = address_form(*hints.vendor_wallet);
        const bool in_text = reading.wallet && address_form(reading.wallet->value) == hinted;
        const bool in_master = known.account && address_form(known.account->address) == hinted;
        if (!in_text && !in_master) differs("vendor_wallet");
    }
}

}  // namespace

HashedPolicy HashedPolicy::from_json(const Json& json) {
    HashedPolicy out;
    static_cast<Policy&>(out) = Policy::from_json(json);
    out.hash = auth::sha256_hex(dump(out.to_json()));
    return out;
}

std::vector<atr::Key> FactsFinder::foreseen(const std::string& form, const Vendor& vendor,
                                            const ClaimSubject& subject) const {
    const std::string& asset = subject.amount.asset;
    std::vector<atr::Key> out = first_keys(form);
    out.push_back({Vendor::collection, vendor.id});
    const Payee payee = payee_of(vendor, asset);
    if (const auto basis = known_burn_basis(asset); basis && payee.rail)
        for (auto& key : funds_keys(asset, *payee.rail, *basis)) out.push_back(std::move(key));
    for (auto& claim : claims_of(subject)) out.push_back({ClaimRecord::collection, std::move(claim.key)});
    return out;
}

Task<atr::Result<Judgement>> FactsFinder::judge(const Reading& reading, const Hints& hints) {
    const std::string form = vendor_normal_form(reading.seller_name->value);
    const FamiliarVendors::Known familiar = familiar_.of(form);
    ClaimSubject subject;
    Prefetch records(store_);
    if (familiar) {
        subject = subject_of(reading, form, familiar->vendor);
        Task<atr::Result<>> prefetching = records.read(foreseen(form, familiar->vendor, subject));
        const atr::Result<> read = co_await prefetching;
        if (!read) co_return read.error();
    }
    Task<atr::Result<Judgement>> looking = look_up(records, reading.seller_name->value, form, *reading.amount());
    atr::Result<Judgement> known = co_await looking;
    if (!known) co_return known.error();
    const bool is_as_foreseen = familiar && known->vendor && known->vendor->id == familiar->vendor.id &&
                                known->vendor->version == familiar->vendor.version && familiar_.of(form) == familiar;
    if (!is_as_foreseen) subject = subject_of(reading, form, known->vendor);
    Task<atr::Result<Judgement>> claiming = look_up_claims(records, std::move(*known), std::move(subject));
    known = co_await claiming;
    if (!known) co_return known.error();

    policy::Facts& facts = known->facts;
    if (known->duplicate_of) facts.same_as = known->duplicate_of->id;
    facts.document_type = document_type(reading);
    if (reading.document_type) facts.document_type_name = reading.document_type->value;
    facts.invoice_number_known = reading.invoice_number.has_value();
    set_confidence(facts, reading);
    facts.doubts.insert(facts.doubts.begin(), reading.doubts.begin(), reading.doubts.end());
    if (reading.invoice_number && has_unusual_characters(reading.invoice_number->value))
        facts.doubts.push_back("the invoice number holds characters that may only look like others");
    doubt_vendor(*known, form, reading.seller_tax_id ? reading.seller_tax_id->value : std::string(), reading.payees);
    compare_hints(facts.doubts, hints, reading, *known);
    known->decision = policy::decide(known->policy, facts);
    co_return known;
}

Task<atr::Result<Judgement>> FactsFinder::judge_again(Invoice invoice) {
    Prefetch records(store_);
    Task<atr::Result<Judgement>> looking =
        look_up(records, invoice.vendor_name, vendor_normal_form(invoice.vendor_name), invoice.amount_due);
    atr::Result<Judgement> known = co_await looking;
    if (known) known->decision = policy::decide(known->policy, known->facts);
    co_return known;
}

Task<atr::Result<Judgement>> FactsFinder::judge_to_pay(Invoice invoice, OwnHold own) {
    Prefetch records(store_);
    const std::string form = vendor_normal_form(invoice.vendor_name);
    Task<atr::Result<Judgement>> looking = look_up(records, invoice.vendor_name, form, invoice.amount_due);
    atr::Result<Judgement> known = co_await looking;
    if (!known) co_return known.error();
    known->own_id = invoice.id;
    ClaimSubject subject = subject_of(invoice, form, known->vendor);
    Task<atr::Result<Judgement>> claiming = look_up_claims(records, std::move(*known), std::move(subject));
    known = co_await claiming;
    if (!known) co_return known.error();
    policy::Facts& facts = known->facts;
    // Its vendor, or the vendor's account, may have been entered while it waited.
    doubt_vendor(*known, form, invoice.vendor_tax_id, payees_of(invoice));
    const bool is_of_use =
        facts.funds_known && known->rail->name() == own.rail && own.amount.asset == facts.amount.asset;
    if (is_of_use) facts.available = facts.available.plus(own.amount.amount).value_or(facts.available);
    known->decision = policy::decide(known->policy, facts);
    co_return known;
}

Task<atr::Result<Judgement>> FactsFinder::look_up(Prefetch& records, std::string vendor_name, std::string form,
                                                  atr::Money amount) {
    Judgement out;
    Task<atr::Result<std::vector<atr::Record>>> reading = records.get(first_keys(form));
    const atr::Result<std::vector<atr::Record>> found = co_await reading;
    if (!found) co_return found.error();
    std::string vendor_id;
    for (const auto& record : *found) {
        if (record.collection == Policy::collection) {
            atr::Result<HashedPolicy> policy = policy_.of(record);
            if (!policy) co_return policy.error();
            out.policy_hash = std::move(policy->hash);
            out.policy = std::move(*policy);
        } else if (record.collection == Quarantine::collection) {
            atr::Result<Quarantine> quarantine = quarantine_.of(record);
            if (!quarantine) co_return quarantine.error();
            out.quarantine = std::move(*quarantine);
        } else {
            const Json body = Json::parse(record.body, nullptr, false);
            if (!body.is_object()) co_return atr::rejected(ATR_E_CORRUPT, "a record of vendor_names cannot be read");
            vendor_id = text_or(body, "vendor_id");
        }
    }
    if (out.policy.version == 0) co_return atr::retry(ATR_E_INTERNAL, "no policy is stored yet");
    if (!vendor_id.empty()) {
        std::vector<atr::Key> vendor_key;
        vendor_key.push_back({Vendor::collection, vendor_id});
        Task<atr::Result<std::vector<atr::Record>>> finding = records.get(std::move(vendor_key));
        const atr::Result<std::vector<atr::Record>> vendors = co_await finding;
        if (!vendors) co_return vendors.error();
        if (!vendors->empty()) {
            atr::Result<Vendor> vendor = familiar_.met(form, vendors->front());
            if (!vendor) co_return vendor.error();
            out.vendor = std::move(*vendor);
        }
    }
    out.facts.quarantined = out.quarantine.active;
    out.facts.amount = amount;
    out.facts.vendor_name = vendor_name;
    out.facts.vendor_known = out.vendor.has_value();
    Payee payee = payee_of(out.vendor, amount.asset);
    out.rail = payee.rail;
    out.account = std::move(payee.account);
    out.facts.payee_account_known = out.account.has_value();
    out.facts.payee_cooling_off = out.account && !out.account->active_at(clock_.unix_ms());
    out.facts.rail_known = out.rail != nullptr;
    if (!out.rail) co_return out;
    out.facts.amount_fits_asset = assets_.units(amount).has_value();

    Task<atr::Result<Judgement>> funding = look_up_funds(records, std::move(out));
    co_return co_await funding;
}

Task<atr::Result<Judgement>> FactsFinder::look_up_funds(Prefetch& records, Judgement known) {
    const std::string& asset = known.facts.amount.asset;
    Task<atr::Result<treasury::BurnBasis>> burning = burn_basis(asset);
    const atr::Result<treasury::BurnBasis> basis = co_await burning;
    if (!basis) co_return basis.error();
    Task<atr::Result<std::vector<atr::Record>>> reading = records.get(funds_keys(asset, *known.rail, *basis));
    const atr::Result<std::vector<atr::Record>> counters = co_await reading;
    if (!counters) co_return counters.error();
    atr::Int128 available = 0, booked = 0, spent_today = 0;
    for (const auto& record : *counters) {
        const atr::Int128 units = atr::units_from_string(record.body).value_or(0);
        const auto figure = ledger::figure_of(record.key);
        if (record.collection != balances_collection || !figure)
            spent_today = units;
        else if (*figure == ledger::Figure::available)
            available = units;
        else
            booked += *figure == ledger::Figure::debits ? units : -units;
    }
    // What is on its way is paid in a moment: of two invoices the second is not judged as if there were no first.
    const bool is_counted =
        booked <= available || !__builtin_add_overflow(spent_today, booked - available, &spent_today);
    if (!is_counted) co_return atr::rejected(ATR_E_AMOUNT_OUT_OF_RANGE, "what is paid today has more than 38 digits");
    const atr::Result<treasury::Burn> burn = figures_.burn(asset, *basis, spent_today);
    if (!burn) co_return burn.error();
    known.facts.burn_paid = burn->paid;
    known.facts.burn_rise = burn->rise;
    known.facts.burn_floor = burn->floor;
    const auto funds = assets_.amount(asset, available);
    known.facts.funds_known = funds.has_value();
    known.facts.available = funds.value_or(atr::Decimal{});
    co_return known;
}

Payee FactsFinder::payee_of(const std::optional<Vendor>& vendor, const std::string& asset) const {
    RailPort* const preferred = rails_.for_asset(asset);
    Payee out{preferred, std::nullopt};
    if (!vendor) return out;
    for (const auto& account : vendor->accounts) {
        RailPort* rail = rails_.find(account.rail);
        if (account.asset != asset || !rail || !rail->capabilities().decimals_of(asset)) continue;
        if (out.account && rail != preferred) continue;  // the preferred rail's account wins
        out.account = account;
        out.rail = rail;
    }
    return out;
}

std::optional<treasury::BurnBasis> FactsFinder::known_burn_basis(const std::string& asset) const {
    const UnixMillis now = clock_.unix_ms();
    const std::lock_guard lock(burn_mutex_);
    const auto known = burns_.find(asset);
    if (known == burns_.end()) return std::nullopt;
    const UnixMillis age = now - known->second.at_ms;
    const bool is_fresh =
        age >= 0 && age < burn_is_fresh_for_ms && known->second.basis.today_key == treasury::spent_key(asset, now);
    return is_fresh ? std::optional(known->second.basis) : std::nullopt;
}

/// Read anew every few seconds: what another day adds, and what came back for one of the days before.
Task<atr::Result<treasury::BurnBasis>> FactsFinder::burn_basis(std::string asset) {
    if (auto known = known_burn_basis(asset)) co_return std::move(*known);
    const UnixMillis now = clock_.unix_ms();
    Task<atr::Result<treasury::BurnBasis>> reading = figures_.burn_basis(asset);
    atr::Result<treasury::BurnBasis> basis = co_await reading;
    if (!basis) co_return basis.error();
    const std::lock_guard lock(burn_mutex_);
    burns_[asset] = {*basis, now};
    co_return std::move(*basis);
}

}  // namespace treasurer::intake
