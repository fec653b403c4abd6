#include "http/openapi/document.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "http/openapi/fragments.hpp"
#include "http/openapi/refusals.hpp"

namespace treasurer::http::openapi {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::string_view json_type = "application/json", problem_type = "application/problem+json";
constexpr std::array component_kinds{"schemas", "parameters", "headers", "securitySchemes"};

OrderedJson ref(std::string_view kind, const std::string& name) {
    return {{"$ref", "#/components/" + std::string(kind) + "/" + name}};
}

/// A name of a component, or what it would name.
OrderedJson named_or_whole(std::string_view kind, const OrderedJson& said) {
    return said.is_string() ? ref(kind, said.get<std::string>()) : said;
}

/// Of an object schema all members are required but the optional ones, and there are no others, unless it says so.
void complete_schemas(OrderedJson& node) {
    if (node.is_array())
        for (auto& one : node) complete_schemas(one);
    if (!node.is_object()) return;
    for (auto& [name, value] : node.items())
        if (name != "example" && name != "examples" && name != "default") complete_schemas(value);
    if (!node.contains("properties") || !node["properties"].is_object()) return;
    const OrderedJson optional = node.value("optional", OrderedJson::array());
    node.erase("optional");
    if (!node.contains("required")) {
        OrderedJson required = OrderedJson::array();
        for (const auto& [name, schema] : node["properties"].items())
            if (std::find(optional.begin(), optional.end(), name) == optional.end()) required.push_back(name);
        node["required"] = std::move(required);
    }
    if (!node.contains("unevaluatedProperties") && !node.contains("additionalProperties"))
        node["additionalProperties"] = false;
}

OrderedJson page_of(const std::string& schema) {
    return {{"type", "object"},
            {"properties",
             {{"items", {{"type", "array"}, {"maxItems", 200}, {"items", ref("schemas", schema)}}},
              {"next_cursor", {{"type", {"string", "null"}}}}}}};
}

/// What a request body or a response says in short, in OpenAPI's words.
OrderedJson expanded(OrderedJson body) {
    OrderedJson headers = body.value("headers", OrderedJson::array());
    if (body.contains("page_of")) {
        body["schema"] = page_of(body["page_of"].get<std::string>());
        headers.push_back("Link");
        body.erase("page_of");
    }
    body.erase("headers");
    for (const auto& name : headers) {
        const auto text = name.get<std::string>();
        std::string field;
        for (const char c : text) {
            const bool begins_word = c >= 'A' && c <= 'Z' && !field.empty() && field.back() >= 'a';
            if (begins_word) field += '-';
            field += c;
        }
        body["headers"][field] = ref("headers", text);
    }
    if (!body.contains("schema")) return body;
    OrderedJson media{{"schema", named_or_whole("schemas", body["schema"])}};
    if (body.contains("examples")) media["examples"] = body["examples"];
    body.erase("schema");
    body.erase("examples");
    body["content"][json_type] = std::move(media);
    return body;
}

bool takes(const OrderedJson& operation, std::string_view media_type) {
    return operation.contains("requestBody") && operation["requestBody"]["content"].contains(media_type);
}

std::vector<std::string> path_parameters_of(const std::string& pattern) {
    std::vector<std::string> out;
    for (auto begin = pattern.find('{'); begin != std::string::npos; begin = pattern.find('{', begin + 1))
        out.push_back(pattern.substr(begin + 1, pattern.find('}', begin) - begin - 1));
    return out;
}

std::vector<std::string> roles_with(auth::Permission permission) {
    std::vector<std::string> out;
    for (const auto role : {auth::Role::viewer, auth::Role::submitter, auth::Role::approver, auth::Role::admin})
        if (auth::gives(role, permission)) out.emplace_back(auth::to_string(role));
    return out;
}

class Assembler {
public:
    explicit Assembler(std::string_view version) {
        for (const auto text : fragments()) read(OrderedJson::parse(text));
        info_["version"] = version;
    }

    Document assemble(const RouteTable& routes) {
        OrderedJson paths = OrderedJson::object();
        for (const Route& route : routes.routes()) {
            std::string method = route.method;
            for (char& c : method) c = static_cast<char>(c + ('a' - 'A'));
            paths[route.pattern][method] = operation_of(route);
        }
        for (const auto& [name, operation] : operations_)
            if (!used_.contains(name)) fault("there is a fragment for " + name + ", and no such route");
        OrderedJson out{{"openapi", "3.1.0"},
                        {"info", info_},
                        {"servers", OrderedJson::array({{{"url", "/"}}})},
                        {"tags", tags_},
                        {"paths", std::move(paths)},
                        {"components", components_}};
        out["components"]["responses"] = responses_;
        complete_schemas(out);
        return {std::move(out), std::move(faults_)};
    }

private:
    struct Described {
        std::string tag;
        OrderedJson operation;
    };

    void fault(std::string what) { faults_.push_back(std::move(what)); }

