/// A parser that breaks the contract in the way the document asks for.
#include <cstdio>
#include <stdexcept>

#include <atr/parser.hpp>
#include "by_hand.hpp"

namespace {

using atr::borrow;

atr_field honest(std::string_view value) {
    atr_field out{};
    out.struct_size = sizeof out;
    out.confidence_bp = 100;
    out.path = borrow("note");
    out.type = borrow("text");
    out.value = borrow(value);
    return out;
}

atr_outcome describe(void*, atr_buf* out, atr_error*) {
    return atr::append(out, R"({"media_types":["text/plain","application/pdf"]})") ? ATR_OK : ATR_REJECTED;
}

void broken_fields(const atr_field_sink* sink) {
    sink->on_field(sink->ctx, nullptr);
    atr_field field = honest("short");
    field.struct_size = 8;
    sink->on_field(sink->ctx, &field);
    field = honest("null with a length");
    field.value = {nullptr, 9};
    sink->on_field(sink->ctx, &field);
    field = honest("\xff\xfe");
    sink->on_field(sink->ctx, &field);
    static const std::string huge(1 << 20, 'x');
    field = honest(huge);
    sink->on_field(sink->ctx, &field);
    field = honest("no path");
    field.path = {};
    sink->on_field(sink->ctx, &field);
    sink->on_warning(sink->ctx, {nullptr, 5}, borrow("x"));
    sink->on_text(sink->ctx, 0, 0, borrow("\xff"));
    sink->on_text(sink->ctx, 0, 0, {nullptr, 77});
    field = honest("kept");
    field.confidence_bp = 4'000'000'000u;
    sink->on_field(sink->ctx, &field);
}

void broken_evidence(const atr_field_sink* sink) {
    atr_evidence evidence[20] = {};
    for (auto& one : evidence) {
        one.struct_size = sizeof one;
        one.kind = ATR_EV_TEXT;
        one.quote = borrow("q");
    }
    atr_field field = honest("many");
    field.evidence = evidence;
    field.evidence_stride = sizeof evidence[0];
    field.n_evidence = 20;
    sink->on_field(sink->ctx, &field);
    evidence[0].kind = 99;
    evidence[1].quote = {nullptr, 3};
    evidence[2].begin = 9;
    field.n_evidence = 4;
    sink->on_field(sink->ctx, &field);
    field.evidence_stride = 3;
    sink->on_field(sink->ctx, &field);
    field.evidence = nullptr;
    sink->on_field(sink->ctx, &field);
}

/// "refuse 3 11": that outcome and code, in words that only an operator may read.
atr_outcome refuse(std::string_view what, atr_error* error) {
    constexpr std::string_view insides =
        "std::runtime_error at 0x7f0dead00beef in _ZN3bank4openEv: /etc/bank.key: SELECT secret FROM keys: hunter2";
    insides.copy(error->message, sizeof error->message - 1);
    std::sscanf(std::string(what).c_str(), "refuse %*d %d", &error->code);
    return what[7] - '0';
}

atr_outcome parse(void*, const atr_call*, const atr_document* document, const atr_field_sink* sink, atr_usage* usage,
                  atr_error* error) {
    const auto what = atr::view(document->bytes);
    if (what == "throw") throw std::runtime_error("boom");
    if (what == "throw int") throw 7;
    if (what.starts_with("INVOICE")) return ATR_REJECTED;  // it leaves honest ones to other parsers
    if (what.starts_with("refuse ")) return refuse(what, error);
    if (what == "outcome 99") return 99;
    if (what == "outcome -1") return -1;
    if (what == "silent rejection") return ATR_REJECTED;
    if (what == "bad error text") {
        for (char& c : error->message) c = '\xff';
        for (char& c : error->vendor_code) c = 'V';
        error->struct_size = 0;
        return ATR_RETRY;
    }
    if (what == "flood fields")
        for (int i = 0; i < 100'000; ++i) {
            const atr_field field = honest("x");
            sink->on_field(sink->ctx, &field);
        }
    if (what == "flood text") {
        const std::string megabyte(1 << 20, 'x');
        for (int i = 0; i < 100; ++i) sink->on_text(sink->ctx, 0, 0, borrow(megabyte));
    }
    if (what == "flood warnings")
        for (int i = 0; i < 100'000; ++i) sink->on_warning(sink->ctx, borrow("w"), borrow("x"));
    if (what == "broken fields") broken_fields(sink);
    if (what == "broken evidence") broken_evidence(sink);
    if (what == "endless model")
        for (char& c : usage->model) c = 'm';
    return ATR_OK;
}

constexpr char kind[] = "parser";
constexpr atr_parser table = {sizeof(atr_parser), 0, describe, parse};

}  // namespace

ATR_PLUGIN(by_hand::Plugin<kind, table>::component());
