#include "net/http_client.hpp"

#include "net/allowed_origins.hpp"
#include "net/curl_library.hpp"

#include <atr/atr.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace treasurer::net {

struct HttpClient::Handle {
    struct Cleanup {
        void operator()(CURL* handle) const { curl_library().easy_cleanup(handle); }
    };
    std::unique_ptr<CURL, Cleanup> curl{curl_library().easy_init()};
};

/// A handle for one request; its connections are kept for the next.
class HttpClient::Lease {
public:
    explicit Lease(HttpClient& owner) : owner_(owner) {
        const std::lock_guard lock(owner_.mutex_);
        if (!owner_.idle_.empty()) {
            handle_ = std::move(owner_.idle_.back());
            owner_.idle_.pop_back();
        }
    }
    ~Lease() {
        curl_library().easy_reset(handle_->curl.get());
        const std::lock_guard lock(owner_.mutex_);
        if (owner_.idle_.size() < most_idle) owner_.idle_.push_back(std::move(handle_));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    CURL* curl() {
        if (!handle_) handle_ = std::make_unique<Handle>();
        return handle_->curl.get();
    }

private:
    static constexpr std::size_t most_idle = 16;

    HttpClient& owner_;
    std::unique_ptr<Handle> handle_;
};

namespace {

constexpr std::size_t most_headers = 100, longest_head = std::size_t{64} << 10;
constexpr std::array<std::string_view, 5> ours = {"connection", "content-length", "expect", "host",
                                                  "transfer-encoding"};

struct Received {
    HttpReply reply;
    std::size_t head_bytes = 0, max_body = 0;
    bool too_large = false;
    bool has_whole_head = false;
};

std::string in_lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c); });
    return out;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && std::string_view(" \t\r\n").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    return text;
}

std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& received = *static_cast<Received*>(to);
    const std::string_view line(bytes, size * count);
    received.head_bytes += line.size();
    if (received.head_bytes > longest_head) {
        received.too_large = true;
        return 0;
    }
    if (line.starts_with("HTTP/")) {
        received.reply.headers.clear();  // what an interim reply had
        received.has_whole_head = false;
    }
    if (line == "\r\n" || line == "\n") received.has_whole_head = true;
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && !line.starts_with("HTTP/"))
        received.reply.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    return line.size();
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
    auto& received = *static_cast<Received*>(to);
    const std::size_t length = size * count;
    if (received.reply.body.size() + length > received.max_body) {
        received.too_large = true;
        return 0;
    }
    received.reply.body.append(bytes, length);
    return length;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
}

bool is_field_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); });
}

/// Why the request is not sent at all; no code: it is.
HttpReply refusal(const HttpRequest& request) {
    HttpReply out;
    const auto refuse = [&](std::int32_t code, std::string why) {
        out.is_refused = true;
        out.code = code;
        out.problem = std::move(why);
        return out;
    };
    if (!is_token(request.method)) return refuse(ATR_E_BAD_INPUT, "the method is no token");
    const auto origin = origin_of(request.url);
    if (!origin) return refuse(ATR_E_BAD_INPUT, "the address is no http or https URL");
    if (!is_allowed(*origin, request.allowed))
        return refuse(ATR_E_PERMISSION, origin->scheme + "://" + origin->host + ":" + origin->port +
                                            " is not among the places this plugin may call: name it in http_allow");
    if (request.headers.size() > most_headers) return refuse(ATR_E_BAD_INPUT, "there are too many header fields");
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_field_value(value)) return refuse(ATR_E_BAD_INPUT, "a header field is malformed");
        if (std::find(ours.begin(), ours.end(), in_lower_case(name)) != ours.end())
            return refuse(ATR_E_BAD_INPUT, "header field '" + name + "' is set by the host");
    }
    return out;
}

