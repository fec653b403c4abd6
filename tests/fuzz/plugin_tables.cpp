/// The normaliser on tables of any bytes and any struct_size: never reads behind the size, and a table it passes has
/// every slot filled.
#include <memory>

#include "input.hpp"
#include "plugin/normalise.hpp"

namespace {

using namespace treasurer;

/// The table in a block of exactly the bytes that its struct_size promises, so that a byte more is found.
std::unique_ptr<char[]> exact_table(std::string_view bytes) {
    std::uint32_t size = 0;
    std::memcpy(&size, bytes.data(), std::min(bytes.size(), sizeof size));
    const std::size_t room = size > (64u << 10) ? sizeof size : std::max<std::size_t>(size, sizeof size);
    auto out = std::make_unique<char[]>(room);
    std::memcpy(out.get(), bytes.data(), std::min(room, bytes.size()));
    std::memcpy(out.get(), &size, sizeof size);
    return out;
}

/// A table of functions alone: two words, then slots.
template <class Table>
void judge(const atr::Result<Table>& table) {
    if (!table) return fuzz::require(!table.error().message.empty(), "a refusal says why");
    fuzz::require(table->struct_size == sizeof(Table), "a table is full-size");
    void* slots[sizeof(Table) / sizeof(void*)];
    std::memcpy(slots, &*table, sizeof slots);
    for (std::size_t i = 1; i < std::size(slots); ++i) fuzz::require(slots[i] != nullptr, "every slot is filled");
}

void judge_component(const atr::Result<atr_component>& made) {
    if (!made) return;
    fuzz::require(made->create && made->destroy && made->get_interface && made->health, "every slot is filled");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const auto which = input.choice(8);
    const auto table = exact_table(input.rest());
    switch (which) {
        case 0:
            judge(normalise_storage(table.get()));
            break;
        case 1:
            judge(normalise_storage_copy(table.get()));
            break;
        case 2:
            judge(normalise_cache(table.get()));
            break;
        case 3:
            judge(normalise_cache_bus(table.get()));
            break;
        case 4:
            judge(normalise_rail(table.get()));
            break;
        case 5:
            judge(normalise_parser(table.get()));
            break;
        case 6:
            judge_component(normalise_component(table.get()));
            break;
        default:
            (void)normalise_plugin(table.get());
            break;
    }
    return 0;
}
