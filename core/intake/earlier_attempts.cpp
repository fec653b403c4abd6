#include "intake/earlier_attempts.hpp"

#include "intake/taken_claims.hpp"
#include "reconcile/break_book.hpp"

#include <algorithm>
#include <map>

namespace treasurer::intake {
namespace {

constexpr std::size_t records_of_a_read = 200;  ///< those of all breaks together could be too large

/// The claims of `known` by key.
std::map<std::string, ClaimKind> claims_by_key(const Judgement& known) {
    std::map<std::string, ClaimKind> out;
    for (const auto& held : known.claims) out.emplace(held.claim.key, held.claim.kind);
    return out;
}

/// Whether the claims of the two say that they are, or may be, one invoice.
bool share_a_claim(const Invoice& earlier, const std::map<std::string, ClaimKind>& claims, bool is_numbered) {
    const std::vector<Claim> had = claims_of(claim_subject(earlier));
    return std::any_of(had.begin(), had.end(), [&](const Claim& claim) {
        const auto same = claims.find(claim.key);
        return same != claims.end() && may_be_one(same->second, is_numbered, !earlier.invoice_number.empty());
    });
}

std::vector<atr::Key> keys_of(const std::vector<std::string>& ids, std::size_t from, const char* collection) {
    std::vector<atr::Key> out;
    for (std::size_t i = from; i < std::min(from + records_of_a_read, ids.size()); ++i)
        out.push_back({collection, ids[i]});
    return out;
}

}  // namespace

Task<atr::Result<std::vector<std::string>>> EarlierAttempts::doubts(const Judgement& known,
                                                                    std::set<std::string> ended) {
    reconcile::BreakBook breaks(store_);
    Task<atr::Result<reconcile::KnownBreaks>> reading = breaks.read();
    const atr::Result<reconcile::KnownBreaks> kept = co_await reading;
    if (!kept) co_return kept.error();
    std::set<std::string> others;
    for (const auto& [id, record] : kept->all())
        if (!record.what.payment_id.empty() && !ended.contains(record.what.payment_id))
            others.insert(record.what.payment_id);
    Task<atr::Result<Found>> finding = find(known, {others.begin(), others.end()});
    const atr::Result<Found> found = co_await finding;
    if (!found) co_return found.error();
    ended.insert(found->earlier.begin(), found->earlier.end());
    std::vector<std::string> out;
    for (const auto& [id, record] : kept->all()) {
        const std::string& payment = record.what.payment_id;
        if (ended.contains(payment))
            out.push_back("this invoice was submitted before, and its payment " + payment +
                          " may have been made: see the break " + id);
        if (found->unreadable.contains(payment))
            out.push_back("whether the break " + id +
                          " is about this invoice is not known: what is stored of payment " + payment +
                          " cannot be read");
    }
    co_return out;
}

Task<atr::Result<EarlierAttempts::Found>> EarlierAttempts::find(const Judgement& known,
                                                                std::vector<std::string> payments) {
    Found out;
    const std::map<std::string, ClaimKind> claims = claims_by_key(known);
    std::map<std::string, std::string> payment_of;  // by invoice
    for (std::size_t from = 0; from < payments.size(); from += records_of_a_read) {
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(keys_of(payments, from, Payment::collection));
        const atr::Result<std::vector<atr::Record>> records = co_await reading;
        if (!records) co_return records.error();
        for (const auto& record : *records) {
            const atr::Result<Payment> payment = decode<Payment>(record);
            if (!payment)
                out.unreadable.insert(record.key);
            else if (payment->invoice_id != known.own_id)
                payment_of[payment->invoice_id] = record.key;
        }
    }
    std::vector<std::string> invoices;
    for (const auto& [invoice, payment] : payment_of) invoices.push_back(invoice);
    for (std::size_t from = 0; from < invoices.size(); from += records_of_a_read) {
        Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(keys_of(invoices, from, Invoice::collection));
        const atr::Result<std::vector<atr::Record>> records = co_await reading;
        if (!records) co_return records.error();
        for (const auto& record : *records) {
            const atr::Result<Invoice> invoice = decode<Invoice>(record);
            if (!invoice)
                out.unreadable.insert(payment_of[record.key]);
            else if (has_ended_unpaid(*invoice) && share_a_claim(*invoice, claims, known.is_numbered))
                out.earlier.insert(payment_of[record.key]);
        }
    }
    co_return out;
}

}  // namespace treasurer::intake
