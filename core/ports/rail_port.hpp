/// A payment rail as the core sees it. submit and cancel have effects: when their deadline passes the outcome is
/// `unknown`, and the only legal next step is lookup.
#pragma once

#include <atr/rail.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ports/call_options.hpp"

namespace treasurer {

struct RailAsset {
    std::string asset;
    int decimals = 2;
};

/// What the rail says of itself, read once when it is loaded.
struct RailCapabilities {
    std::vector<RailAsset> assets;
    std::string account;                     ///< the source account it pays from
    bool idempotent = false;                 ///< a repeat of the same payment_id moves no money twice
    std::int64_t idempotency_window_ms = 0;  ///< 0: for ever
    bool queryable = false;                  ///< lookup can prove never_received
    bool sequenced = false;
    bool cancel = false;
    bool enforces_not_after = false;

    std::optional<int> decimals_of(const std::string& asset) const {
        for (const auto& known : assets)
            if (known.asset == asset) return known.decimals;
        return std::nullopt;
    }
};

class RailPort {
public:
    virtual ~RailPort() = default;
    virtual const std::string& name() const = 0;
    virtual const RailCapabilities& capabilities() const = 0;
    virtual Task<atr::Result<atr::Prepared>> prepare(atr::RailPayment payment, CallOptions options) = 0;
    virtual Task<atr::Result<atr::RailStatus>> submit(atr::RailPayment payment, std::string prepared,
                                                      CallOptions options) = 0;
    virtual Task<atr::Result<atr::RailStatus>> lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                                      std::string rail_reference, CallOptions options) = 0;
    virtual Task<atr::Result<atr::RailStatus>> cancel(atr::RailPayment payment, std::vector<std::string> blobs,
                                                      CallOptions options) = 0;
    virtual Task<atr::Result<std::string>> balance(CallOptions options) = 0;
    virtual Task<atr::Result<atr::StatementPage>> statement(std::string from_position, std::uint32_t limit,
                                                            CallOptions options) = 0;
    virtual Task<atr::Result<std::string>> health(CallOptions options) = 0;
};

}  // namespace treasurer
