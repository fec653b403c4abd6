#include "intake/cross_check.hpp"

#include "intake/quoted_value.hpp"
#include "intake/utf8.hpp"
#include "records/json_writer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace treasurer::intake {
namespace {

using atr::Evidence;
using atr::ParsedField;
using atr::ParseResult;

const std::string* layer_text(const ParseResult& parsed, std::uint32_t layer) {
    for (const auto& text : parsed.texts)
        if (text.layer == layer) return &text.text;
    return nullptr;
}

/// The quote is really there, at the place that is named.
bool stands_in_document(const ParseResult& parsed, const Evidence& evidence) {
    if (evidence.kind != ATR_EV_TEXT)
        return false;  // other kinds are checked against their own layers by later parsers
    const std::string* text = layer_text(parsed, evidence.layer);
    if (!text || evidence.begin >= evidence.end || evidence.end > text->size()) return false;
    return std::string_view(*text).substr(evidence.begin, evidence.end - evidence.begin) == evidence.quote;
}

void write_field(JsonWriter& out, const ParsedField& field, std::uint32_t confidence_bp) {
    out.text("path", field.path).text("value", field.value).number("confidence", confidence_bp);
    out.number_if("alternative", field.alternative);
    if (field.evidence.empty()) return;
    const Evidence& first = field.evidence.front();
    out.object("evidence", [&](JsonWriter& evidence) {
        evidence.text("quote", first.quote).number("layer", first.layer).number("begin", first.begin);
        evidence.number("end", first.end).number("page", first.page);
    });
}

std::optional<CheckedField>* slot(Reading& reading, std::string_view path) {
    if (path == "seller.name") return &reading.seller_name;
    if (path == "seller.tax_id") return &reading.seller_tax_id;
    if (path == "invoice_number") return &reading.invoice_number;
    if (path == "issue_date") return &reading.issue_date;
    if (path == "due_date") return &reading.due_date;
    if (path == "currency") return &reading.currency;
    if (path == "amount_due") return &reading.amount_due;
    if (path == "total_with_tax") return &reading.total_with_tax;
    if (path == "total_net") return &reading.total_net;
    if (path == "tax_total") return &reading.tax_total;
    if (path == "payee.iban") return &reading.iban;
    if (path == "payee.wallet") return &reading.wallet;
    if (path == "document_type") return &reading.document_type;
    return nullptr;
}

std::optional<atr::Decimal> number(const std::optional<CheckedField>& field) {
    return field ? atr::Decimal::parse(field->value) : std::nullopt;
}

bool ends_in_digit(std::string_view text) {
    return !text.empty() && text.back() >= '0' && text.back() <= '9';
}

/// Digits that a mark of some kind joins to the number behind them: "1`", "1 , ", "45€".
bool goes_on_into_a_number(std::string_view before) {
    static constexpr std::string_view marks[] = {"`", "'", ", ", ". ", "$", "€", "£", "¥", "₹", "₿"};
    for (const auto mark : marks) {
        if (!before.ends_with(mark)) continue;
        before.remove_suffix(mark.size());
        if (mark.back() == ' ' && before.ends_with(' ')) before.remove_suffix(1);
        return ends_in_digit(before);
    }
    return false;
}

/// "€50" behind a number.
bool goes_on_behind_a_sign(std::string_view after) {
    static constexpr std::string_view signs[] = {"$", "€", "£", "¥", "₹", "₿"};
    return std::any_of(std::begin(signs), std::end(signs), [&](std::string_view sign) {
        return after.starts_with(sign) && after.size() > sign.size() && after[sign.size()] >= '0' &&
               after[sign.size()] <= '9';
    });
}

/// What a reader of the page would take for part of the number, although the parser did not: a bracket, a sign, a digit
/// of another script, or "CR" behind it. A positive amount then may be a credit, or another number.
bool stands_beside_something(const ParseResult& parsed, const Evidence& evidence) {
    const std::string* text = layer_text(parsed, evidence.layer);
    if (!text || evidence.begin > evidence.end || evidence.end > text->size()) return true;
    static constexpr std::string_view harmless[] = {"\u00A0", "\u202F", "\u2007", "\u2009", "€", "£",
                                                    "¥",      "₹",      "₿",    "│",      "┃", "|"};
    const auto is_harmless = [&](std::string_view part, bool at_end) {
        return std::any_of(std::begin(harmless), std::end(harmless), [&](std::string_view known) {
            return at_end ? part.ends_with(known) : part.starts_with(known);
        });
    };
    const std::string_view before = std::string_view(*text).substr(0, evidence.begin);
    std::string_view after = std::string_view(*text).substr(evidence.end);
    if (goes_on_into_a_number(before) || goes_on_behind_a_sign(after)) return true;
    if (!before.empty()) {
        const auto last = static_cast<unsigned char>(before.back());
        if (last == '(' || last == '-' || last == '<' || (last >= '0' && last <= '9') || last == '.' || last == ',')
            return true;
        if (last >= 0x80 && !is_harmless(before, true)) return true;
    }
    if (!after.empty()) {
        const auto first = static_cast<unsigned char>(after.front());
        if (first == ')' || first == '-' || (first >= '0' && first <= '9')) return true;
        if (first >= 0x80 && !is_harmless(after, false)) return true;
    }
    while (after.starts_with(' ')) after.remove_prefix(1);
    const bool credit = after.size() >= 2 && (after[0] | 0x20) == 'c' && (after[1] | 0x20) == 'r';
    return credit && (after.size() == 2 || !((after[2] | 0x20) >= 'a' && (after[2] | 0x20) <= 'z'));
}

bool is_payable_amount(const ParsedField& field) {
    return field.path == "amount_due" || field.path == "total_with_tax";
}

/// What decides how much is paid, and whether it was paid before, says what one of its quotes says.
bool is_quoted(const ParsedField& field) {
    const auto is_in_one = [&](auto says) {
        return std::any_of(field.evidence.begin(), field.evidence.end(),
                           [&](const Evidence& evidence) { return says(evidence.quote); });
    };
    if (field.path == "invoice_number")
        return is_in_one([&](const std::string& quote) { return quotes_text(quote, field.value); });
    if (!is_payable_amount(field)) return true;
    const auto value = atr::Decimal::parse(field.value);
    return value && is_in_one([&](const std::string& quote) { return quotes_amount(quote, *value); });
}

void check_sums(Reading& reading) {
    const auto net = number(reading.total_net), tax = number(reading.tax_total), total = number(reading.total_with_tax);
    if (!net || !tax || !total) return;
    const auto sum = net->plus(*tax);
    if (sum && *sum == *total) return;
    reading.doubts.push_back("net " + net->to_string() + " and tax " + tax->to_string() + " do not add up to " +
                             total->to_string());
}

void check_amount(Reading& reading) {
    const auto due = number(reading.amount_due), total = number(reading.total_with_tax);
    if (due && total && *due > *total)
        reading.doubts.push_back("the amount due " + due->to_string() + " is more than the total " +
                                 total->to_string());
}

/// A parser that knows of one of these asks a person, however sure it is of the fields.
constexpr std::array<std::string_view, 3> codes_that_ask = {"paid_already", "collected_by_seller", "not_to_be_paid"};

bool asks(const atr::ParseWarning& warning) {
    return std::find(codes_that_ask.begin(), codes_that_ask.end(), warning.code) != codes_that_ask.end();
}

/// What can be shown of it: a parser's message is as long as it likes.
std::string words_of(const atr::ParseWarning& warning) {
    constexpr std::size_t most_bytes = 200;
    const bool can_be_shown =
        !warning.message.empty() && warning.message.size() <= most_bytes && !invalid_utf8_at(warning.message);
    return can_be_shown ? warning.message : warning.code;
}

/// The first few of them.
std::string remarks_of(const ParseResult& parsed) {
    constexpr std::size_t most_remarks = 3;
    std::string out;
    for (std::size_t i = 0; i < std::min(parsed.warnings.size(), most_remarks); ++i) {
        const std::string words = words_of(parsed.warnings[i]);
        if (out.find(words) == std::string::npos) out += (out.empty() ? "" : "; ") + words;
    }
    return out;
}

}  // namespace

