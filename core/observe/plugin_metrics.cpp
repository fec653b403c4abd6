#include "observe/plugin_metrics.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace treasurer::observe {
namespace {

bool is_word(std::string_view text) {
    return !text.empty() && (text.front() < '0' || text.front() > '9') &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

bool is_reserved(std::string_view label) {
    return label == "instance" || label == "le" || label == "quantile" || label.starts_with("__");
}

bool have_same_names(const Labels& a, const Labels& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const auto& one, const auto& other) { return one.first == other.first; });
}

/// Of the series within a family.
std::string key_of(const Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) out += value + '\0';
    return out;
}

}  // namespace

/// Empty: it cannot be exposed.
std::string PluginMetrics::exposed_name(Kind kind, std::string_view name) {
    if (!is_word(name)) return {};
    std::string out = "treasurer_instance_" + std::string(name);
    if (kind == Kind::counter && !out.ends_with("_total")) out += "_total";
    const bool is_fit = (kind == Kind::counter) == out.ends_with("_total");
    return is_fit ? out : std::string();
}

std::optional<Labels> PluginMetrics::read_labels(std::string_view instance, std::string_view labels_json) {
    const auto json = nlohmann::json::parse(labels_json, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Labels out{{"instance", std::string(instance)}};
    for (const auto& [name, value] : json.items()) {
        if (!is_word(name) || is_reserved(name) || !value.is_string()) return std::nullopt;
        out.emplace_back(name, value.get<std::string>());
    }
    return out;
}

template <class Change>
bool PluginMetrics::change(Kind kind, const std::string& name, const Labels& labels, Change change) {
    bool is_new = false;
    {
        const std::lock_guard lock(mutex_);
        auto found = families_.find(name);
        is_new = found == families_.end();
        if (is_new && families_.size() >= most_names) return false;
        if (is_new) found = families_.emplace(name, Family{kind, labels, {}}).first;
        auto& family = found->second;
        if (family.kind != kind || !have_same_names(family.first, labels)) return false;
        const auto key = key_of(labels);
        if (!family.samples.contains(key) && family.samples.size() >= most_series) return false;
        change(family.samples.try_emplace(key, Sample{labels, 0}).first->second);
        std::erase_if(family.samples, [](const auto& one) { return std::isnan(one.second.value); });
    }
    if (is_new) expose(kind, name);  // the registry asks for samples under its own lock
    return true;
}

void PluginMetrics::expose(Kind kind, const std::string& name) {
    const auto read = [this, name] { return samples_of(name); };
    if (kind == Kind::counter) metrics_.counters_from(name, "Counted by plugins, by the name of the instance", read);
    if (kind == Kind::gauge) metrics_.gauges_from(name, "Given by plugins, by the name of the instance", read);
}

void PluginMetrics::count(std::string_view instance, std::string_view name, double amount,
                          std::string_view labels_json) {
    const auto exposed = exposed_name(Kind::counter, name);
    const auto labels = read_labels(instance, labels_json);
    if (exposed.empty() || !labels || !(amount >= 0)) return;
    change(Kind::counter, exposed, *labels, [&](Sample& sample) { sample.value += amount; });
}

void PluginMetrics::set(std::string_view instance, std::string_view name, double value, std::string_view labels_json) {
    const auto exposed = exposed_name(Kind::gauge, name);
    const auto labels = read_labels(instance, labels_json);
    if (exposed.empty() || !labels) return;
    change(Kind::gauge, exposed, *labels, [&](Sample& sample) { sample.value = value; });
}

void PluginMetrics::observe(std::string_view instance, std::string_view name, double value,
                            std::string_view labels_json) {
    const auto exposed = exposed_name(Kind::histogram, name);
    const auto labels = read_labels(instance, labels_json);
    if (exposed.empty() || !labels) return;
    if (!change(Kind::histogram, exposed, *labels, [](Sample&) {})) return;
    metrics_.histogram(exposed, "Measured by plugins, by the name of the instance", request_seconds_bounds(), *labels)
        .observe(value);
}

std::optional<double> PluginMetrics::gauge(std::string_view instance, std::string_view name) const {
    const std::lock_guard lock(mutex_);
    const auto family = families_.find(exposed_name(Kind::gauge, name));
    if (family == families_.end() || family->second.kind != Kind::gauge) return std::nullopt;
    const auto sample = family->second.samples.find(key_of({{"instance", std::string(instance)}}));
    if (sample == family->second.samples.end()) return std::nullopt;
    return sample->second.value;
}

std::vector<Sample> PluginMetrics::samples_of(const std::string& name) const {
    std::vector<Sample> out;
    const std::lock_guard lock(mutex_);
    if (const auto family = families_.find(name); family != families_.end())
        for (const auto& [key, sample] : family->second.samples) out.push_back(sample);
    return out;
}

}  // namespace treasurer::observe
