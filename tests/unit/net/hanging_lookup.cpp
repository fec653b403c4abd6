#include "tests/unit/net/hanging_lookup.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <condition_variable>
#include <cstring>
#include <mutex>

namespace net_test {
namespace {

std::mutex mutex;
std::condition_variable changed;
bool released = true;
int under_way = 0;

void hang() {
    std::unique_lock lock(mutex);
    ++under_way;
    changed.notify_all();
    changed.wait(lock, [] { return released; });
    --under_way;
    changed.notify_all();
}

}  // namespace

HangingLookup::HangingLookup() {
    const std::lock_guard lock(mutex);
    released = false;
}

HangingLookup::~HangingLookup() {
    release();
    std::unique_lock lock(mutex);
    changed.wait(lock, [] { return under_way == 0; });
}

bool HangingLookup::is_under_way_within(std::chrono::seconds time) const {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, time, [] { return under_way > 0; });
}

void HangingLookup::release() {
    const std::lock_guard lock(mutex);
    released = true;
    changed.notify_all();
}

}  // namespace net_test

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** result) {
    if (node && std::strcmp(node, net_test::HangingLookup::name) == 0) {
        net_test::hang();
        return EAI_NONAME;
    }
    if (node && std::strcmp(node, net_test::unknown_name) == 0) return EAI_NONAME;
    using Lookup = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto of_libc = reinterpret_cast<Lookup>(dlsym(RTLD_NEXT, "getaddrinfo"));
    return of_libc(node, service, hints, result);
}
