#include "policy/policy.hpp"

#include <algorithm>

namespace treasurer::policy {
namespace {

/// a / b to four decimals, not above it: exact enough, and within the digits that there are.
std::optional<atr::Decimal> quotient_below(const atr::Decimal& a, const atr::Decimal& b) {
    const auto rounded = a.divided_by(b, 4);
    const auto back = rounded ? rounded->times(b) : std::nullopt;
    if (!back || *back <= a) return back ? rounded : back;
    return rounded->minus(*atr::Decimal::from_units(1, 4));
}

using Rule = Reason (*)(const Policy&, const Facts&);

Reason document_type(const Policy&, const Facts& facts) {
    switch (facts.document_type) {
        case DocumentType::invoice:
            return {"document_type", pass, "it is an invoice"};
        case DocumentType::credit_note:
            return {"document_type", refuse, "a credit note asks for no payment"};
        case DocumentType::reminder:
            return {"document_type", ask, "a reminder: the invoice itself is not on file"};
        case DocumentType::other:
            return {"document_type", ask, "it calls itself " + facts.document_type_name + ", not an invoice"};
    }
    return {"document_type", ask, "of unknown type"};
}

Reason amount(const Policy&, const Facts& facts) {
    if (facts.amount.amount.is_negative()) return {"amount", refuse, "the amount due is negative"};
    if (facts.amount.amount.is_zero()) return {"amount", refuse, "nothing is due"};
    if (!facts.amount_fits_asset)
        return {"amount", hold,
                "the amount has more decimals, or more digits, than " + facts.amount.asset + " can be paid in"};
    return {"amount", pass, facts.amount.to_string() + " is due"};
}

Reason rail(const Policy&, const Facts& facts) {
    if (facts.rail_known) return {"rail", pass, "a payment rail for " + facts.amount.asset + " is configured"};
    return {"rail", hold,
            "no payment rail for " + facts.amount.asset + " is configured; nothing is converted silently"};
}

Reason vendor(const Policy&, const Facts& facts) {
    if (facts.vendor_known) return {"vendor", pass, facts.vendor_name + " is in the vendor master"};
    return {"vendor", hold, "'" + facts.vendor_name + "' is not in the vendor master: an unknown vendor is never paid"};
}

Reason payee_account(const Policy&, const Facts& facts) {
    const char* const rule = payee_account_rule;
    const std::string besides = facts.payee_differs ? std::string("; ") + names_another_account : std::string();
    if (!facts.vendor_known) return {rule, pass, "there is no vendor whose payee account could be looked at"};
    if (!facts.payee_account_known)
        return {rule, hold, "the vendor master has no account of this vendor for " + facts.amount.asset + besides};
    if (facts.payee_cooling_off)
        return {rule, hold, "the vendor's account was changed lately and is still cooling off" + besides};
    if (facts.payee_differs) return {rule, ask, names_another_account};
    return {rule, pass, "payee account taken from the vendor master"};
}

Reason invoice_number(const Policy&, const Facts& facts) {
    if (facts.invoice_number_known) return {"invoice_number", pass, "it has an invoice number"};
    return {"invoice_number", ask, "no invoice number was found"};
}

Reason confidence(const Policy& policy, const Facts& facts) {
    const auto percent = [](std::uint32_t bp) { return std::to_string(bp / 100) + " %"; };
    if (facts.confidence_bp >= policy.min_confidence_bp)
        return {"confidence", pass,
                "everything was read with at least " + percent(facts.confidence_bp) + " confidence"};
    return {"confidence", ask,
            facts.least_confident_field + " was read with " + percent(facts.confidence_bp) + " confidence, below " +
                percent(policy.min_confidence_bp) +
                (facts.parser_remarks.empty() ? "" : "; the parser says: " + facts.parser_remarks)};
}

Reason cross_checks(const Policy&, const Facts& facts) {
    if (facts.doubts.empty())
        return {cross_checks_rule, pass, "the evidence stands in the document, and nothing in it contradicts"};
    std::string all;
    for (const auto& doubt : facts.doubts) all += (all.empty() ? "" : "; ") + doubt;
    return {cross_checks_rule, ask, all};
}

Reason duplicate(const Policy&, const Facts& facts) {
    if (!facts.same_as.empty()) return {duplicate_rule, refuse, "the same invoice as " + facts.same_as};
    std::string questions;
    if (!facts.rejected_as.empty()) questions = was_rejected_as(facts.rejected_as);
    if (!facts.possible_duplicate_of.empty())
        questions += (questions.empty() ? "" : "; ") + may_be_same_as(facts.possible_duplicate_of);
    if (!questions.empty()) return {duplicate_rule, ask, questions};
    if (!facts.ended_as.empty())
        return {duplicate_rule, pass, "submitted before as " + facts.ended_as + ", which ended unpaid"};
    return {duplicate_rule, pass, "not seen before"};
}

Reason auto_approval_limit(const Policy& policy, const Facts& facts) {
    const atr::Money limit(policy.auto_approval_limit, policy.asset);
    if (facts.amount.asset != policy.asset)
        return {"auto_approval_limit", ask,
                "the limit of " + limit.to_string() + " says nothing of " + facts.amount.asset};
    if (facts.amount.amount > limit.amount)
        return {"auto_approval_limit", ask, facts.amount.to_string() + " is above the limit of " + limit.to_string()};
    if (const unsigned persons = policy.approvals_for(facts.amount); persons > 1)
        return {"auto_approval_limit", ask,
                facts.amount.to_string() + " needs the approval of " + std::to_string(persons) + " persons"};
    return {"auto_approval_limit", pass, "within the limit of " + limit.to_string()};
}

Reason funds(const Policy&, const Facts& facts) {
    if (!facts.rail_known) return {"funds", pass, "there is no rail whose funds could be looked at"};
    if (!facts.funds_known) return {"funds", hold, "the available funds are not known"};
    if (facts.amount.amount > facts.available)
        return {"funds", hold, "only " + atr::Money(facts.available, facts.amount.asset).to_string() + " is available"};
    return {"funds", pass, "funds are available"};
}

bool has_runway(const Policy& policy, const Facts& facts) {
    return facts.funds_known && facts.amount.asset == policy.asset;
}

Reason critical_runway(const Policy& policy, const Facts& facts) {
    return runway(policy, facts, facts.amount.amount);
}

Reason emergency_pause(const Policy& policy, const Facts&) {
    if (policy.paused) return {"pause", hold, "payments are paused"};
    return {"pause", pass, "payments are not paused"};
}

Reason quarantine(const Policy&, const Facts& facts) {
    if (facts.quarantined)
        return {"quarantine", hold, "the store is in quarantine: nothing is sent until it agrees with the rails"};
    return {"quarantine", pass, "the store is not in quarantine"};
}

/// The first that asks is the reason that is told in one line: that a person said no before outweighs what is doubtful.
constexpr Rule rules[] = {duplicate,     document_type,   amount,          rail,         vendor,
                          payee_account, invoice_number,  confidence,      cross_checks, auto_approval_limit,
                          funds,         critical_runway, emergency_pause, quarantine};

std::string trace_of(const Decision& decision) {
    std::string out;
    out.reserve(1024);
    for (const auto& reason : decision.reasons) out.append(reason.detail).append(". ");
    return out.append(decision.outcome == Outcome::pay   ? "Decision: pay."
                      : decision.outcome == Outcome::ask ? "Decision: ask a person."
                                                         : "Decision: refuse.");
}

}  // namespace

std::string_view to_string(Outcome outcome) {
    switch (outcome) {
        case Outcome::pay:
            return "pay";
        case Outcome::ask:
            return "ask";
        case Outcome::refuse:
            return "refuse";
    }
    return "ask";
}

std::optional<atr::Decimal> burn_after(const Facts& facts, const atr::Decimal& taken) {
    const auto more = facts.burn_rise.times(taken);
    const auto paid = more ? facts.burn_paid.plus(*more) : std::nullopt;
    return paid ? std::max(*paid, facts.burn_floor) : paid;
}

Reason runway(const Policy& policy, const Facts& facts, const atr::Decimal& taken) {
    const char* const rule = "critical_runway";
    if (!has_runway(policy, facts)) return {rule, pass, "no burn to compare with"};
    const auto left = facts.available.minus(taken), burn = burn_after(facts, taken);
    if (burn && burn->is_zero()) return {rule, pass, "no burn to compare with"};
    const auto needed = burn ? policy.critical_runway_months.times(*burn) : std::nullopt;
    const auto months = left && burn ? left->divided_by(*burn, 1) : std::nullopt;
    if (!months || !needed) return {rule, ask, "the runway cannot be computed"};
    const std::string words = "it leaves a runway of " + months->to_string() + " months";
    if (*left >= *needed) return {rule, pass, words};
    if (*months < policy.critical_runway_months)
        return {rule, ask, words + ", below " + policy.critical_runway_months.to_string()};
    const auto money = [&](const atr::Decimal& amount) { return atr::Money(amount, policy.asset).to_string(); };
    return {rule, ask,  // rounded, the two are the same
            "it leaves " + money(*left) + ", and a runway of " + policy.critical_runway_months.to_string() +
                " months takes " + money(*needed)};
}

atr::Decimal least_left(const Policy& policy, const Facts& facts, const atr::Decimal& taken) {
    if (!has_runway(policy, facts)) return atr::Decimal{};
    // Others may take D: left - D >= critical * max(floor, paid + rise * (taken + D)).
    const atr::Decimal& critical = policy.critical_runway_months;
    const atr::Decimal left = facts.available.minus(taken).value_or(facts.available);
    const auto by_floor = critical.times(facts.burn_floor), more = facts.burn_rise.times(taken);
    const auto paid = more ? facts.burn_paid.plus(*more) : std::nullopt;
    const auto by_paid = paid ? critical.times(*paid) : std::nullopt, rise = critical.times(facts.burn_rise);
    const auto above_floor = by_floor ? left.minus(*by_floor) : std::nullopt;
    const auto above_paid = by_paid ? left.minus(*by_paid) : std::nullopt;
    const auto share = rise ? rise->plus(1) : std::nullopt;
    const auto beside = above_paid && share ? quotient_below(*above_paid, *share) : std::nullopt;
    if (!above_floor || !beside) return left;
    return left.minus(std::max(std::min(*above_floor, *beside), atr::Decimal{})).value_or(left);
}

Decision decide(const Policy& policy, const Facts& facts) {
    Decision out;
    out.outcome = Outcome::pay;
    for (Rule rule : rules) {
        Reason reason = rule(policy, facts);
        if (reason.result == refuse)
            out.outcome = Outcome::refuse;
        else if (reason.result != pass && out.outcome == Outcome::pay)
            out.outcome = Outcome::ask;
        out.reasons.push_back(std::move(reason));
    }
    out.thought = trace_of(out);
    return out;
}

void Decision::object(Reason reason) {
    if (outcome == Outcome::pay) outcome = Outcome::ask;
    reasons.push_back(std::move(reason));
    thought = trace_of(*this);
}

std::string Decision::main_reason() const {
    const auto weight = [](const Reason& reason) {
        return reason.result == refuse ? 3 : reason.result == hold ? 2 : reason.result == ask ? 1 : 0;
    };
    const auto worst = std::max_element(reasons.begin(), reasons.end(),
                                        [&](const Reason& a, const Reason& b) { return weight(a) < weight(b); });
    return worst == reasons.end() || weight(*worst) == 0 ? std::string() : worst->detail;
}

std::string may_be_same_as(const std::string& invoice_id) {
    return "same vendor, amount and date as invoice " + invoice_id;
}

std::string was_rejected_as(const std::string& invoice_id) {
    return "a person rejected this invoice before, as " + invoice_id;
}

std::vector<Reason> Decision::obstacles() const {
    std::vector<Reason> out;
    for (const auto& reason : reasons)
        if (reason.result == hold || reason.result == refuse) out.push_back(reason);
    return out;
}

}  // namespace treasurer::policy
