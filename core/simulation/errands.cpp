#include "simulation/errands.hpp"

#include "records/idempotency.hpp"
#include "runtime/ids.hpp"

#include <charconv>

namespace treasurer::simulation {
namespace {

constexpr Millis client_patience{30'000};
constexpr unsigned most_resubmissions = 2;
constexpr unsigned keyed_changes = 2;
constexpr unsigned most_looks = 60;  ///< for a payment that is about to begin, one every 5 ms

std::string amount_of(unsigned number, bool large) {
    const std::string cents = (number < 10 ? "0" : "") + std::to_string(number);
    return std::to_string((large ? 600 : 20) + 7 * number) + "." + cents;
}

std::string invoice_text(unsigned number, bool large, const std::string& extra) {
    return "seller.name: Acme Hosting\namount_due: " + amount_of(number, large) + "\ncurrency: " + the_asset +
           "\nissue_date: 2026-11-01\ninvoice_number: INV-" + std::to_string(number) + "\n" + extra;
}

/// As the parser will read it.
std::string invoice_amount(const std::string& text) {
    constexpr std::string_view before = "amount_due: ";
    const std::size_t at = text.find(before) + before.size();
    return atr::Money::parse(text.substr(at, text.find('\n', at) - at), the_asset)->to_string();
}

}  // namespace

Errands::Errands(Surroundings around, std::function<Host*()> any_host)
    : around_(around), any_host_(std::move(any_host)), random_(around.plan.seed ^ 0x65727261U) {}

void Errands::plan() {
    for (unsigned i = 0; i < around_.plan.invoices; ++i) plan_invoice(i);
    if (around_.plan.has(Trouble::pauses))
        for (int i = 0; i < 3; ++i) {
            const Millis at = some_time(around_.plan.troubled);
            ask_after(at, "pause", [this](Host& host) { return pause(host, true); });
            ask_after(at + some_time(Millis{5000}), "go on", [this](Host& host) { return pause(host, false); });
        }
    for (unsigned i = 0; i < keyed_changes; ++i)
        ask_after(some_time(around_.plan.troubled), "change an account under a key",
                  [this, key = "key-" + std::to_string(i)](Host& host) { return change_account(host, key); });
    for (unsigned i = 0; i < around_.plan.invoices; ++i)
        ask_after(some_time(around_.plan.troubled), "look", [this](Host& host) { return look(host); });
}

void Errands::plan_invoice(unsigned number) {
    const bool large = random_.below(3) == 0;
    const std::string text = invoice_text(number, large, {});
    const Millis at = some_time(around_.plan.troubled * 3 / 4);
    const auto submit_this = [this](const std::string& what, Millis when, std::string body) {
        ask_after(when, what, [this, body, left = std::make_shared<unsigned>(most_resubmissions)](Host& host) {
            return submit(host, body, left);
        });
    };
    submit_this("submit " + std::to_string(number), at, text);
    if (around_.plan.has(Trouble::cancels) && random_.below(3) == 0)
        around_.loop.after(at, the_world, [this, amount = amount_of(number, large)] {
            cancel_at_once(*atr::Money::parse(amount, the_asset), most_looks);
        });
    if (!around_.plan.has(Trouble::twins) || random_.below(2) == 0) return;
    const bool other_bytes = random_.below(2) == 0;
    submit_this("submit the twin of " + std::to_string(number),
                random_.below(2) == 0 ? at : at + some_time(Millis{3000}),
                other_bytes ? invoice_text(number, large, "note: a copy\n") : text);
}

/// As soon as Commit A is made, or soon after: that falls before, into and after the send.
void Errands::cancel_at_once(atr::Money amount, unsigned looks) {
    for (const auto& payment : around_.checks.all<Payment>())
        if (payment.amount == amount && !is_final(payment.state) && payment.state != PaymentState::waiting_approval)
            return ask_after(some_time(Millis{30}), "cancel at once",
                             [this, id = payment.id](Host& host) { return cancel(host, id); });
    if (looks == 0) return;
    around_.loop.after(Millis{5}, the_world,
                       [this, amount = std::move(amount), looks] { cancel_at_once(amount, looks - 1); });
}

void Errands::calm_down() {
    calm_ = true;
    if (around_.plan.has(Trouble::pauses)) go_on();
    for (int i = 0; i < 20; ++i) ask_after(Millis{1500} * i, "look", [this](Host& host) { return look(host); });
}

void Errands::go_on() {
    ask_after(Millis{0}, "go on", [this](Host& host) { return pause(host, false); });
}

void Errands::have_decided(const std::string& payment_id, bool paid) {
    ask_after(some_time(Millis{1000}), "resolve",
              [this, payment_id, paid, turn = std::make_shared<unsigned>(0)](Host& host) {
                  return resolve(host, payment_id, paid, turn);
              });
}

unsigned Errands::send_lost_ones_again(Millis within) {
    std::map<std::string, std::string> lost = told_of_;
    for (const auto& invoice : around_.checks.all<Invoice>()) lost.erase(invoice.amount_due.to_string());
    for (const auto& [amount, text] : lost) {
        told_of_.erase(amount);
        ask_after(some_time(within), "submit what is lost",
                  [this, text = text, left = std::make_shared<unsigned>(most_resubmissions)](Host& host) {
                      return submit(host, text, left);
                  });
    }
    return static_cast<unsigned>(lost.size());
}

void Errands::have_approval_decided(const std::string& approval_id, std::string by, bool approve) {
    const std::string what = (approve ? "approve by " : "reject by ") + by;
    ask_soon(what, [this, approval_id, word = Word{std::move(by), approve}, tries = std::make_shared<unsigned>(6)](
                       Host& host) { return decide(host, approval_id, word, tries); });
}

void Errands::have_cancelled(const std::string& payment_id) {
    ask_soon("cancel", [this, payment_id](Host& host) { return cancel(host, payment_id); });
}

std::string Errands::open() const {
    std::string out;
    for (const auto& errand : errands_)
        if (!errand->told) out += (out.empty() ? "" : ", ") + errand->what;
    return out;
}

void Errands::ask_after(Millis time, std::string what, std::function<Task<bool>(Host&)> run) {
    auto errand = std::make_shared<Errand>();
    errand->what = std::move(what);
    errand->run = std::move(run);
    errands_.push_back(errand);
    ++open_;
    around_.loop.after(time, the_world, [this, errand] { ask(errand); });
}

void Errands::ask(std::shared_ptr<Errand> errand) {
    if (errand->told) return;
    const unsigned turn = ++errand->turn;
    Host* const host = any_host_();
    if (host)
        around_.loop.after(some_time(Millis{20}), host->who(),
                           [this, host, errand] { host->scope.spawn(serve(*host, errand, *this)); });
    around_.loop.after(host ? client_patience : Millis{1000}, the_world, [this, errand, turn] {
        if (errand->turn == turn) ask(errand);
    });
}

Task<> Errands::serve(Host& host, std::shared_ptr<Errand> errand, Errands& self) {
    Task<bool> running = errand->run(host);
    const bool told = co_await running;
    if (errand->told) co_return;
    if (told) {
        errand->told = true;
        --self.open_;
        co_return;
    }
    const unsigned turn = ++errand->turn;
    self.around_.loop.after(Millis{500} + self.some_time(Millis{1000}), the_world, [&self, errand, turn] {
        if (errand->turn == turn) self.ask(errand);
    });
}

/// What a host says may be lost on its way to who asked.
bool Errands::heard() {
    return calm_ || random_.below(1000) >= around_.plan.per_mille;
}

Task<bool> Errands::submit(Host& host, std::string text, std::shared_ptr<unsigned> resubmissions) {
    intake::Submission submission;
    submission.bytes = std::make_shared<const std::string>(std::move(text));
    submission.submitted_by = "sue";
    submission.wait = Millis{3000};
    const auto bytes = submission.bytes;
    Task<intake::SubmitResult> submitting = host.invoices.submit(std::move(submission));
    const intake::SubmitResult result = co_await submitting;
    if (!heard()) co_return false;
    const bool is_told = told(result, *bytes, resubmissions);
    if (is_told) told_of_.insert_or_assign(invoice_amount(*bytes), *bytes);
    co_return is_told;
}

bool Errands::told(const intake::SubmitResult& result, const std::string& text,
                   const std::shared_ptr<unsigned>& resubmissions) {
    Checks& checks = around_.checks;
    switch (result.kind) {
        case intake::SubmitKind::paid:
            checks.acknowledged(result.invoice.id);
            if (around_.bank.moved(id_digits(result.payment.id)) == 0)
                checks.broken("told paid, and not paid", "payment " + result.payment.id);
            return true;
        case intake::SubmitKind::processing:
            checks.acknowledged(result.invoice.id);
            if (around_.plan.has(Trouble::cancels) && random_.below(2) == 0)
                ask_after(some_time(Millis{4000}), "cancel",
                          [this, id = result.payment.id](Host& host) { return cancel(host, id); });
            return true;
        case intake::SubmitKind::waiting_approval: {
            checks.acknowledged(result.invoice.id);
            const bool approve = random_.below(4) != 0;
            const Millis at = some_time(Millis{6000});
            const auto ask_person = [&](Millis when, std::string by, bool yes) {
                ask_after(
                    when, (yes ? "approve by " : "reject by ") + by,
                    [this, id = result.invoice.approval_id, word = Word{by, yes},
                     tries = std::make_shared<unsigned>(6)](Host& host) { return decide(host, id, word, tries); });
            };
            ask_person(at, "anna", approve);
            if (around_.plan.has(Trouble::twins) && random_.below(2) == 0)
                ask_person(at + some_time(Millis{10}), "otto", random_.below(2) == 0);
            return true;
        }
        case intake::SubmitKind::duplicate:
            checks.acknowledged(result.duplicate_of);
            return true;
        case intake::SubmitKind::rejected:
            checks.acknowledged(result.invoice.id);
            return true;
        case intake::SubmitKind::failed:
            checks.acknowledged(result.invoice.id);
            if (*resubmissions > 0) {
                --*resubmissions;
                ask_after(some_time(Millis{3000}), "submit again",
                          [this, text, resubmissions](Host& host) { return submit(host, text, resubmissions); });
            }
            return true;
        case intake::SubmitKind::unreadable:
            checks.broken("an invoice is called unreadable", result.reason);
            return true;
        case intake::SubmitKind::unavailable:
            break;
    }
    return false;
}

Task<bool> Errands::decide(Host& host, std::string approval_id, Word word, std::shared_ptr<unsigned> tries) {
    Task<atr::Result<std::optional<Approval>>> finding = host.store.find<Approval>(approval_id);
    const atr::Result<std::optional<Approval>> found = co_await finding;
    if (!found) co_return false;
    if (!*found) {
        if (!around_.checks.losses().has(approval_id)) around_.checks.broken("an approval is gone", approval_id);
        co_return true;
    }
    word.approve = word.approve && !was_paid_otherwise(**found);
    intake::ApprovalRequest request;
    request.approval_id = approval_id;
    request.by = word.by;
    request.payload_hash = (*found)->payload_hash;
    request.wait = Millis{3000};
    const bool now = word.approve && *tries > 0;
    Task<intake::ApprovalResult> deciding =
        now ? host.approvals.approve(std::move(request)) : host.approvals.reject(std::move(request));
    const intake::ApprovalResult result = co_await deciding;
    if (!heard()) co_return false;
    switch (result.kind) {
        case intake::ApprovalKind::done:
            if (result.approval.status == "pending") {  // the same person once more, or another
                const bool is_anna = random_.below(3) == 0 || word.by == "otto";
                have_approval_decided(approval_id, is_anna ? "anna" : "otto", true);
            }
            co_return true;
        case intake::ApprovalKind::not_pending:
        case intake::ApprovalKind::expired:
            co_return true;
        case intake::ApprovalKind::in_doubt:
        case intake::ApprovalKind::obstacle:
            if (*tries > 0) --*tries;
            co_return !now;
        case intake::ApprovalKind::not_found:
        case intake::ApprovalKind::own_submission:
        case intake::ApprovalKind::not_entitled:
            if (around_.checks.losses().has(approval_id)) co_return true;
            around_.checks.broken("an approval cannot be decided", approval_id + ": " + result.reason);
            co_return true;
        case intake::ApprovalKind::payload_changed:
        case intake::ApprovalKind::unavailable:
            break;
    }
    co_return false;
}

/// After a loss persons look at the bank's own account first: another payment, which the books may have lost, may have
/// paid the same invoice.
bool Errands::was_paid_otherwise(const Approval& approval) {
    if (!around_.checks.losses().any()) return false;
    const auto payment = around_.checks.find<Payment>(approval.payment_id);
    return payment && around_.bank.moved(id_digits(payment->id)) == 0 &&
           around_.checks.paid(payment->amount.to_string()) > 0;
}

Task<bool> Errands::resolve(Host& host, std::string payment_id, bool paid, std::shared_ptr<unsigned> turn) {
    constexpr std::array persons = {"rita", "rita", "paul"};
    while (*turn < persons.size()) {
        payments::ResolveRequest request;
        request.payment_id = payment_id;
        request.outcome = paid ? payments::resolution::paid : payments::resolution::not_paid;
        request.reference = paid ? "as the bank says" : "";
        request.by = persons.at(*turn);
        Task<payments::ResolveResult> resolving = host.resolver.resolve(std::move(request));
        const payments::ResolveResult result = co_await resolving;
        switch (result.kind) {
            case payments::ResolveKind::proposed:
                ++*turn;
                break;
            case payments::ResolveKind::resolved:
                if (*turn < 2) around_.checks.broken("one person decided alone", "payment " + payment_id);
                co_return true;
            case payments::ResolveKind::already_final:
            case payments::ResolveKind::not_open_to_it:  // the rail's word came first
                co_return true;
            case payments::ResolveKind::not_found:
                if (!around_.checks.losses().has(payment_id))
                    around_.checks.broken("acknowledged, and forgotten", "payment " + payment_id);
                co_return true;
            case payments::ResolveKind::not_entitled:
                around_.checks.broken("a person may not decide", "payment " + payment_id);
                co_return true;
            case payments::ResolveKind::unavailable:
                co_return false;
        }
    }
    around_.checks.broken("two persons could not decide", "payment " + payment_id);
    co_return true;
}

Task<bool> Errands::cancel(Host& host, std::string payment_id) {
    const std::string request_for = payment_id;
    intake::CancelRequest request;
    request.payment_id = std::move(payment_id);
    request.by = "anna";
    Task<intake::CancelResult> cancelling = host.payments_desk.request_cancel(std::move(request));
    const intake::CancelResult result = co_await cancelling;
    if (result.kind == intake::CancelKind::not_found && !around_.checks.losses().has(request_for))
        around_.checks.broken("acknowledged, and forgotten", "a payment that was told of cannot be cancelled");
    co_return result.kind != intake::CancelKind::unavailable;
}

Task<bool> Errands::pause(Host& host, bool paused) {
    intake::PolicyChange change;
    change.paused = paused && !calm_;
    Task<atr::Result<Policy>> changing = host.policy.change(change, "anna", "r");
    const atr::Result<Policy> changed = co_await changing;
    co_return changed.has_value();
}

/// Not harmless to repeat, unless under a key. The account is one that no invoice of the plan is paid to.
Task<bool> Errands::change_account(Host& host, std::string key) {
    around_.checks.asked_under(key, false);
    Task<atr::Result<std::optional<IdempotencyRecord>>> knowing = host.store.find<IdempotencyRecord>(key);
    const atr::Result<std::optional<IdempotencyRecord>> known = co_await knowing;
    if (!known) co_return false;
    if (*known) {
        around_.checks.asked_under(key, true);
        co_return true;
    }
    Task<atr::Result<std::optional<Vendor>>> finding = host.vendors.find_by_name("Acme Hosting");
    const atr::Result<std::optional<Vendor>> vendor = co_await finding;
    if (!vendor || !*vendor) co_return false;
    IdempotencyRecord record;
    record.id = key;
    record.attempt = host.store.ids().next();
    Task<atr::Result<Vendor>> changing = host.vendors.add_account((*vendor)->id, {the_rail, "EUR", "account of " + key},
                                                                  Millis{0}, "anna", key, Once(std::move(record)));
    const atr::Result<Vendor> changed = co_await changing;
    if (!heard() || !changed) co_return false;
    around_.checks.asked_under(key, true);
    co_return true;
}

/// Whoever asks a host sees at least what that host itself has done.
Task<bool> Errands::look(Host& host) {
    const std::uint64_t at_least = host.knows_of(), lineage = around_.storage.lineage();
    const UnixMillis asked = around_.loop.unix_ms();
    Task<atr::Result<std::string>> reading = host.read_dashboard();
    const atr::Result<std::string> read = co_await reading;
    if (!read) co_return false;
    std::uint64_t seen = 0;
    std::from_chars(read->data(), read->data() + read->size(), seen);
    around_.checks.shown(seen, asked);
    if (seen < at_least && around_.storage.lineage() == lineage)
        around_.checks.broken("a host showed less than it had done itself",
                              "commit " + std::to_string(seen) + ", after " + std::to_string(at_least));
    co_return true;
}

}  // namespace treasurer::simulation
