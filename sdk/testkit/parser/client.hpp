/// A parser plugin as the checks use it: what it said of a document, judged as it comes.
#pragma once

#include <atr/parser.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/instance.hpp"

namespace atr::testkit {

struct SampleDocument {
    std::string media_type, filename, bytes;
};

struct Parsed {
    Answer answer;
    atr::ParseResult result;
    /// Everything in one text: equal texts mean equal answers.
    std::string text() const;
};

class ParserClient {
public:
    explicit ParserClient(Context& context);

    Instance& instance() { return instance_; }
    nlohmann::json describe();
    /// The media types it declares.
    std::vector<std::string> media_types();
    bool declares(const char* capability);
    /// `most_fields`: the sink says stop at this one. `budget_ms`: time given.
    Parsed parse(const SampleDocument& document, int most_fields = 100'000, std::int64_t budget_ms = 60'000);

    /// Documents it should be able to read something of: those given with --document, else an invoice of the kit's own
    /// where it reads plain text. Throws Failure where there is none: nothing has then been tried.
    std::vector<SampleDocument> samples();
    /// Bytes that no parser likes, of a media type it declares.
    std::vector<SampleDocument> hostile();

private:
    Instance instance_;
    atr_parser table_;
};

/// Throws Failure where a field's evidence does not stand in the layers, or breaks another rule of fields.
void judge_evidence(const Parsed& parsed);

}  // namespace atr::testkit
