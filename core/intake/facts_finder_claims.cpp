// Who holds the claims of an invoice, and what follows from that.
#include "intake/facts_finder.hpp"

#include "intake/doubtful_closing.hpp"
#include "intake/earlier_attempts.hpp"
#include "intake/taken_claims.hpp"
#include "records/approval.hpp"
#include "runtime/mutation.hpp"

namespace treasurer::intake {

std::vector<Reason> Judgement::questions() const {
    std::vector<Reason> out;
    for (const auto& id : possible_duplicates)
        out.push_back({policy::duplicate_rule, policy::ask, policy::may_be_same_as(id)});
    if (!facts.rejected_as.empty())
        out.push_back({policy::duplicate_rule, policy::ask, policy::was_rejected_as(facts.rejected_as)});
    if (has_unnamed_holders)
        out.push_back({policy::duplicate_rule, policy::ask,
                       "more invoices of the same vendor, amount and date than are kept by name"});
    for (const auto& doubt : facts.doubts) out.push_back({policy::cross_checks_rule, policy::ask, doubt});
    if (facts.payee_differs) out.push_back({policy::payee_account_rule, policy::ask, policy::names_another_account});
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
    EarlierAttempts attempts(store_);
    Task<atr::Result<std::vector<std::string>>> doubting = attempts.doubts(known, std::move(ended));
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
    if (invoice && kind != ClaimKind::same_sum && known.facts.rejected_as.empty()) {
        Task<atr::Result<bool>> asking = was_rejected(*invoice);
        const atr::Result<bool> rejected = co_await asking;
        if (!rejected) co_return rejected.error();
        if (*rejected) known.facts.rejected_as = invoice->id;
    }
    const bool may_be_it = may_be_one(kind, known.is_numbered, holder.numbered);
    if (!invoice || has_ended_unpaid(*invoice) || mutated(Mutation::take_claims_from_the_living)) {
        if (invoice && may_be_it) {
            if (known.facts.ended_as.empty()) known.facts.ended_as = invoice->id;
            if (!invoice->payment_id.empty()) ended.insert(invoice->payment_id);
        }
        co_return atr::Result<>{};
    }
    held.superseded = false;
    if (is_question(kind)) {
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
    if (!has_ended_unpaid(ended) || ended.approval_id.empty()) co_return false;
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

}  // namespace treasurer::intake
