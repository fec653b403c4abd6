/// An invoice parser as the core sees it. What it returns is a claim, to be checked against its evidence.
#pragma once

#include <atr/parser.hpp>
#include <memory>
#include <string>
#include <vector>

#include "ports/call_options.hpp"

namespace treasurer {

struct Document {
    std::string media_type;
    std::string filename;
    std::shared_ptr<const std::string> bytes;
    std::string sha256_hex;
};

class ParserPort {
public:
    virtual ~ParserPort() = default;
    virtual const std::string& name() const = 0;
    virtual const std::vector<std::string>& media_types() const = 0;
    virtual Task<atr::Result<atr::ParseResult>> parse(Document document, CallOptions options) = 0;
    virtual Task<atr::Result<std::string>> health(CallOptions options) = 0;
};

}  // namespace treasurer