std::optional<atr::Money> Reading::amount() const {
    const auto& due = amount_due ? amount_due : total_with_tax;
    if (!due || !currency) return std::nullopt;
    return atr::Money::parse(due->value, currency->value);
}

bool iban_checks_out(std::string_view iban) {
    std::string text;
    for (char c : iban)
        if (c != ' ') text += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (text.size() < 15 || text.size() > 34) return false;
    std::rotate(text.begin(), text.begin() + 4, text.end());
    unsigned rest = 0;
    for (char c : text) {
        if (c >= '0' && c <= '9')
            rest = (rest * 10 + static_cast<unsigned>(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + static_cast<unsigned>(c - 'A' + 10)) % 97;
        else
            return false;
    }
    return rest == 1;
}

Reading cross_check(const ParseResult& parsed) {
    Reading out;
    out.remarks = remarks_of(parsed);
    std::string fields = "[";
    for (const auto& field : parsed.fields) {
        if (invalid_utf8_at(field.value) || field.value.size() > 1024) continue;
        const bool supported =
            !field.evidence.empty() && std::all_of(field.evidence.begin(), field.evidence.end(),
                                                   [&](const Evidence& e) { return stands_in_document(parsed, e); });
        const std::uint32_t confidence = supported ? std::min<std::uint32_t>(field.confidence_bp, 10000) : 0;
        JsonWriter written(256);
        write_field(written, field, confidence);
        fields.append(fields.size() > 1 ? "," : "").append(std::move(written).done());
        if (field.path == "payee.wallet" || field.path == "payee.iban") out.payees.push_back(field.value);
        if (field.document != 0) {
            if (out.doubts.empty() || out.doubts.back() != "the file holds more than one invoice")
                out.doubts.push_back("the file holds more than one invoice");
            continue;
        }
        if (field.alternative != 0) continue;
        if (!supported) out.doubts.push_back("the evidence for " + field.path + " does not stand in the document");
        const bool is_amount = is_payable_amount(field);
        if (supported && !is_quoted(field))
            out.doubts.push_back("the value of " + field.path + ", " + field.value + ", is not what its quote says");
        const bool is_perhaps_part = supported && is_amount &&
                                     std::any_of(field.evidence.begin(), field.evidence.end(),
                                                 [&](const Evidence& e) { return stands_beside_something(parsed, e); });
        if (is_perhaps_part)
            out.doubts.push_back("what stands beside the amount " + field.value +
                                 " may be part of it, or make it a credit");
        const auto amount = is_perhaps_part ? atr::Decimal::parse(field.value) : std::nullopt;
        if (amount && amount->is_zero()) continue;  // the "00" of digits that the parser does not know: not read
        if (auto* place = slot(out, field.path); place && !*place) *place = CheckedField{field.value, confidence};
    }
    out.fields = std::move(fields) + "]";
    check_sums(out);
    check_amount(out);
    for (const auto& warning : parsed.warnings)
        if (asks(warning)) out.doubts.push_back("its parser says: " + words_of(warning));
    if (out.iban && !iban_checks_out(out.iban->value)) out.doubts.push_back("the IBAN's check digits are wrong");
    return out;
}

}  // namespace treasurer::intake