    void read(const OrderedJson& fragment) {
        if (fragment.contains("info")) info_ = fragment["info"];
        for (const char* kind : component_kinds) {
            const OrderedJson named = fragment.value(kind, OrderedJson::object());
            for (const auto& [name, what] : named.items()) {
                if (components_[kind].contains(name)) fault(std::string(kind) + " has " + name + " twice");
                components_[kind][name] = what;
            }
        }
        if (!fragment.contains("tag")) return;
        const auto tag = fragment["tag"].get<std::string>();
        tags_.push_back({{"name", tag}, {"description", fragment["about"]}});
        for (const auto& [name, operation] : fragment["operations"].items())
            if (!operations_.emplace(name, Described{tag, operation}).second) fault(name + " is described twice");
    }

    OrderedJson operation_of(const Route& route) {
        OrderedJson out{{"operationId", route.name}};
        const auto described = operations_.find(route.name);
        OrderedJson said = OrderedJson::object();
        if (described == operations_.end()) {
            fault(route.method + " " + route.pattern + " (" + route.name + ") has no fragment");
            out["x-undocumented"] = true;
        } else {
            used_.insert(route.name);
            out["tags"] = OrderedJson::array({described->second.tag});
            said = described->second.operation;
        }
        for (const char* part : {"summary", "description"})
            if (said.contains(part)) out[part] = said[part];
        add_access(route, out);
        add_parameters(route, said, out);
        if (said.contains("requestBody")) {
            out["requestBody"] = expanded(said["requestBody"]);
            out["requestBody"]["required"] = true;
            out["x-max-body-bytes"] = route.max_body_bytes;
        }
        out["responses"] = responses_of(route, said, out);
        compare(route, out);
        return out;
    }

    /// Whoever has what it answers need not be sent it again. Not so where the fragment says that it is of its moment.
    static bool is_tagged(const Route& route, const OrderedJson& said) {
        return route.method == "GET" && !said.value("momentary", false) &&
               said.value("responses", OrderedJson::object()).contains("200");
    }

    static void add_access(const Route& route, OrderedJson& out) {
        out["security"] = OrderedJson::array();
        if (!route.access.needs_sign_in()) return;
        out["security"].push_back({{"bearer", OrderedJson::array()}});
        out["security"].push_back({{"cookie", OrderedJson::array()}});
        const auto permission = route.access.permission();
        if (!permission) return;  // no key reaches it
        out["security"].push_back({{"apiKey", OrderedJson::array()}});
        out["x-roles"] = roles_with(*permission);
    }

