// How long a client wants to wait, as RFC 7240 lets it be written, and what it is told was granted.
#include "tests/unit/http_routes/api_world.hpp"

using namespace treasurer;
using namespace treasurer::http;

TEST_CASE("the wait that is granted is told, however the wish was written", "[http][prefer]") {
    struct Row {
        const char *wished, *applied;
    };
    const Row row =
        GENERATE(Row{"wait=7", "wait=7"}, Row{"Wait = 7", "wait=7"}, Row{" handling=lenient, wait=7 ", "wait=7"},
                 Row{"wait=999", "wait=60"}, Row{"wait=1000000", "wait=60"}, Row{"wait=18446744073709551616", "absent"},
                 Row{"Respond-Async", "respond-async"}, Row{"wait=soon", "absent"}, Row{"wait=-1", "absent"},
                 Row{"depth-noroot", "absent"});
    INFO(row.wished);
    ApiWorld world;
    const auto text = ApiWorld::Text{.number = "INV-1", .amount = "600"}.written();
    const auto answer = world.ask(
        "POST", "/api/v1/invoices",
        {{"Authorization", world.sign_in("boss")}, {"Content-Type", "text/plain"}, {"Prefer", row.wished}}, text);
    CHECK(answer->status == 202);
    CHECK(answer.header("Preference-Applied") == row.applied);
}
