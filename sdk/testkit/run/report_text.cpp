#include <atr/testkit.hpp>
#include <iomanip>
#include <sstream>

namespace atr::testkit {

namespace {

const char* short_word(Verdict verdict) {
    switch (verdict) {
        case Verdict::passed:
            return "pass";
        case Verdict::failed:
            return "FAIL";
        case Verdict::skipped:
            return "skip";
        case Verdict::not_run:
            return "----";
    }
    return "";
}

void indented(std::ostream& out, const char* name, const std::string& text) {
    if (text.empty()) return;
    std::istringstream lines(text);
    std::string line;
    for (bool first = true; std::getline(lines, line); first = false)
        out << "        " << std::left << std::setw(10) << (first ? name : "") << line << '\n';
}

void write(std::ostream& out, const CheckResult& result) {
    out << "  " << short_word(result.verdict) << "  " << std::left << std::setw(19) << result.code << result.rule;
    if (result.verdict == Verdict::skipped) out << " [not declared: " << result.reason << ']';
    if (result.verdict == Verdict::not_run) out << " [not run: " << result.reason << ']';
    out << '\n';
    if (result.verdict != Verdict::failed) return;
    indented(out, "expected", result.expected);
    indented(out, "seen", result.seen);
    indented(out, "why", result.why);
    indented(out, "usually", result.pitfall);
    indented(out, "do", result.advice);
    indented(out, "logged", result.output);
}

}  // namespace

std::string to_text(const Report& report) {
    std::ostringstream out;
    out << report.plugin << ", seed " << report.seed << '\n';
    for (const auto& component : report.components) {
        if (!component.kind.empty())
            out << "\n" << component.id << " " << component.version << " (" << component.kind << ")\n";
        std::string stage;
        for (const auto& result : component.results) {
            if (result.stage != stage) out << (stage = result.stage) << '\n';
            write(out, result);
        }
    }
    out << '\n'
        << report.count(Verdict::passed) << " passed, " << report.count(Verdict::failed) << " failed, "
        << report.count(Verdict::skipped) << " skipped (not declared), " << report.count(Verdict::not_run)
        << " not run, in " << static_cast<double>(report.took.count()) / 1000 << " s\n";
    return out.str();
}

}  // namespace atr::testkit
