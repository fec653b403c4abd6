#include "simulation/persons.hpp"

#include "runtime/ids.hpp"

#include <algorithm>
#include <array>

namespace treasurer::simulation {
namespace {

constexpr unsigned most_tries = 3;
constexpr UnixMillis lifts_by_itself_ms = 60'000;         ///< if it does
constexpr std::array persons = {"rita", "rita", "paul"};  ///< the first tries alone

bool is_ended_unpaid(const Invoice& invoice) {
    return invoice.status == InvoiceStatus::failed || invoice.status == InvoiceStatus::cancelled ||
           invoice.status == InvoiceStatus::rejected;
}

}  // namespace

/// True: not too often yet.
bool Persons::begin(const std::string& what) {
    return ++begun_[what] <= most_tries;
}

bool Persons::have_found_every_invoice() {
    if (errands_.send_lost_ones_again(Millis{2000}) > 0) return false;
    const auto payments = around_.checks.all<Payment>();
    for (const auto& invoice : around_.checks.all<Invoice>()) {
        const auto payment = std::find_if(payments.begin(), payments.end(),
                                          [&](const auto& one) { return one.id == invoice.payment_id; });
        const bool is_known = std::any_of(payments.begin(), payments.end(), [&](const auto& one) {
            return one.amount == invoice.amount_due && one.state == PaymentState::settled;
        });
        if (payment != payments.end() && !is_known) see_to(invoice, *payment);
    }
    return errands_.all_told();
}

void Persons::see_to(const Invoice& invoice, const Payment& payment) {
    const bool moved = around_.bank.moved(id_digits(payment.id)) > 0;
    const bool is_paid = moved || around_.checks.paid(payment.amount.to_string()) > 0;
    const auto reject = [&] { errands_.have_approval_decided(payment.approval_id, "olga", false); };
    const auto record = [&] {
        errands_.ask_soon("record as paid elsewhere", [this, id = payment.id, turn = std::make_shared<unsigned>(0)](
                                                          Host& host) { return record_elsewhere(host, id, turn); });
    };
    if (payment.state == PaymentState::waiting_approval && is_paid) {
        // Rejected, the rail is asked for one that it may have paid; without funds to hold for it that cannot be done.
        if (begin(payment.id + " reject"))
            reject();
        else if (begin(payment.id + " withdraw"))
            record();
    } else if (!moved && is_paid && !is_final(payment.state)) {
        if (!payment.cancel_requested && begin(payment.id + " cancel")) errands_.have_cancelled(payment.id);
    } else if (!moved && is_paid && is_ended_unpaid(invoice) && begin(payment.id + " record")) {
        record();
    }
}

bool Persons::have_dealt_with(const reconcile::ReconciliationReport& report) {
    for (const auto& found : report.breaks) {
        if (found.kind == reconcile::kind::explained_came_back) {
            for (const auto& left : report.explained)
                if (left.payment_id == found.payment_id) have_decided(left, reconcile::action::book);
            continue;
        }
        const bool explain = random_.below(4) == 0;
        have_decided(found, explain ? reconcile::action::explained : reconcile::action::book);
    }
    return report.breaks.empty();
}

/// By two persons, where there is something to book: else its payment is under way.
void Persons::have_decided(const reconcile::Break& what, std::string action) {
    const auto open = reconcile::actions_of(what);
    const std::string id = reconcile::break_id(what);
    const bool may_book = std::find(open.begin(), open.end(), reconcile::action::book) != open.end();
    if (!may_book || !begin(id + ' ' + action)) return;
    dealt_ = true;
    errands_.ask_soon(action + ' ' + id, [this, id, action, turn = std::make_shared<unsigned>(0)](Host& host) {
        return vote(host, id, action, turn);
    });
}

Task<bool> Persons::vote(Host& host, std::string break_id, std::string action, std::shared_ptr<unsigned> turn) {
    while (*turn < persons.size()) {
        reconcile::BreakRequest request;
        request.break_id = break_id;
        request.action = action;
        request.reason = "as the bank says";
        request.by = persons.at(*turn);
        Task<reconcile::BreakResult> resolving = host.breaks.resolve(std::move(request));
        const reconcile::BreakResult result = co_await resolving;
        switch (result.kind) {
            case reconcile::BreakResultKind::proposed:
                ++*turn;
                break;
            case reconcile::BreakResultKind::resolved:
                if (*turn < 2) around_.checks.broken("one person decided alone", "break " + break_id);
                co_return true;
            case reconcile::BreakResultKind::not_found:
            case reconcile::BreakResultKind::not_open:
            case reconcile::BreakResultKind::not_open_to_it:
                co_return true;  // the next comparison tells
            case reconcile::BreakResultKind::not_entitled:
                around_.checks.broken("a person may not decide", "break " + break_id);
                co_return true;
            case reconcile::BreakResultKind::unavailable:
                co_return false;
        }
    }
    around_.checks.broken("two persons could not decide", "break " + break_id);
    co_return true;
}

Task<bool> Persons::record_elsewhere(Host& host, std::string payment_id, std::shared_ptr<unsigned> turn) {
    while (*turn < persons.size()) {
        payments::ResolveRequest request;
        request.payment_id = payment_id;
        request.outcome = payments::resolution::paid_elsewhere;
        request.reference = "as the bank says";
        request.by = persons.at(*turn);
        const auto payment = around_.checks.find<Payment>(payment_id);
        const bool has_ended = payment && is_final(payment->state);
        Task<payments::ResolveResult> recording =
            has_ended ? host.elsewhere.record(std::move(request)) : host.resolver.resolve(std::move(request));
        const payments::ResolveResult result = co_await recording;
        if (result.kind == payments::ResolveKind::unavailable) co_return false;
        if (result.kind != payments::ResolveKind::proposed) {
            const bool alone = result.kind == payments::ResolveKind::resolved && *turn < 2;
            if (alone) around_.checks.broken("one person decided alone", "payment " + payment_id);
            co_return true;
        }
        ++*turn;
    }
    around_.checks.broken("two persons could not decide", "payment " + payment_id);
    co_return true;
}

void Persons::release() {
    const UnixMillis now = around_.loop.unix_ms();
    if (waiting_since_ == 0) waiting_since_ = now;
    if (!dealt_ && now - waiting_since_ < lifts_by_itself_ms) return;
    errands_.ask_soon("release", [this](Host& host) { return release_at(host); });
}

Task<bool> Persons::release_at(Host& host) {
    Task<atr::Result<Quarantine>> releasing = host.quarantine.release("ada", "every invoice was found", "r", {});
    const atr::Result<Quarantine> released = co_await releasing;
    co_return released || released.outcome() == atr::Outcome::conflict;
}

}  // namespace treasurer::simulation
