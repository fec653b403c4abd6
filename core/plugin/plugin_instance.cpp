#include "plugin/plugin_instance.hpp"

#include "plugin/border.hpp"

namespace treasurer {

atr::Result<std::unique_ptr<PluginInstance>> PluginInstance::create(std::shared_ptr<const PluginLibrary> library,
                                                                    const PluginComponent& component,
                                                                    InstanceSettings settings, PluginHost host) {
    host.sinks.http_allow = settings.http_allow;
    const unsigned threads = component.serial() ? 1u : std::max(settings.threads, 1u);
    auto core = std::make_shared<InstanceCore>(InstanceCore::Parts{.name = settings.name,
                                                                   .library = std::move(library),
                                                                   .component = component,
                                                                   .threads = threads,
                                                                   .queue = settings.queue,
                                                                   .breaker = settings.breaker,
                                                                   .start_wait = settings.start_wait,
                                                                   .stop_wait = settings.stop_wait},
                                               host.executor, host.clock, std::move(host.sinks));
    const auto created = core->create(settings.config_json);
    if (!created) {
        atr::Error error = created.error();
        error.message = settings.name + ": " + error.message;
        return error;
    }
    return std::unique_ptr<PluginInstance>(new PluginInstance(std::move(core)));
}

PluginInstance::~PluginInstance() {
    stop();
}

Task<atr::Result<std::string>> PluginInstance::health(CallOptions options) {
    auto run = [function = core_->component().table.health,
                self = self()](const atr_call& call) -> atr::Result<std::string> {
        atr::Buffer out(border::max_json);
        border::ErrorOut error;
        const atr_outcome outcome = function(self, &call, out.sink(), error.raw());
        if (outcome != ATR_OK) return error.read(outcome);
        if (!border::is_utf8(out.bytes)) return border::malformed(atr::Outcome::retry, "health is not UTF-8");
        return std::move(out.bytes);
    };
    return call<std::string>(health_operation, std::move(options), std::move(run));
}

}  // namespace treasurer
