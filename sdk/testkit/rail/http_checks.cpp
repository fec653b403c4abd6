// Rails over the host's HTTP service: what goes wrong between them and what moves money. Under each fault the money
// moves at most once, nothing that may have arrived is said to be "not applied", and no reply ends what did not happen.
#include "rail/client.hpp"
#include "rail/tables.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;
using atr::RailState;
using Status = atr::Result<atr::RailStatus>;

std::string said_by(const Status& status) {
    if (!status) return to_text(status.error());
    return "state " + std::to_string(static_cast<int>(status->state)) + (status->is_final ? ", final" : ", not final");
}

class HttpRail {
public:
    /// Skips where nothing of a whole payment goes over the host's HTTP service.
    explicit HttpRail(Context& t) : rail(t), known(rail.payment()), known_blob(rail.prepared(known)) {
        whatever(rail.pay(known, known_blob));
        need_declared(service().requests() > 0, "atr.http/1");
        known_settled = rail.is_settled(known);
    }

    HttpService& service() { return rail.instance().host().http(); }
    Status submit_under(HttpFault fault, const atr::RailPayment& payment, const std::string& blob) {
        service().set(fault);
        auto out = rail.submit(payment, blob);
        service().set(HttpFault::none);
        return out;
    }
    Status lookup_under(HttpFault fault, const atr::RailPayment& payment, const std::string& blob) {
        service().set(fault);
        auto out = rail.lookup(payment, {blob});
        service().set(HttpFault::none);
        return out;
    }
    /// A settled payment is not lost from sight because a lookup goes wrong.
    void lookup_stays_true(HttpFault fault) {
        if (!known_settled) return;
        const auto seen = lookup_under(fault, known, known_blob);
        const bool denies = seen ? seen->state == RailState::never_received || seen->state == RailState::failed ||
                                       seen->state == RailState::cancelled
                                 : seen.outcome() == Outcome::not_found;
        expect(!denies,
               std::string("lookup of a settled payment, with ") + to_string(fault) +
                   ", says settled or that it does not know",
               said_by(seen));
    }
    /// What a careful host does next; then the books are counted.
    void end_well(const atr::RailPayment& payment, const std::string& blob, HttpFault fault) {
        const auto seen = rail.resolved(payment, blob);
        if (seen.state == RailState::never_received && rail.facts().idempotent && !seen.is_final)
            whatever(rail.pay(payment, blob));
        rail.need_paid(payment, rail.is_settled(payment) ? 1 : 0, std::string("a payment with ") + to_string(fault));
    }

    RailClient rail;
    const atr::RailPayment known;
    const std::string known_blob;
    bool known_settled = false;
};

bool says_refused(const Status& answer) {
    if (!answer) return answer.outcome() == Outcome::rejected || answer.outcome() == Outcome::conflict;
    return answer->is_final && answer->state != RailState::settled;
}

bool says_settled(const Status& answer) {
    return answer && answer->is_final && answer->state == RailState::settled;
}

/// It may have arrived: nothing may say that it was not applied.
void need_doubt(const Status& answer, HttpFault fault) {
    expect(!says_refused(answer) && answer.outcome() != Outcome::retry,
           std::string("a submit with ") + to_string(fault) + " is UNKNOWN: it may have arrived", said_by(answer));
}

void need_not_settled(const Status& answer, const std::string& what) {
    expect(!says_settled(answer), what + " is not settled: nothing has arrived", said_by(answer));
}

void unsent(Context& t) {
    HttpRail at(t);
    const auto payment = at.rail.payment();
    const auto blob = at.rail.prepared(payment);
    const auto answer = at.submit_under(HttpFault::not_sent, payment, blob);
    expect(!says_refused(answer), "a submit that did not leave is RETRY, not refused: it can be paid later",
           said_by(answer));
    need_not_settled(answer, "a submit that did not leave");
    at.rail.need_paid(payment, 0, "a payment whose submit did not leave");
    at.lookup_stays_true(HttpFault::not_sent);
    at.end_well(payment, blob, HttpFault::not_sent);
}

void reply_lost(Context& t) {
    HttpRail at(t);
    for (int i = 0; i < t.scale(2, 5); ++i) {
        const auto payment = at.rail.payment();
        const auto blob = at.rail.prepared(payment);
        need_doubt(at.submit_under(HttpFault::reply_dropped, payment, blob), HttpFault::reply_dropped);
        at.end_well(payment, blob, HttpFault::reply_dropped);
    }
    at.lookup_stays_true(HttpFault::reply_dropped);
}

