/// An answer made of cached texts as it was given last, ready for whoever is to be given the same.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "http/content_coding.hpp"

namespace treasurer::http {

/// What a cache gave. Mostly the very text that it gave before.
struct CachedText {
    std::shared_ptr<const std::string> text;
    bool operator==(const CachedText& other) const {
        return text == other.text || (text && other.text && *text == *other.text);
    }
};

/// It says nothing of how long an answer is true: whoever asks brings what it would be made of now.
/// Threads: any; a lock is held for a look-up, and never while something is encoded.
template <class Source>
class EncodedAnswer {
public:
    /// Null unless the last one was made of just this.
    std::shared_ptr<const EncodedBody> find(const Source& source) const {
        std::shared_ptr<const Made> last;
        {
            const std::lock_guard lock(mutex_);
            last = last_;
        }
        return last && last->source == source ? last->encoded : nullptr;
    }
    /// `body`, made of `source`: hashed and compressed, unless the last one has the same bytes.
    std::shared_ptr<const EncodedBody> make(Source source, std::string body) {
        auto made = std::make_shared<const Made>(Made{std::move(source), encoded_.of(std::move(body))});
        const std::lock_guard lock(mutex_);
        last_ = made;
        return made->encoded;
    }

private:
    struct Made {
        Source source;
        std::shared_ptr<const EncodedBody> encoded;
    };
    LastEncoded encoded_{"application/json"};
    mutable std::mutex mutex_;
    std::shared_ptr<const Made> last_;
};

}  // namespace treasurer::http
