/// JSON bodies: what this reader takes, another reader takes too; numbers stay exact; members read without harm.
#include <nlohmann/json.hpp>

#include "http/json_body.hpp"
#include "input.hpp"

namespace {

using namespace treasurer::http;

void judge(const JsonValue& value) {
    if (const auto* number = value.number()) {
        if (const auto exact = number->decimal()) {
            const auto again = atr::Decimal::parse(exact->to_string());
            fuzz::require(again && *again == *exact, "a decimal reads back as itself");
        }
        if (const auto whole = number->integer())
            fuzz::require(nlohmann::json::parse(number->text).get<double>() == static_cast<double>(*whole),
                          "a whole number is its text");
    }
    if (value.array())
        for (const auto& one : *value.array()) judge(one);
    if (!value.object()) return;
    JsonBody body(value);
    for (const auto& [name, member] : *value.object()) {
        judge(member);
        (void)body.text(name, 16);
        (void)body.decimal(name);
        (void)body.integer(name, -5, 5);
        (void)body.boolean(name);
    }
    body.only({"vendor", "amount"});
    if (!body.ok()) fuzz::require(!body.problem().errors.empty(), "a refused body says why");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto value = parse_json(text);
    if (!value) return 0;
    fuzz::require(nlohmann::json::accept(text), "what is read here is JSON elsewhere");
    judge(*value);
    return 0;
}
