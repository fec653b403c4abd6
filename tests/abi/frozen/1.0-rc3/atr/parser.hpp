/// Invoice parsers: bytes in, claimed fields out, each with the evidence it rests on. The host believes a field only as
/// far as its evidence stands in the text layers the parser reported.
#pragma once

#include <atr/plugin.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace atr {
inline namespace v1 {

struct DocumentView {
    std::string_view media_type;
    std::string_view filename;
    std::string_view bytes;
    std::string_view sha256_hex;
    std::string_view hints_json;
};

struct Evidence {
    std::int32_t kind = ATR_EV_TEXT;
    std::uint32_t layer = 0;
    std::uint32_t page = 0;
    std::uint32_t x = 0, y = 0, w = 0, h = 0;  ///< 1/10000 of the page
    std::uint64_t begin = 0, end = 0;          ///< bytes in the layer's text
    std::string quote = {};                    ///< exactly the layer's text [begin, end)
    std::string node = {};
};

struct ParsedField {
    std::string path;  ///< e.g. "seller.name", "amount_due"
    std::string type;  ///< "text", "date", "decimal", "asset", "iban", "wallet", "code"
    std::string value;
    std::uint32_t confidence_bp = 0;  ///< 0..10000
    std::uint32_t document = 0;
    std::uint32_t alternative = 0;  ///< 0 is the reading preferred
    std::vector<Evidence> evidence = {};
};

struct TextLayer {
    std::uint32_t layer = 0;
    std::uint32_t page = 0;
    std::string text;
};
struct ParseWarning {
    std::string code;
    std::string message;
};

struct ParseResult {
    std::vector<TextLayer> texts;
    std::vector<ParsedField> fields;
    std::vector<ParseWarning> warnings;
    std::uint32_t pages = 0;
    std::uint64_t tokens_in = 0, tokens_out = 0, cost_micros = 0;
    std::string model;
};

/// Base of parser plugins. Threads: every method may be called concurrently. What is thrown becomes `rejected`: the
/// same bytes would throw again.
class Parser {
public:
    static constexpr std::string_view kind = "parser";
    virtual ~Parser() = default;

    /// {"media_types":["text/plain"],"max_bytes":…,"cpu_bound":true,"deterministic":true}
    virtual Result<std::string> describe() = 0;
    virtual Result<ParseResult> parse(const Call&, const DocumentView&) = 0;
    virtual Result<std::string> health(const Call&) { return unsupported(); }

    template <class Impl>
    static const void* find_interface(Impl&, std::string_view id);
};

namespace detail {

inline bool deliver(const atr_field_sink* sink, const ParsedField& field) {
    std::vector<atr_evidence> evidence;
    evidence.reserve(field.evidence.size());
    for (const auto& e : field.evidence)
        evidence.push_back({sizeof(atr_evidence), e.kind, e.layer, e.page, e.x, e.y, e.w, e.h, e.begin, e.end,
                            borrow(e.quote), borrow(e.node)});
    const atr_field raw = {sizeof(atr_field),
                           field.confidence_bp,
                           field.document,
                           0,
                           borrow(field.path),
                           borrow(field.type),
                           borrow(field.value),
                           field.alternative,
                           static_cast<std::uint32_t>(evidence.size()),
                           sizeof(atr_evidence),
                           0,
                           evidence.data()};
    return sink->on_field(sink->ctx, &raw) == 0;
}

template <class Impl>
struct ParserTable {
    static atr_outcome describe(void* self, atr_buf* out, atr_error* error) {
        return guarded(Outcome::retry, error, [&]() -> atr_outcome {
            const auto text = self_of<Impl>(self).describe();
            if (!text) return report(text.error(), error);
            return append(out, *text) ? ATR_OK : limit_reached(error);
        });
    }
    static atr_outcome parse(void* self, const atr_call* call, const atr_document* document, const atr_field_sink* sink,
                             atr_usage* usage, atr_error* error) {
        return guarded(Outcome::rejected, error, [&]() -> atr_outcome {
            const DocumentView wanted{view(document->media_type), view(document->filename), view(document->bytes),
                                      view(document->sha256_hex), view(document->hints_json)};
            const auto parsed = self_of<Impl>(self).parse(Call(call), wanted);
            if (!parsed) return report(parsed.error(), error);
            for (const auto& text : parsed->texts)
                if (sink->on_text(sink->ctx, text.layer, text.page, borrow(text.text)) != 0)
                    return limit_reached(error);
            for (const auto& field : parsed->fields)
                if (!deliver(sink, field)) return limit_reached(error);
            for (const auto& warning : parsed->warnings)
                sink->on_warning(sink->ctx, borrow(warning.code), borrow(warning.message));
            if (usage) {
                usage->pages = parsed->pages;
                usage->tokens_in = parsed->tokens_in;
                usage->tokens_out = parsed->tokens_out;
                usage->cost_micros = parsed->cost_micros;
                fill_text(usage->model, parsed->model);
            }
            return ATR_OK;
        });
    }
    static constexpr atr_parser table = {sizeof(atr_parser), 0, describe, parse};
};

}  // namespace detail

template <class Impl>
const void* Parser::find_interface(Impl&, std::string_view id) {
    return id == ATR_IF_PARSER ? &detail::ParserTable<Impl>::table : nullptr;
}

}  // namespace v1
}  // namespace atr
