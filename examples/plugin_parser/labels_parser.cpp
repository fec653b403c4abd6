// A parser for mails whose sender and we agreed on the labels: every line "Label: value" with a known label is a field.
// A whole plugin in one file: settings, the class, and the entry the host looks for.
#include <algorithm>
#include <atr/parser.hpp>

namespace {

struct LabelsSettings {
    std::vector<std::string> labels = {"Seller=seller.name", "Number=invoice_number", "Date=issue_date",
                                       "Due=due_date",       "Amount=amount_due",     "Currency=currency",
                                       "Wallet=payee.wallet"};
    std::int64_t confidence = 9000;
};

/// What kind of value stands behind a path, in the words of the host.
std::string type_of(std::string_view path) {
    if (path.ends_with("_date")) return "date";
    if (path == "amount_due") return "decimal";
    if (path == "currency") return "asset";
    if (path == "payee.wallet") return "wallet";
    return "text";
}

/// Whether the text is UTF-8: no byte out of place, nothing longer than it need be, no half of a pair.
bool is_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
        const unsigned first = byte(at);
        const std::size_t size = first < 0x80 ? 1 : first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (size == 0 || first > 0xF4 || size > text.size() - at) return false;
        for (std::size_t i = at + 1; i < at + size; ++i)
            if ((byte(i) & 0xC0) != 0x80) return false;
        const unsigned second = size > 1 ? byte(at + 1) : 0;
        if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0)) return false;
        if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90)) return false;
        at += size;
    }
    return true;
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// Threads: parse() reads its settings only, so it may run in many threads at once.
class LabelsParser final : public atr::Parser {
public:
    using Settings = LabelsSettings;

    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}
            .texts("labels", &Settings::labels, "What each label means, as LABEL=PATH")
            .integer("confidence", &Settings::confidence, 0, 10000, "1/10000", "How sure a field is taken to be");
    }

    static atr::Result<std::unique_ptr<LabelsParser>> create(const atr::Host&, std::string, Settings settings) {
        for (const auto& entry : settings.labels)
            if (entry.find('=') == std::string::npos)
                return atr::rejected(ATR_E_CONFIG, "setting 'labels': '" + entry + "' is not LABEL=PATH");
        return std::make_unique<LabelsParser>(std::move(settings));
    }

    explicit LabelsParser(Settings settings) : settings_(std::move(settings)) {}

    atr::Result<std::string> describe() override {
        return std::string(R"({"media_types":["text/plain"],"cpu_bound":true,"deterministic":true})");
    }

    atr::Result<atr::ParseResult> parse(const atr::Call&, const atr::DocumentView& document) override {
        const std::string_view text = document.bytes;
        if (document.media_type != "text/plain") return atr::rejected(ATR_E_MEDIA_TYPE, "this parser reads text/plain");
        if (!is_utf8(text)) return atr::rejected(ATR_E_BAD_INPUT, "the text is not UTF-8");
        atr::ParseResult out;
        out.texts.push_back({0, 0, std::string(text)});
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = std::min(text.find('\n', begin), text.size());
            read_line(text, text.substr(begin, end - begin), out);
            begin = end + 1;
        }
        if (out.fields.empty()) return atr::rejected(ATR_E_BAD_INPUT, "no line begins with a known label");
        return out;
    }

private:
    /// Every value carries its evidence: where in the text it stands. The host believes nothing else.
    void read_line(std::string_view text, std::string_view line, atr::ParseResult& out) const {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return;
        const std::string path = path_of(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (path.empty() || value.empty()) return;
        atr::Evidence evidence;
        evidence.begin = static_cast<std::uint64_t>(value.data() - text.data());
        evidence.end = evidence.begin + value.size();
        evidence.quote = value;
        atr::ParsedField field;
        field.path = path;
        field.type = type_of(path);
        field.value = value;
        field.confidence_bp = static_cast<std::uint32_t>(settings_.confidence);
        field.evidence.push_back(std::move(evidence));
        out.fields.push_back(std::move(field));
    }

    std::string path_of(std::string_view label) const {
        for (const auto& entry : settings_.labels) {
            const std::size_t equals = entry.find('=');
            if (std::string_view(entry).substr(0, equals) == label) return entry.substr(equals + 1);
        }
        return {};
    }

    const Settings settings_;
};

}  // namespace

ATR_PLUGIN(atr::component<LabelsParser>({.id = "org.example.parser_labels",
                                         .title = "Mails with agreed labels",
                                         .version = "1.0.0",
                                         .license = "Apache-2.0"}));
