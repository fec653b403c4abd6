/// A well-behaved parser for tests of the host: gives one field from its settings, and can be asked to wait or to be
/// cancelled. The document's text says what to do: "secret", "wait FILE" (until that file exists, whatever the host
/// wants), "until_cancelled", "now", "fail", "metrics"; anything else is answered with a "note" field.
#include <sys/stat.h>
#include <time.h>

#include <atomic>
#include <atr/metrics.hpp>
#include <atr/parser.hpp>
#include <cmath>

namespace {

struct GoodSettings {
    std::string greeting = "hello";
    std::string secret;
};

void nap() {
    const timespec moment{0, 500'000};
    nanosleep(&moment, nullptr);
}

class GoodParser final : public atr::Parser {
public:
    using Settings = GoodSettings;
    static atr::Config<Settings> config() {
        return atr::Config<Settings>{}
            .text("greeting", &Settings::greeting, "What every field says")
            .text("secret", &Settings::secret, "A secret:// reference");
    }
    static atr::Result<std::unique_ptr<GoodParser>> create(const atr::Host& host, std::string name, Settings settings) {
        if (settings.greeting == "refuse")
            return atr::rejected(ATR_E_CONFIG, "setting 'greeting': this one is refused");
        host.log(atr::LogLevel::info, "created", R"({"greeting":"x"})");
        return std::unique_ptr<GoodParser>(new GoodParser(host, std::move(name), std::move(settings)));
    }
    ~GoodParser() override { host_.log(atr::LogLevel::info, "destroyed"); }

    atr::Result<std::string> describe() override {
        return std::string(R"({"media_types":["text/plain","text/html"]})");
    }

    atr::Result<atr::ParseResult> parse(const atr::Call& call, const atr::DocumentView& document) override {
        atr::ParseResult out;
        std::string value = settings_.greeting + ' ' + std::to_string(++calls_);
        if (document.bytes == "secret") {
            auto secret = host_.secret(settings_.secret);
            if (!secret) return secret.error();
            value = *secret;
        } else if (document.bytes.starts_with("wait ")) {
            const std::string file(document.bytes.substr(5));
            host_.log(atr::LogLevel::info, "waiting for " + file);
            struct stat found;
            while (stat(file.c_str(), &found) != 0) nap();
        } else if (document.bytes == "until_cancelled") {
            host_.log(atr::LogLevel::info, "waiting to be cancelled");
            while (!call.cancelled()) nap();
            host_.log(atr::LogLevel::info, "cancelled");
        } else if (document.bytes == "now") {
            value = std::to_string(call.now_unix_ms()) + ' ' + std::to_string(call.deadline_unix_ms()) + ' ' +
                    std::string(call.request_id()) + ' ' + std::to_string(call.attempt()) + ' ' +
                    std::string(atr::view(call.raw()->traceparent));
        } else if (document.bytes == "fail") {
            return atr::Error{.outcome = atr::Outcome::rejected,
                              .code = ATR_E_MEDIA_TYPE,
                              .message = "no invoice",
                              .vendor_code = "V1",
                              .retry_after_ms = 7};
        } else if (document.bytes == "metrics") {
            const atr::Metrics metrics(host_);
            metrics.count("pages", 2, R"({"a":"b"})");
            metrics.count("nothing", std::nan(""));
            metrics.gauge("nothing", HUGE_VAL);
            metrics.gauge("depth", std::nan(""));
        }
        out.texts.push_back({.layer = 0, .page = 1, .text = std::string(document.bytes)});
        out.fields.push_back({.path = "note", .type = "text", .value = value, .confidence_bp = 5000});
        out.model = "none";
        return out;
    }
    atr::Result<std::string> health(const atr::Call&) override { return "{\"name\":\"" + name_ + "\"}"; }

private:
    GoodParser(const atr::Host& host, std::string name, Settings settings)
        : host_(host), name_(std::move(name)), settings_(std::move(settings)) {}
    const atr::Host host_;
    const std::string name_;
    const Settings settings_;
    std::atomic<int> calls_{0};
};

}  // namespace

ATR_PLUGIN(atr::component<GoodParser>({.id = "test.good_parser", .title = "Good parser", .version = "1.2.3"}));
