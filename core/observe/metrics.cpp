#include "observe/metrics.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace treasurer::observe {
namespace {

bool is_name_char(char c, bool colon) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (colon && c == ':');
}

bool is_name(const std::string& name, bool colon) {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    for (const char c : name)
        if (!is_name_char(c, colon)) return false;
    return true;
}

void append_escaped(std::string& out, const std::string& text, bool quotes) {
    for (const char c : text) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '"' && quotes)
            out += "\\\"";
        else
            out += c;
    }
}

void append_number(std::string& out, double number) {
    if (std::isnan(number)) {
        out += "NaN";
        return;
    }
    if (std::isinf(number)) {
        out += number > 0 ? "+Inf" : "-Inf";
        return;
    }
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

/// The label that the format itself gives a series of a histogram or a summary.
struct Reserved {
    const char* label = "";
    std::string value = {};
};

void append_sample(std::string& out, const std::string& name, const char* suffix, const Labels& labels, double value,
                   const Reserved& reserved = {}) {
    out += name;
    out += suffix;
    if (!labels.empty() || !reserved.value.empty()) {
        char separator = '{';
        const auto append_label = [&](const std::string& label, const std::string& text) {
            out += separator;
            out += label;
            out += "=\"";
            append_escaped(out, text, true);
            out += '"';
            separator = ',';
        };
        for (const auto& [label, text] : labels) append_label(label, text);
        if (!reserved.value.empty()) append_label(reserved.label, reserved.value);
        out += '}';
    }
    out += ' ';
    append_number(out, value);
    out += '\n';
}

std::string text_of(double number) {
    std::string out;
    append_number(out, number);
    return out;
}

std::vector<std::string> values_of(const Labels& labels) {
    std::vector<std::string> out;
    for (const auto& [name, value] : labels) out.push_back(value);
    return out;
}

}  // namespace

Metrics::Family& Metrics::family_of(const std::string& name, const std::string& help, Kind kind) {
    if (!is_name(name, true) || (kind == Kind::counter) != name.ends_with("_total"))
        throw std::logic_error("not a metric name: " + name);
    auto& family = families_.try_emplace(name, Family{kind, help}).first->second;
    if (family.kind != kind) throw std::logic_error("metric " + name + " is used for two kinds");
    return family;
}

Metrics::Series& Metrics::series_of(const std::string& name, const std::string& help, Kind kind, const Labels& labels) {
    for (const auto& [label, value] : labels)
        if (!is_name(label, false) || label == "le" || label == "quantile")
            throw std::logic_error("not a label: " + label);
    auto& family = family_of(name, help, kind);
    auto wanted = labels;
    const bool known = family.series.contains(values_of(wanted));
    if (!known && !labels.empty() && family.series.size() + 1 >= max_series_)
        for (auto& [label, value] : wanted) value = "other";
    auto& series = family.series[values_of(wanted)];
    series.labels = std::move(wanted);
    return series;
}

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& series = series_of(name, help, Kind::counter, labels);
    if (!series.counter) series.counter = std::make_unique<Counter>();
    return *series.counter;
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& series = series_of(name, help, Kind::gauge, labels);
    if (!series.gauge) series.gauge = std::make_unique<Gauge>();
    return *series.gauge;
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                              const Labels& labels) {
    const std::lock_guard lock(mutex_);
    auto& series = series_of(name, help, Kind::histogram, labels);
    if (!series.histogram) series.histogram = std::make_unique<Histogram>(bounds);
    return *series.histogram;
}

void Metrics::counter_from(const std::string& name, const std::string& help, std::function<double()> read,
                           const Labels& labels) {
    const std::lock_guard lock(mutex_);
    series_of(name, help, Kind::counter, labels).read = std::move(read);
}

void Metrics::gauge_from(const std::string& name, const std::string& help, std::function<double()> read,
                         const Labels& labels) {
    const std::lock_guard lock(mutex_);
    series_of(name, help, Kind::gauge, labels).read = std::move(read);
}

void Metrics::family_from(const std::string& name, const std::string& help, Kind kind,
                          std::function<std::vector<Sample>()> read) {
    const std::lock_guard lock(mutex_);
    family_of(name, help, kind).append = [name, read = std::move(read)](std::string& out) {
        for (const auto& [labels, value] : read()) append_sample(out, name, "", labels, value);
    };
}

void Metrics::counters_from(const std::string& name, const std::string& help,
                            std::function<std::vector<Sample>()> read) {
    family_from(name, help, Kind::counter, std::move(read));
}

void Metrics::gauges_from(const std::string& name, const std::string& help, std::function<std::vector<Sample>()> read) {
    family_from(name, help, Kind::gauge, std::move(read));
}

void Metrics::summaries_from(const std::string& name, const std::string& help,
                             std::function<std::vector<Summary>()> read) {
    const std::lock_guard lock(mutex_);
    family_of(name, help, Kind::summary).append = [name, read = std::move(read)](std::string& out) {
        for (const auto& one : read()) {
            for (const auto& [share, value] : one.quantiles)
                append_sample(out, name, "", one.labels, value, {"quantile", text_of(share)});
            append_sample(out, name, "_sum", one.labels, one.sum);
            append_sample(out, name, "_count", one.labels, static_cast<double>(one.count));
        }
    };
}

void Metrics::include(const Metrics& other) {
    const std::lock_guard lock(mutex_);
    included_.push_back(&other);
}

void Metrics::append(std::string& out, const std::string& name, const Series& series) {
    if (series.read) append_sample(out, name, "", series.labels, series.read());
    if (series.counter) append_sample(out, name, "", series.labels, series.counter->value());
    if (series.gauge) append_sample(out, name, "", series.labels, series.gauge->value());
    if (!series.histogram) return;
    const auto& bounds = series.histogram->bounds();
    const auto snapshot = series.histogram->snapshot();
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        below += snapshot.counts[i];
        append_sample(out, name, "_bucket", series.labels, static_cast<double>(below), {"le", text_of(bounds[i])});
    }
    append_sample(out, name, "_bucket", series.labels, static_cast<double>(snapshot.count), {"le", "+Inf"});
    append_sample(out, name, "_sum", series.labels, snapshot.sum);
    append_sample(out, name, "_count", series.labels, static_cast<double>(snapshot.count));
}

/// One that has nothing to show is left out with its name.
void Metrics::append(std::string& out, const std::string& name, const Family& family) {
    std::string lines;
    if (family.append) family.append(lines);
    for (const auto& [values, series] : family.series) append(lines, name, series);
    if (lines.empty()) return;
    out += "# HELP " + name + ' ';
    append_escaped(out, family.help, false);
    out += "\n# TYPE " + name;
    switch (family.kind) {
        case Kind::counter:
            out += " counter\n";
            break;
        case Kind::gauge:
            out += " gauge\n";
            break;
        case Kind::histogram:
            out += " histogram\n";
            break;
        case Kind::summary:
            out += " summary\n";
            break;
    }
    out += lines;
}

std::string Metrics::prometheus() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) append(out, name, family);
    for (const Metrics* other : included_) out += other->prometheus();
    return out;
}

}  // namespace treasurer::observe
