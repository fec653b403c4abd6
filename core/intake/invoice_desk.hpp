/// The invoice desk: takes a document in, has it read, judges it, and commits what follows: a payment under way, a
/// person asked, or a refusal. Duplicates cannot slip between two hosts, because the claims are part of the commit.
#pragma once

#include "intake/document_reader.hpp"
#include "intake/effect.hpp"
#include "intake/facts_finder.hpp"
#include "intake/submission.hpp"
#include "payments/runner.hpp"

namespace treasurer::intake {

struct DeskSettings {
    unsigned tries = 6;  ///< decisions made again because a claim, the policy or the funds changed meanwhile
};

/// Threads: any. Errors: in SubmitResult. Must outlive its tasks.
class InvoiceDesk {
public:
    struct Parts {
        Store& store;
        FactsFinder& facts;
        payments::Saga& saga;
        payments::Runner& runner;
        DocumentReader& reader;
        const Clock& clock;
        Effect effect = Effect::lasting;  ///< none: `store` is a Rehearsal's, and nothing follows from a commit
    };
    InvoiceDesk(Parts parts, DeskSettings settings) : parts_(parts), settings_(settings) {}

    Task<SubmitResult> submit(Submission submission);

    /// What became of an invoice that was taken in, as submit() tells it.
    Task<SubmitResult> standing(std::string invoice_id);

private:
    /// A step of submit(), which keeps what it is given: nullopt means that what was known has changed, and must be
    /// judged again.
    using Step = Task<std::optional<SubmitResult>>;

    Step settle(const Submission& submission, const Reading& reading, std::uint64_t document_expect);
    Step report_duplicate(const Submission& submission, Invoice invoice, Judgement known);
    Step refuse(const Submission& submission, Invoice invoice, Judgement known);
    Step ask_a_person(const Submission& submission, Invoice invoice, Judgement known);
    Step pay(const Submission& submission, Invoice invoice, Judgement known);

    Invoice invoice_from(const Submission& submission, const Reading& reading, const Judgement& known);
    void guard_decision(UnitOfWork& unit, const Judgement& known) const;

    Parts parts_;
    const DeskSettings settings_;
};

/// The payment that `known` asks for: creditor and rail from the vendor master, never from the document.
Payment payment_for(const Invoice& invoice, const Judgement& known, std::string id, UnixMillis now_ms);

}  // namespace treasurer::intake
