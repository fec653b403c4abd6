// An invoice as a browser's form sends it.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;
using nlohmann::json;

namespace {

struct Upload : ApiWorld {
    std::string boss = sign_in("boss");

    static std::string part(const std::string& head, const std::string& value) {
        return "--b\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + value + "\r\n";
    }
    RouterBench::Answer send(const std::string& parts) {
        return ask("POST", "/api/v1/invoices",
                   {{"Authorization", boss}, {"Content-Type", "multipart/form-data; boundary=b"}}, parts + "--b--\r\n");
    }
    std::string file(const Text& text) {
        return part("name=\"file\"; filename=\"invoice.txt\"\r\nContent-Type: text/plain; charset=utf-8",
                    text.written());
    }
};

}  // namespace

SCENARIO("an invoice is uploaded as a file of a form, with hints beside it", "[http][upload]") {
    Upload world;
    const auto taken = world.send(world.file({.number = "INV-1", .amount = "12.5"}) +
                                  Upload::part("name=\"amount\"", "12.50") + Upload::part("name=\"currency\"", "MNEE"));
    INFO(taken->content());
    CHECK(taken->status == 201);
    CHECK(taken.json().at("invoice_number") == "INV-1");
    CHECK(taken.json().at("media_type") == "text/plain");
    const auto as_text = world.send(Upload::part("name=\"text\"", ApiWorld::Text{.number = "INV-2"}.written()));
    CHECK(as_text->status == 201);
    CHECK(world.send(world.file({.number = "INV-1", .amount = "12.5"}))->status == 409);
}

SCENARIO("a form that is no one invoice is refused, and nothing is stored", "[http][upload]") {
    Upload world;
    const std::string file = world.file({});
    struct Row {
        std::string parts, pointer;
    };
    const std::vector<Row> rows = {
        {"", "/file"},
        {Upload::part("name=\"amount\"", "1"), "/file"},
        {file + file, "/file"},
        {file + Upload::part("name=\"colour\"", "red"), "/colour"},
        {file + Upload::part("name=\"amount\"", "1,5"), "/amount"},
        {file + Upload::part("name=\"amount\"", "100") + Upload::part("name=\"amount\"", "1"), "/amount"},
        {Upload::part("name=\"currency\"", "") + file + Upload::part("name=\"currency\"", "MNEE"), "/currency"},
        {file + Upload::part("name=\"due_date\"", std::string(257, '1')), "/due_date"},
        {Upload::part("name=\"file\"; filename=\"" + std::string(256, 'a') + "\"", "x"), "/file"},
    };
    for (const auto& row : rows) {
        const auto refused = world.send(row.parts.empty() ? Upload::part("name=\"currency\"", "MNEE") : row.parts);
        INFO(refused->content());
        CHECK(refused->status == 422);
        CHECK(refused.json().at("errors").at(0).at("pointer") == row.pointer);
    }
    CHECK(world.send("no form at all")->status == 400);
    CHECK(world.ask("GET", "/api/v1/invoices", {{"Authorization", world.boss}}).json().at("items").empty());
    const auto hinted = world.send(file + Upload::part("name=\"amount\"", "99"));
    CHECK(hinted->status == 202);  // the text says 100: what does not agree goes to a person
    CHECK(hinted.json().at("status") == "waiting_approval");
}
