// Parsers: claims with evidence, the same every time, whatever the bytes.
#include <algorithm>
#include <set>

#include "parser/client.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace {

using atr::Outcome;

constexpr std::uint32_t full_confidence = 10'000;

const atr::TextLayer* layer_of(const Parsed& parsed, const atr::Evidence& evidence) {
    for (const auto& layer : parsed.result.texts)
        if (layer.layer == evidence.layer && layer.page == evidence.page) return &layer;
    return nullptr;
}

Parsed parsed_sample(ParserClient& parser, const SampleDocument& document) {
    auto out = parser.parse(document);
    need_ok(out.answer, "parse of " + document.filename);
    expect(!out.result.fields.empty(), "at least one field of " + document.filename, "none");
    return out;
}

void describes_parser(Context& t) {
    ParserClient parser(t);
    const auto types = parser.describe().value("media_types", nlohmann::json());
    expect(types.is_array() && !types.empty(), "\"media_types\" with at least one", types.dump());
    for (const auto& type : types)
        expect(type.is_string() && type.get<std::string>().find('/') != std::string::npos, "media types as texts",
               type.dump());
    expect(parser.describe() == parser.describe(), "the same description every time", "another");
}

void reads_samples(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples()) parsed_sample(parser, document);
}

void evidence_exists(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples()) {
        const auto parsed = parsed_sample(parser, document);
        judge_evidence(parsed);
        for (const auto& field : parsed.result.fields)
            expect(!field.evidence.empty(), "evidence for " + field.path + " of " + document.filename, "none");
    }
}

void fields_are_whole(Context& t) {
    static const std::set<std::string> types = {"text", "date", "decimal", "asset", "iban", "wallet", "code"};
    ParserClient parser(t);
    for (const auto& document : parser.samples())
        for (const auto& field : parsed_sample(parser, document).result.fields) {
            expect(!field.path.empty() && field.path.size() <= 128 && is_utf8(field.path), "a path of 1 to 128 bytes",
                   field.path);
            expect(types.contains(field.type), "a type of text, date, decimal, asset, iban, wallet or code",
                   field.path + " is a '" + field.type + "'");
            expect(is_utf8(field.value) && field.value.size() <= (16u << 10), "a value in UTF-8 of at most 16 KiB",
                   field.path + " has another");
        }
}

void confidence_in_range(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples())
        for (const auto& field : parsed_sample(parser, document).result.fields)
            expect(field.confidence_bp <= full_confidence, "a confidence of 0 to 10000",
                   field.path + " with " + std::to_string(field.confidence_bp));
}

void layers_are_text(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples()) {
        std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
        for (const auto& layer : parsed_sample(parser, document).result.texts) {
            expect(is_utf8(layer.text), "text layers in UTF-8", "other bytes");
            expect(seen.insert({layer.layer, layer.page}).second, "each layer and page once",
                   "layer " + std::to_string(layer.layer) + " twice");
        }
    }
}

void deterministic(Context& t) {
    std::vector<std::string> first;
    const auto read_all = [&](ParserClient& parser) {
        std::vector<std::string> out;
        for (const auto& document : parser.samples()) out.push_back(parser.parse(document).text());
        return out;
    };
    ParserClient parser(t);
    if (!parser.declares("deterministic")) throw Undeclared{"deterministic"};
    first = read_all(parser);
    ParserClient other(t);
    for (int i = 0; i < 5; ++i) {
        expect(read_all(parser) == first, "the same answer to the same bytes", "another");
        expect(read_all(other) == first, "the same answer from another instance", "another");
    }
}

void other_media_types(Context& t) {
    ParserClient parser(t);
    const auto parsed = parser.parse({"application/x-nothing-known", "a.bin", "\x01\x02"});
    need_outcome(parsed.answer, Outcome::rejected, "a media type that was not declared");
}

void hostile_bytes(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.hostile()) {
        const auto parsed = parser.parse(document);
        if (parsed.answer.outcome == Outcome::ok) {
            judge_evidence(parsed);
            continue;
        }
        expect(parsed.answer.outcome == Outcome::rejected || parsed.answer.outcome == Outcome::not_found ||
                   parsed.answer.outcome == Outcome::retry,
               "hostile bytes are read or refused", to_text(parsed.answer));
        expect(!parsed.answer.message.empty(), "a message that says why bytes were refused", "none");
    }
}

