#include "plugin/parser_plugin.hpp"

#include <nlohmann/json.hpp>

#include "plugin/border.hpp"
#include "plugin/normalise.hpp"
#include "plugin/parse_sink.hpp"

namespace treasurer {

using atr::Outcome;
using atr::Result;

namespace {

constexpr Operation op_describe{0, "describe", Outcome::retry};
constexpr Operation op_parse{1, "parse", Outcome::retry};
constexpr std::size_t max_media_types = 64;

Result<std::vector<std::string>> read_media_types(std::string_view json) {
    const auto from = nlohmann::json::parse(json, nullptr, false);
    const auto bad = [] {
        return atr::rejected(ATR_E_CONFIG, "the parser's describe() lists no media_types, or not as texts");
    };
    if (!from.is_object()) return bad();
    const auto types = from.find("media_types");
    if (types == from.end() || !types->is_array() || types->empty() || types->size() > max_media_types) return bad();
    std::vector<std::string> out;
    for (const auto& type : *types) {
        if (!type.is_string()) return bad();
        out.push_back(type.get<std::string>());
    }
    return out;
}

}  // namespace

Result<std::unique_ptr<ParserPlugin>> ParserPlugin::make(PluginInstance& instance, Millis patience) {
    const auto table = normalise_parser(instance.find_interface(ATR_IF_PARSER));
    if (!table) return table.error();
    auto run = [function = table->describe, self = instance.self()](const atr_call&) -> Result<std::string> {
        atr::Buffer out(border::max_json);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, out.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return std::move(out.bytes);
    };
    const auto described = instance.call_blocking<std::string>(op_describe, {.timeout = patience}, std::move(run));
    if (!described) return described.error();
    auto media_types = read_media_types(*described);
    if (!media_types) return media_types.error();
    return std::unique_ptr<ParserPlugin>(new ParserPlugin(instance, *table, std::move(*media_types)));
}

Task<Result<atr::ParseResult>> ParserPlugin::parse(Document document, CallOptions options) {
    auto run = [function = table_.parse, self = self_,
                document = std::move(document)](const atr_call& call) -> Result<atr::ParseResult> {
        atr_document raw{};
        raw.struct_size = sizeof raw;
        raw.media_type = atr::borrow(document.media_type);
        raw.filename = atr::borrow(document.filename);
        if (document.bytes) raw.bytes = atr::borrow(*document.bytes);
        raw.sha256_hex = atr::borrow(document.sha256_hex);
        ParseSink sink;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, &raw, sink.raw(), sink.usage(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return sink.take();
    };
    return instance_.call<atr::ParseResult>(op_parse, std::move(options), std::move(run));
}

Task<Result<std::string>> ParserPlugin::health(CallOptions options) {
    return instance_.health(std::move(options));
}

}  // namespace treasurer
