#include "http/route_table.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/characters.hpp"

namespace treasurer::http {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
    std::vector<std::string_view> out;
    path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        out.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        path.remove_prefix(slash + 1);
    }
}

bool is_parameter(std::string_view segment) {
    return segment.starts_with('{');
}

bool is_pattern_segment(std::string_view segment, bool only) {
    if (segment.empty()) return only;  // "/" alone
    if (!is_parameter(segment)) return segment.find_first_of("{}") == std::string_view::npos;
    return segment.size() > 2 && segment.ends_with('}');
}

/// Patterns with a literal segment where another has a parameter come first.
bool more_literal(const Endpoint* a, const Endpoint* b) {
    for (std::size_t i = 0; i < std::min(a->segments.size(), b->segments.size()); ++i)
        if (is_parameter(a->segments[i]) != is_parameter(b->segments[i])) return is_parameter(b->segments[i]);
    return false;
}

bool fits(const Endpoint& endpoint, const std::vector<std::string_view>& segments) {
    if (endpoint.segments.size() != segments.size()) return false;
    for (std::size_t i = 0; i < segments.size(); ++i)
        if (is_parameter(endpoint.segments[i]) ? segments[i].empty() : endpoint.segments[i] != segments[i])
            return false;
    return true;
}

}  // namespace

void RouteTable::add(Route route) {
    if (!route.pattern.starts_with('/') || !is_token(route.method) || route.name.empty())
        throw std::logic_error("malformed route " + route.method + " " + route.pattern);
    const auto segments = segments_of(route.pattern);
    for (const auto segment : segments)
        if (!is_pattern_segment(segment, segments.size() == 1))
            throw std::logic_error("malformed route " + route.pattern);
    auto*& endpoint = by_pattern_[route.pattern];
    if (!endpoint) {
        endpoint = &endpoints_.emplace_back();
        endpoint->segments.assign(segments.begin(), segments.end());
        if (std::any_of(segments.begin(), segments.end(), is_parameter)) {
            with_parameters_.push_back(endpoint);
            std::stable_sort(with_parameters_.begin(), with_parameters_.end(), more_literal);
        }
    }
    std::vector<std::string> methods{route.method};
    if (route.method == "GET") methods.emplace_back("HEAD");
    for (const auto index : endpoint->routes) {
        const auto& known = routes_[index].method;
        if (known == route.method) throw std::logic_error("route twice: " + known + " " + route.pattern);
        methods.push_back(known);
        if (known == "GET") methods.emplace_back("HEAD");
    }
    methods.emplace_back("OPTIONS");
    std::sort(methods.begin(), methods.end());
    endpoint->allow.clear();
    for (const auto& method : methods) endpoint->allow += (endpoint->allow.empty() ? "" : ", ") + method;
    endpoint->routes.push_back(routes_.size());
    routes_.push_back(std::move(route));
}

const Endpoint* RouteTable::find_endpoint(std::string_view path, Parameters& parameters) const {
    const auto literal = by_pattern_.find(path);
    if (literal != by_pattern_.end() && path.find('{') == std::string_view::npos) return literal->second;
    if (!path.starts_with('/')) return nullptr;
    const auto segments = segments_of(path);
    for (const auto* endpoint : with_parameters_) {
        if (!fits(*endpoint, segments)) continue;
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const auto& name = endpoint->segments[i];
            if (is_parameter(name)) parameters.emplace_back(name.substr(1, name.size() - 2), segments[i]);
        }
        return endpoint;
    }
    return nullptr;
}

RouteTable::Match RouteTable::find(std::string_view method, std::string_view path) const {
    Match out;
    out.endpoint = find_endpoint(path, out.parameters);
    if (!out.endpoint) return out;
    const auto wanted = method == "HEAD" ? std::string_view("GET") : method;
    for (const auto index : out.endpoint->routes) {
        if (routes_[index].method != wanted) continue;
        out.route = &routes_[index];
        out.route_index = index;
    }
    return out;
}

}  // namespace treasurer::http
