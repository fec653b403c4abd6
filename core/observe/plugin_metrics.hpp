/// Figures that plugins give of themselves, exposed as treasurer_instance_NAME{instance="...", ...}.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "observe/metrics.hpp"

namespace treasurer::observe {

/// Names, labels and numbers come from strangers: what Prometheus does not allow is dropped, and so is what would be
/// too much. Threads: any.
class PluginMetrics {
public:
    /// `labels_json`: an object of texts. A counter's name gets "_total". A gauge of NaN is not known any more.
    void count(std::string_view instance, std::string_view name, double amount, std::string_view labels_json);
    void set(std::string_view instance, std::string_view name, double value, std::string_view labels_json);
    void observe(std::string_view instance, std::string_view name, double value, std::string_view labels_json);

    /// What a gauge without labels is now.
    std::optional<double> gauge(std::string_view instance, std::string_view name) const;
    const Metrics& exposed() const { return metrics_; }

private:
    enum class Kind { counter, gauge, histogram };
    struct Family {
        Kind kind;
        Labels first;  ///< whose label names all have
        std::map<std::string, Sample> samples;
    };
    static constexpr std::size_t most_names = 100, most_series = 64;

    static std::string exposed_name(Kind kind, std::string_view name);
    static std::optional<Labels> read_labels(std::string_view instance, std::string_view labels_json);
    /// Gives the sample there is, or a new one, to `change`.
    template <class Change>
    bool change(Kind kind, const std::string& name, const Labels& labels, Change change);
    void expose(Kind kind, const std::string& name);
    std::vector<Sample> samples_of(const std::string& name) const;

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
    Metrics metrics_;
};

}  // namespace treasurer::observe
