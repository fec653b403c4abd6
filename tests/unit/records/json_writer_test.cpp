#include "records/json_writer.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "records/invoice.hpp"
#include "records/journal.hpp"
#include "records/payment.hpp"

using namespace treasurer;

SCENARIO("what is written is JSON, whatever the texts hold", "[records]") {
    const std::string before = std::string("quote \" back \\ line \n nul ") + '\0' + " bad ";
    JsonWriter out;
    out.text("text", before + "\xff\xc3 ok \xe2\x82\xac").text_if("empty", "");
    out.number("least", INT64_MIN).number("most", UINT64_MAX).number_if("zero", 0);
    out.flag("no", false).flag_if("not", false).json("raw", "[1,{}]");
    out.object("object", [](JsonWriter& one) { one.number("a", 1).text("b", "{"); });
    out.objects_if("items", std::vector<int>{1, 2}, [](JsonWriter& one, int item) { one.number("n", item); });
    out.objects_if("none", std::vector<int>{}, [](JsonWriter&, int) {});
    out.text("last", "[").number("end", 7);
    const std::string text = std::move(out).done();
    const Json json = Json::parse(text);
    CHECK(json.size() == 9);
    CHECK(json.at("text").get<std::string>() == before + "\xef\xbf\xbd\xef\xbf\xbd ok \xe2\x82\xac");
    CHECK(json.at("least") == INT64_MIN);
    CHECK(json.at("most") == UINT64_MAX);
    CHECK(json.at("object").at("b") == "{");
    CHECK(json.at("items") == Json::parse(R"([{"n":1},{"n":2}])"));
    CHECK(JsonWriter().done() == "{}");
}

SCENARIO("a record that was written as text is read back as it was", "[records]") {
    Payment payment;
    payment.id = "p1";
    payment.amount = *atr::Money::parse("12.50", "MNEE");
    payment.hold = *atr::Money::parse("13", "MNEE");
    payment.creditor = {"v", "Name \"x\"", "a", "0x1"};
    payment.enter(PaymentState::prepared, 5);
    payment.note_sent({6, 2});
    payment.cancel_requested = payment.maybe_sent = payment.needs_human = payment.may_arrive = true;
    payment.attempts = 3;
    payment.not_after_ms = 7;
    payment.sendable_ms = 8;
    payment.resolution.push_back({"by", "paid", "ref", "why", 9});
    const Payment again = Payment::from_json(Json::parse(payment.to_text()));
    CHECK(again.to_text() == payment.to_text());
    CHECK(again.hold == payment.hold);
    CHECK(again.sent.at(0).attempt == 2);
    CHECK(again.history.at(0).at_ms == 5);

    Invoice invoice;
    invoice.id = "i1";
    invoice.amount_due = payment.amount;
    invoice.reasons.push_back({"limit", "pass", "ok"});
    invoice.fields = R"([{"path":"a"}])";
    CHECK(Invoice::from_json(Json::parse(invoice.to_text())).to_text() == invoice.to_text());

    Activity line;
    line.id = "l";
    line.amount = payment.amount;
    line.vendor = "\xff";
    CHECK(Activity::from_json(Json::parse(line.to_text())).vendor == "\xef\xbf\xbd");
}
