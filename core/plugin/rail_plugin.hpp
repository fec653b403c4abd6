/// RailPort over a rail plugin's table. What the rail says of itself is read once, when it is made.
/// Threads: any. Lifetime: the instance outlives it and its calls. Errors: returned; an answer that breaks the contract
/// is `unknown` from submit and cancel, `retry` from the others.
#pragma once

#include <memory>

#include "plugin/plugin_instance.hpp"
#include "ports/rail_port.hpp"

namespace treasurer {

/// Reads a rail's describe() text. Errors (rejected, ATR_E_CONFIG): a required key is missing or of the wrong kind.
atr::Result<RailCapabilities> read_rail_capabilities(std::string_view json);

class RailPlugin final : public RailPort {
public:
    /// Blocks for describe(), at most `patience`. Not from an executor thread.
    static atr::Result<std::unique_ptr<RailPlugin>> make(PluginInstance& instance, Millis patience);

    const std::string& name() const override { return instance_.name(); }
    const RailCapabilities& capabilities() const override { return capabilities_; }
    Task<atr::Result<atr::Prepared>> prepare(atr::RailPayment payment, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> submit(atr::RailPayment payment, std::string prepared,
                                              CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                              std::string rail_reference, CallOptions options) override;
    Task<atr::Result<atr::RailStatus>> cancel(atr::RailPayment payment, std::vector<std::string> blobs,
                                              CallOptions options) override;
    Task<atr::Result<std::string>> balance(CallOptions options) override;
    Task<atr::Result<atr::StatementPage>> statement(std::string from_position, std::uint32_t limit,
                                                    CallOptions options) override;
    Task<atr::Result<std::string>> health(CallOptions options) override;

private:
    RailPlugin(PluginInstance& instance, const atr_rail& table, RailCapabilities capabilities)
        : instance_(instance), table_(table), self_(instance.self()), capabilities_(std::move(capabilities)) {}

    PluginInstance& instance_;
    const atr_rail table_;
    void* const self_;
    const RailCapabilities capabilities_;
};

}  // namespace treasurer
