/// A parser that breaks the contract before its first call, in the way that hostile_start_fault.cpp names: while its
/// file is opened, or in create(), get_interface() or describe().
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include <atr/parser.hpp>
#include "by_hand.hpp"
#include "hostile_start.hpp"

namespace {

[[noreturn]] void hang() {
    for (;;) ::pause();
}

struct Initialiser {
    Initialiser() {
        if (fault == Fault::throws_at_load) throw std::runtime_error("boom");
        if (fault == Fault::aborts_at_load) std::abort();
        if (fault == Fault::exits_at_load) std::_Exit(0);
        if (fault == Fault::hangs_at_load) hang();
        if (fault == Fault::prints_at_load) std::puts("hello from a constructor");
    }
};
const Initialiser initialiser;

atr_outcome describe(void*, atr_buf* out, atr_error*) {
    if (fault == Fault::throws_in_describe) throw 7;
    if (fault == Fault::describes_in_latin1) atr::append(out, "{\"media_types\":[\"\xe9\"]}");
    if (fault == Fault::describes_a_number) atr::append(out, "7");
    if (fault == Fault::describes_without_end)
        for (int i = 0; i < 1000; ++i) atr::append(out, std::string(4096, '['));
    return ATR_OK;
}
atr_outcome parse(void*, const atr_call*, const atr_document*, const atr_field_sink*, atr_usage*, atr_error*) {
    return ATR_OK;
}

constexpr char kind[] = "parser";
constexpr atr_parser table = {sizeof(atr_parser), 0, describe, parse};
using Honest = by_hand::Plugin<kind, table>;

atr_outcome create(const atr_host* host, atr_str name, atr_str config, void** self, atr_error* error) {
    if (fault == Fault::throws_in_create) throw std::runtime_error("boom");
    if (fault == Fault::hangs_in_create) hang();
    if (fault == Fault::refuses_silently) return ATR_REJECTED;
    if (fault == Fault::no_object) return ATR_OK;
    return Honest::create(host, name, config, self, error);
}
const void* get_interface(void* self, atr_str id) {
    if (fault == Fault::throws_in_interface) throw 7;
    return fault == Fault::no_table ? nullptr : Honest::get_interface(self, id);
}
atr_component component() {
    atr_component out = Honest::component();
    out.create = &create;
    out.get_interface = &get_interface;
    return out;
}

}  // namespace

ATR_PLUGIN(component());
