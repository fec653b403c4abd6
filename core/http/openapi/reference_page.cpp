#include "http/openapi/reference_page.hpp"

#include <algorithm>

#include "http/openapi/schema_text.hpp"

namespace treasurer::http::openapi {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Bodies that the form can send; the others are for programs.
constexpr std::string_view sendable[] = {"application/json", "text/plain"};

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return text;
}

std::string attribute(std::string_view name, std::string_view value) {
    return " " + std::string(name) + "=\"" + escaped(value) + '"';
}

/// An id holds no space, which names of tags may.
std::string id_of_tag(std::string name) {
    std::replace(name.begin(), name.end(), ' ', '-');
    return "tag-" + escaped(name);
}

bool opens_session(const OrderedJson& operation) {
    for (const auto& response : operation.at("responses"))
        if (response.value("headers", OrderedJson::object()).contains("Set-Cookie")) return true;
    return false;
}

class Writer {
public:
    explicit Writer(const OrderedJson& document) : document_(document) {}

    std::string page(std::string_view style, std::string_view script) {
        const auto& info = document_.at("info");
        const std::string title = escaped(info.at("title").get<std::string>());
        out_ = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" + title +
               ": API reference</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
               "<link rel=\"icon\" href=\"data:,\">\n<style>" +
               std::string(style) +
               "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#reference\">Skip to the reference"
               "</a>\n<header>\n<h1>" +
               title + "</h1>\n<p>" + sentence(info.at("summary").get<std::string>()) + " Version " +
               escaped(info.at("version").get<std::string>()) +
               "; <a href=\"/openapi.json\">the same as OpenAPI 3.1</a>.</p>\n" +
               paragraphs(info.at("description").get<std::string>()) + "</header>\n";
        write_sign_in();
        write_contents();
        out_ += "<main id=\"reference\">\n";
        for (const auto& tag : document_.at("tags")) write_tag(tag);
        write_schemas();
        out_ += "</main>\n<script>" + std::string(script) + "</script>\n</body>\n</html>\n";
        return std::move(out_);
    }

private:
    const OrderedJson& resolved(const OrderedJson& node) const {
        if (!node.contains("$ref")) return node;
        return document_.at(OrderedJson::json_pointer(node["$ref"].get<std::string>().substr(1)));
    }

    template <class Visit>
    void each_operation(const std::string& tag, Visit visit) {
        for (const auto& [path, methods] : document_.at("paths").items())
            for (const auto& [method, operation] : methods.items()) {
                const OrderedJson tags = operation.value("tags", OrderedJson::array());
                if (std::find(tags.begin(), tags.end(), tag) != tags.end()) visit(path, upper(method), operation);
            }
    }

    void write_sign_in() {
        out_ +=
            "<form id=\"sign-in\" aria-labelledby=\"sign-in-title\">\n<h2 id=\"sign-in-title\">Sign in</h2>\n"
            "<p>For the forms of this page. The token is forgotten with the page.</p>\n"
            "<noscript><p>The forms need a script, which this browser does not run; all else is here.</p></noscript>\n"
            "<label for=\"username\">User</label><input id=\"username\" name=\"username\" autocomplete=\"username\" "
            "required>\n<label for=\"password\">Password</label><input id=\"password\" name=\"password\" "
            "type=\"password\" autocomplete=\"current-password\" required>\n<button>Sign in</button>\n"
            "<output aria-live=\"polite\"></output>\n</form>\n";
    }

    void write_contents() {
        out_ += "<nav aria-label=\"Operations\">\n<h2>Operations</h2>\n";
        for (const auto& tag : document_.at("tags")) {
            const auto name = tag.at("name").get<std::string>();
            out_ += "<h3><a href=\"#" + id_of_tag(name) + "\">" + escaped(name) + "</a></h3>\n<ul>\n";
            each_operation(name, [&](const std::string& path, const std::string& method, const OrderedJson& operation) {
                out_ += "<li><a href=\"#" + escaped(operation.at("operationId").get<std::string>()) + "\">" + method +
                        " " + escaped(path) + "</a></li>\n";
            });
            out_ += "</ul>\n";
        }
        out_ += "</nav>\n";
    }

    void write_tag(const OrderedJson& tag) {
        const auto name = tag.at("name").get<std::string>();
        out_ += "<section id=\"" + id_of_tag(name) + "\">\n<h2>" + escaped(name) + "</h2>\n" +
                paragraphs(tag.at("description").get<std::string>());
        each_operation(name, [&](const std::string& path, const std::string& method, const OrderedJson& operation) {
            write_operation(path, method, operation);
        });
        out_ += "</section>\n";
    }

    void write_operation(const std::string& path, const std::string& method, const OrderedJson& operation) {
        const auto id = operation.at("operationId").get<std::string>();
        out_ += "<article id=\"" + escaped(id) + "\">\n<h3><span class=\"method\">" + method + "</span> <code>" +
                escaped(path) + "</code></h3>\n<p><strong>" + sentence(operation.value("summary", id)) + ".</strong> " +
                who_may(operation) + "</p>\n" + paragraphs(operation.value("description", std::string()));
        write_parameters(operation);
        if (operation.contains("requestBody")) write_body(operation);
        write_responses(operation);
        write_form(id, path, method, operation);
        out_ += "</article>\n";
    }

    static std::string who_may(const OrderedJson& operation) {
        if (operation.at("security").empty()) return "For anybody.";
        if (!operation.contains("x-roles")) return "For whoever is signed in.";
        std::string out;
        for (const auto& role : operation["x-roles"]) out += (out.empty() ? "" : ", ") + role.get<std::string>();
        return "For these roles: " + escaped(out) + ".";
    }

