#include "resolve.hpp"

#include <mutex>
#include <vector>

namespace cache_redis {

namespace {

addrinfo stream_hints(int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    return hints;
}

/// One question to the resolver. It and what it points at stay where they are until the resolver has let go of them.
struct Lookup {
    explicit Lookup(const Endpoint& endpoint) : where(endpoint) {
        request.ar_name = where.host.c_str();
        request.ar_service = where.port.c_str();
        request.ar_request = &hints;
    }
    ~Lookup() {
        if (request.ar_result) ::freeaddrinfo(request.ar_result);
    }
    Lookup(const Lookup&) = delete;
    Lookup& operator=(const Lookup&) = delete;

    Endpoint where;
    addrinfo hints = stream_hints(AI_ADDRCONFIG);
    gaicb request{};
};

/// Lookups nobody waits for any more, kept until the resolver has ended them.
class Abandoned {
public:
    void keep(std::unique_ptr<Lookup> lookup) {
        const std::lock_guard lock(mutex_);
        std::erase_if(lookups_, [](const auto& one) { return ::gai_error(&one->request) != EAI_INPROGRESS; });
        lookups_.push_back(std::move(lookup));
    }

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Lookup>> lookups_;
};

/// Never destroyed: the resolver may still write into what it keeps when the process ends.
Abandoned& abandoned() {
    static auto& kept = *new Abandoned;
    return kept;
}

std::shared_ptr<const addrinfo> share(addrinfo* list) {
    return {list, [](const addrinfo* all) { ::freeaddrinfo(const_cast<addrinfo*>(all)); }};
}

atr::Error no_address(const Endpoint& endpoint, const std::string& why) {
    return atr::retry(ATR_E_UNREACHABLE, endpoint.text() + ": no address: " + why);
}

}  // namespace

atr::Result<std::shared_ptr<const addrinfo>> resolve(const Endpoint& endpoint, Deadline deadline) {
    addrinfo* list = nullptr;
    const addrinfo numeric = stream_hints(AI_NUMERICHOST);
    if (::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &numeric, &list) == 0) return share(list);

    auto lookup = std::make_unique<Lookup>(endpoint);
    gaicb* requests[] = {&lookup->request};
    if (const int error = ::getaddrinfo_a(GAI_NOWAIT, requests, 1, nullptr))
        return no_address(endpoint, ::gai_strerror(error));
    int state = ::gai_error(&lookup->request);
    while (state == EAI_INPROGRESS && !deadline.passed()) {
        const int left = deadline.poll_ms();
        const timespec wait{left / 1000, (left % 1000) * 1'000'000L};
        ::gai_suspend(requests, 1, &wait);
        state = ::gai_error(&lookup->request);
    }
    if (state == EAI_INPROGRESS) {
        if (::gai_cancel(&lookup->request) != EAI_CANCELED) abandoned().keep(std::move(lookup));
        return atr::retry(ATR_E_TIMEOUT, endpoint.text() + ": the name server did not answer in time");
    }
    if (state != 0) return no_address(endpoint, ::gai_strerror(state));
    return share(std::exchange(lookup->request.ar_result, nullptr));
}

}  // namespace cache_redis