    static void add_parameters(const Route& route, const OrderedJson& said, OrderedJson& out) {
        OrderedJson parameters = OrderedJson::array();
        for (const auto& name : path_parameters_of(route.pattern))
            parameters.push_back(
                {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
        for (const auto& one : said.value("parameters", OrderedJson::array()))
            parameters.push_back(named_or_whole("parameters", one));
        if (route.retell) parameters.push_back(ref("parameters", "IdempotencyKey"));
        if (is_tagged(route, said)) parameters.push_back(ref("parameters", "IfNoneMatch"));
        if (!parameters.empty()) out["parameters"] = std::move(parameters);
    }

    OrderedJson responses_of(const Route& route, const OrderedJson& said, const OrderedJson& operation) {
        std::map<std::string, OrderedJson> out;
        const OrderedJson successes = said.value("responses", OrderedJson::object());
        for (const auto& [status, response] : successes.items()) {
            OrderedJson& one = out[status] = expanded(response);
            add_common_headers(route, one);
            if (route.retell) one["headers"]["Idempotency-Replayed"] = ref("headers", "IdempotencyReplayed");
        }
        if (is_tagged(route, said)) {
            out["200"]["headers"]["ETag"] = ref("headers", "ETag");
            OrderedJson& same = out["304"] = {{"description", "The client has it already."}};
            add_common_headers(route, same);
            same["headers"]["ETag"] = ref("headers", "ETag");
        }
        const OrderedJson members = said.value("problem_members", OrderedJson::object());
        for (const auto& [status, codes] : problems_of(route, said, operation)) {
            const auto text = std::to_string(status);
            if (const auto success = out.find(text); success != out.end())
                success->second["content"][problem_type] = {{"schema", problem_schema(status, codes, {})}};
            else if (members.contains(text))
                out[text] = problem_response(route, status, codes, members[text]);
            else
                out[text] = shared_problem(route, status, codes);
        }
        OrderedJson in_order = OrderedJson::object();
        for (auto& [status, response] : out) in_order[status] = std::move(response);
        return in_order;
    }

    std::map<int, std::set<ErrorCode>> problems_of(const Route& route, const OrderedJson& said,
                                                   const OrderedJson& operation) {
        std::vector<ErrorCode> codes = refusals_of(route);
        for (const auto& name : said.value("problems", OrderedJson::array()))
            if (const auto code = code_named(name.get<std::string>()))
                codes.push_back(*code);
            else
                fault(route.name + " names the problem " + name.get<std::string>() + ", and there is none");
        if (takes(operation, json_type)) {
            codes.push_back(ErrorCode::invalid_json);
            codes.push_back(ErrorCode::unsupported_media_type);
            codes.push_back(ErrorCode::validation_failed);
        }
        for (const auto& name : query_of(operation)) {
            codes.push_back(ErrorCode::validation_failed);
            if (name == "cursor") codes.push_back(ErrorCode::invalid_cursor);
        }
        std::map<int, std::set<ErrorCode>> out;
        for (const auto code : codes) out[status_of(code)].insert(code);
        return out;
    }

    /// The names of the operation's query parameters.
    std::set<std::string> query_of(const OrderedJson& operation) const {
        std::set<std::string> out;
        for (OrderedJson one : operation.value("parameters", OrderedJson::array())) {
            if (one.contains("$ref")) {
                const auto path = one["$ref"].get<std::string>();
                one = components_.at("parameters").at(path.substr(path.rfind('/') + 1));
            }
            if (one.at("in") == "query") out.insert(one.at("name").get<std::string>());
        }
        return out;
    }

    static OrderedJson problem_schema(int status, const std::set<ErrorCode>& codes, const OrderedJson& members) {
        OrderedJson names = OrderedJson::array();
        for (const auto code : codes) names.push_back(to_string(code));
        OrderedJson properties{{"status", {{"const", status}}}, {"code", {{"enum", std::move(names)}}}};
        if (members.is_object()) properties.update(members);
        return {{"allOf", OrderedJson::array({ref("schemas", "Problem")})},
                {"properties", std::move(properties)},
                {"required", {"status", "code"}},
                {"unevaluatedProperties", false}};
    }

    static OrderedJson problem_response(const Route& route, int status, const std::set<ErrorCode>& codes,
                                        const OrderedJson& members) {
        std::string description;
        for (const auto code : codes)
            description += (description.empty() ? "" : "; ") + ("`" + std::string(to_string(code)) + "`: ") +
                           std::string(meaning_of(code));
        OrderedJson out{{"description", description + "."}};
        out["content"][problem_type] = {{"schema", problem_schema(status, codes, members)}};
        add_common_headers(route, out);
        if (status == 401) out["headers"]["WWW-Authenticate"] = ref("headers", "WwwAuthenticate");
        if (status == 412) out["headers"]["ETag"] = ref("headers", "ETag");
        if (status == 429 || status == 503) out["headers"]["Retry-After"] = ref("headers", "RetryAfter");
        return out;
    }

    /// Most routes refuse alike, and share what is said of it.
    OrderedJson shared_problem(const Route& route, int status, const std::set<ErrorCode>& codes) {
        std::string name = route.may_be_limited() ? "" : "unlimited.";
        for (const auto code : codes) name += std::string(to_string(code)) + ".";
        name.pop_back();
        if (!responses_.contains(name)) responses_[name] = problem_response(route, status, codes, {});
        return ref("responses", name);
    }

    static void add_common_headers(const Route& route, OrderedJson& response) {
        response["headers"]["X-Request-ID"] = ref("headers", "RequestId");
        if (!route.may_be_limited()) return;
        response["headers"]["X-RateLimit-Limit"] = ref("headers", "RateLimit");
        response["headers"]["X-RateLimit-Remaining"] = ref("headers", "RateLimitRemaining");
    }

    /// What the route declares and the fragment says too.
    void compare(const Route& route, const OrderedJson& operation) {
        if (route.parameters) {
            const std::set<std::string> declared(route.parameters->begin(), route.parameters->end());
            if (declared != query_of(operation))
                fault(route.name + " declares other query parameters than are described");
        }
        for (const auto& type : route.consumes)  // a body that nobody needs is not described
            if (operation.contains("requestBody") && type != "*/*" && !takes(operation, type))
                fault(route.name + " consumes " + type + ", which is not described");
        const OrderedJson responses = operation.value("responses", OrderedJson::object());
        const bool has_answer = std::any_of(responses.begin(), responses.end(), [](const auto& response) {
            return response.contains("content") && !response["content"].contains(problem_type);
        });
        if (!has_answer) return;  // a 204: only its refusals have a body
        for (const auto& type : route.produces) {
            const bool is_described = std::any_of(responses.begin(), responses.end(), [&](const auto& response) {
                return response.contains("content") && response["content"].contains(type);
            });
            if (!is_described) fault(route.name + " produces " + type + ", which is not described");
        }
    }

    OrderedJson info_, tags_ = OrderedJson::array(), components_ = OrderedJson::object(),
                       responses_ = OrderedJson::object();
    std::map<std::string, Described> operations_;
    std::set<std::string> used_;
    std::vector<std::string> faults_;
};

}  // namespace

Document document_of(const RouteTable& routes, std::string_view version) {
    return Assembler(version).assemble(routes);
}

}  // namespace treasurer::http::openapi
