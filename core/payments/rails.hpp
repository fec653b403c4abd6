/// The rails of this host, and which of them pays an asset.
#pragma once

#include "ports/rail_port.hpp"

#include <map>
#include <string>

namespace treasurer::payments {

class Rails {
public:
    void add(RailPort& rail) { by_name_[rail.name()] = &rail; }
    /// Asks this rail first for every asset it has.
    void prefer(std::string name) { preferred_ = std::move(name); }

    RailPort* find(const std::string& name) const {
        const auto found = by_name_.find(name);
        return found == by_name_.end() ? nullptr : found->second;
    }
    RailPort* for_asset(const std::string& asset) const {
        if (RailPort* first = find(preferred_); first && first->capabilities().decimals_of(asset)) return first;
        for (const auto& [name, rail] : by_name_)
            if (rail->capabilities().decimals_of(asset)) return rail;
        return nullptr;
    }
    const std::map<std::string, RailPort*>& all() const { return by_name_; }

private:
    std::map<std::string, RailPort*> by_name_;
    std::string preferred_;
};

}  // namespace treasurer::payments
