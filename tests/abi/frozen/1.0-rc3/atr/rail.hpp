/// Payment rails: what moves money. prepare has no effect, submit is the only call with one, lookup tells what became
/// of it, statement lists everything that moved. A rail keeps no state of its own: the host persists what prepare
/// returns.
#pragma once

#include <atr/plugin.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace atr {
inline namespace v1 {

struct RailPayment {
    std::string payment_id;  ///< 32 lower-case hex, unique for ever: idempotency key and reference shown to the rail
    std::uint32_t attempt = 1;
    std::uint64_t sequence = 0;  ///< sequenced rails: assigned by the host; 0 = not sequenced
    std::string source_account;
    std::string creditor_json;  ///< {"name":…,"address":…,…}
    Money money;
    Money fee_max = {};
    std::string purpose = {};
    std::string quote_id = {};
    std::string batch_id = {};
    std::int64_t execute_not_after_unix_ms = 0;  ///< 0: no limit
};

enum class RailState : std::int32_t {
    accepted = ATR_PS_ACCEPTED,
    pending = ATR_PS_PENDING,
    settled = ATR_PS_SETTLED,
    failed = ATR_PS_FAILED,
    cancelled = ATR_PS_CANCELLED,
    returned = ATR_PS_RETURNED,
    never_received = ATR_PS_NEVER_RECEIVED,
};

struct RailStatus {
    RailState state = RailState::pending;
    bool is_final = false;         ///< only then may the ledger post or void
    std::int32_t reason_code = 0;  ///< ATR_E_*
    std::int64_t as_of_unix_ms = 0;
    std::string rail_reference = {};
    std::string charged_money_json = {};
    std::string fee_money_json = {};
    std::string evidence_json = {};
};

struct Prepared {
    std::string blob;  ///< bearer money on some rails: the host encrypts it at rest and never logs it
    std::string predicted_reference = {};
    std::string max_charge_json = {};
};

struct RailEvent {
    std::string event_id;
    std::string payment_id = {};  ///< empty: not started by us, e.g. a receipt
    std::string rail_reference = {};
    RailState state = RailState::settled;
    bool is_final = true;
    std::int32_t direction = ATR_DIR_OUT;
    Money money;
    Money fee = {};
    std::string counterparty_json = {};
    std::string position = {};  ///< block height, statement line
    std::int64_t at_unix_ms = 0;
    std::string raw_json = {};
};

struct StatementPage {
    std::vector<RailEvent> events;
    std::string next_position;  ///< pass it to the next call; unchanged when there is nothing new
};

/// Base of rail plugins. Threads: every method may be called concurrently. Errors: returned; what is thrown becomes
/// `unknown` from submit and cancel, `retry` from the others. After `unknown` the host asks lookup.
class Rail {
public:
    static constexpr std::string_view kind = "rail";
    virtual ~Rail() = default;

    /// {"assets":[{"asset":"MNEE","decimals":5}],"idempotent":true,"idempotency_window_ms":…,"queryable":true,
    ///  "sequenced":false,"cancel":false,"enforces_not_after":false,"account":"…"}. A window of 0 never ends.
    virtual Result<std::string> describe() = 0;
    virtual Result<Prepared> prepare(const Call&, const RailPayment&) = 0;
    virtual Result<RailStatus> submit(const Call&, const RailPayment&, std::string_view prepared) = 0;
    /// Over every blob ever prepared for the payment. never_received only when the rail can tell it from "not visible
    /// yet"; final only if it can no longer arrive either.
    virtual Result<RailStatus> lookup(const Call&, const RailPayment&, const std::vector<std::string_view>& blobs,
                                      std::string_view rail_reference) = 0;
    /// {"account":…,"balances":[{"asset":…,"amount":"…"}],"position":"…"}
    virtual Result<std::string> balance(const Call&, std::string_view account) = 0;
    virtual Result<StatementPage> statement(const Call&, std::string_view account, std::string_view from_position,
                                            std::uint32_t limit) = 0;

    virtual Result<std::string> quote(const Call&, const RailPayment&) { return unsupported(); }
    virtual Result<Prepared> replace(const Call&, const RailPayment&, const std::vector<std::string_view>& /*blobs*/,
                                     std::int32_t /*why*/) {
        return unsupported();
    }
    virtual Result<RailStatus> cancel(const Call&, const RailPayment&, const std::vector<std::string_view>& /*blobs*/) {
        return unsupported();
    }
    virtual Result<std::vector<RailEvent>> verify_webhook(
        const Call&, const std::vector<std::pair<std::string_view, std::string_view>>& /*headers*/,
        std::string_view /*body*/) {
        return unsupported();
    }
    virtual Result<std::string> health(const Call&) { return unsupported(); }

    template <class Impl>
    static const void* find_interface(Impl&, std::string_view id);
};

namespace detail {

inline Money read(const atr_money& from) {
    return Money(Decimal::parse(view(from.amount)).value_or(Decimal{}), copy(from.asset));
}

/// Refuses a payment whose amount the border cannot carry exactly.
inline Result<RailPayment> read(const atr_payment& from) {
    if (!Money::parse(view(from.money.amount), view(from.money.asset)))
        return rejected(ATR_E_BAD_INPUT, "the payment's amount is not a canonical decimal of a named asset");
    return RailPayment{.payment_id = copy(from.payment_id),
                       .attempt = from.attempt,
                       .sequence = from.sequence,
                       .source_account = copy(from.source_account),
                       .creditor_json = copy(from.creditor_json),
                       .money = read(from.money),
                       .fee_max = read(from.fee_max),
                       .purpose = copy(from.purpose),
                       .quote_id = copy(from.quote_id),
                       .batch_id = copy(from.batch_id),
                       .execute_not_after_unix_ms = from.execute_not_after_unix_ms};
}

inline atr_outcome write(const Result<RailStatus>& from, atr_pay_status* to, atr_error* error) {
    if (!from) return report(from.error(), error);
    to->state = static_cast<std::int32_t>(from->state);
    to->is_final = from->is_final ? 1 : 0;
    to->reason_code = from->reason_code;
    to->as_of_unix_ms = from->as_of_unix_ms;
    // A full sink must not turn a known answer into another one: the state is what counts.
    append(to->rail_reference, from->rail_reference);
    append(to->charged_money_json, from->charged_money_json);
    append(to->fee_money_json, from->fee_money_json);
    append(to->evidence_json, from->evidence_json);
    return ATR_OK;
}

inline atr_outcome write(const Result<Prepared>& from, atr_buf* prepared, atr_buf* predicted, atr_buf* max_charge,
                         atr_error* error) {
    if (!from) return report(from.error(), error);
    const bool fits = append(prepared, from->blob) && append(predicted, from->predicted_reference) &&
                      append(max_charge, from->max_charge_json);
    return fits ? ATR_OK : limit_reached(error);
}

inline bool deliver(const atr_event_sink* sink, const std::vector<RailEvent>& events) {
    for (const auto& event : events) {
        const std::string amount = event.money.amount.to_string(), fee = event.fee.amount.to_string();
        const atr_rail_event raw = {sizeof(atr_rail_event),
                                    static_cast<std::int32_t>(event.state),
                                    event.is_final ? 1 : 0,
                                    event.direction,
                                    borrow(event.event_id),
                                    borrow(event.payment_id),
                                    borrow(event.rail_reference),
                                    {borrow(amount), borrow(event.money.asset)},
                                    {borrow(fee), borrow(event.fee.asset)},
                                    borrow(event.counterparty_json),
                                    borrow(event.position),
                                    event.at_unix_ms,
                                    borrow(event.raw_json)};
        if (sink->on_event(sink->ctx, &raw) != 0) return false;
    }
    return true;
}

inline std::vector<std::string_view> views(const atr_str* texts, std::uint32_t n) {
    std::vector<std::string_view> out;
    out.reserve(n);
    for (std::uint32_t i = 0; i < n; ++i) out.push_back(view(texts[i]));
    return out;
}

template <class Impl>
struct RailTable {
    static atr_outcome text(const Result<std::string>& result, atr_buf* out, atr_error* error) {
        if (!result) return report(result.error(), error);
        return append(out, *result) ? ATR_OK : limit_reached(error);
    }
    static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
        return guarded(Outcome::retry, error, [&] { return text(self_of<Impl>(self).describe(), out, error); });
    }
    static atr_outcome quote(void* self, const atr_call* call, const atr_payment* payment, atr_buf* out,
                             atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            return wanted ? text(self_of<Impl>(self).quote(Call(call), *wanted), out, error)
                          : report(wanted.error(), error);
        });
    }
    static atr_outcome prepare(void* self, const atr_call* call, const atr_payment* payment, atr_buf* prepared,
                               atr_buf* predicted, atr_buf* max_charge, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            if (!wanted) return report(wanted.error(), error);
            return write(self_of<Impl>(self).prepare(Call(call), *wanted), prepared, predicted, max_charge, error);
        });
    }
    static atr_outcome replace(void* self, const atr_call* call, const atr_payment* payment, const atr_str* blobs,
                               std::uint32_t n, std::int32_t why, atr_buf* prepared, atr_buf* predicted,
                               atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            if (!wanted) return report(wanted.error(), error);
            return write(self_of<Impl>(self).replace(Call(call), *wanted, views(blobs, n), why), prepared, predicted,
                         nullptr, error);
        });
    }
    static atr_outcome submit(void* self, const atr_call* call, const atr_payment* payment, atr_str prepared,
                              atr_pay_status* status, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            if (!wanted) return report(wanted.error(), error);
            return write(self_of<Impl>(self).submit(Call(call), *wanted, view(prepared)), status, error);
        });
    }
    static atr_outcome lookup(void* self, const atr_call* call, const atr_payment* payment, const atr_str* blobs,
                              std::uint32_t n, atr_str reference, atr_pay_status* status, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            if (!wanted) return report(wanted.error(), error);
            return write(self_of<Impl>(self).lookup(Call(call), *wanted, views(blobs, n), view(reference)), status,
                         error);
        });
    }
    static atr_outcome cancel(void* self, const atr_call* call, const atr_payment* payment, const atr_str* blobs,
                              std::uint32_t n, atr_pay_status* status, atr_error* error) {
        return guarded(Outcome::unknown, error, [&]() -> atr_outcome {
            const auto wanted = read(*payment);
            if (!wanted) return report(wanted.error(), error);
            return write(self_of<Impl>(self).cancel(Call(call), *wanted, views(blobs, n)), status, error);
        });
    }
    static atr_outcome balance(void* self, const atr_call* call, atr_str account, atr_buf* out, atr_error* error) {
        return guarded(Outcome::retry, error,
                       [&] { return text(self_of<Impl>(self).balance(Call(call), view(account)), out, error); });
    }
    static atr_outcome statement(void* self, const atr_call* call, atr_str account, atr_str from, std::uint32_t limit,
                                 const atr_event_sink* sink, atr_buf* next, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto page = self_of<Impl>(self).statement(Call(call), view(account), view(from), limit);
            if (!page) return report(page.error(), error);
            return deliver(sink, page->events) && append(next, page->next_position) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome verify_webhook(void* self, const atr_call* call, const atr_kv* headers, std::uint32_t n,
                                      atr_str body, const atr_event_sink* sink, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            std::vector<std::pair<std::string_view, std::string_view>> pairs;
            for (std::uint32_t i = 0; i < n; ++i) pairs.emplace_back(view(headers[i].key), view(headers[i].value));
            const auto events = self_of<Impl>(self).verify_webhook(Call(call), pairs, view(body));
            if (!events) return report(events.error(), error);
            return deliver(sink, *events) ? ATR_OK : limit_reached(error);
        });
    }
    static constexpr atr_rail table = {sizeof(atr_rail), 0,      describe, quote,   prepare,   replace,
                                       submit,           lookup, cancel,   balance, statement, verify_webhook};
};

}  // namespace detail

template <class Impl>
const void* Rail::find_interface(Impl&, std::string_view id) {
    return id == ATR_IF_RAIL ? &detail::RailTable<Impl>::table : nullptr;
}

}  // namespace v1
}  // namespace atr
