// Amounts on the page: a number that is not part of a name, its sign, its currency, whether it is a percentage.
#pragma once

#include <cstdint>
#include <optional>

#include "facts.hpp"

namespace parser_rules {

/// The currency that the word at token `at` names, by code or by name.
CurrencyId currency_word(const Page& page, std::uint32_t at);

/// Whether letters that name no currency touch the mark at token `at`: "RX$", "T€", "$U".
bool strange_letters_touch(const Page& page, std::uint32_t at);

/// Reads amounts into `facts`, in reading order.
class AmountScan {
public:
    AmountScan(const Page& page, Facts& facts)
        : page_(page), text_(page.text()), tokens_(page.tokens()), facts_(facts) {}

    struct Read {
        std::uint32_t next = 0;  ///< the token after what was read
        bool amount = false;     ///< false: the digits are part of a name or a date
    };
    Read read(std::uint32_t at);

private:
    std::uint32_t open_cents(Amount& found, std::uint32_t end) const;
    bool glued_before(std::uint32_t at) const;
    bool glued_after(std::uint32_t at, std::uint32_t end) const;
    bool names_currency(std::uint32_t at) const;
    bool follows_letter_or_digit(const Token& token) const;
    void read_sign(Amount& found, std::uint32_t at, std::uint32_t& end);
    bool closes_cell(const Amount& found, std::uint32_t at) const;
    bool is_credit_mark(std::uint32_t at) const;
    std::uint32_t credit_mark(Amount& found, std::uint32_t at) const;
    void trailing_sign(Amount& found, std::uint32_t& end) const;
    bool magnitude(std::uint32_t at) const;
    bool before_unit(const Amount& found) const;
    void read_magnitude(Amount& found) const;
    bool names_credit(std::uint32_t at) const;
    void credit_words(Amount& found) const;
    bool initials_before(std::uint32_t mark) const;
    bool currency_before(Amount& found, std::uint32_t at);
    void currency_after(Amount& found, std::uint32_t end);

    const Page& page_;
    std::string_view text_;
    const std::vector<Token>& tokens_;
    Facts& facts_;
};

}  // namespace parser_rules