struct ListCleanup {
    void operator()(curl_slist* list) const { curl_library().slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListCleanup>;

void append(List& list, const std::string& line) {
    curl_slist* const longer = curl_library().slist_append(list.get(), line.c_str());
    if (!longer) return;
    static_cast<void>(list.release());
    list.reset(longer);
}

List header_lines(const HttpRequest& request) {
    List out;
    append(out, "Expect:");
    if (request.body.empty()) append(out, "Content-Type:");
    for (const auto& [name, value] : request.headers) append(out, value.empty() ? name + ";" : name + ": " + value);
    return out;
}

bool changes_nothing(const std::string& method) {
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

std::int32_t code_of(CURLcode result) {
    switch (result) {
        case CURLE_OPERATION_TIMEDOUT:
            return ATR_E_TIMEOUT;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
            return ATR_E_PERMISSION;
        default:
            return ATR_E_UNREACHABLE;
    }
}

}  // namespace

HttpClient::HttpClient() {
    curl_library();  // what is missing is told before the first call
}

HttpClient::~HttpClient() = default;

HttpReply HttpClient::send(const HttpRequest& request) {
    HttpReply refused = refusal(request);
    if (refused.is_refused) return refused;
    if (request.timeout <= Millis{0}) {  // not its fault: with more time it may be sent
        refused.code = ATR_E_TIMEOUT;
        refused.problem = "there is no time left for it";
        return refused;
    }
    Lease lease(*this);
    const CurlLibrary& library = curl_library();
    CURL* const curl = lease.curl();
    Received received;
    received.max_body = request.max_reply_bytes;
    const List headers = header_lines(request);
    const long time = static_cast<long>(std::min<std::int64_t>(request.timeout.count(), 3'600'000));
    std::array<char, CURL_ERROR_SIZE> problem{};
    library.easy_setopt(curl, CURLOPT_ERRORBUFFER, problem.data());
    library.easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    library.easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    library.easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    library.easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    library.easy_setopt(curl, CURLOPT_PROXY, "");
    library.easy_setopt(curl, CURLOPT_TIMEOUT_MS, time);
    library.easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, time);
    // Else a transfer that has timed out joins the thread that looks up the name, which no deadline ends. That thread
    // is left to itself: it owns what it works on, and ends with the resolver's own patience.
    library.easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
    library.easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    library.easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    library.easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    if (request.method == "HEAD") library.easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (!request.body.empty()) {
        library.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        library.easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    } else if (!changes_nothing(request.method)) {
        library.easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
        library.easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    }
    const bool fresh = !changes_nothing(request.method);
    library.easy_setopt(curl, CURLOPT_FRESH_CONNECT, fresh ? 1L : 0L);
    library.easy_setopt(curl, CURLOPT_FORBID_REUSE, fresh ? 1L : 0L);
    library.easy_setopt(curl, CURLOPT_HEADERFUNCTION, &take_header);
    library.easy_setopt(curl, CURLOPT_HEADERDATA, &received);
    library.easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_body);
    library.easy_setopt(curl, CURLOPT_WRITEDATA, &received);

    const CURLcode result = library.easy_perform(curl);
    long sent = 0, status = 0;
    library.easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &sent);
    library.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    HttpReply out = std::move(received.reply);
    out.status = static_cast<int>(status);
    if (result == CURLE_OK && received.has_whole_head) {
        out.phase = HttpPhase::replied;
        return out;
    }
    out.phase = sent > 0 ? HttpPhase::sent_no_reply : HttpPhase::not_sent;
    out.code = received.too_large ? static_cast<std::int32_t>(ATR_E_TOO_LARGE) : code_of(result);
    out.status = 0;
    out.problem = received.too_large        ? "the reply is larger than is taken"
                  : result == CURLE_OK      ? "the reply ended within its head"
                  : problem.front() != '\0' ? problem.data()
                                            : library.easy_strerror(result);
    out.headers.clear();
    out.body.clear();
    return out;
}

}  // namespace treasurer::net
