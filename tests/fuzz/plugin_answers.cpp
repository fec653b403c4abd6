/// The sinks that take a parser's fields and a storage's records: whatever arrives, what is kept is whole and bounded.
#include <vector>

#include "input.hpp"
#include "plugin/border.hpp"
#include "plugin/parse_sink.hpp"
#include "plugin/storage_sinks.hpp"

namespace {

using namespace treasurer;

/// A text as a plugin may give it: whole, or a length without a pointer.
atr_str text_of(fuzz::Input& input) {
    const std::string_view text = input.text();
    return input.choice(16) == 0 ? atr_str{nullptr, text.size() + 1} : atr_str{text.data(), text.size()};
}

template <class Struct>
std::uint32_t size_of(fuzz::Input& input) {
    return input.choice(8) == 0 ? input.number<std::uint32_t>() % sizeof(Struct) : sizeof(Struct);
}

void send_field(fuzz::Input& input, const atr_field_sink* sink) {
    std::vector<atr_evidence> evidence(input.choice(24));
    for (auto& one : evidence) {
        one = {};
        one.struct_size = size_of<atr_evidence>(input);
        one.kind = input.choice(6);
        one.begin = input.number<std::uint16_t>();
        one.end = input.number<std::uint16_t>();
        one.quote = text_of(input);
        one.node = text_of(input);
    }
    atr_field field{};
    field.struct_size = size_of<atr_field>(input);
    field.confidence_bp = input.number<std::uint32_t>();
    field.path = text_of(input);
    field.type = text_of(input);
    field.value = text_of(input);
    field.evidence = evidence.data();
    field.n_evidence = static_cast<std::uint32_t>(evidence.size());
    field.evidence_stride = input.choice(8) == 0 ? input.choice(80) : sizeof(atr_evidence);
    sink->on_field(sink->ctx, &field);
}

void judge(const atr::ParseResult& kept) {
    fuzz::require(kept.fields.size() <= ParseSink::max_fields, "fields are bounded");
    fuzz::require(kept.warnings.size() <= ParseSink::max_warnings, "warnings are bounded");
    for (const auto& text : kept.texts) fuzz::require(border::is_utf8(text.text), "texts are UTF-8");
    for (const auto& field : kept.fields) {
        fuzz::require(!field.path.empty() && border::is_utf8(field.path + field.type + field.value),
                      "fields are UTF-8");
        fuzz::require(field.confidence_bp <= 10'000, "confidence is a share");
        fuzz::require(field.evidence.size() <= ParseSink::max_evidence, "evidence is bounded");
        for (const auto& one : field.evidence)
            fuzz::require(one.begin <= one.end && border::is_utf8(one.quote + one.node), "evidence is whole");
    }
}

void parse(fuzz::Input& input) {
    ParseSink sink;
    const atr_field_sink* raw = sink.raw();
    while (!input.empty()) switch (input.choice(4)) {
            case 0:
                raw->on_text(raw->ctx, input.choice(3), 1, text_of(input));
                break;
            case 1:
                raw->on_warning(raw->ctx, text_of(input), text_of(input));
                break;
            case 2:
                raw->on_field(raw->ctx, nullptr);
                break;
            default:
                send_field(input, raw);
                break;
        }
    const std::string_view model = input.text();
    std::memcpy(sink.usage()->model, model.data(), std::min(model.size(), sizeof sink.usage()->model));
    judge(sink.take());
}

void read_records(fuzz::Input& input) {
    RecordSink sink(4, {.body = 300, .bytes = 600});
    while (!input.empty()) {
        std::vector<atr_value> values(input.choice(20));
        for (auto& value : values) value = {input.choice(9), 0, input.number<std::int64_t>(), text_of(input)};
        const atr_index_entry entry{text_of(input), static_cast<std::uint32_t>(values.size()), 0,
                                    input.choice(8) == 0 ? nullptr : values.data()};
        atr_record record{};
        record.struct_size = size_of<atr_record>(input);
        record.collection = text_of(input);
        record.key = text_of(input);
        record.body = text_of(input);
        record.n_index = input.choice(8) == 0 ? 0xFFFFFFFFu : input.choice(2);
        record.index = input.choice(8) == 0 ? nullptr : &entry;
        const bool taken = sink.raw()->on_record(sink.raw()->ctx, &record) == 0;
        fuzz::require(taken == sink.fault().empty(), "a refused record is a fault");
    }
    std::size_t bytes = 0;
    const auto kept = sink.take();
    for (const auto& record : kept) bytes += record.body.size() + record.key.size();
    fuzz::require(kept.size() <= 4 && bytes <= 600, "records are bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    if (input.choice(2) == 0)
        parse(input);
    else
        read_records(input);
    return 0;
}
