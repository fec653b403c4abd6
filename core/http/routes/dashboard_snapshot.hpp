/// The dashboard as it was given last, ready for whoever is to be given the same.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "http/content_coding.hpp"
#include "treasury/dashboard.hpp"

namespace treasurer::http {

/// It says nothing of how long figures are true: whoever asks brings those of now, and the last word on the books.
/// Threads: any; a lock is held for a look-up, and never while something is encoded.
class DashboardSnapshot {
public:
    using Books = std::optional<treasury::BooksCheck>;

    /// Null unless the last one was made of just these.
    std::shared_ptr<const EncodedBody> find(std::string_view figures, const Books& books) const;
    /// Made of these: hashed and compressed, unless the last one has the same bytes.
    std::shared_ptr<const EncodedBody> make(std::string figures, const Books& books);

private:
    struct Made {
        std::string figures;
        Books books;
        std::shared_ptr<const EncodedBody> encoded;
    };
    LastEncoded encoded_{"application/json"};
    mutable std::mutex mutex_;
    std::shared_ptr<const Made> last_;
};

}  // namespace treasurer::http
