/// Reads documents: chooses a parser by media type, bounds its cost, and checks what it claims. Stores nothing.
#pragma once

#include "intake/cross_check.hpp"
#include "intake/submission.hpp"
#include "ports/parser_port.hpp"

#include <vector>

namespace treasurer::intake {

struct ReaderSettings {
    std::size_t max_text_bytes = std::size_t{100} * 1024;
    std::size_t max_document_bytes = 10 << 20;
    Millis parse_timeout{5000};
};

/// Threads: any. Errors: rejected (ATR_E_TOO_LARGE, ATR_E_BAD_INPUT, ATR_E_MEDIA_TYPE or the parser's own) for what
/// never can be read; retry when the parser cannot serve just now.
class DocumentReader {
public:
    /// Parsers are asked in this order; the first that reads the document wins.
    DocumentReader(std::vector<ParserPort*> parsers, ReaderSettings settings)
        : parsers_(std::move(parsers)), settings_(settings) {}

    /// `submission` outlives the task.
    Task<atr::Result<Reading>> read(const Submission& submission);

    /// What must be there before anything can be decided; empty: enough.
    static std::vector<Problem> missing_fields(const Reading& reading);

private:
    std::optional<atr::Error> refusal(const Submission& submission) const;

    std::vector<ParserPort*> parsers_;
    const ReaderSettings settings_;
};

}  // namespace treasurer::intake
