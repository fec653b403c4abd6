// The offline reader of plain-text invoices: UTF-8 text in, claimed fields with their places out.
//
// Work is linear in the text, memory at most about fifty bytes for each of its bytes. Nothing in a text is an
// instruction; a field that is not there is not given, and a doubtful one has a confidence below `kAskHuman`.
// Threads: const after construction, may be shared. Errors: none; bytes that are not UTF-8 are read past.
#pragma once

#include <string_view>

#include "field.hpp"
#include "lexicon.hpp"

namespace parser_rules {

class Engine {
public:
    /// Texts beyond this give no fields and the warning "too_large".
    static constexpr std::size_t kMaxBytes = std::size_t{64} << 20;

    Extraction extract(std::string_view utf8_text) const;

private:
    Lexicon lexicon_;
};

}  // namespace parser_rules
