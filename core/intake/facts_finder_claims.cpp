// Who holds the claims of an invoice, and what follows from that.
#include "intake/facts_finder.hpp"

#include "intake/doubtful_closing.hpp"
#include "intake/taken_claims.hpp"
#include "reconcile/break_book.hpp"
#include "records/approval.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::intake {
namespace {

bool ended_unpaid(InvoiceStatus status) {
    return status == InvoiceStatus::failed || status == InvoiceStatus::cancelled || status == InvoiceStatus::rejected;
}

}  // namespace

std::vector<Reason> Judgement::questions() const {
    std::vector<Reason> out;
    for (const auto& id : possible_duplicates)
        out.push_back({policy::duplicate_rule, policy::ask, policy::may_be_same_as(id)});
    if (has_unnamed_holders)
        out.push_back({policy::duplicate_rule, policy::ask,
                       "more invoices of the same vendor, amount and date than are kept by name"});
    for (const auto& doubt : facts.doubts) out.push_back({policy::cross_checks_rule, policy::ask, doubt});
    return out;
}

Task<atr::Result<Judgement>> FactsFinder::look_up_claims(Prefetch& records, Judgement known, ClaimSubject subject) {
    known.is_numbered = !subject.invoice_number.empty();
    std::vector<atr::Key> keys;
    for (auto& claim : claims_of(subject)) {
        keys.push_back({ClaimRecord::collection, claim.key});
        known.claims.push_back({std::move(claim), std::nullopt, false});
    }
    Task<atr::Result<std::vector<atr::Record>>> reading = records.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> taken = co_await reading;
    if (!taken) co_return taken.error();
    for (const auto& raw : *taken) {
        atr::Result<ClaimRecord> record = decode<ClaimRecord>(raw);
        if (!record) co_return record.error();
        for (auto& held : known.claims)
            if (held.claim.key == raw.key) held.record = *record;
    }
    std::set<std::string> ended;  // payments of the invoices whose claims are free again
    Task<atr::Result<std::map<std::string, Invoice>>> finding = holders_of(known.claims);
    const atr::Result<std::map<std::string, Invoice>> holders = co_await finding;
    if (!holders) co_return holders.error();
    for (auto& held : known.claims) {
        if (!held.record) continue;
        held.superseded = !held.record->is_full;
        if (held.record->is_full) {
            known.facts.possible_duplicate_of = held.record->holders.front().invoice_id;
            known.has_unnamed_holders = true;
        }
        for (const ClaimHolder& holder : held.record->holders) {
            const auto found = holders->find(holder.invoice_id);
            const Invoice* const invoice = found == holders->end() ? nullptr : &found->second;
            Task<atr::Result<>> weighing = weigh_holder(known, held, invoice, holder, ended);
            const atr::Result<> weighed = co_await weighing;
            if (!weighed) co_return weighed.error();
        }
    }
    // While it waited, an attempt whose claims it has taken over may have turned out to be paid.
    if (ended.empty() && known.own_id.empty()) co_return known;
    Task<atr::Result<std::vector<std::string>>> doubting = doubts_of(std::move(ended), known.claims, known.own_id);
    const atr::Result<std::vector<std::string>> doubts = co_await doubting;
    if (!doubts) co_return doubts.error();
    known.facts.doubts.insert(known.facts.doubts.end(), doubts->begin(), doubts->end());
    co_return known;
}

Task<atr::Result<std::map<std::string, Invoice>>> FactsFinder::holders_of(const std::vector<HeldClaim>& claims) {
    std::set<std::string> ids;
    for (const auto& held : claims)
        if (held.record)
            for (const auto& holder : held.record->holders) ids.insert(holder.invoice_id);
    std::map<std::string, Invoice> out;
    if (ids.empty()) co_return out;
    std::vector<atr::Key> keys;
    for (const auto& id : ids) keys.push_back({Invoice::collection, id});
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        atr::Result<Invoice> invoice = decode<Invoice>(record);
        if (!invoice) co_return invoice.error();
        out.emplace(record.key, std::move(*invoice));
    }
    co_return out;
}

