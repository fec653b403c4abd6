// A sound parser behind a wrapper that breaks one rule of the contract: that of fault.hpp.
#include <atomic>
#include <stdexcept>

#include "fault.hpp"
#include "parser_rules/rules_parser.hpp"

namespace {

using broken::breaks;

class BrokenParser final : public atr::Parser {
public:
    using Settings = parser_rules::RulesSettings;
    static atr::Config<Settings> config() { return parser_rules::RulesParser::config(); }
    static atr::Result<std::unique_ptr<BrokenParser>> create(const atr::Host&, std::string, Settings settings) {
        return std::make_unique<BrokenParser>(settings);
    }
    explicit BrokenParser(Settings settings) : sound_(settings) {}

    atr::Result<std::string> describe() override { return sound_.describe(); }

    atr::Result<atr::ParseResult> parse(const atr::Call& call, const atr::DocumentView& given) override {
        auto document = given;
        if (breaks("reads_anything") && document.media_type.starts_with("application/")) {
            document.media_type = "text/plain";
            document.bytes = "Invoice number: 1";
        }
        if (breaks("shares_state_between_threads")) last_ = given.bytes.size();
        auto out = sound_.parse(call, document);
        if (!out) {
            if (breaks("refuses_without_a_word")) out.error().message.clear();
            return out;
        }
        if (breaks("reads_nothing")) out->fields.clear();
        if (breaks("latin1_layer")) out->texts.push_back({1, 0, "K\xE4lte"});
        for (auto& field : out->fields) bend(field);
        return out;
    }

private:
    void bend(atr::ParsedField& field) {
        if (breaks("confidence_in_millions")) field.confidence_bp = 950'000;
        if (breaks("types_of_its_own")) field.type = "string";
        if (breaks("no_evidence")) field.evidence.clear();
        if (breaks("answers_by_turns") && ++turns_ % 97 == 0) field.confidence_bp /= 2;
        if (breaks("shares_state_between_threads")) field.value += std::to_string(last_);
        for (auto& evidence : field.evidence) {
            if (breaks("invents_quotes")) evidence.quote = "as I see it";
            if (breaks("points_beyond_the_text")) evidence.end += 1'000'000;
        }
    }

    parser_rules::RulesParser sound_;
    std::atomic<std::size_t> last_{0}, turns_{0};
};

/// Throws where the SDK's own guard would have caught it.
atr_outcome throwing(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                     atr_usage* usage, atr_error* error) {
    if (document->bytes.len == 0) throw std::runtime_error("nothing to read");
    return atr::detail::ParserTable<BrokenParser>::parse(self, call, document, sink, usage, error);
}

atr_component broken_component() {
    auto out = atr::component<BrokenParser>({.id = "test.broken_parser", .title = "Breaks one rule", .version = "1"});
    if (breaks("throws_at_empty"))
        out.get_interface = [](void*, atr_str id) -> const void* {
            static const atr_parser table = {sizeof(atr_parser), 0, atr::detail::ParserTable<BrokenParser>::describe,
                                             throwing};
            return atr::view(id) == ATR_IF_PARSER ? &table : nullptr;
        };
    return out;
}

}  // namespace

ATR_PLUGIN(broken_component());
