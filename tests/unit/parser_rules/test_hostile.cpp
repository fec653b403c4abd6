// Texts made to hurt: the engine must stay inside them, finish in time that grows with their size, and claim nothing
// that does not stand there.
#include <fstream>
#include <random>
#include <sstream>

#include "parser_rules/unicode.hpp"
#include "reading.hpp"

namespace parser_rules {
namespace {

constexpr std::uint64_t kStepsPerByte = 40;

void check_sane(const std::string& text) {
    const Reading reading(text);
    CHECK(reading.found().steps <= kStepsPerByte * text.size() + 20'000);
    CHECK(reading.found().fields.size() <= 64);
    for (const auto& warning : reading.found().warnings) {
        CHECK(warning.message.size() <= 200);
        if (!first_invalid_byte(text)) CHECK_FALSE(first_invalid_byte(warning.message).has_value());
    }
    for (const auto& field : reading.found().fields) {
        if (!first_invalid_byte(text)) {
            INFO(field.path);
            CHECK_FALSE(first_invalid_byte(field.value).has_value());
            for (const Span span : field.evidence) CHECK_FALSE(first_invalid_byte(span.of(text)).has_value());
        }
    }
}

std::string repeat(const std::string& piece, std::size_t bytes) {
    std::string out;
    out.reserve(bytes + piece.size());
    while (out.size() < bytes) out += piece;
    return out;
}

const std::string& sample() {
    static const std::string text =
        "Vendor: Alpha Cloud LLC          Invoice Number: A-2024-17\nDate: 3 M\xC3\xA4rz 2025     Due: 04/04/2025\n"
        "Bill to: Beta Inc., 1 High St, Larch, TX 98342\n\nQty   Description   Total\n2     Cable         50,00\n\n"
        "Subtotal  1.050,00\nVAT 19%  199,50\nTotal due  \xE2\x82\xAC 1.249,50\nIBAN DE89 3704 0044 0532 0130 00\n"
        "Wallet: 0x00a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3\nUSt-IdNr. DE123456789\n";
    return text;
}

TEST_CASE("texts of one repeated piece are read in linear time", "[parser_rules][hostile]") {
    for (const char* piece : {"a  ",
                              "Total: ",
                              "Total\n",
                              "1",
                              "1,",
                              "1.",
                              "1 ",
                              "Total  1.00  ",
                              "Acme GmbH\n",
                              "Bill to:\nAcme GmbH  VAT ID: DE123456789\n",
                              "invoice no ",
                              "copy invoice ",
                              "Invoice Invoice Invoice copy dispute  ",
                              "payment of 1.00 was a received ",
                              "Account balance 0 0 0 ",
                              "Less your payment 1.00  ",
                              "Amount paid 3.00\nBalance 0.00\n",
                              "1/2/2024 ",
                              "DE55 9000 1000 2000 3000 40 ",
                              "# ",
                              "$",
                              "USD 5 EUR 6 ",
                              "Net: 1.11\nTax: 2.22\nTotal: 3.45\nPaid: 4.56\n",
                              "Invoice-----",
                              "(",
                              "a.b.c.d.",
                              "S.A.R.L. ",
                              "x@",
                              "invoice no: -/-/-/",
                              "\n",
                              "\t",
                              "|",
                              "Wallet: 0x",
                              "VAT ID: 1 1 1 1 1 1 1 1 1 1 ",
                              "seller: ",
                              "Currency: ",
                              "Datum ",
                              "zahlbar bis ",
                              "\xE2\x80\x8F",
                              "\xC2\xA0",
                              "\xFF",
                              "\xE2\x82",
                              "www.a",
                              "total of of of ",
                              "net of ",
                              "May ",
                              "12 May ",
                              "Invoice No    Total due\n"}) {
        CAPTURE(piece);
        const std::string small = repeat(piece, 20'000);
        const std::string large = repeat(piece, 80'000);
        check_sane(large);
        const std::uint64_t few = Reading(small).found().steps;
        const std::uint64_t many = Reading(large).found().steps;
        CHECK(many <= 5 * few + 20'000);
    }
}

TEST_CASE("one line of the largest size, and megabytes of digits", "[parser_rules][hostile]") {
    check_sane("Total due: " + std::string(100'000, '9') + " EUR");
    check_sane("Total due: 1." + std::string(2'000'000, '3') + " EUR");
    check_sane(std::string(100'000, 'x'));
    check_sane("Invoice no: " + std::string(100'000, '-'));
    check_sane("Invoice no: " + std::string(100'000, 'A') + "1");
    check_sane(std::string(100'000, '\0'));
    CHECK(Reading("Total due: " + std::string(2'000'000, '9'))["amount_due"].empty());
}

TEST_CASE("random bytes are read past", "[parser_rules][hostile][random]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 300; ++round) {
        std::string text(random() % 4000, '\0');
        for (char& c : text) c = static_cast<char>(random());
        check_sane(text);
    }
}

TEST_CASE("mutations of an invoice never leave the text", "[parser_rules][hostile][random]") {
    const unsigned seed = std::random_device{}();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const std::string pieces[] = {"\xE2\x80\x8E", "0x", "\t", "  ",       "\n",         "IBAN ", "Total due ",
                                  "9999999999",   ".",  ",",  "\xC2\xA0", "'",          "-",     "MNEE",
                                  "\xFF",         "(",  "|",  "%",        "Invoice no "};
    for (int round = 0; round < 2000; ++round) {
        std::string text = sample();
        for (unsigned edits = 1 + random() % 8; edits > 0; --edits) {
            const std::size_t at = random() % text.size();
            switch (random() % 4) {
                case 0:
                    text[at] = static_cast<char>(random());
                    break;
                case 1:
                    text.erase(at, random() % 9);
                    break;
                case 2:
                    text.insert(at, pieces[random() % std::size(pieces)]);
                    break;
                default:
                    text.insert(at, text.substr(random() % text.size(), random() % 60));
                    break;
            }
            if (text.empty()) text = " ";
        }
        check_sane(text);
    }
}

TEST_CASE("invisible characters lower the confidence, and split no number", "[parser_rules][hostile]") {
    const Reading reading(
        "Total due: 1\xE2\x80\x8E"
        "00.00 MNEE\nVendor: Al\xE2\x80\x8Bpha LLC\nInvoice Number: A-1\n");
    CHECK(reading.warns("hidden_characters"));
    CHECK(reading["amount_due"].empty());
    CHECK(reading.doubts("seller.name"));
    CHECK(reading.sure("invoice_number"));
}

TEST_CASE("a text that is too large is refused whole", "[parser_rules][hostile]") {
    const std::string text(Engine::kMaxBytes + 1, 'x');
    CHECK(Reading(text).warns("too_large"));
}

}  // namespace
}  // namespace parser_rules
