// Stage lifecycle: create, interfaces, destroy; and what an instance may leave behind, which is nothing.
#include <signal.h>
#include <sys/stat.h>

#include <atr/abi_sizes.hpp>
#include <clocale>
#include <nlohmann/json.hpp>

#include "base/instance.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace {

namespace fs = std::filesystem;

std::string interface_of(std::string_view kind) {
    return "atr." + std::string(kind) + "/1";
}

void creates(Context& t) {
    Instance one(t);
    one.close();
}

void gives_interface(Context& t) {
    Instance one(t);
    const auto id = interface_of(atr::view(one.component().kind));
    const void* first = one.find_interface(id);
    expect(first != nullptr, "get_interface(\"" + id + "\") gives a table", "NULL");
    expect(one.find_interface(id) == first, "the same table every time", "another pointer");
}

void unknown_interface(Context& t) {
    Instance one(t);
    for (const char* id : {"atr.nonsense/1", "", "atr.storage/99", "atr.rail"})
        expect(one.find_interface(id) == nullptr, "get_interface(\"" + std::string(id) + "\") is NULL", "a pointer");
}

/// A pointer-sized slot of a table, by its place.
bool is_set(const void* table, std::size_t offset) {
    void* slot = nullptr;
    std::memcpy(&slot, static_cast<const char*>(table) + offset, sizeof slot);
    return slot != nullptr;
}

struct Slot {
    const char* name;
    std::size_t offset;
};

void table_is_whole(Instance& one, const char* id, std::size_t needed, const std::vector<Slot>& required) {
    const void* raw = one.find_interface(id);
    if (raw == nullptr) return;
    std::uint32_t size = 0;
    std::memcpy(&size, raw, sizeof size);
    expect(size >= needed && size <= (64u << 10),
           std::string(id) + ": a struct_size of at least " + std::to_string(needed), std::to_string(size));
    for (const auto& slot : required)
        expect(is_set(raw, slot.offset), std::string(id) + ": the required slot " + slot.name, "NULL");
}

#define ATR_SLOT(table, name)        \
    Slot {                           \
#name, offsetof(table, name) \
    }

void tables_are_whole(Context& t) {
    Instance one(t);
    const auto kind = atr::view(one.component().kind);
    if (kind == "storage")
        table_is_whole(one, ATR_IF_STORAGE, offsetof(atr_storage, blob_put),
                       {ATR_SLOT(atr_storage, migrate), ATR_SLOT(atr_storage, get), ATR_SLOT(atr_storage, commit),
                        ATR_SLOT(atr_storage, query), ATR_SLOT(atr_storage, lease),
                        ATR_SLOT(atr_storage, extend_leases), ATR_SLOT(atr_storage, changes)});
    if (kind == "cache")
        table_is_whole(
            one, ATR_IF_CACHE, offsetof(atr_cache, touch),
            {ATR_SLOT(atr_cache, get), ATR_SLOT(atr_cache, set), ATR_SLOT(atr_cache, del), ATR_SLOT(atr_cache, incr)});
    if (kind == "cache")
        table_is_whole(one, ATR_IF_CACHE_BUS, atr::SizeIn10<atr_cache_bus>::value,
                       {ATR_SLOT(atr_cache_bus, publish), ATR_SLOT(atr_cache_bus, subscribe),
                        ATR_SLOT(atr_cache_bus, unsubscribe)});
    if (kind == "rail")
        table_is_whole(one, ATR_IF_RAIL, offsetof(atr_rail, verify_webhook),
                       {ATR_SLOT(atr_rail, describe), ATR_SLOT(atr_rail, prepare), ATR_SLOT(atr_rail, submit),
                        ATR_SLOT(atr_rail, lookup), ATR_SLOT(atr_rail, balance), ATR_SLOT(atr_rail, statement)});
    if (kind == "parser")
        table_is_whole(one, ATR_IF_PARSER, atr::SizeIn10<atr_parser>::value,
                       {ATR_SLOT(atr_parser, describe), ATR_SLOT(atr_parser, parse)});
}

#undef ATR_SLOT

std::size_t entries_of(const char* folder) {
    std::size_t out = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder)) ++out;
    return out;
}

void destroy_joins(Context& t) {
    const auto live_and_end = [&] {
        Instance one(t);
        one.call("health", [&](const atr_call* call, atr_error* error) {
            return one.component().health(one.self(), call, nullptr, error);
        });
    };
    live_and_end();  // what a library keeps for good, it has from its first use on
    const std::size_t threads = entries_of("/proc/self/task"), files = entries_of("/proc/self/fd");
    for (int i = 0; i < t.scale(3, 10); ++i) live_and_end();
    // A thread that was joined may be listed a moment longer.
    eventually([&] { return entries_of("/proc/self/task") == threads; }, std::chrono::seconds(2));
    expect_equal(entries_of("/proc/self/task"), threads, "threads after destroy()");
    expect(entries_of("/proc/self/fd") <= files, std::to_string(files) + " open files after destroy()",
           std::to_string(entries_of("/proc/self/fd")));
}

void two_at_once(Context& t) {
    Instance first(t);
    {
        Instance second(t);
        expect(first.self() != second.self(), "an object of its own for each instance", "the same");
    }
    const auto id = interface_of(atr::view(first.component().kind));
    expect(first.find_interface(id) != nullptr, "the first instance lives on after the second was destroyed",
           "its interface is gone");
}

