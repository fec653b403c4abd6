// The parser plugin: checks the document, runs the engine, and hands over the text with the fields that stand in it.
#pragma once

#include <atr/parser.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "engine.hpp"

namespace parser_rules {

struct RulesSettings {
    std::int64_t max_bytes = 102'400;
};

/// Reads text/plain in UTF-8. Threads: every method may be called concurrently. The same bytes give the same answer.
class RulesParser final : public atr::Parser {
public:
    using Settings = RulesSettings;
    static atr::Config<RulesSettings> config();
    static atr::Result<std::unique_ptr<RulesParser>> create(const atr::Host&, std::string instance, Settings settings);

    explicit RulesParser(Settings settings) : settings_(settings) {}

    atr::Result<std::string> describe() override;
    /// Errors, all rejected: ATR_E_MEDIA_TYPE  not text/plain in UTF-8
    ///                       ATR_E_TOO_LARGE   larger than max_bytes
    ///                       ATR_E_BAD_INPUT   empty, or not UTF-8; the message names the byte
    atr::Result<atr::ParseResult> parse(const atr::Call&, const atr::DocumentView&) override;
    atr::Result<std::string> health(const atr::Call&) override { return std::string("{}"); }

private:
    Settings settings_;
    Engine engine_;
};

}  // namespace parser_rules
