/// A rail that breaks the contract in the way the payment's purpose asks for.
#include <stdexcept>
#include <string>

#include <atr/rail.hpp>
#include "by_hand.hpp"

namespace {

using atr::borrow;

atr_outcome describe(void*, atr_buf* out, atr_error*) {
    return atr::append(out, R"({"assets":[{"asset":"MNEE","decimals":5}],"account":"a","idempotent":false,
                               "queryable":true})")
               ? ATR_OK
               : ATR_REJECTED;
}
atr_outcome prepare(void*, const atr_call*, const atr_payment* payment, atr_buf* prepared, atr_buf* reference, atr_buf*,
                    atr_error*) {
    const auto what = atr::view(payment->purpose);
    if (what == "throw") throw std::runtime_error("boom");
    const std::string big(2u << 20, 'b');
    if (!atr::append(prepared, what == "huge blob" ? std::string_view(big) : "blob")) return ATR_REJECTED;
    atr::append(reference, what == "bad reference" ? "\xff" : "ref");
    return ATR_OK;
}
atr_outcome status(std::string_view what, atr_pay_status* out) {
    if (what == "throw") throw std::runtime_error("boom");
    if (what == "outcome 99") return 99;
    out->state = what == "state 0" ? 0 : what == "state 99" ? 99 : ATR_PS_SETTLED;
    out->is_final = what == "final 7" ? 7 : 1;
    atr::append(out->rail_reference, what == "bad texts" ? "\xff" : "ref");
    atr::append(out->charged_money_json, what == "bad texts" ? "{no json" : "{}");
    return ATR_OK;
}
atr_outcome submit(void*, const atr_call*, const atr_payment* payment, atr_str, atr_pay_status* out, atr_error*) {
    return status(atr::view(payment->purpose), out);
}
atr_outcome lookup(void*, const atr_call*, const atr_payment* payment, const atr_str*, std::uint32_t, atr_str,
                   atr_pay_status* out, atr_error*) {
    return status(atr::view(payment->purpose), out);
}
atr_outcome balance(void*, const atr_call*, atr_str, atr_buf* out, atr_error*) {
    return atr::append(out, "\xff") ? ATR_OK : ATR_REJECTED;
}
atr_outcome statement(void*, const atr_call*, atr_str, atr_str from, std::uint32_t, const atr_event_sink* sink,
                      atr_buf*, atr_error*) {
    const auto what = atr::view(from);
    atr_rail_event event{};
    event.struct_size = what == "short event" ? 8 : sizeof event;
    event.state = what == "bad state" ? 0 : ATR_PS_SETTLED;
    event.direction = what == "no direction" ? 0 : ATR_DIR_OUT;
    event.is_final = 1;
    event.event_id = borrow(what == "no id" ? "" : "e");
    event.money = {borrow(what == "bad money" ? "1e9" : "1.5"), borrow("MNEE")};
    for (int i = 0; i < (what == "too many" ? 1000 : 1); ++i) sink->on_event(sink->ctx, &event);
    return ATR_OK;
}

constexpr char kind[] = "rail";
constexpr atr_rail table = {sizeof(atr_rail), 0,      describe, nullptr, prepare,   nullptr,
                            submit,           lookup, nullptr,  balance, statement, nullptr};

}  // namespace

ATR_PLUGIN(by_hand::Plugin<kind, table>::component());