void bad_config(Context& t) {
    Instance good(t);
    const auto component = good.component();
    for (const char* config : {"", "{", "[]", "null", "\xff\xfe", R"({"no_such_setting_of_any_plugin":{"a":[1,2]}})"}) {
        void* self = nullptr;
        const Answer answer = good.border().call("create", [&](const atr_call*, atr_error* error) {
            return component.create(good.host().raw(), atr::borrow("testkit"), atr::borrow(config), &self, error);
        });
        if (answer.outcome == atr::Outcome::ok) {
            expect(self != nullptr, "create() that answers OK sets *self", "NULL");
            component.destroy(self);
            continue;
        }
        expect(!answer.message.empty(),
               "a message that says what is wrong with the configuration '" + std::string(config) + "'", "none");
    }
}

void health(Context& t) {
    Instance one(t);
    Collector detail(one.border());
    const Answer answer = one.call("health", [&](const atr_call* call, atr_error* error) {
        return one.component().health(one.self(), call, detail.sink(), error);
    });
    skip_unless_supported(answer, "health");
    need_ok(answer, "health() of an instance that was just made");
    expect(detail.bytes.empty() || nlohmann::json::parse(detail.bytes, nullptr, false).is_object(),
           "its detail is a JSON object", detail.bytes.substr(0, 200));
}

/// What belongs to the whole process.
std::string process_state() {
    std::string out = "folder " + fs::current_path().string() + ", locale " + std::setlocale(LC_ALL, nullptr);
    const mode_t mask = umask(0);
    umask(mask);
    out += ", umask " + std::to_string(mask);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2}) {
        struct sigaction action = {};
        sigaction(number, nullptr, &action);
        const bool own = action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
        out += ", signal " + std::to_string(number) +
               (own                            ? " handled"
                : action.sa_handler == SIG_IGN ? " ignored"
                                               : " default");
    }
    return out;
}

void leaves_process_alone(Context& t) {
    const std::string before = process_state();
    {
        Instance one(t);
        expect_equal(process_state(), before, "with an instance");
    }
    expect_equal(process_state(), before, "after destroy()");
}

}  // namespace

Checks lifecycle_checks() {
    return in_stage(
        Stage::lifecycle,
        {
            {.code = "ATR-LIFECYCLE-001",
             .rule = "create() makes an instance of the configuration given, and destroy() ends it.",
             .why =
                 "The host makes its instances when it starts; one that cannot be made is a host that does not start.",
             .pitfall = "Waiting for a server in create(), or a setting without default that the check was not given.",
             .advice = "Give the settings it needs with --config; needs no network.",
             .run = creates,
             .gate = true},
            {.code = "ATR-LIFECYCLE-002",
             .rule = "get_interface() gives its kind's table, the same for self's lifetime.",
             .why = "The host asks once and keeps the pointer.",
             .pitfall = "A table on the stack or in the instance's own memory, or an id compared without its version.",
             .advice = "Return the address of a static table.",
             .run = gives_interface,
             .gate = true},
            {.code = "ATR-LIFECYCLE-003",
             .rule = "A table's struct_size is its size, and its required slots are set (R4).",
             .why = "The host copies struct_size bytes, and treats what lies behind as not offered.",
             .pitfall = "struct_size of another table, or slots filled in another order than the header's.",
             .advice = "Set struct_size to sizeof the table and fill the slots that atr.h calls required.",
             .run = tables_are_whole,
             .gate = true},
            {"ATR-LIFECYCLE-004", "get_interface() answers NULL for what it does not know.",
             "An id is a promise: a table under an unknown one would be read as something it is not.",
             "A comparison of the beginning alone, or a last branch that returns the table for everything.",
             "Compare the whole id.", unknown_interface},
            {"ATR-LIFECYCLE-005", "destroy() joins every thread and closes every file its instance opened (R6).",
             "A thread that goes on uses memory that is gone, and files left open run out.",
             "A detached thread, a pool that is told to stop and not waited for, or an early return in create().",
             "Join threads in the destructor; detach none.", destroy_joins},
            {"ATR-LIFECYCLE-006", "Several instances live side by side.",
             "One host may run the same plugin several times, with other settings each time.",
             "Global or static variables: settings, connections, a counter.", "Keep no state outside of *self.",
             two_at_once},
            {"ATR-LIFECYCLE-007", "create() refuses what it cannot read, with a message.",
             "A message is all the operator has to find the mistake with.",
             "An exception without text, a crash on an empty configuration, or settings that are not looked at.",
             "Answer ATR_REJECTED with ATR_E_CONFIG and name the setting.", bad_config},
            {"ATR-LIFECYCLE-008", "health() of a fresh instance is OK, its detail a JSON object.",
             "Operators and load balancers read it to know whether the host can work.",
             "Detail that is plain text, or health that fails because nothing has been asked yet.",
             "Answer ATR_UNSUPPORTED, or leave the slot NULL, where there is nothing to say.", health},
            {"ATR-LIFECYCLE-009", "A plugin leaves the process as it is: folder, locale, umask, signals (R8).",
             "The host and the other plugins live in the same process, and rely on it.",
             "A library that sets a locale or a signal handler when it starts, or chdir() to find a file.",
             "These belong to the host; use per-thread calls instead, such as pthread_sigmask and uselocale.",
             leaves_process_alone},
        });
}

}  // namespace atr::testkit