Task<atr::Result<>> FactsFinder::weigh_holder(Judgement& known, HeldClaim& held, const Invoice* invoice,
                                              ClaimHolder holder, std::set<std::string>& ended) {
    const ClaimKind kind = held.claim.kind;
    if (holder.invoice_id == known.own_id) {
        held.superseded = false;
        co_return atr::Result<>{};
    }
    if (!known.own_id.empty() && invoice && invoice->status == InvoiceStatus::waiting_approval) {
        Task<atr::Result<bool>> asking = may_have_been_sent(*invoice, known.quarantine);
        const atr::Result<bool> may_be_paid = co_await asking;
        if (!may_be_paid) co_return may_be_paid.error();
        if (!*may_be_paid) {  // it will meet this one
            known.waiting[invoice->id] = invoice->version;
            co_return atr::Result<>{};
        }
    }
    if (invoice && kind != ClaimKind::same_sum && known.facts.doubts.empty()) {
        Task<atr::Result<bool>> asking = was_rejected(*invoice);
        const atr::Result<bool> rejected = co_await asking;
        if (!rejected) co_return rejected.error();
        if (*rejected) known.facts.doubts.push_back("a person rejected this invoice before, as " + invoice->id);
    }
    if (!invoice || ended_unpaid(invoice->status) || mutated(Mutation::take_claims_from_the_living)) {
        if (invoice && !invoice->payment_id.empty()) ended.insert(invoice->payment_id);
        co_return atr::Result<>{};
    }
    held.superseded = false;
    if (is_question(kind)) {
        const bool may_be_it = kind == ClaimKind::digits || !known.is_numbered || !holder.numbered;
        if (may_be_it) {
            known.facts.possible_duplicate_of = holder.invoice_id;
            known.possible_duplicates.insert(holder.invoice_id);
        }
        co_return atr::Result<>{};
    }
    if (kind == ClaimKind::document) known.same_document = true;
    if (!known.duplicate_of) known.duplicate_of = *invoice;
    co_return atr::Result<>{};
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

/// One that waits for approval may have been approved and paid in a time that the store has lost.
Task<atr::Result<bool>> FactsFinder::may_have_been_sent(Invoice waiting, Quarantine store) {
    Task<atr::Result<std::optional<Payment>>> finding = store_.find<Payment>(std::move(waiting.payment_id));
    const atr::Result<std::optional<Payment>> payment = co_await finding;
    if (!payment) co_return payment.error();
    co_return *payment&& is_perhaps_sent(**payment, store);
}

/// The books call these payments unpaid; where the rail does not agree, a person decides. Of what was replaced no claim
/// tells any more: its invoice is known by the claims that it had.
Task<atr::Result<std::vector<std::string>>> FactsFinder::doubts_of(std::set<std::string> ended,
                                                                   const std::vector<HeldClaim>& claims,
                                                                   std::string own_id) {
    reconcile::BreakBook breaks(store_);
    Task<atr::Result<reconcile::KnownBreaks>> reading = breaks.read();
    const atr::Result<reconcile::KnownBreaks> known = co_await reading;
    if (!known) co_return known.error();
    std::vector<atr::Key> keys;
    for (const auto& [id, record] : known->all())
        if (!record.what.payment_id.empty() && !ended.contains(record.what.payment_id))
            keys.push_back({Payment::collection, record.what.payment_id});
    std::set<std::string> exclusive;
    for (const auto& held : claims)
        if (!is_question(held.claim.kind)) exclusive.insert(held.claim.key);
    Task<atr::Result<std::set<std::string>>> finding = payments_under(std::move(exclusive), std::move(keys), own_id);
    const atr::Result<std::set<std::string>> replaced = co_await finding;
    if (!replaced) co_return replaced.error();
    ended.insert(replaced->begin(), replaced->end());
    std::vector<std::string> out;
    for (const auto& [id, record] : known->all())
        if (ended.contains(record.what.payment_id))
            out.push_back("this invoice was submitted before, and its payment " + record.what.payment_id +
                          " may have been made: see the break " + id);
    co_return out;
}

/// Those of `payments` whose invoice, another than `own_id`, has one of these claims.
Task<atr::Result<std::set<std::string>>> FactsFinder::payments_under(std::set<std::string> claims,
                                                                     std::vector<atr::Key> payments,
                                                                     std::string own_id) {
    std::set<std::string> out;
    if (payments.empty()) co_return out;
    Task<atr::Result<std::vector<atr::Record>>> paying = store_.get(std::move(payments));
    const atr::Result<std::vector<atr::Record>> found = co_await paying;
    if (!found) co_return found.error();
    std::vector<atr::Key> keys;
    for (const auto& record : *found) {
        const atr::Result<Payment> payment = decode<Payment>(record);
        if (!payment) co_return payment.error();
        if (payment->invoice_id != own_id) keys.push_back({Invoice::collection, payment->invoice_id});
    }
    if (keys.empty()) co_return out;
    Task<atr::Result<std::vector<atr::Record>>> reading = store_.get(std::move(keys));
    const atr::Result<std::vector<atr::Record>> records = co_await reading;
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        const atr::Result<Invoice> invoice = decode<Invoice>(record);
        if (!invoice) co_return invoice.error();
        for (const auto& claim : claims_of(claim_subject(*invoice)))
            if (claims.contains(claim.key)) out.insert(invoice->payment_id);
    }
    co_return out;
}

}  // namespace treasurer::intake
