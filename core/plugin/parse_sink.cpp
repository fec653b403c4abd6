#include "plugin/parse_sink.hpp"

#include <algorithm>
#include <cstring>

#include "plugin/border.hpp"

namespace treasurer {

namespace {

constexpr std::size_t max_path = 128;
constexpr std::size_t max_type = 32;
constexpr std::size_t max_quote = 4 << 10;
constexpr std::uint32_t full_confidence = 10'000;

}  // namespace

ParseSink::ParseSink() {
    raw_.struct_size = sizeof raw_;
    raw_.ctx = this;
    raw_.on_field = &on_field;
    raw_.on_warning = &on_warning;
    raw_.on_text = &on_text;
    usage_.struct_size = sizeof usage_;
}

atr::ParseResult ParseSink::take() {
    result_.pages = usage_.pages;
    result_.tokens_in = usage_.tokens_in;
    result_.tokens_out = usage_.tokens_out;
    result_.cost_micros = usage_.cost_micros;
    const std::string_view model(usage_.model, strnlen(usage_.model, sizeof usage_.model));
    if (border::is_utf8(model)) result_.model = model;
    return std::move(result_);
}

void ParseSink::warn(std::string_view code, std::string_view message) {
    if (result_.warnings.size() < max_warnings)
        result_.warnings.push_back({.code = std::string(code), .message = std::string(message)});
}

bool ParseSink::field(const atr_field* from) {
    if (result_.fields.size() >= max_fields) {
        if (result_.fields.size() == max_fields && fault_.empty())
            warn("host.too_many_fields", fault_ = "more than 512 fields; the rest were left out");
        return false;
    }
    if (!border::is_whole(from)) return warn("host.broken_field", "an incomplete field was left out"), true;
    atr::ParsedField out;
    const bool whole = border::copy_text(from->path, max_path, out.path) && !out.path.empty() &&
                       border::copy_text(from->type, max_type, out.type) &&
                       border::copy_text(from->value, border::max_text, out.value);
    if (!whole) return warn("host.broken_field", "a field with broken or huge text was left out"), true;
    out.document = from->document;
    out.alternative = from->alternative;
    out.confidence_bp = from->confidence_bp <= full_confidence ? from->confidence_bp : 0;
    if (from->confidence_bp > full_confidence)
        warn("host.bad_confidence", out.path + ": a confidence beyond 10000 counts as none");
    evidence(*from, out);
    result_.fields.push_back(std::move(out));
    return true;
}

void ParseSink::evidence(const atr_field& from, atr::ParsedField& to) {
    if (from.n_evidence == 0) return;
    if (from.evidence == nullptr || from.evidence_stride < atr::SizeIn10<atr_evidence>::value)
        return warn("host.broken_evidence", to.path + ": evidence without a place was left out");
    const std::size_t count = std::min<std::size_t>(from.n_evidence, max_evidence);
    if (count < from.n_evidence) warn("host.too_much_evidence", to.path + ": only 16 pieces were kept");
    for (std::size_t i = 0; i < count; ++i) {
        const atr_evidence& raw = *atr::at(from.evidence, i, from.evidence_stride);
        atr::Evidence out{.kind = raw.kind,
                          .layer = raw.layer,
                          .page = raw.page,
                          .x = raw.x,
                          .y = raw.y,
                          .w = raw.w,
                          .h = raw.h,
                          .begin = raw.begin,
                          .end = raw.end,
                          .quote = {},
                          .node = {}};
        const bool whole = border::is_whole(&raw) && raw.kind >= ATR_EV_TEXT && raw.kind <= ATR_EV_MODEL_ONLY &&
                           raw.begin <= raw.end && border::copy_text(raw.quote, max_quote, out.quote) &&
                           border::copy_text(raw.node, border::max_name, out.node);
        if (whole)
            to.evidence.push_back(std::move(out));
        else
            warn("host.broken_evidence", to.path + ": a broken piece of evidence was left out");
    }
}

bool ParseSink::text(std::uint32_t layer, std::uint32_t page, atr_str from) {
    const auto text = border::bounded(from, max_text_bytes - text_bytes_);
    if (!text || result_.texts.size() >= max_layers)
        return warn("host.too_much_text", "text beyond 32 MiB or 4096 layers was left out"), false;
    if (!border::is_utf8(*text)) return warn("host.broken_text", "a text layer that is not UTF-8 was left out"), true;
    text_bytes_ += text->size();
    result_.texts.push_back({.layer = layer, .page = page, .text = std::string(*text)});
    return true;
}

std::int32_t ParseSink::on_field(void* ctx, const atr_field* field) noexcept {
    try {
        return static_cast<ParseSink*>(ctx)->field(field) ? 0 : 1;
    } catch (...) {
        return 1;
    }
}

std::int32_t ParseSink::on_text(void* ctx, std::uint32_t layer, std::uint32_t page, atr_str text) noexcept {
    try {
        return static_cast<ParseSink*>(ctx)->text(layer, page, text) ? 0 : 1;
    } catch (...) {
        return 1;
    }
}

void ParseSink::on_warning(void* ctx, atr_str code, atr_str message) noexcept {
    try {
        const auto code_text = border::text(code, border::max_name), text = border::text(message, border::max_text);
        if (code_text && text) static_cast<ParseSink*>(ctx)->warn(*code_text, *text);
    } catch (...) {  // a warning that finds no memory is a warning less
        return;
    }
}

}  // namespace treasurer
