#include "parser/client.hpp"

#include <algorithm>
#include <atr/abi_sizes.hpp>
#include <fstream>
#include <iterator>
#include <map>

namespace atr::testkit {

namespace {

constexpr const char* plain_invoice =
    "Seller: Larch & Linden Print\nLarch & Linden Print GmbH\nHauptstrasse 5, 10115 Berlin\n\nINVOICE\n\n"
    "Invoice number: KIT-2031\nNumber: KIT-2031\nInvoice date: 2026-03-02\nDate: 2026-03-02\nDue date: 2026-04-01\n"
    "Due: 2026-04-01\n\nPrinting of 500 leaflets        84.50 EUR\n\nTotal amount due: 84.50 EUR\nAmount: 84.50\n"
    "Currency: EUR\nIBAN: DE89 3704 0044 0532 0130 00\n";

std::string media_type_of(const std::filesystem::path& file) {
    static const std::map<std::string, std::string> types = {{".pdf", "application/pdf"}, {".xml", "application/xml"},
                                                             {".png", "image/png"},       {".jpg", "image/jpeg"},
                                                             {".jpeg", "image/jpeg"},     {".tif", "image/tiff"}};
    const auto found = types.find(file.extension().string());
    return found == types.end() ? "text/plain" : found->second;
}

/// What a sink collects, and how much it wants.
struct Collected {
    Border& border;
    atr::ParseResult result;
    int most_fields;
    bool stopped = false;

