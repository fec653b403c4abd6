#include "rail/client.hpp"

#include <unistd.h>

#include <set>

#include "rail/encode.hpp"

namespace atr::testkit {

namespace {

std::atomic<std::uint64_t> ids_made{0};

std::string waited_for(std::chrono::milliseconds time) {
    return std::to_string(time.count() / 1000) + " s (--final-within)";
}

/// 32 lower-case hex digits that no other check, process or run has.
std::string fresh_id(const std::string& unique) {
    std::random_device random;
    std::string out;
    std::uint64_t words[2] = {std::hash<std::string>{}(unique) ^ (std::uint64_t{random()} << 32) ^ random(),
                              (static_cast<std::uint64_t>(getpid()) << 32) ^ ++ids_made};
    for (const std::uint64_t word : words)
        for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[word >> shift & 15];
    return out;
}

}  // namespace

RailClient::RailClient(Context& context)
    : instance_(context), table_(instance_.table<atr_rail>(ATR_IF_RAIL, offsetof(atr_rail, verify_webhook))) {
    fill_slot(table_.quote);
    fill_slot(table_.replace);
    fill_slot(table_.cancel);
    fill_slot(table_.verify_webhook);
    read_facts();
    began_at_ = end_position();
}

nlohmann::json RailClient::describe() {
    Collector out(instance_.border(), 256 << 10);
    need_ok(instance_.call("describe",
                           [&](const atr_call*, atr_error* error) {
                               return table_.describe(instance_.self(), out.sink(), error);
                           }),
            "describe");
    auto json = nlohmann::json::parse(out.bytes, nullptr, false);
    expect(json.is_object(), "describe() gives a JSON object", out.bytes.substr(0, 200));
    return json;
}

void RailClient::read_facts() {
    const auto json = describe();
    const auto flag = [&](const char* name) {
        const auto found = json.value(name, nlohmann::json());
        return found.is_boolean() && found.get<bool>();
    };
    const auto assets = json.value("assets", nlohmann::json());
    if (assets.is_array() && !assets.empty() && assets[0].is_object()) {
        const auto asset = assets[0].value("asset", nlohmann::json()),
                   decimals = assets[0].value("decimals", nlohmann::json());
        if (asset.is_string()) facts_.asset = asset;
        if (decimals.is_number_integer()) facts_.decimals = decimals;
    }
    if (const auto account = json.value("account", nlohmann::json()); account.is_string()) facts_.account = account;
    facts_.idempotent = flag("idempotent");
    facts_.queryable = flag("queryable");
    facts_.sequenced = flag("sequenced");
    facts_.cancel = flag("cancel");
    facts_.enforces_not_after = flag("enforces_not_after");
}

atr::RailPayment RailClient::payment(const std::string& amount) {
    const auto& options = instance_.context().options;
    const std::string text = amount.empty() ? options.amount : amount;
    atr::RailPayment out{.payment_id = fresh_id(instance_.context().unique),
                         .source_account = facts_.account,
                         .creditor_json = options.creditor_json,
                         .money = Money(atr::Decimal::parse(text).value_or(1), facts_.asset),
                         .purpose = "conformance kit"};
    if (facts_.sequenced) out.sequence = next_sequence_;
    return out;
}

atr::Result<std::string> RailClient::prepare(const atr::RailPayment& payment) {
    const EncodedPayment encoded(payment);
    Collector blob(instance_.border(), 1 << 20), reference(instance_.border()), charge(instance_.border());
    const Answer answer = instance_.call("prepare", [&](const atr_call* call, atr_error* error) {
        return table_.prepare(instance_.self(), call, encoded.get(), blob.sink(), reference.sink(), charge.sink(),
                              error);
    });
    need_supported(answer, "prepare");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return std::move(blob.bytes);
}

std::string RailClient::prepared(const atr::RailPayment& payment) {
    return need(prepare(payment), "prepare of " + payment.money.to_string());
}

atr::Result<atr::RailStatus> RailClient::submit(const atr::RailPayment& payment, const std::string& blob,
                                                std::int64_t budget_ms) {
    const EncodedPayment encoded(payment);
    StatusOut status(instance_.border());
    const Answer answer = instance_.call(
        "submit",
        [&](const atr_call* call, atr_error* error) {
            return table_.submit(instance_.self(), call, encoded.get(), atr::borrow(blob), status.raw(), error);
        },
        budget_ms);
    need_supported(answer, "submit");
    auto out = status.read(answer);
    const bool may_be_out = out ? out->state != atr::RailState::failed : answer.outcome == atr::Outcome::unknown;
    if (facts_.sequenced && may_be_out && payment.sequence == next_sequence_) ++next_sequence_;
    return out;
}

atr::Result<atr::RailStatus> RailClient::lookup(const atr::RailPayment& payment,
                                                const std::vector<std::string>& blobs) {
    const EncodedPayment encoded(payment);
    const auto raw = borrowed(blobs);
    StatusOut status(instance_.border());
    const Answer answer = instance_.call("lookup", [&](const atr_call* call, atr_error* error) {
        return table_.lookup(instance_.self(), call, encoded.get(), raw.data(), static_cast<std::uint32_t>(raw.size()),
                             {}, status.raw(), error);
    });
    need_supported(answer, "lookup");
    return status.read(answer);
}

atr::Result<atr::RailStatus> RailClient::cancel(const atr::RailPayment& payment,
                                                const std::vector<std::string>& blobs) {
    const EncodedPayment encoded(payment);
    const auto raw = borrowed(blobs);
    StatusOut status(instance_.border());
    const Answer answer = instance_.call("cancel", [&](const atr_call* call, atr_error* error) {
        return table_.cancel(instance_.self(), call, encoded.get(), raw.data(), static_cast<std::uint32_t>(raw.size()),
                             status.raw(), error);
    });
    return status.read(answer);
}

atr::Result<nlohmann::json> RailClient::balance(const std::string& account) {
    Collector out(instance_.border(), 256 << 10);
    const Answer answer = instance_.call("balance", [&](const atr_call* call, atr_error* error) {
        return table_.balance(instance_.self(), call, atr::borrow(account), out.sink(), error);
    });
    need_supported(answer, "balance");
    if (answer.outcome != atr::Outcome::ok) return answer;
    auto json = nlohmann::json::parse(out.bytes, nullptr, false);
    expect(json.is_object(), "balance() gives a JSON object", out.bytes.substr(0, 200));
    return json;
}

atr::Result<atr::StatementPage> RailClient::statement(const std::string& account, const std::string& from,
                                                      std::uint32_t limit) {
    EventSink sink(instance_.border());
    Collector next(instance_.border(), 4096);
    const Answer answer = instance_.call("statement", [&](const atr_call* call, atr_error* error) {
        return table_.statement(instance_.self(), call, atr::borrow(account), atr::borrow(from), limit, sink.raw(),
                                next.sink(), error);
    });
    need_supported(answer, "statement");
    if (answer.outcome != atr::Outcome::ok) return answer;
    return atr::StatementPage{std::move(sink.events), std::move(next.bytes)};
}

Answer RailClient::quote(const atr::RailPayment& payment) {
    const EncodedPayment encoded(payment);
    Collector out(instance_.border());
    return instance_.call("quote", [&](const atr_call* call, atr_error* error) {
        return table_.quote(instance_.self(), call, encoded.get(), out.sink(), error);
    });
}

Answer RailClient::verify_webhook(const std::string& body, std::size_t& events) {
    EventSink sink(instance_.border());
    const atr_kv header = {atr::borrow("X-Signature"), atr::borrow("forged")};
    const Answer answer = instance_.call("verify_webhook", [&](const atr_call* call, atr_error* error) {
        return table_.verify_webhook(instance_.self(), call, &header, 1, atr::borrow(body), sink.raw(), error);
    });
    events = sink.events.size();
    return answer;
}

atr::Result<atr::RailStatus> RailClient::pay(const atr::RailPayment& payment, const std::string& blob) {
    for (int attempt = 0; attempt < 20; ++attempt) {
        const auto answer = submit(payment, blob);
        if (answer && answer->is_final) return answer;
        const auto outcome = answer.outcome();
        if (outcome == atr::Outcome::rejected || outcome == atr::Outcome::conflict) return answer;
        const auto seen = resolved(payment, blob);
        if (seen.state != atr::RailState::never_received) return seen;
        if (seen.is_final || !facts_.idempotent) return seen;
    }
    fail("a payment that is settled or refused after 20 submits", "neither");
}

atr::RailStatus RailClient::resolved(const atr::RailPayment& payment, const std::string& blob) {
    atr::RailStatus out;
    const bool known = eventually(
        [&] {
            const auto status = lookup(payment, {blob});
            if (status) out = *status;
            return status && (status->is_final || status->state == atr::RailState::never_received);
        },
        final_within());
    expect(known, "a lookup that ends in a final state or NEVER_RECEIVED", "none within " + waited_for(final_within()));
    return out;
}

atr::RailStatus RailClient::final_status(const atr::RailPayment& payment, const std::string& blob) {
    atr::RailStatus out;
    std::string last;
    const bool known = eventually(
        [&] {
            const auto status = lookup(payment, {blob});
            last = status ? "state " + std::to_string(static_cast<int>(status->state)) + ", not final"
                          : to_text(status.error());
            if (status && status->is_final) out = *status;
            return status && status->is_final;
        },
        final_within());
    expect(known, "a lookup that becomes final", last + " after " + waited_for(final_within()));
    return out;
}

std::vector<atr::RailEvent> RailClient::events(std::string from, std::uint32_t limit) {
    std::vector<atr::RailEvent> out;
    std::set<std::string> ids;
    for (;;) {
        auto page = need(statement(facts_.account, from, limit), "statement");
        for (auto& event : page.events)
            if (ids.insert(event.event_id).second) out.push_back(std::move(event));
        if (page.events.empty() || page.next_position == from) return out;
        from = page.next_position;
    }
}

std::string RailClient::end_position() {
    std::string from;
    for (;;) {
        const auto page = need(statement(facts_.account, from, 1000), "statement");
        if (page.events.empty() || page.next_position == from)
            return page.next_position.empty() ? from : page.next_position;
        from = page.next_position;
    }
}

int RailClient::times_paid(const atr::RailPayment& payment) {
    int out = 0;
    for (const auto& event : events(began_at_))
        if (event.payment_id == payment.payment_id && event.direction == ATR_DIR_OUT &&
            event.state == atr::RailState::settled)
            ++out;
    return out;
}

void RailClient::need_paid(const atr::RailPayment& payment, int times, const std::string& what) {
    expect_equal(times_paid(payment), times, what + ": movements on the statement");
}

atr::Decimal RailClient::held() {
    const auto json = need(balance(facts_.account), "balance");
    for (const auto& one : json.value("balances", nlohmann::json::array()))
        if (one.is_object() && one.value("asset", nlohmann::json()) == facts_.asset) {
            const auto amount = one.value("amount", nlohmann::json());
            expect(amount.is_string() && atr::Decimal::parse(amount.get<std::string>()).has_value(),
                   "the balance as a decimal in a text", amount.dump());
            return *atr::Decimal::parse(amount.get<std::string>());
        }
    fail("a balance of " + facts_.asset, json.dump().substr(0, 200));
}

atr::Decimal sum_of(const atr::Decimal& a, const atr::Decimal& b) {
    const auto out = a.plus(b);
    expect(out.has_value(), "sums of at most 38 digits", a.to_string() + " + " + b.to_string());
    return *out;
}

void need_declared(bool declared, const char* capability) {
    if (!declared) throw Undeclared{capability};
}

}  // namespace atr::testkit
