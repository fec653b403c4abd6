/// ParserPort over a parser plugin's table.
/// Threads: any. Lifetime: the instance outlives it and its calls. Errors: returned. Fields and texts that break the
/// contract or a bound are left out, and a warning in the result says so.
#pragma once

#include <memory>

#include "plugin/plugin_instance.hpp"
#include "ports/parser_port.hpp"

namespace treasurer {

class ParserPlugin final : public ParserPort {
public:
    /// Blocks for describe(), at most `patience`. Not from an executor thread.
    static atr::Result<std::unique_ptr<ParserPlugin>> make(PluginInstance& instance, Millis patience);

    const std::string& name() const override { return instance_.name(); }
    const std::vector<std::string>& media_types() const override { return media_types_; }
    Task<atr::Result<atr::ParseResult>> parse(Document document, CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    ParserPlugin(PluginInstance& instance, const atr_parser& table, std::vector<std::string> media_types)
        : instance_(instance), table_(table), self_(instance.self()), media_types_(std::move(media_types)) {}

    PluginInstance& instance_;
    const atr_parser table_;
    void* const self_;
    const std::vector<std::string> media_types_;
};

}  // namespace treasurer
