/// The rule parser on any bytes: work linear in the text, and every claim stands where it says.
#include "input.hpp"
#include "parser_rules/engine.hpp"

namespace {

constexpr std::uint64_t steps_per_byte = 40;  // as tests/unit/parser_rules/test_hostile.cpp has it

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const parser_rules::Engine engine;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = engine.extract(text);
    for (const auto& field : read.fields) {
        fuzz::require(!field.evidence.empty() && field.confidence_bp <= 10'000,
                      "a claim has evidence and a confidence");
        for (const auto span : field.evidence)
            fuzz::require(span.begin < span.end && span.end <= size, "evidence stands in the text");
    }
    fuzz::require(read.steps <= steps_per_byte * size + 20'000, "work is linear in the text");
    return 0;
}
