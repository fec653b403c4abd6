#include "rules_parser.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "ascii.hpp"
#include "unicode.hpp"

namespace parser_rules {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// "text/plain", with no charset or one that UTF-8 contains.
bool readable(std::string_view media_type) {
    const std::string type = lowered(media_type);
    const auto semicolon = type.find(';');
    if (trimmed(std::string_view(type).substr(0, semicolon)) != "text/plain") return false;
    const auto charset = type.find("charset=");
    if (semicolon == std::string::npos || charset == std::string::npos) return true;
    std::string_view name = std::string_view(type).substr(charset + 8);
    name = trimmed(name.substr(0, name.find(';')));
    return name == "utf-8" || name == "\"utf-8\"" || name == "us-ascii" || name == "ascii";
}

bool blank(std::string_view text) {
    const std::string_view bytes = text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
    for (std::size_t at = 0; at < bytes.size();) {
        const CodePoint point = decode(bytes, at);
        const bool space = point.value <= ' ' || (point.value >= 0x80 && classify(point.value) == CharClass::space);
        if (!space) return false;
        at += point.size;
    }
    return true;
}

atr::ParsedField to_parsed(const Field& field, std::string_view text) {
    atr::ParsedField out;
    out.path = field.path;
    out.type = field.type;
    out.value = field.value;
    out.confidence_bp = field.confidence_bp;
    out.alternative = field.alternative;
    for (const Span span : field.evidence) {
        atr::Evidence evidence;
        evidence.begin = span.begin;
        evidence.end = span.end;
        evidence.quote = span.of(text);
        out.evidence.push_back(std::move(evidence));
    }
    return out;
}

}  // namespace

atr::Config<RulesSettings> RulesParser::config() {
    constexpr std::int64_t kMost = std::int64_t{16} << 20;
    return atr::Config<RulesSettings>{}.integer("max_bytes", &RulesSettings::max_bytes, 1, kMost, "bytes",
                                                "Largest text that is read; larger ones are refused");
}

atr::Result<std::unique_ptr<RulesParser>> RulesParser::create(const atr::Host&, std::string, Settings settings) {
    return std::make_unique<RulesParser>(settings);
}

atr::Result<std::string> RulesParser::describe() {
    const nlohmann::json capabilities = {{"media_types", {"text/plain"}},
                                         {"max_bytes", settings_.max_bytes},
                                         {"cpu_bound", true},
                                         {"deterministic", true}};
    return capabilities.dump();
}

atr::Result<atr::ParseResult> RulesParser::parse(const atr::Call&, const atr::DocumentView& document) {
    if (!readable(document.media_type)) return atr::rejected(ATR_E_MEDIA_TYPE, "only text/plain in UTF-8 is read");
    const std::string_view text = document.bytes;
    if (text.size() > static_cast<std::size_t>(settings_.max_bytes)) {
        return atr::rejected(ATR_E_TOO_LARGE, "the text has " + std::to_string(text.size()) + " bytes, more than " +
                                                  std::to_string(settings_.max_bytes));
    }
    if (const auto bad = first_invalid_byte(text)) {
        return atr::rejected(ATR_E_BAD_INPUT, "the text is not UTF-8 at byte " + std::to_string(*bad));
    }
    if (blank(text)) return atr::rejected(ATR_E_BAD_INPUT, "the text is empty");

    const Extraction found = engine_.extract(text);
    atr::ParseResult result;
    result.pages = 1;
    result.texts.push_back({0, 0, std::string(text)});
    result.fields.reserve(found.fields.size());
    for (const auto& field : found.fields) result.fields.push_back(to_parsed(field, text));
    for (const auto& warning : found.warnings) result.warnings.push_back({std::string(warning.code), warning.message});
    return result;
}

}  // namespace parser_rules
