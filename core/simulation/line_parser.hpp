/// A parser for tests and simulations: reads "path: value" lines, one field a line, each with perfect evidence.
#pragma once

#include "ports/parser_port.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace treasurer::simulation {

class LineParser final : public ParserPort {
public:
    const std::string& name() const override { return name_; }
    const std::vector<std::string>& media_types() const override { return types_; }
    Task<atr::Result<atr::ParseResult>> parse(Document document, CallOptions options) override {
        traceparent = std::move(options.traceparent);
        const std::string& text = *document.bytes;
        atr::ParseResult out;
        out.texts.push_back({0, 0, text});
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::size_t colon = text.find(": ", at);
            if (colon < end) {
                atr::ParsedField field;
                field.path = text.substr(at, colon - at);
                field.value = text.substr(colon + 2, end - colon - 2);
                field.confidence_bp = 9900;
                atr::Evidence evidence;
                evidence.begin = colon + 2;
                evidence.end = end;
                evidence.quote = field.value;
                field.evidence.push_back(evidence);
                out.fields.push_back(field);
            }
            at = end + 1;
        }
        if (change) change(out);
        co_return out;
    }
    Task<atr::Result<std::string>> health(CallOptions) override { co_return std::string("{}"); }

    /// May change the result before it leaves.
    std::function<void(atr::ParseResult&)> change;
    std::string traceparent;  ///< of the last call

private:
    std::string name_ = "lines";
    std::vector<std::string> types_{"text/plain"};
};

}  // namespace treasurer::simulation