void large_ones(Context& t) {
    ParserClient parser(t);
    for (const auto& sample : parser.samples()) {
        if (sample.media_type != "text/plain") continue;
        std::string bytes;
        while (bytes.size() < (1u << 20)) bytes += sample.bytes + "\n";
        for (const auto& large : {bytes, std::string(1 << 20, '9'), std::string(1 << 20, ' ') + sample.bytes}) {
            const auto parsed = parser.parse({sample.media_type, "large.txt", large});
            if (parsed.answer.outcome == Outcome::ok) judge_evidence(parsed);
        }
    }
}

void parser_stops_when_told(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples()) {
        const auto all = parsed_sample(parser, document);
        if (all.result.fields.size() < 2) continue;
        const auto some = parser.parse(document, 1);
        need_outcome(some.answer, Outcome::rejected, "parse whose sink said stop at the first field");
    }
}

void same_in_threads(Context& t) {
    ParserClient parser(t);
    if (!parser.declares("deterministic")) throw Undeclared{"deterministic"};
    auto documents = parser.samples();
    for (int i = 0; i < 6; ++i) {
        auto longer = documents.front();
        longer.bytes += "\nNote: " + std::string(static_cast<std::size_t>(1 + 10 * i), 'x') + "\n";
        documents.push_back(longer);
    }
    std::vector<std::string> wanted;
    for (const auto& document : documents) wanted.push_back(parser.parse(document).text());
    in_threads(8, [&](int thread) {
        for (int i = 0; i < t.scale(10, 100); ++i) {
            const auto which = static_cast<std::size_t>(thread + i) % documents.size();
            expect(parser.parse(documents[which]).text() == wanted[which], "the answer that one thread alone gets",
                   "another");
        }
    });
}

void no_time_left(Context& t) {
    ParserClient parser(t);
    for (const auto& document : parser.samples()) {
        const auto parsed = parser.parse(document, 100'000, -1);
        if (parsed.answer.outcome == Outcome::ok) judge_evidence(parsed);
        parsed_sample(parser, document);
    }
}

}  // namespace

void judge_evidence(const Parsed& parsed) {
    for (const auto& field : parsed.result.fields)
        for (const auto& evidence : field.evidence) {
            expect(evidence.kind >= ATR_EV_TEXT && evidence.kind <= ATR_EV_MODEL_ONLY, "a kind of evidence from atr.h",
                   field.path + ": " + std::to_string(evidence.kind));
            expect(evidence.x <= 10'000 && evidence.y <= 10'000 && evidence.w <= 10'000 && evidence.h <= 10'000,
                   "a region within its page", field.path + " lies outside");
            if (evidence.kind != ATR_EV_TEXT) continue;
            const auto* layer = layer_of(parsed, evidence);
            expect(layer != nullptr, "the layer that the evidence of " + field.path + " names was reported",
                   "layer " + std::to_string(evidence.layer) + ", page " + std::to_string(evidence.page) + " was not");
            expect(evidence.begin <= evidence.end && evidence.end <= layer->text.size(),
                   "evidence of " + field.path + " within the " + std::to_string(layer->text.size()) +
                       " bytes of its layer",
                   std::to_string(evidence.begin) + " to " + std::to_string(evidence.end));
            const auto there = layer->text.substr(evidence.begin, evidence.end - evidence.begin);
            expect(evidence.quote == there,
                   "the quote of " + field.path + " stands at its place: '" + there.substr(0, 100) + "'",
                   "'" + evidence.quote.substr(0, 100) + "'");
        }
}

