/// Compares payments and invoices with the transfers that should be in the ledger because of them. Pure: no I/O.
#pragma once

#include "ledger/transfer.hpp"
#include "records/invoice.hpp"
#include "records/payment.hpp"

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace treasurer::reconcile {

/// Records in any order, each once, all as they were at one moment; what changed since is named by skip_payment().
/// Memory: a few hundred bytes a payment. Threads: one.
class PaymentProof {
public:
    void add(const ledger::Transfer& transfer);
    void add(const Payment& payment);
    void add(const Invoice& invoice);
    /// Nothing is said of this payment: it has changed while the others were read.
    void skip_payment(const std::string& payment_id) { skipped_.insert(payment_id); }

    /// Every disagreement in words, naming payment, invoice and transfer.
    std::vector<std::string> findings() const;

private:
    enum class End { none, posted, voided };
    struct Trail {
        std::string hold_id, hold;  ///< of the pending transfer: its id, and what it says
        std::string amount;         ///< of the payment
        PaymentState state = PaymentState::waiting_approval;
        std::string wanted;  ///< what the payment says its hold must say; empty: there is no such payment
        std::string invoice_id;
        InvoiceStatus invoice_status = InvoiceStatus::processing;
        bool has_invoice = false;
        bool moved = false;      ///< two persons have booked a movement of it, to its vendor
        std::string waits_with;  ///< while it waits for approval: the transfer that holds its funds, if any does
    };
    /// With an expiry, taken while people decide: see payments/waiting_hold.hpp.
    struct WaitingHold {
        std::string id, hold;
    };
    struct Ended {
        End end = End::none;
        std::string amount;
    };
    static std::string terms(const std::string& debit, const std::string& credit, const atr::Money& amount);
    void judge_waiting(const std::string& id, const Trail& trail, std::vector<std::string>& into) const;
    static void judge(const std::string& id, const Trail& trail, const Ended& ended, std::vector<std::string>& into);

    std::unordered_map<std::string, Trail> trails_;            ///< by payment id
    std::unordered_multimap<std::string, WaitingHold> waits_;  ///< by payment id
    std::unordered_map<std::string, Ended> ends_;              ///< by the id of the hold that ends
    std::unordered_set<std::string> skipped_;
};

}  // namespace treasurer::reconcile
