// The transport that we stand on, used as its manual shows: an endpoint that gives everybody the same bytes. What it
// serves a second is what there is to lose or to win.
//
//     bare_pistache PORT THREADS FILE
#include <pistache/endpoint.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

namespace {

class SameBytes final : public Pistache::Http::Handler {
public:
    HTTP_PROTOTYPE(SameBytes)
    explicit SameBytes(std::string body) : body_(std::move(body)) {}
    void onRequest(const Pistache::Http::Request&, Pistache::Http::ResponseWriter writer) override {
        writer.send(Pistache::Http::Code::Ok, body_, MIME(Application, Json));
    }

private:
    const std::string body_;
};

}  // namespace

int main(int count, char** words) {
    if (count != 4) {
        std::cerr << "bare_pistache PORT THREADS FILE\n";
        return 2;
    }
    std::ifstream file(words[3]);
    const std::string body{std::istreambuf_iterator<char>(file), {}};
    const Pistache::Address address(Pistache::Ipv4::loopback(),
                                    Pistache::Port(static_cast<std::uint16_t>(std::atoi(words[1]))));
    Pistache::Http::Endpoint endpoint(address);
    endpoint.init(Pistache::Http::Endpoint::options()
                      .threads(std::atoi(words[2]))
                      .flags(Pistache::Tcp::Options::ReuseAddr | Pistache::Tcp::Options::NoDelay)
                      .maxRequestSize(16384));
    endpoint.setHandler(Pistache::Http::make_handler<SameBytes>(body));
    endpoint.serve();
}