Checks parser_checks() {
    return {
        {.code = "ATR-PARSER-001",
         .rule = "describe() gives a JSON object with media_types.",
         .why = "The host sends a document only to a parser that names its media type.",
         .pitfall = "A single text in place of the list.",
         .advice = R"({"media_types":["text/plain"],"deterministic":true})",
         .run = describes_parser,
         .gate = true},
        {.code = "ATR-PARSER-002",
         .rule = "It reads at least one field of a document it is meant for.",
         .why = "A parser that reads nothing of what it is for cannot be judged further.",
         .pitfall = "The kit's plain invoice given to a parser of another format.",
         .advice = "Give one with --document where the kit's own plain invoice is not for it.",
         .run = reads_samples,
         .gate = true},
        {"ATR-PARSER-003", "Every field has evidence, and a text's quote stands exactly where it says.",
         "What a parser says is a claim, and the host believes a field only where its quote really stands.",
         "Offsets in characters instead of bytes, or taken before white space was cleaned up.",
         "Report every text layer through on_text; begin and end count its bytes.", evidence_exists},
        {"ATR-PARSER-004", "Fields have a path, a known type and a value in UTF-8.",
         "The type decides how the host reads the value.",
         "A type of one's own, or a value cut in the middle of a letter.",
         "The types are text, date, decimal, asset, iban, wallet and code; cut a value between letters, never inside "
         "one.",
         fields_are_whole},
        {"ATR-PARSER-005", "Confidence is 0 to 10000.",
         "Below the policy's threshold a human is asked, so the scale must be the same for all.",
         "A probability of 0 to 1, or per cent.", "1/10000, not per cent.", confidence_in_range},
        {"ATR-PARSER-006", "Text layers are UTF-8, each layer and page once.",
         "Evidence names its layer and page, which must be one text.",
         "The same layer reported again for each field, or bytes of the document passed on as they are.",
         "Report each text once, before the fields whose byte ranges point into it.", layers_are_text},
        {"ATR-PARSER-007", "A parser that declares itself deterministic gives the same answer to the same bytes.",
         "A reading that changes can neither be explained nor repeated.",
         "Fields in the order of a hash map, or a year filled in from the clock.",
         "No clock, no randomness, no memory of other documents; or do not declare it.", deterministic},
        {"ATR-PARSER-008", "A media type that was not declared is REJECTED.",
         "The host then tries the next parser in its order; a guess would keep it from that.",
         "A parser that never looks at media_type.", "With ATR_E_MEDIA_TYPE.", other_media_types},
        {.code = "ATR-PARSER-020",
         .rule = "Threads at once get what one thread alone gets.",
         .why = "The host reads several documents at once.",
         .pitfall = "A member used as scratch space, strtok(), or a library that is not thread-safe.",
         .advice = "parse() keeps no state.",
         .run = same_in_threads,
         .stage = Stage::threads},
        {.code = "ATR-PARSER-030",
         .rule = "Hostile bytes are read with sound evidence, or refused with a message.",
         .why = "Documents come from strangers.",
         .pitfall = "An index past the end, text that is not UTF-8, or deep nesting.",
         .advice = "Bound everything by the document's length; answer ATR_E_BAD_INPUT.",
         .run = hostile_bytes,
         .stage = Stage::robustness,
         .limit = std::chrono::seconds(60)},
        {.code = "ATR-PARSER-031",
         .rule = "A document of 1 MiB is read or refused in time.",
         .why = "One large document must not hold up those behind it.",
         .pitfall = "A regular expression that backtracks, or a search from the start for every line.",
         .advice = "Linear scans; refuse with ATR_E_TOO_LARGE what is beyond your limit.",
         .run = large_ones,
         .stage = Stage::robustness},
        {.code = "ATR-PARSER-032",
         .rule = "A parse whose sink says stop ends as REJECTED.",
         .why = "The host bounds how many fields it takes from one document.",
         .pitfall = "A loop that goes on after on_field has said stop.",
         .advice = "Look at what on_field and on_text return.",
         .run = parser_stops_when_told,
         .stage = Stage::robustness},
        {.code = "ATR-PARSER-033",
         .rule = "A call without time left returns, and does no harm.",
         .why = "The host has given up by then, and will ask again.",
         .pitfall = "A wait that reads a deadline in the past as a very long one.",
         .advice = "Look at the deadline before long work.",
         .run = no_time_left,
         .stage = Stage::robustness},
    };
}

}  // namespace atr::testkit
