#include "plugin/rail_plugin.hpp"

#include "plugin/border.hpp"
#include "plugin/normalise.hpp"
#include "plugin/rail_codec.hpp"

namespace treasurer {

using atr::Outcome;
using atr::Result;

namespace {

constexpr Operation op_describe{0, "describe", Outcome::retry};
constexpr Operation op_prepare{1, "prepare", Outcome::retry};
constexpr Operation op_submit{2, "submit", Outcome::unknown};
constexpr Operation op_lookup{3, "lookup", Outcome::retry};
constexpr Operation op_cancel{4, "cancel", Outcome::unknown};
constexpr Operation op_balance{5, "balance", Outcome::retry};
constexpr Operation op_statement{6, "statement", Outcome::retry};

}  // namespace

Result<std::unique_ptr<RailPlugin>> RailPlugin::make(PluginInstance& instance, Millis patience) {
    const auto table = normalise_rail(instance.find_interface(ATR_IF_RAIL));
    if (!table) return table.error();
    auto run = [function = table->describe, self = instance.self()](const atr_call&) -> Result<std::string> {
        atr::Buffer out(border::max_json);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, out.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return std::move(out.bytes);
    };
    const auto described = instance.call_blocking<std::string>(op_describe, {.timeout = patience}, std::move(run));
    if (!described) return described.error();
    auto capabilities = read_rail_capabilities(*described);
    if (!capabilities) return capabilities.error();
    return std::unique_ptr<RailPlugin>(new RailPlugin(instance, *table, std::move(*capabilities)));
}

Task<Result<atr::Prepared>> RailPlugin::prepare(atr::RailPayment payment, CallOptions options) {
    auto run = [function = table_.prepare, self = self_,
                payment = std::move(payment)](const atr_call& call) -> Result<atr::Prepared> {
        const PaymentView view(payment);
        atr::Buffer blob(border::max_blob), reference(border::max_text), max_charge(border::max_text);
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, view.raw(), blob.sink(), reference.sink(), max_charge.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        if (!border::is_utf8(reference.bytes))
            return border::malformed(Outcome::rejected, "the predicted reference is not UTF-8");
        return atr::Prepared{.blob = std::move(blob.bytes),
                             .predicted_reference = std::move(reference.bytes),
                             .max_charge_json = std::move(max_charge.bytes)};
    };
    return instance_.call<atr::Prepared>(op_prepare, std::move(options), std::move(run));
}

Task<Result<atr::RailStatus>> RailPlugin::submit(atr::RailPayment payment, std::string prepared, CallOptions options) {
    auto run = [function = table_.submit, self = self_, payment = std::move(payment),
                prepared = std::move(prepared)](const atr_call& call) -> Result<atr::RailStatus> {
        const PaymentView view(payment);
        StatusOut status;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, view.raw(), atr::borrow(prepared), status.raw(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return status.read(Outcome::unknown);
    };
    return instance_.call<atr::RailStatus>(op_submit, std::move(options), std::move(run));
}

Task<Result<atr::RailStatus>> RailPlugin::lookup(atr::RailPayment payment, std::vector<std::string> blobs,
                                                 std::string rail_reference, CallOptions options) {
    auto run = [function = table_.lookup, self = self_, payment = std::move(payment), blobs = std::move(blobs),
                reference = std::move(rail_reference)](const atr_call& call) -> Result<atr::RailStatus> {
        const PaymentView view(payment);
        const auto raw_blobs = borrow_all(blobs);
        StatusOut status;
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, view.raw(), raw_blobs.data(), static_cast<std::uint32_t>(raw_blobs.size()),
                     atr::borrow(reference), status.raw(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return status.read(Outcome::retry);
    };
    return instance_.call<atr::RailStatus>(op_lookup, std::move(options), std::move(run));
}

Task<Result<atr::RailStatus>> RailPlugin::cancel(atr::RailPayment payment, std::vector<std::string> blobs,
                                                 CallOptions options) {
    auto run = [function = table_.cancel, self = self_, payment = std::move(payment),
                blobs = std::move(blobs)](const atr_call& call) -> Result<atr::RailStatus> {
        const PaymentView view(payment);
        const auto raw_blobs = borrow_all(blobs);
        StatusOut status;
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, view.raw(), raw_blobs.data(),
                                             static_cast<std::uint32_t>(raw_blobs.size()), status.raw(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        return status.read(Outcome::unknown);
    };
    return instance_.call<atr::RailStatus>(op_cancel, std::move(options), std::move(run));
}

Task<Result<std::string>> RailPlugin::balance(CallOptions options) {
    auto run = [function = table_.balance, self = self_,
                account = capabilities_.account](const atr_call& call) -> Result<std::string> {
        atr::Buffer out(border::max_json);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, atr::borrow(account), out.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        if (!border::is_utf8(out.bytes)) return border::malformed(Outcome::retry, "the balance is not UTF-8");
        return std::move(out.bytes);
    };
    return instance_.call<std::string>(op_balance, std::move(options), std::move(run));
}

Task<Result<atr::StatementPage>> RailPlugin::statement(std::string from_position, std::uint32_t limit,
                                                       CallOptions options) {
    auto run = [function = table_.statement, self = self_, account = capabilities_.account,
                from = std::move(from_position), limit](const atr_call& call) -> Result<atr::StatementPage> {
        EventSink sink(limit);
        atr::Buffer next(border::max_text);
        border::ErrorOut error;
        const atr_outcome outcome =
            function(self, &call, atr::borrow(account), atr::borrow(from), limit, sink.raw(), next.sink(), error.raw());
        if (!sink.fault().empty()) return border::malformed(Outcome::retry, sink.fault());
        if (outcome != ATR_OK) return error.read(outcome);
        return atr::StatementPage{.events = sink.take(), .next_position = std::move(next.bytes)};
    };
    return instance_.call<atr::StatementPage>(op_statement, std::move(options), std::move(run));
}

Task<Result<std::string>> RailPlugin::health(CallOptions options) {
    return instance_.health(std::move(options));
}

}  // namespace treasurer
