#include "http/responder.hpp"

namespace treasurer::http {

Responder& Responder::operator=(Responder&& other) noexcept {
    if (this != &other) {
        drop();
        sink_ = std::exchange(other.sink_, nullptr);
    }
    return *this;
}

Responder::~Responder() {
    drop();
}

void Responder::send(Response response) {
    if (const auto sink = std::exchange(sink_, nullptr)) sink(std::move(response));
}

void Responder::drop() {
    if (const auto sink = std::exchange(sink_, nullptr)) sink(std::nullopt);
}

}  // namespace treasurer::http