    void write_parameters(const OrderedJson& operation) {
        const OrderedJson parameters = operation.value("parameters", OrderedJson::array());
        if (parameters.empty()) return;
        out_ += "<table><caption>Parameters</caption><tbody>\n";
        for (const auto& reference : parameters) {
            const auto& one = resolved(reference);
            out_ += "<tr><th scope=\"row\"><code>" + escaped(one.at("name").get<std::string>()) + "</code> <i>" +
                    escaped(one.at("in").get<std::string>()) + "</i></th><td>" + type_of(one.at("schema"));
            if (one.contains("description")) out_ += ". " + sentence(one["description"].get<std::string>());
            out_ += "</td></tr>\n";
        }
        out_ += "</tbody></table>\n";
    }

    void write_body(const OrderedJson& operation) {
        out_ +=
            "<table><caption>Body, at most " + operation.at("x-max-body-bytes").dump() + " bytes</caption><tbody>\n";
        for (const auto& [type, content] : operation["requestBody"]["content"].items())
            out_ += "<tr><th scope=\"row\"><code>" + escaped(type) + "</code></th><td>" +
                    (content.contains("schema") ? type_of(content["schema"]) : "bytes") + "</td></tr>\n";
        out_ += "</tbody></table>\n";
    }

    void write_responses(const OrderedJson& operation) {
        out_ += "<table><caption>Answers</caption><tbody>\n";
        for (const auto& [status, reference] : operation.at("responses").items()) {
            const auto& one = resolved(reference);
            out_ += "<tr><th scope=\"row\"><code>" + escaped(status) + "</code></th><td>" +
                    sentence(one.at("description").get<std::string>());
            const OrderedJson content = one.value("content", OrderedJson::object());
            for (const auto& [type, what] : content.items())
                if (type != "application/problem+json")
                    out_ += " <code>" + escaped(type) +
                            "</code>: " + (what.contains("schema") ? type_of(what["schema"]) : "bytes") + ".";
            out_ += "</td></tr>\n";
        }
        out_ += "</tbody></table>\n";
    }

    void write_form(const std::string& id, const std::string& path, const std::string& method,
                    const OrderedJson& operation) {
        out_ += "<details><summary>Try it</summary>\n<form class=\"try\"" + attribute("data-method", method) +
                attribute("data-path", path) + attribute("aria-label", "Try " + method + " " + path) + ">\n";
        if (opens_session(operation))
            out_ += "<p>This page keeps no cookie: this shows the answer, and signs nobody in. Sign in above.</p>\n";
        for (const auto& reference : operation.value("parameters", OrderedJson::array()))
            write_field(id, resolved(reference));
        if (operation.contains("requestBody")) write_body_fields(id, operation["requestBody"]["content"]);
        out_ += "<button>Send</button>\n<output aria-live=\"polite\"></output>\n</form>\n</details>\n";
    }

    void write_field(const std::string& id, const OrderedJson& parameter) {
        const auto name = parameter.at("name").get<std::string>(), in = parameter.at("in").get<std::string>();
        const std::string field = id + "-" + name;
        out_ += "<label" + attribute("for", field) + "><code>" + escaped(name) + "</code> (" + escaped(in) +
                ")</label><input" + attribute("id", field) + attribute("name", name) + attribute("data-in", in) +
                (parameter.contains("example") ? attribute("value", parameter["example"].get<std::string>()) : "") +
                (parameter.value("required", false) ? " required" : "") + " autocomplete=\"off\">\n";
    }

    void write_body_fields(const std::string& id, const OrderedJson& content) {
        std::string options, first;
        for (const auto& type : sendable) {
            if (!content.contains(type)) continue;
            const OrderedJson examples = content[type].value("examples", OrderedJson::object());
            for (const auto& [name, example] : examples.items()) {
                const auto& value = example.at("value");
                const std::string text = value.is_string() ? value.get<std::string>() : value.dump(2);
                if (options.empty()) first = text;
                options += "<option" + attribute("data-type", type) + attribute("value", text) + ">" + escaped(type) +
                           ": " + escaped(example.value("summary", name)) + "</option>\n";
            }
        }
        if (options.empty()) return;
        out_ += "<label" + attribute("for", id + "-example") + ">Example</label><select" +
                attribute("id", id + "-example") + " name=\"example\">\n" + options + "</select>\n<label" +
                attribute("for", id + "-body") + ">Body</label><textarea" + attribute("id", id + "-body") +
                " name=\"body\" spellcheck=\"false\">\n" + escaped(first) + "</textarea>\n";
    }

    void write_schemas() {
        out_ += "<section id=\"schemas\">\n<h2>Schemas</h2>\n";
        for (const auto& [name, schema] : document_.at("components").at("schemas").items()) {
            out_ += "<article id=\"schema-" + escaped(name) + "\">\n<h3>" + escaped(name) + "</h3>\n<p>" +
                    type_of(schema) + ".</p>\n" + paragraphs(schema.value("description", std::string())) +
                    members_of(schema, "Members of " + name) + "</article>\n";
        }
        out_ += "</section>\n";
    }

    const OrderedJson& document_;
    std::string out_;
};

}  // namespace

ReferencePage reference_page_of(const OrderedJson& document) {
    ReferencePage out;
    out.style = page_texts()[0];
    out.script = page_texts()[1];
    out.html = Writer(document).page(out.style, out.script);
    return out;
}

}  // namespace treasurer::http::openapi
