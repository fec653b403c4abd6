// Everything on the page that the rules can use: labels, dates, amounts, accounts. One pass over the tokens.
// Every list is in reading order, so the facts of a region are found by binary search.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "accounts.hpp"
#include "dates.hpp"
#include "numbers.hpp"
#include "page.hpp"

namespace parser_rules {

/// A phrase of the lexicon on the page.
struct Hit {
    Label label = Label::none;
    Language language = Language::any;
    std::uint32_t token = 0;
    std::uint32_t end_token = 0;
    std::uint32_t cell = 0;
    bool leads = false;  ///< nothing but articles stands before it in its cell, or since the label before
    bool colon = false;  ///< a colon follows
    bool ends = false;   ///< nothing but marks follows in its cell
};

struct Amount {
    Number number;
    std::uint32_t token = 0;
    std::uint32_t end_token = 0;
    std::uint32_t cell = 0;
    CurrencyId currency = kNoCurrency;  ///< written beside it
    Span currency_span;
    bool percent = false;
    bool unit = false;            ///< a unit follows: "12.50 kg"
    bool strange_mark = false;    ///< letters nobody knows touch its currency's mark: "RX$"
    bool scaled = false;          ///< a word such as "million" multiplies it
    bool perhaps_credit = false;  ///< words of its line may say that it is owed to the buyer

    /// Looks like money: has decimals, groups or a currency.
    bool money_like() const {
        return currency != kNoCurrency ||
               (!unit && (number.decimals != Decimals::none || number.grouped_by_space || number.open_cents));
    }
};

/// A currency named anywhere.
struct Mention {
    CurrencyId id = kNoCurrency;
    Span span;
    std::uint32_t token = 0;
    bool beside_amount = false;
    bool strange = false;  ///< letters nobody knows touch the mark
};

struct AddressAt {
    Span span;
    std::uint32_t token = 0;
};
struct IbanAt {
    Iban iban;
    std::uint32_t token = 0;
};
/// A legal form such as "GmbH": the cell it stands in probably names a company.
struct LegalForm {
    std::uint32_t token = 0;
    std::uint32_t end_token = 0;
};

struct Facts {
    std::vector<Hit> hits;
    std::vector<Date> dates;
    std::vector<Amount> amounts;
    std::vector<Mention> mentions;
    std::vector<AddressAt> wallets;
    std::vector<IbanAt> ibans;
    std::vector<LegalForm> legal_forms;
    std::vector<std::uint64_t> domains;             ///< hashes of the names in web and mail addresses, at most 16
    std::array<std::uint32_t, 7> language_votes{};  ///< by Language
    Language language = Language::any;              ///< the most voted, if clear
    NumberStyle style;
    bool us_postcode = false;  ///< "TX 98342"
    std::uint64_t steps = 0;
};

Facts find_facts(const Page& page);

}  // namespace parser_rules
