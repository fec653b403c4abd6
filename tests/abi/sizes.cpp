// A struct as a plugin of 1.0 makes it is whole to today's host, also when the struct has grown since.
#include <cstdio>

#include "plugin/border.hpp"

namespace {

int failures = 0;

/// With the released header the size is exactly what the host asks for; with a grown one it is less than sizeof.
template <class T>
void check(const char* name) {
    const std::size_t asked = atr::SizeIn10<T>::value;
    const bool fits = HEADER_IS_GROWN ? asked + sizeof(std::uint64_t) == sizeof(T) : asked == sizeof(T);
    T made{};
    made.struct_size = static_cast<std::uint32_t>(asked);
    const bool taken = treasurer::border::is_whole(&made);
    made.struct_size -= 1;
    const bool short_one_taken = treasurer::border::is_whole(&made);
    if (fits && taken && !short_one_taken) return;
    std::printf("%s: asked %zu bytes, sizeof is %zu; of 1.0 taken: %d, shorter taken: %d\n", name, asked, sizeof(T),
                taken, short_one_taken);
    ++failures;
}

}  // namespace

int main() {
    check<atr_plugin>("atr_plugin");
    check<atr_storage_copy>("atr_storage_copy");
    check<atr_cache_bus>("atr_cache_bus");
    check<atr_parser>("atr_parser");
    check<atr_record>("atr_record");
    check<atr_job>("atr_job");
    check<atr_field>("atr_field");
    check<atr_evidence>("atr_evidence");
    check<atr_rail_event>("atr_rail_event");
    return failures == 0 ? 0 : 1;
}
