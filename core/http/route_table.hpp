/// Finds the route for a method and a path.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "http/route.hpp"

namespace treasurer::http {

/// All routes of one pattern.
struct Endpoint {
    std::vector<std::string> segments;  ///< "{id}" for a parameter
    std::vector<std::size_t> routes;    ///< indexes into the table's routes
    std::string allow;                  ///< the value of Allow: "GET, HEAD, OPTIONS"
};

/// Filled before it is used; then any thread may look up. A path without parameters costs one hash look-up; literal
/// segments win over parameters.
class RouteTable {
public:
    using Parameters = std::vector<std::pair<std::string, std::string>>;
    struct Match {
        const Endpoint* endpoint = nullptr;  ///< null: no such path
        const Route* route = nullptr;        ///< null: the path does not know the method
        std::size_t route_index = 0;
        Parameters parameters = {};
    };

    /// Errors: a method and pattern twice, or a malformed pattern, is a programming mistake: std::logic_error.
    void add(Route route);
    Match find(std::string_view method, std::string_view path) const;
    const std::deque<Route>& routes() const { return routes_; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    const Endpoint* find_endpoint(std::string_view path, Parameters& parameters) const;

    std::deque<Route> routes_;
    std::deque<Endpoint> endpoints_;
    std::unordered_map<std::string, Endpoint*, Hash, std::equal_to<>> by_pattern_;
    std::vector<const Endpoint*> with_parameters_;  ///< most literal first
};

}  // namespace treasurer::http
