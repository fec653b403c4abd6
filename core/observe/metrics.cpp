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

void append_sample(std::string& out, const std::string& name, const char* suffix, const Labels& labels,
                   const std::string& bound, double value) {
    out += name;
    out += suffix;
    if (!labels.empty() || !bound.empty()) {
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
        if (!bound.empty()) append_label("le", bound);
        out += '}';
    }
    out += ' ';
    append_number(out, value);
    out += '\n';
}

std::string bound_text(double bound) {
    std::string out;
    append_number(out, bound);
    return out;
}

std::vector<std::string> values_of(const Labels& labels) {
    std::vector<std::string> out;
    for (const auto& [name, value] : labels) out.push_back(value);
    return out;
}

}  // namespace

Metrics::Series& Metrics::series_of(const std::string& name, const std::string& help, Kind kind, const Labels& labels) {
    bool valid = is_name(name, true) && (kind == Kind::counter) == name.ends_with("_total");
    for (const auto& [label, value] : labels) valid = valid && is_name(label, false) && label != "le";
    if (!valid) throw std::logic_error("not a metric name: " + name);
    auto& family = families_.try_emplace(name, Family{kind, help, {}}).first->second;
    if (family.kind != kind) throw std::logic_error("metric " + name + " is used for two kinds");
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

void Metrics::append(std::string& out, const std::string& name, const Series& series) {
    if (series.read) append_sample(out, name, "", series.labels, "", series.read());
    if (series.counter) append_sample(out, name, "", series.labels, "", series.counter->value());
    if (series.gauge) append_sample(out, name, "", series.labels, "", series.gauge->value());
    if (!series.histogram) return;
    const auto& bounds = series.histogram->bounds();
    const auto snapshot = series.histogram->snapshot();
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        below += snapshot.counts[i];
        append_sample(out, name, "_bucket", series.labels, bound_text(bounds[i]), static_cast<double>(below));
    }
    append_sample(out, name, "_bucket", series.labels, "+Inf", static_cast<double>(snapshot.count));
    append_sample(out, name, "_sum", series.labels, "", snapshot.sum);
    append_sample(out, name, "_count", series.labels, "", static_cast<double>(snapshot.count));
}

std::string Metrics::prometheus() const {
    const std::lock_guard lock(mutex_);
    std::string out;
    for (const auto& [name, family] : families_) {
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
        }
        for (const auto& [values, series] : family.series) append(out, name, series);
    }
    return out;
}

}  // namespace treasurer::observe