    bool still_wanted(const char* what) {
        if (stopped)
            border.breach(rule_sinks, "a sink that has said stop gets no more", std::string("another ") + what);
        return !stopped;
    }
    std::int32_t field(const atr_field* from) {
        if (!still_wanted("field")) return 1;
        if (from == nullptr || from->struct_size < atr::SizeIn10<atr_field>::value ||
            (from->n_evidence > 0 &&
             (from->evidence == nullptr || from->evidence_stride < atr::SizeIn10<atr_evidence>::value))) {
            border.breach("ATR-PARSER-004", "whole fields, with an evidence_stride", "a NULL or short struct");
            return 1;
        }
        atr::ParsedField out{.path = atr::copy(from->path),
                             .type = atr::copy(from->type),
                             .value = atr::copy(from->value),
                             .confidence_bp = from->confidence_bp,
                             .document = from->document,
                             .alternative = from->alternative};
        for (std::uint32_t i = 0; i < from->n_evidence; ++i) {
            const atr_evidence& e = *atr::at(from->evidence, i, from->evidence_stride);
            out.evidence.push_back({.kind = e.kind,
                                    .layer = e.layer,
                                    .page = e.page,
                                    .x = e.x,
                                    .y = e.y,
                                    .w = e.w,
                                    .h = e.h,
                                    .begin = e.begin,
                                    .end = e.end,
                                    .quote = atr::copy(e.quote),
                                    .node = atr::copy(e.node)});
        }
        result.fields.push_back(std::move(out));
        stopped = static_cast<int>(result.fields.size()) >= most_fields;
        return stopped ? 1 : 0;
    }
};

}  // namespace

std::string Parsed::text() const {
    std::string out = std::string(atr::to_string(answer.outcome)) + "\n";
    for (const auto& layer : result.texts)
        out += "layer " + std::to_string(layer.layer) + "/" + std::to_string(layer.page) + " " + layer.text + "\n";
    for (const auto& field : result.fields) {
        out += std::to_string(field.document) + " " + field.path + " " + field.type + " = " + field.value + " " +
               std::to_string(field.confidence_bp) + " #" + std::to_string(field.alternative);
        for (const auto& e : field.evidence)
            out += " [" + std::to_string(e.kind) + " " + std::to_string(e.layer) + " " + std::to_string(e.page) + " " +
                   std::to_string(e.begin) + "-" + std::to_string(e.end) + " " + e.quote + " " + e.node + "]";
        out += "\n";
    }
    for (const auto& warning : result.warnings) out += "warning " + warning.code + " " + warning.message + "\n";
    return out;
}

ParserClient::ParserClient(Context& context)
    : instance_(context), table_(instance_.table<atr_parser>(ATR_IF_PARSER, atr::SizeIn10<atr_parser>::value)) {}

nlohmann::json ParserClient::describe() {
    Collector out(instance_.border(), 256 << 10);
    need_ok(instance_.call("describe",
                           [&](const atr_call*, atr_error* error) {
                               return table_.describe(instance_.self(), out.sink(), error);
                           }),
            "describe");
    auto json = nlohmann::json::parse(out.bytes, nullptr, false);
    expect(json.is_object(), "describe() gives a JSON object", out.bytes.substr(0, 200));
    return json;
}

std::vector<std::string> ParserClient::media_types() {
    std::vector<std::string> out;
    const auto types = describe().value("media_types", nlohmann::json());
    if (types.is_array())
        for (const auto& type : types)
            if (type.is_string()) out.push_back(type);
    return out;
}

bool ParserClient::declares(const char* capability) {
    const auto found = describe().value(capability, nlohmann::json());
    return found.is_boolean() && found.get<bool>();
}

Parsed ParserClient::parse(const SampleDocument& document, int most_fields, std::int64_t budget_ms) {
    Collected collected{.border = instance_.border(), .result = {}, .most_fields = most_fields};
    const atr_field_sink sink = {
        sizeof sink,
        0,
        &collected,
        [](void* ctx, const atr_field* field) noexcept -> std::int32_t {
            return static_cast<Collected*>(ctx)->field(field);
        },
        [](void* ctx, atr_str code, atr_str message) noexcept {
            static_cast<Collected*>(ctx)->result.warnings.push_back({atr::copy(code), atr::copy(message)});
        },
        [](void* ctx, std::uint32_t layer, std::uint32_t page, atr_str text) noexcept -> std::int32_t {
            auto& self = *static_cast<Collected*>(ctx);
            if (!self.still_wanted("text layer")) return 1;
            self.result.texts.push_back({layer, page, atr::copy(text)});
            return 0;
        }};
    const std::string bytes = document.bytes;
    const atr_document raw = {
        sizeof raw,       0, atr::borrow(document.media_type), atr::borrow(document.filename), atr::borrow(bytes), {},
        atr::borrow("{}")};
    atr_usage usage = {};
    usage.struct_size = sizeof usage;
    Parsed out;
    out.answer = instance_.call(
        "parse",
        [&](const atr_call* call, atr_error* error) {
            return table_.parse(instance_.self(), call, &raw, &sink, &usage, error);
        },
        budget_ms);
    need_supported(out.answer, "parse");
    expect(bytes == document.bytes, "the document's bytes are only read", "they were changed");
    expect(strnlen(usage.model, sizeof usage.model) < sizeof usage.model, "usage.model ends with a zero byte",
           "it does not");
    out.result = std::move(collected.result);
    return out;
}

std::vector<SampleDocument> ParserClient::samples() {
    std::vector<SampleDocument> out;
    for (const auto& file : instance_.context().options.documents) {
        std::ifstream in(file, std::ios::binary);
        expect(static_cast<bool>(in), "--document " + file.string() + " can be read", "it cannot");
        out.push_back({media_type_of(file),
                       file.filename().string(),
                       {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}});
    }
    const auto types = media_types();
    if (out.empty() && std::ranges::find(types, "text/plain") != types.end())
        out.push_back({"text/plain", "invoice.txt", plain_invoice});
    expect(!out.empty(), "a document to try it on: give --document FILE",
           "the kit's own invoice is text/plain, which this parser does not declare");
    return out;
}

std::vector<SampleDocument> ParserClient::hostile() {
    auto& random = instance_.context().random;
    const std::string plain = plain_invoice;
    std::vector<std::string> bytes = {"",
                                      " ",
                                      "\n",
                                      std::string(1, '\0'),
                                      std::string(100'000, '\0'),
                                      "\xff\xfe\x00\x01",
                                      "\xEF\xBB\xBF",
                                      std::string(300'000, 'a'),
                                      std::string(300'000, '1'),
                                      std::string(100'000, '\n'),
                                      std::string(50'000, '['),
                                      std::string(50'000, '<'),
                                      "\xC3",
                                      "%PDF-1.4",
                                      "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
                                      "Total: 99999999999999999999999999999999999999999999999999.99 EUR",
                                      "Total: -0.00 EUR",
                                      "Amount: NaN",
                                      "Number: \xE2\x80\xAE"
                                      "1302-TIK\nAmount: \xEF\xBC\x91\xEF\xBC\x90 EUR",
                                      plain + std::string(1, '\0') + plain};
    for (int i = 0; i < 40; ++i) {
        std::string wild(static_cast<std::size_t>(random() % 3000), ' ');
        for (char& c : wild) c = static_cast<char>(random());
        bytes.push_back(wild);
        std::string bent = plain.substr(0, random() % plain.size());
        for (int n = 0; n < 5 && !bent.empty(); ++n) bent[random() % bent.size()] = static_cast<char>(random());
        bytes.push_back(bent);
    }
    for (const auto& sample : instance_.context().options.documents) {
        std::ifstream in(sample, std::ios::binary);
        const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
        for (std::size_t cut = 0; cut < 10 && !whole.empty(); ++cut) {
            std::string bent = whole.substr(0, random() % whole.size());
            if (!bent.empty()) bent[random() % bent.size()] = static_cast<char>(random());
            bytes.push_back(bent);
        }
    }
    const auto types = media_types();
    std::vector<SampleDocument> out;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        for (const auto& type : types)
            if (types.size() == 1 || (i + out.size()) % 2 == 0) out.push_back({type, "hostile", bytes[i]});
    return out;
}

}  // namespace atr::testkit
