#include "intake/taken_claims.hpp"

#include "runtime/mutation.hpp"

#include <set>

namespace treasurer::intake {
namespace {

/// Invoices that ended unpaid and were this very one: whoever asks about them is answered by it.
std::set<std::string> replaced_by(const Judgement& known) {
    std::set<std::string> out;
    for (const auto& held : known.claims)
        if (held.claim.taken && held.superseded && !is_question(held.claim.kind))
            out.insert(held.record->holders.front().invoice_id);
    return out;
}

}  // namespace

ClaimSubject claim_subject(const Invoice& invoice) {
    ClaimSubject out;
    out.document_sha256 = invoice.document_sha256;
    if (!invoice.vendor_id.empty()) out.vendors.push_back(invoice.vendor_id);
    out.vendors.push_back("~" + vendor_normal_form(invoice.vendor_name));
    out.own = out.vendors.size();
    out.invoice_number = invoice.invoice_number;
    out.issue_date = invoice.issue_date;
    out.amount = invoice.amount_due;
    return out;
}

bool has_ended_unpaid(const Invoice& invoice) {
    return invoice.status == InvoiceStatus::failed || invoice.status == InvoiceStatus::cancelled ||
           invoice.status == InvoiceStatus::rejected;
}

void take_claims(UnitOfWork& unit, const Invoice& invoice, const Judgement& known) {
    if (mutated(Mutation::skip_the_claims)) return;
    const ClaimHolder self{invoice.id, !invoice.invoice_number.empty()};
    const std::set<std::string> replaced = replaced_by(known);
    for (const auto& held : known.claims) {
        // Nobody has joined those that hold it, and none that ended unpaid has become paid elsewhere.
        const auto check = [&] { unit.check(ClaimRecord::collection, held.record->id, held.record->version, "claim"); };
        if (!held.claim.taken) {
            if (held.record) check();
            continue;
        }
        if (!held.record) {
            unit.create(ClaimRecord{held.claim.key, {self}}, "claim");
            continue;
        }
        // One's own is written anew: of two that may be the same, and are approved at one moment, one has to look
        // again.
        if (held.record->is_held_by(invoice.id)) {
            unit.update(*held.record, "claim");
            continue;
        }
        // Beside one that is alive its number tells it apart; who comes without one is asked about in any case. One
        // that a person pays is named, as long as there is room: those that wait have not been told of it.
        const bool has_room = held.record->holders.size() < ClaimRecord::most_holders;
        const bool is_to_be_named = !known.own_id.empty() && has_room;
        if (held.claim.kind == ClaimKind::same_sum && self.numbered && !held.superseded && !is_to_be_named) {
            check();
            continue;
        }
        ClaimRecord record = *held.record;
        std::erase_if(record.holders, [&](const ClaimHolder& holder) { return replaced.contains(holder.invoice_id); });
        record.add(self);
        unit.update(record, "claim");
    }
    for (const auto& [id, version] : known.waiting) unit.check(Invoice::collection, id, version, "claim");
}

void renew_claims(UnitOfWork& unit, const Invoice& invoice, const Judgement& known) {
    for (const auto& held : known.claims)
        if (held.record && held.record->is_held_by(invoice.id)) unit.update(*held.record, "claim");
}

}  // namespace treasurer::intake