void arrives_late(Context& t) {
    HttpRail at(t);
    for (const bool again_before : {true, false}) {
        const auto payment = at.rail.payment();
        const auto blob = at.rail.prepared(payment);
        need_doubt(at.submit_under(HttpFault::late, payment, blob), HttpFault::late);
        const auto seen = at.rail.lookup(payment, {blob});
        const bool ended = says_refused(seen);
        const bool repeats = seen && seen->state == RailState::never_received && !seen->is_final &&
                             at.rail.facts().idempotent && again_before;
        if (repeats) whatever(at.rail.pay(payment, blob));
        at.service().deliver_late();
        if (ended)
            at.rail.need_paid(payment, 0,
                              "a payment that lookup had ended (" + said_by(seen) + "), whose submit then arrived");
        else
            at.end_well(payment, blob, HttpFault::late);
    }
}

void arrives_twice(Context& t) {
    HttpRail at(t);
    need_declared(at.rail.facts().idempotent, "idempotent");
    const auto payment = at.rail.payment();
    const auto blob = at.rail.prepared(payment);
    whatever(at.submit_under(HttpFault::sent_twice, payment, blob));
    at.end_well(payment, blob, HttpFault::sent_twice);
}

void lying_replies(Context& t) {
    HttpRail at(t);
    for (const auto fault : {HttpFault::body_cut, HttpFault::earlier_reply, HttpFault::alien_reply}) {
        const auto payment = at.rail.payment();
        const auto blob = at.rail.prepared(payment);
        const auto answer = at.submit_under(fault, payment, blob);
        if (fault != HttpFault::body_cut) need_not_settled(answer, std::string("a submit with ") + to_string(fault));
        need_doubt(answer, fault);
        at.end_well(payment, blob, fault);
    }
    const auto never = at.rail.payment();
    const auto blob = at.rail.prepared(never);
    whatever(at.rail.lookup(at.known, {at.known_blob}));  // so that the reply given next is of a settled payment
    need_not_settled(at.lookup_under(HttpFault::earlier_reply, never, blob),
                     "a lookup of what was never submitted, with the reply about another payment,");
    for (const auto fault : {HttpFault::body_cut, HttpFault::alien_reply}) at.lookup_stays_true(fault);
}

void error_statuses(Context& t) {
    HttpRail at(t);
    for (const auto fault : {HttpFault::status_500, HttpFault::status_429, HttpFault::redirected}) {
        const auto payment = at.rail.payment();
        const auto blob = at.rail.prepared(payment);
        const auto answer = at.submit_under(fault, payment, blob);
        if (fault == HttpFault::status_500)
            need_doubt(answer, fault);
        else
            need_not_settled(answer, std::string("a submit with ") + to_string(fault));
        if (fault == HttpFault::status_429)
            expect(!says_refused(answer), "a submit with status 429 can be paid later", said_by(answer));
        at.end_well(payment, blob, fault);
        at.lookup_stays_true(fault);
    }
}

}  // namespace

Checks rail_http_checks() {
    return {
        {"ATR-RAIL-060", "A request that did not leave moves nothing, and is no refusal.",
         "The host sends the payment again; a refusal would end an invoice that can be paid.",
         "An outcome of the HTTP service read as a refusal by the bank, or not looked at.",
         "Pass on the outcome that the HTTP service gave: RETRY means that nothing left.", unsent},
        {"ATR-RAIL-061", "Where a request was sent and no reply came, submit() says UNKNOWN.",
         "RETRY or REJECTED would free the funds, or pay again, while the bank has paid.",
         "Every error of HTTP mapped to RETRY.", "UNKNOWN stays UNKNOWN; lookup() tells later.", reply_lost},
        {"ATR-RAIL-062",
         "A request that arrives late costs no second payment, and does not arrive where lookup() said the end.",
         "A time-out ends the wait, not the request: it may lie in a queue for minutes.",
         "\"Not found\" at the bank read as the end, or a fresh key for each attempt.",
         "The payment_id as the bank's key; never_received is final only if the bank would refuse it from now on.",
         arrives_late},
        {"ATR-RAIL-063", "On an idempotent rail, a request that arrives twice moves money once.",
         "Proxies and clients repeat requests when a connection breaks.",
         "A key that is made for each request, or a bank that is believed to know duplicates.",
         "Send the payment_id as the idempotency key that the bank honours.", arrives_twice},
        {"ATR-RAIL-064", "A reply that is cut, of another request or of somebody in between ends nothing.",
         "is_final moves the ledger: the books would say paid, or not paid, by mistake.",
         "A status of 200 taken for success, or a reply whose payment_id and amount are not compared.",
         "Read the whole body, compare its payment_id, and say UNKNOWN where it does not tell.", lying_replies},
        {"ATR-RAIL-065", "An error status is no verdict on the payment.",
         "A bank that fails after it has paid answers 500, and one that is busy 429.",
         "status >= 400 mapped to REJECTED, or < 400 to settled.",
         "Only a reply that names the payment and its refusal refuses; 5xx is UNKNOWN, 429 RETRY, a redirect no "
         "success.",
         error_statuses},
    };
}

}  // namespace atr::testkit
