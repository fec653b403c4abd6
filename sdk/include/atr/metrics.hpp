/// Figures that a plugin gives of itself, which stand beside the host's own under the instance's name.
#pragma once

#include <atr/plugin.hpp>
#include <string_view>

namespace atr {
inline namespace v1 {

/// Of a host that has no use for figures nothing is asked. Threads: any. Lifetime: the host's.
class Metrics {
public:
    explicit Metrics(const Host& host)
        : host_(host.raw()),
          table_(static_cast<const atr_metrics*>(host_->get_service(host_->ctx, borrow(ATR_SVC_METRICS)))) {}

    bool are_wanted() const { return table_ != nullptr; }

    /// What something is now; not a number: it is not known any more. `labels_json`: an object of texts.
    void gauge(std::string_view name, double value, std::string_view labels_json = "{}") const {
        if (table_) table_->gauge_set(host_->ctx, borrow(name), value, borrow(labels_json));
    }
    /// What only grows, by `amount`.
    void count(std::string_view name, double amount = 1, std::string_view labels_json = "{}") const {
        if (table_) table_->counter_add(host_->ctx, borrow(name), amount, borrow(labels_json));
    }

private:
    const atr_host* host_;
    const atr_metrics* table_;
};

}  // namespace v1
}  // namespace atr
