/// The registry of metrics, and their exposition in Prometheus' text format.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "observe/metric_values.hpp"

namespace treasurer::observe {

/// Label names and values of one series. The names of a family are the same in all of its series.
using Labels = std::vector<std::pair<std::string, std::string>>;

struct Sample {
    Labels labels;
    double value;
};
/// Quantiles of what was lately, with their shares, beside sum and count from the start on.
struct Summary {
    Labels labels = {};
    std::vector<std::pair<double, double>> quantiles = {};
    double sum = 0;
    std::uint64_t count = 0;
};

/// Threads: any. Look a metric up once and keep the reference: it is valid as long as the registry.
/// A family has at most `max_series` series; what comes beyond is counted in one whose label values are all "other".
/// Errors: a name that Prometheus does not allow, or one used for two kinds of metric, is a programming mistake and
/// throws std::logic_error.
class Metrics {
public:
    explicit Metrics(std::size_t max_series = 512) : max_series_(max_series) {}
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    /// The name ends in "_total".
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    Histogram& histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                         const Labels& labels = {});
    /// A value that is asked for when the metrics are read. `read` must stay callable as long as the registry.
    void counter_from(const std::string& name, const std::string& help, std::function<double()> read,
                      const Labels& labels = {});
    void gauge_from(const std::string& name, const std::string& help, std::function<double()> read,
                    const Labels& labels = {});

    /// A family of as many series as there are when the metrics are read; the caller bounds them.
    void counters_from(const std::string& name, const std::string& help, std::function<std::vector<Sample>()> read);
    void gauges_from(const std::string& name, const std::string& help, std::function<std::vector<Sample>()> read);
    void summaries_from(const std::string& name, const std::string& help, std::function<std::vector<Summary>()> read);
    /// What `other` has is read with it. The names of their families differ, and `other` lives as long.
    void include(const Metrics& other);

    /// "text/plain; version=0.0.4".
    std::string prometheus() const;

private:
    enum class Kind { counter, gauge, histogram, summary };
    struct Series {
        Labels labels;
        std::unique_ptr<Counter> counter;
        std::unique_ptr<Gauge> gauge;
        std::unique_ptr<Histogram> histogram;
        std::function<double()> read;
    };
    struct Family {
        Kind kind;
        std::string help;
        std::map<std::vector<std::string>, Series> series = {};  ///< by label values
        std::function<void(std::string& out)> append = {};       ///< instead: asks for the series and writes them
    };

    Family& family_of(const std::string& name, const std::string& help, Kind kind);
    void family_from(const std::string& name, const std::string& help, Kind kind,
                     std::function<std::vector<Sample>()> read);
    Series& series_of(const std::string& name, const std::string& help, Kind kind, const Labels& labels);
    static void append(std::string& out, const std::string& name, const Series& series);
    static void append(std::string& out, const std::string& name, const Family& family);

    const std::size_t max_series_;
    mutable std::mutex mutex_;
    std::map<std::string, Family> families_;
    std::vector<const Metrics*> included_;
};

}  // namespace treasurer::observe
