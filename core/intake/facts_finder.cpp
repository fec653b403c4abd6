#include "intake/facts_finder.hpp"

#include "auth/digest.hpp"
#include "ledger/accounts.hpp"
#include "ledger/balances.hpp"
#include "reconcile/break_book.hpp"
#include "records/approval.hpp"
#include "records/schema.hpp"
#include "runtime/mutation.hpp"
#include "treasury/rollups.hpp"

#include <algorithm>

namespace treasurer::intake {
namespace {

constexpr UnixMillis burn_is_fresh_for_ms = 5000;

bool ended_unpaid(InvoiceStatus status) {
    return status == InvoiceStatus::failed || status == InvoiceStatus::cancelled || status == InvoiceStatus::rejected;
}

policy::DocumentType document_type(const Reading& reading) {
    if (!reading.document_type) return policy::DocumentType::invoice;
    const auto& name = reading.document_type->value;
    if (name == "invoice") return policy::DocumentType::invoice;
    if (name == "credit_note") return policy::DocumentType::credit_note;
    if (name == "reminder") return policy::DocumentType::reminder;
    return policy::DocumentType::other;
}

/// The least certain of the fields that decide who gets how much.
void set_confidence(policy::Facts& facts, const Reading& reading) {
    const std::pair<const char*, const std::optional<CheckedField>*> fields[] = {
        {"seller.name", &reading.seller_name},
        {"amount_due", reading.amount_due ? &reading.amount_due : &reading.total_with_tax},
        {"currency", &reading.currency},
        {"invoice_number", &reading.invoice_number}};
    facts.confidence_bp = 10000;
    for (const auto& [name, field] : fields) {
        if (!*field || (*field)->confidence_bp >= facts.confidence_bp) continue;
        facts.confidence_bp = (*field)->confidence_bp;
        facts.least_confident_field = name;
    }
}

/// True if the document names an account that the vendor master does not have for this vendor.
bool names_another_account(const Reading& reading, const Vendor& vendor) {
    for (const auto& payee : reading.payees) {
        const std::string named = address_form(payee);
        const bool known =
            std::any_of(vendor.accounts.begin(), vendor.accounts.end(),
                        [&](const PayeeAccount& account) { return address_form(account.address) == named; });
        if (!known) return true;
    }
    return false;
}

/// True if each name of the vendor that sounds like the one read has another legal form.
bool is_another_company(std::string_view as_read, const Vendor& vendor) {
    const std::string form = vendor_normal_form(as_read);
    const auto fits = [&](const std::string& name) {
        return vendor_normal_form(name) == form && !legal_forms_differ(as_read, name);
    };
    return !fits(vendor.name) && std::none_of(vendor.aliases.begin(), vendor.aliases.end(), fits);
}

/// Claims are taken under the vendor's id and the name as read; those of its other names are looked at.
void name_vendor(ClaimSubject& subject, std::string_view as_read, const std::optional<Vendor>& vendor) {
    const auto add = [&](std::string name) {
        if (std::find(subject.vendors.begin(), subject.vendors.end(), name) == subject.vendors.end())
            subject.vendors.push_back(std::move(name));
    };
    if (vendor) add(vendor->id);
    add("~" + vendor_normal_form(as_read));
    subject.own = subject.vendors.size();
    if (!vendor) return;
    add("~" + vendor_normal_form(vendor->name));
    for (const auto& alias : vendor->aliases) add("~" + vendor_normal_form(alias));
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

std::string payload_hash(const Payment& payment) {
    const Json payload = {{"address", payment.creditor.address},
                          {"vendor_id", payment.creditor.vendor_id},
                          {"rail", payment.rail},
                          {"amount", payment.amount.amount.to_string()},
                          {"asset", payment.amount.asset}};
    return auth::sha256_hex(dump(payload));
}

Task<atr::Result<Judgement>> FactsFinder::judge(Reading reading, Hints hints, std::string document_sha256) {
    const atr::Money amount = *reading.amount();
    Task<atr::Result<Judgement>> looking = look_up(reading.seller_name->value, amount);
    atr::Result<Judgement> known = co_await looking;
    if (!known) co_return known.error();

    ClaimSubject subject;
    subject.document_sha256 = std::move(document_sha256);
    name_vendor(subject, reading.seller_name->value, known->vendor);
    if (reading.invoice_number) subject.invoice_number = reading.invoice_number->value;
    if (reading.issue_date) subject.issue_date = reading.issue_date->value;
    subject.amount = amount;
    Task<atr::Result<Judgement>> claiming = look_up_claims(std::move(*known), std::move(subject));
    known = co_await claiming;
    if (!known) co_return known.error();

    policy::Facts& facts = known->facts;
    facts.document_type = document_type(reading);
    if (reading.document_type) facts.document_type_name = reading.document_type->value;
    facts.invoice_number_known = reading.invoice_number.has_value();
    set_confidence(facts, reading);
    facts.doubts.insert(facts.doubts.begin(), reading.doubts.begin(), reading.doubts.end());
    if (reading.invoice_number && has_unusual_characters(reading.invoice_number->value))
        facts.doubts.push_back("the invoice number holds characters that may only look like others");
    if (known->vendor && is_another_company(known->facts.vendor_name, *known->vendor))
        facts.doubts.push_back("the invoice is from \"" + known->facts.vendor_name + "\", the vendor master knows \"" +
                               known->vendor->name + "\": companies of different legal forms");
    if (known->vendor) facts.payee_differs = names_another_account(reading, *known->vendor);
    compare_hints(facts.doubts, hints, reading, *known);
    known->decision = policy::decide(known->policy, facts);
    co_return known;
}

Task<atr::Result<Judgement>> FactsFinder::judge_again(Invoice invoice, OwnHold own) {
    Task<atr::Result<Judgement>> looking = look_up(invoice.vendor_name, invoice.amount_due);
    atr::Result<Judgement> known = co_await looking;
    if (!known) co_return known.error();
    policy::Facts& facts = known->facts;
    const bool is_of_use =
        facts.funds_known && known->rail->name() == own.rail && own.amount.asset == facts.amount.asset;
    if (is_of_use) facts.available = facts.available.plus(own.amount.amount).value_or(facts.available);
    known->decision = policy::decide(known->policy, facts);
    co_return known;
}

Task<atr::Result<Judgement>> FactsFinder::look_up(std::string vendor_name, atr::Money amount) {
    Judgement out;
    std::vector<atr::Key> keys;
    keys.push_back({Policy::collection, Policy::current});
    keys.push_back({Quarantine::collection, Quarantine::key});
    keys.push_back({VendorName::collection, vendor_normal_form(vendor_name)});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    std::string vendor_id;
    for (const auto& record : *records) {
        if (record.collection == Policy::collection) {
            atr::Result<Policy> policy = decode<Policy>(record);
            if (!policy) co_return policy.error();
            out.policy = std::move(*policy);
        } else if (record.collection == Quarantine::collection) {
            atr::Result<Quarantine> quarantine = decode<Quarantine>(record);
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
        Task<atr::Result<std::optional<Vendor>>> finding = store_.find<Vendor>(vendor_id);
        atr::Result<std::optional<Vendor>> vendor = co_await finding;
        if (!vendor) co_return vendor.error();
        out.vendor = std::move(*vendor);
    }
    out.facts.quarantined = out.quarantine.active;
    out.facts.amount = amount;
    out.facts.vendor_name = vendor_name;
    out.facts.vendor_known = out.vendor.has_value();
    choose_account(out, amount);
    out.facts.rail_known = out.rail != nullptr;
    if (!out.rail) co_return out;
    out.facts.amount_fits_asset = assets_.units(amount).has_value();

    Task<atr::Result<Judgement>> funding = look_up_funds(std::move(out));
    co_return co_await funding;
}

Task<atr::Result<Judgement>> FactsFinder::look_up_funds(Judgement known) {
    const std::string& asset = known.facts.amount.asset;
    const std::string balance =
        ledger::balance_key(asset, ledger::treasury_account(known.rail->name()), ledger::Figure::available);
    Task<atr::Result<treasury::BurnBasis>> burning = burn_basis(asset);
    const atr::Result<treasury::BurnBasis> basis = co_await burning;
    if (!basis) co_return basis.error();
    std::vector<atr::Key> keys;
    keys.push_back({balances_collection, balance});
    keys.push_back({rollups_collection, basis->today_key});  // what was paid a moment ago shortens the runway now
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> counters = co_await reading;
    if (!counters) co_return counters.error();
    atr::Int128 available = 0, spent_today = 0;
    for (const auto& record : *counters)
        (record.collection == balances_collection ? available : spent_today) =
            atr::units_from_string(record.body).value_or(0);
    const atr::Result<atr::Decimal> monthly = figures_.monthly_burn(asset, *basis, spent_today);
    if (!monthly) co_return monthly.error();
    const auto funds = assets_.amount(asset, available);
    known.facts.funds_known = funds.has_value();
    known.facts.available = funds.value_or(atr::Decimal{});
    known.facts.monthly_burn = *monthly;
    co_return known;
}

void FactsFinder::choose_account(Judgement& known, const atr::Money& amount) const {
    known.rail = rails_.for_asset(amount.asset);
    if (!known.vendor) return;
    for (const auto& account : known.vendor->accounts) {
        RailPort* rail = rails_.find(account.rail);
        if (account.asset != amount.asset || !rail || !rail->capabilities().decimals_of(amount.asset)) continue;
        if (known.account && rail != rails_.for_asset(amount.asset)) continue;  // the preferred rail's account wins
        known.account = account;
        known.rail = rail;
    }
    known.facts.payee_account_known = known.account.has_value();
    known.facts.payee_cooling_off = known.account && !known.account->active_at(clock_.unix_ms());
}

Task<atr::Result<Judgement>> FactsFinder::look_up_claims(Judgement known, ClaimSubject subject) {
    const bool numbered = !subject.invoice_number.empty();
    std::vector<atr::Key> keys;
    for (auto& claim : claims_of(subject)) {
        keys.push_back({ClaimRecord::collection, claim.key});
        known.claims.push_back({std::move(claim), std::nullopt, false});
    }
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    for (const auto& raw : *records) {
        atr::Result<ClaimRecord> record = decode<ClaimRecord>(raw);
        if (!record) co_return record.error();
        for (auto& held : known.claims)
            if (held.claim.key == raw.key) held.record = *record;
    }
    std::set<std::string> ended;  // payments of the invoices whose claims are free again
    for (auto& held : known.claims) {
        if (!held.record) continue;
        Task<atr::Result<std::optional<Invoice>>> finding = store_.find<Invoice>(held.record->invoice_id);
        atr::Result<std::optional<Invoice>> holder = co_await finding;
        if (!holder) co_return holder.error();
        held.superseded = !*holder || ended_unpaid((*holder)->status) || mutated(Mutation::take_claims_from_the_living);
        if (*holder && held.claim.kind != ClaimKind::same_sum && known.facts.doubts.empty()) {
            Task<atr::Result<bool>> asking = was_rejected(**holder);
            const atr::Result<bool> rejected = co_await asking;
            if (!rejected) co_return rejected.error();
            if (*rejected) known.facts.doubts.push_back("a person rejected this invoice before, as " + (*holder)->id);
        }
        if (held.superseded && *holder && !(*holder)->payment_id.empty()) ended.insert((*holder)->payment_id);
        if (held.superseded) continue;
        if (held.claim.kind == ClaimKind::same_sum) {
            if (!numbered || !held.record->numbered) known.facts.possible_duplicate_of = held.record->invoice_id;
            continue;
        }
        if (held.claim.kind == ClaimKind::digits) {
            known.facts.possible_duplicate_of = held.record->invoice_id;
            continue;
        }
        if (held.claim.kind == ClaimKind::document) known.same_document = true;
        if (!known.duplicate_of) known.duplicate_of = std::move(**holder);
    }
    if (ended.empty()) co_return known;
    Task<atr::Result<std::vector<std::string>>> doubting = doubts_of(std::move(ended));
    const atr::Result<std::vector<std::string>> doubts = co_await doubting;
    if (!doubts) co_return doubts.error();
    known.facts.doubts.insert(known.facts.doubts.end(), doubts->begin(), doubts->end());
    co_return known;
}

/// Also where its rail had to be asked first, and its payment ended afterwards.
Task<atr::Result<bool>> FactsFinder::was_rejected(Invoice ended) {
    if (ended.status == InvoiceStatus::rejected) co_return true;
    if (!ended_unpaid(ended.status) || ended.approval_id.empty()) co_return false;
    Task<atr::Result<std::optional<Approval>>> finding = store_.find<Approval>(ended.approval_id);
    const atr::Result<std::optional<Approval>> approval = co_await finding;
    if (!approval) co_return approval.error();
    co_return *approval && (*approval)->status == "rejected";
}

/// The books call these payments unpaid; where the rail does not agree, a person decides.
Task<atr::Result<std::vector<std::string>>> FactsFinder::doubts_of(std::set<std::string> ended_payments) {
    reconcile::BreakBook breaks(store_);
    Task<atr::Result<reconcile::KnownBreaks>> reading = breaks.read();
    const atr::Result<reconcile::KnownBreaks> known = co_await reading;
    if (!known) co_return known.error();
    std::vector<std::string> out;
    for (const auto& [id, record] : known->all())
        if (ended_payments.contains(record.what.payment_id))
            out.push_back("this invoice was submitted before, and its payment " + record.what.payment_id +
                          " may have been made: see the break " + id);
    co_return out;
}

/// Read anew every few seconds: what another day adds, and what came back for one of the days before.
Task<atr::Result<treasury::BurnBasis>> FactsFinder::burn_basis(std::string asset) {
    const UnixMillis now = clock_.unix_ms();
    {
        const std::lock_guard lock(burn_mutex_);
        const auto known = burns_.find(asset);
        const bool is_fresh = known != burns_.end() && now - known->second.at_ms < burn_is_fresh_for_ms &&
                              known->second.basis.today_key == treasury::spent_key(asset, now);
        if (is_fresh) co_return known->second.basis;
    }
    Task<atr::Result<treasury::BurnBasis>> reading = figures_.burn_basis(asset);
    atr::Result<treasury::BurnBasis> basis = co_await reading;
    if (!basis) co_return basis.error();
    const std::lock_guard lock(burn_mutex_);
    burns_[asset] = {*basis, now};
    co_return std::move(*basis);
}

}  // namespace treasurer::intake
