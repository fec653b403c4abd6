#include "intake/rehearsal.hpp"

namespace treasurer::intake {
namespace {

std::vector<std::string> names_of(const payments::Rails& rails) {
    std::vector<std::string> out;
    for (const auto& [name, rail] : rails.all()) out.push_back(name);
    return out;
}

}  // namespace

Rehearsal::Rehearsal(Parts parts)
    : storage_(parts.storage),
      pipeline_(storage_, parts.executor, parts.scope, {}),
      store(storage_, pipeline_, parts.ids, parts.read_timeout),
      invoices({store, parts.facts, parts.saga, parts.runner, parts.reader, parts.clock, Effect::none}, {}),
      approvals({store, parts.facts, parts.saga, parts.runner, parts.clock, Effect::none}),
      payments(store, parts.clock),
      resolver({store, parts.saga, parts.rails, parts.assets, parts.clock}),
      elsewhere(store, parts.clock),
      policy(store, parts.clock),
      vendors(store, parts.clock, names_of(parts.rails)),
      breaks(store, parts.assets, parts.clock, elsewhere),
      quarantine(store, parts.clock, {}) {}

}  // namespace treasurer::intake
