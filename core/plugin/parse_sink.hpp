/// Where a parser's fields, texts and warnings arrive: checked, copied, bounded.
/// Threads: one call's own. Lifetime: the call.
#pragma once

#include <atr/parser.hpp>
#include <string>
#include <string_view>

namespace treasurer {

class ParseSink {
public:
    static constexpr std::size_t max_fields = 512;
    static constexpr std::size_t max_evidence = 16;  ///< a field
    static constexpr std::size_t max_layers = 4096;
    static constexpr std::size_t max_text_bytes = std::size_t{32} << 20;  ///< all layers together
    static constexpr std::size_t max_warnings = 64;

    ParseSink();
    ParseSink(const ParseSink&) = delete;
    ParseSink& operator=(const ParseSink&) = delete;

    const atr_field_sink* raw() const { return &raw_; }
    atr_usage* usage() { return &usage_; }
    atr::ParseResult take();

private:
    static std::int32_t on_field(void* ctx, const atr_field* field) noexcept;
    static std::int32_t on_text(void* ctx, std::uint32_t layer, std::uint32_t page, atr_str text) noexcept;
    static void on_warning(void* ctx, atr_str code, atr_str message) noexcept;

    bool field(const atr_field* from);
    void evidence(const atr_field& from, atr::ParsedField& to);
    bool text(std::uint32_t layer, std::uint32_t page, atr_str from);
    void warn(std::string_view code, std::string_view message);

    atr::ParseResult result_;
    std::size_t text_bytes_ = 0;
    std::string fault_;
    atr_usage usage_{};
    atr_field_sink raw_{};
};

}  // namespace treasurer
