// From a document to a decision, and from a decision to records: on storage and a rail in memory.
#include <fstream>
#include <iterator>

#include "parser_rules/rules_parser.hpp"
#include "plugin/parse_sink.hpp"
#include "policy/policy.hpp"
#include "tests/bench/instructions/repeat.hpp"
#include "tests/support/desk_world.hpp"
#include "tests/support/fake_host.hpp"

using namespace treasurer;

TEST_CASE("parser_rules", "[instructions]") {
    const int times = bench::times();
    std::ifstream file("examples/invoices/01_nimbus_forge_hosting.txt");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    REQUIRE(text.size() > 1000);
    support::FakeHost host;
    const parser_rules::RulesSettings settings;
    atr::Instance<parser_rules::RulesParser> parser{host.host(), std::make_unique<parser_rules::RulesParser>(settings)};
    const atr_parser& table = atr::detail::ParserTable<parser_rules::RulesParser>::table;
    const atr_call call = support::make_call();
    atr_document document{};
    document.struct_size = sizeof document;
    document.media_type = atr::borrow("text/plain");
    document.bytes = atr::borrow(text);
    for (int i = 0; i < times; ++i) {
        atr_error error{};
        ParseSink sink;
        if (table.parse(&parser, &call, &document, sink.raw(), sink.usage(), &error) != ATR_OK) std::abort();
        if (sink.take().fields.size() < 10) std::abort();
    }
}

TEST_CASE("policy", "[instructions]") {
    const int times = bench::times();
    Policy policy;
    policy.auto_approval_limit = 500;
    policy::Facts facts;
    facts.document_type_name = "invoice";
    facts.amount = *atr::Money::parse("180.00", "MNEE");
    facts.vendor_name = "Nimbus Forge Hosting LLC";
    facts.vendor_known = facts.payee_account_known = facts.rail_known = facts.funds_known = true;
    facts.available = *atr::Decimal::parse("100000");
    facts.burn_paid = *atr::Decimal::parse("1250.5");
    facts.burn_rise = 1;
    REQUIRE(decide(policy, facts).outcome == policy::Outcome::pay);
    for (int i = 0; i < times; ++i)
        if (decide(policy, facts).reasons.empty()) std::abort();
}

TEST_CASE("payment", "[instructions]") {
    const int times = bench::times();
    support::DeskWorld world("1000000");
    for (int i = 0; i < times; ++i) {
        const auto paid = world.submit({.number = "INV-" + std::to_string(i), .amount = std::to_string(i + 1)});
        if (paid.kind != intake::SubmitKind::paid) std::abort();
    }
}
