/// GET /api/v1/events: what changes in the books, as it changes.
#pragma once

#include <memory>

#include "http/event_hub.hpp"
#include "http/router.hpp"
#include "ports/storage_port.hpp"

namespace treasurer::http {

struct EventSettings {
    Millis wait{30'000};  ///< of a long poll that names none
    Millis longest_wait{60'000};
    Millis longest_stream{3'600'000};     ///< then the client comes again and is signed in anew
    Millis longest_unannounced{300'000};  ///< of who is no token's: the feed does not tell when such a right ends
    std::uint32_t backlog = 1000;         ///< events read from the store's feed for one who comes from further back
    Millis storage_timeout{5000};
};

/// All must outlive the router; streams keep the hub by themselves.
struct EventServices {
    std::shared_ptr<EventHub> hub;
    StoragePort& storage;
    const Clock& clock;
    EventSettings settings = {};
};

/// Server-sent events after Last-Event-ID, or from now on; with `after` a long poll, answered as JSON.
void add_events(Router& router, const EventServices& services);

}  // namespace treasurer::http
