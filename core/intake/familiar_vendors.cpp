#include "intake/familiar_vendors.hpp"

namespace treasurer::intake {

FamiliarVendors::Known FamiliarVendors::of(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(name);
    return found == known_.end() ? nullptr : found->second;
}

atr::Result<Vendor> FamiliarVendors::met(const std::string& name, const atr::Record& record) {
    if (const Known known = of(name); known && known->body == record.body) {
        Vendor out = known->vendor;
        out.version = record.version;
        return out;
    }
    atr::Result<Vendor> out = decode<Vendor>(record);
    if (!out || record.body.size() > most_body_bytes) return out;
    auto met = std::make_shared<const Familiar>(Familiar{*out, record.body});
    const std::lock_guard lock(mutex_);
    if (known_.size() >= most_names) known_.clear();
    known_[name] = std::move(met);
    return out;
}

}  // namespace treasurer::intake
