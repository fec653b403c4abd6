#include <atr/testkit.hpp>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/utf8.hpp"

namespace atr::testkit {

namespace {

const char* word(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed:
            return "passed";
        case Verdict::failed:
            return "failed";
        case Verdict::skipped:
            return "skipped";
        case Verdict::not_run:
            return "not_run";
    }
    return "";
}

/// XML 1.0 has neither other control characters nor the last two code points of Unicode's first plane, escaped or not.
std::string xml(const std::string& given) {
    std::string text = repaired_utf8(given);
    for (const char* none : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"})
        for (std::size_t at; (at = text.find(none)) != std::string::npos;) text.replace(at, 3, "?");
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t')
            out += c;
        else
            out += '?';
    }
    return out;
}

std::string seconds(std::chrono::milliseconds took) {
    std::ostringstream out;
    out << static_cast<double>(took.count()) / 1000;
    return out.str();
}

void write(std::ostream& out, const ComponentReport& component, const CheckResult& result) {
    out << "    <testcase classname=\"" << xml(component.id) << '.' << result.stage << "\" name=\"" << xml(result.code)
        << ' ' << xml(result.rule) << "\" time=\"" << seconds(result.took) << "\">";
    switch (result.verdict) {
        case Verdict::passed:
            break;
        case Verdict::skipped:
            out << "<skipped message=\"not declared: " << xml(result.reason) << "\"/>";
            break;
        case Verdict::not_run:
            out << "<error message=\"not run: " << xml(result.reason) << "\"/>";
            break;
        case Verdict::failed:
            out << "<failure message=\"" << xml(result.seen) << "\">expected: " << xml(result.expected)
                << "\nseen: " << xml(result.seen) << "\nwhy: " << xml(result.why)
                << "\nusually: " << xml(result.pitfall) << "\ndo: " << xml(result.advice) << "\n"
                << xml(result.output) << "</failure>";
            break;
    }
    out << "</testcase>\n";
}

}  // namespace

std::string to_junit(const Report& report) {
    std::ostringstream out;
    out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"" << xml(report.plugin) << "\">\n";
    for (const auto& component : report.components) {
        Report alone{.plugin = {}, .components = {component}};
        out << "  <testsuite name=\"" << xml(component.id) << "\" tests=\"" << component.results.size()
            << "\" failures=\"" << alone.count(Verdict::failed) << "\" errors=\"" << alone.count(Verdict::not_run)
            << "\" skipped=\"" << alone.count(Verdict::skipped) << "\">\n"
            << "    <properties><property name=\"seed\" value=\"" << report.seed << "\"/></properties>\n";
        for (const auto& result : component.results) write(out, component, result);
        out << "  </testsuite>\n";
    }
    out << "</testsuites>\n";
    return out.str();
}

std::string to_json(const Report& report) {
    using Json = nlohmann::json;
    Json components = Json::array();
    for (const auto& component : report.components) {
        Json results = Json::array();
        for (const auto& result : component.results) {
            Json one = {{"code", result.code},
                        {"stage", result.stage},
                        {"rule", result.rule},
                        {"verdict", word(result.verdict)},
                        {"ms", result.took.count()}};
            if (result.verdict == Verdict::failed)
                one.update({{"expected", result.expected},
                            {"seen", result.seen},
                            {"why", result.why},
                            {"pitfall", result.pitfall},
                            {"advice", result.advice},
                            {"output", result.output}});
            if (!result.reason.empty()) one["reason"] = result.reason;
            results.push_back(std::move(one));
        }
        components.push_back({{"id", component.id},
                              {"kind", component.kind},
                              {"version", component.version},
                              {"results", std::move(results)}});
    }
    const Json out = {{"plugin", report.plugin},
                      {"seed", report.seed},
                      {"passed", report.passed()},
                      {"ms", report.took.count()},
                      {"components", std::move(components)}};
    return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace atr::testkit
