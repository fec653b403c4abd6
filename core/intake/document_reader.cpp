#include "intake/document_reader.hpp"

#include "auth/digest.hpp"
#include "intake/utf8.hpp"
#include "records/vendor.hpp"

#include <algorithm>

namespace treasurer::intake {

std::optional<atr::Error> DocumentReader::refusal(const Submission& submission) const {
    const std::string& bytes = *submission.bytes;
    const bool text = submission.media_type.starts_with("text/");
    const std::size_t most = text ? settings_.max_text_bytes : settings_.max_document_bytes;
    if (bytes.size() > most)
        return atr::rejected(ATR_E_TOO_LARGE, "the document has " + std::to_string(bytes.size()) + " bytes, at most " +
                                                  std::to_string(most) + " are read");
    if (bytes.empty() || (text && is_blank(bytes))) return atr::rejected(ATR_E_BAD_INPUT, "the document is empty");
    if (!text) return std::nullopt;
    if (const auto at = invalid_utf8_at(bytes))
        return atr::rejected(ATR_E_BAD_INPUT, "the text is not valid UTF-8 at byte " + std::to_string(*at));
    return std::nullopt;
}

Task<atr::Result<Reading>> DocumentReader::read(const Submission& submission) {
    if (const auto refused = refusal(submission)) co_return *refused;
    Document document;
    document.media_type = submission.media_type;
    document.filename = submission.filename;
    document.bytes = submission.bytes;
    document.sha256_hex = auth::sha256_hex(*submission.bytes);
    std::optional<atr::Error> last;
    for (ParserPort* parser : parsers_) {
        const auto& types = parser->media_types();
        if (std::find(types.begin(), types.end(), submission.media_type) == types.end()) continue;
        CallOptions options;
        options.timeout = settings_.parse_timeout;
        options.request_id = submission.request_id;
        options.traceparent = submission.traceparent;
        Task<atr::Result<atr::ParseResult>> call = parser->parse(document, options);
        atr::Result<atr::ParseResult> parsed = co_await call;
        if (parsed) {
            Reading reading = cross_check(*parsed);
            reading.document_sha256 = std::move(document.sha256_hex);
            co_return reading;
        }
        last = parsed.error();
    }
    if (last) co_return *last;
    co_return atr::rejected(ATR_E_MEDIA_TYPE, "no parser reads " + submission.media_type);
}

std::vector<Problem> DocumentReader::missing_fields(const Reading& reading) {
    std::vector<Problem> out;
    if (!reading.seller_name || vendor_normal_form(reading.seller_name->value).empty())
        out.push_back({"", "no vendor name was found"});
    if (!reading.amount_due && !reading.total_with_tax)
        out.push_back({"", "no amount due was found"});
    else if (!reading.currency)
        out.push_back({"", "no currency or token was found"});
    else if (!reading.amount())
        out.push_back({"", "the amount due is not a decimal of up to 38 digits"});
    return out;
}

}  // namespace treasurer::intake
