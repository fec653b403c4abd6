/// The invoice desk: takes a document in, has it read, judges it, and commits what follows: a payment under way, a
/// person asked, or a refusal. Duplicates cannot slip between two hosts, because the claims are part of the commit.
#pragma once

#include "intake/facts_finder.hpp"
#include "intake/submission.hpp"
#include "payments/runner.hpp"
#include "ports/parser_port.hpp"

#include <vector>

namespace treasurer::intake {

struct DeskSettings {
    std::size_t max_text_bytes = 100 * 1024;
    Millis parse_timeout{5000};
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
        std::vector<ParserPort*> parsers;  ///< in the order in which they are asked
        const Clock& clock;
    };
    InvoiceDesk(Parts parts, DeskSettings settings) : parts_(std::move(parts)), settings_(settings) {}

    Task<SubmitResult> submit(Submission submission);

    /// Reads a document without storing or paying anything.
    Task<atr::Result<Reading>> read(Submission submission);

private:
    /// A step of submit(): nullopt means that what was known has changed, and must be judged again.
    using Step = Task<std::optional<SubmitResult>>;

    Step settle(Submission submission, Reading reading, std::string sha256);
    Step report_duplicate(Submission submission, Invoice invoice, Judgement known);
    Step refuse(Submission submission, Invoice invoice, Judgement known);
    Step ask_a_person(Submission submission, Invoice invoice, Judgement known);
    Step pay(Submission submission, Invoice invoice, Judgement known);

    Invoice invoice_from(const Submission& submission, const Reading& reading, const Judgement& known,
                         std::string sha256);
    void take_claims(UnitOfWork& unit, const Invoice& invoice, const Judgement& known) const;
    void guard_decision(UnitOfWork& unit, const Judgement& known) const;

    Parts parts_;
    const DeskSettings settings_;
};

/// The payment that `known` asks for: creditor and rail from the vendor master, never from the document.
Payment payment_for(const Invoice& invoice, const Judgement& known, std::string id, UnixMillis now_ms);

}  // namespace treasurer::intake
