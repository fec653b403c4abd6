#include "net/ip_network.hpp"

#include <catch2/catch.hpp>

using namespace treasurer::net;

TEST_CASE("an address is what the kernel would show, however it was written", "[net]") {
    struct Row {
        const char *written, *shown;
    };
    const auto row = GENERATE(values<Row>({
        {"192.0.2.1", "192.0.2.1"},
        {"::ffff:192.0.2.1", "192.0.2.1"},
        {"::FFFF:c000:0201", "192.0.2.1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::1", "::1"},
        {"::192.0.2.1", "::192.0.2.1"},  // the old form is no IPv4 address
    }));
    INFO(row.written);
    const auto address = IpAddress::parse(row.written);
    REQUIRE(address);
    CHECK(address->text() == row.shown);
    CHECK(address == IpAddress::parse(row.shown));
}

TEST_CASE("what is no address is none", "[net]") {
    const std::string text =
        GENERATE(as<std::string>(), "", "localhost", "unknown", "_hidden", "192.0.2", "192.0.2.1.1", "192.0.2.256",
                 "192.0.2.01", "0300.0.2.1", "0xc0.0.2.1", "3221225985", " 192.0.2.1", "192.0.2.1 ", "192.0.2.1:80",
                 "[2001:db8::1]", "2001:db8::1%eth0", "2001:db8::1::2", "2001:db8::12345", ":::", "::ffff:192.0.2.256",
                 std::string("192.0.2.1\0", 10), std::string(4096, '1'));
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text));
}

TEST_CASE("a network is all addresses of its family that begin with its bits", "[net]") {
    struct Row {
        const char *network, *address;
        bool is_in;
    };
    const auto row = GENERATE(values<Row>({
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7/32", "192.0.2.6", false},
        {"0.0.0.0/1", "127.255.255.255", true},
        {"0.0.0.0/1", "128.0.0.0", false},
        {"10.0.0.0/8", "::ffff:10.1.2.3", true},
        {"::ffff:10.0.0.0/104", "10.1.2.3", true},
        {"10.0.0.0/8", "::10.1.2.3", false},
        {"::/1", "10.1.2.3", false},  // what is an IPv4 address is in no IPv6 network
        {"::/1", "2001:db8::1", true},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::", false},
        {"2001:db8::/61", "2001:db8:0:7::1", true},
        {"2001:db8::/61", "2001:db8:0:8::1", false},
        {"2001:db8::1", "2001:db8::1", true},
        {"2001:db8::1", "2001:db8::2", false},
    }));
    INFO(row.address << " in " << row.network);
    const auto network = IpNetwork::parse(row.network);
    REQUIRE(network);
    CHECK(fault_in_network(row.network).empty());
    CHECK(network->contains(*IpAddress::parse(row.address)) == row.is_in);
}

TEST_CASE("what is no network is told why", "[net]") {
    struct Row {
        const char *text, *part_of_why;
    };
    const auto row = GENERATE(values<Row>({
        {"", "no address"},
        {"proxy.internal", "no address"},
        {"/8", "no address"},
        {"10.0.0.0/0", "everybody"},
        {"::/0", "everybody"},
        {"10.0.0.0/", "no such prefix"},
        {"10.0.0.0/33", "no such prefix"},
        {"10.0.0.0/08", "no such prefix"},
        {"10.0.0.0/-1", "no such prefix"},
        {"10.0.0.0/8 ", "no such prefix"},
        {"10.0.0.0/255.0.0.0", "no such prefix"},
        {"2001:db8::/129", "no such prefix"},
        {"10.0.0.5/8", "bits behind its prefix"},
        {"2001:db8::1/64", "bits behind its prefix"},
        {"::ffff:0.0.0.0/90", "bits behind its prefix"},
    }));
    INFO(row.text);
    CHECK_FALSE(IpNetwork::parse(row.text));
    CHECK(fault_in_network(row.text).find(row.part_of_why) != std::string::npos);
}
