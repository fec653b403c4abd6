// Where money may go, and who is asked for tax: IBANs, EVM addresses and tax numbers, judged by shape and checksum.
// Threads: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "field.hpp"

namespace parser_rules {

struct Iban {
    Span span;
    std::string value;  ///< upper case, no spaces
    bool checksum = false;
};
/// Reads an IBAN that begins at byte `at`, grouped by spaces or not. Empty when the country or the length is not one.
std::optional<Iban> read_iban(std::string_view text, std::uint32_t at, std::uint64_t& steps);

/// "0x" and 40 hex digits, standing alone, at byte `at`.
std::optional<Span> read_evm_address(std::string_view text, std::uint32_t at, std::uint64_t& steps);

/// The same where a person still reads it as one: in groups, broken over two lines, with invisible characters inside,
/// or shortened as "0x9999...9999". Without "0x" only where `named`: the words before it say that it is an address.
std::optional<Span> read_written_address(std::string_view text, std::uint32_t at, bool named, std::uint64_t& steps);
/// "0x" and the digits of it; a shortened one as it is written.
std::string address_value(std::string_view written);

struct TaxId {
    Span span;
    std::string value;           ///< as written, without spaces
    bool international = false;  ///< a VAT number or GSTIN, rather than a local tax office's number
};
/// Reads a tax number at the start of `text[begin, end)`: a VAT number of the EU, UK, Norway or Switzerland, a GSTIN,
/// an EIN, an ABN, a German tax office's number, a SIREN.
std::optional<TaxId> read_tax_id(std::string_view text, Span within, std::uint64_t& steps);

}  // namespace parser_rules
