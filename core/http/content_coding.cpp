#include "http/content_coding.hpp"

#include <zlib.h>

#include <new>

#include "http/characters.hpp"
#include "http/conditional.hpp"
#include "http/media_type.hpp"

namespace treasurer::http {
namespace {

constexpr int level = 4, gzip_window = 15 + 16, memory_level = 8;

/// 0..1000; nullopt for a coding that the list does not name.
std::optional<int> weight_in(std::string_view list, std::string_view coding) {
    std::optional<int> out;
    for_each_element(list, [&](std::string_view element) {
        const auto semicolon = element.find(';');
        if (out || !equal_ignoring_case(trimmed(element.substr(0, semicolon)), coding)) return;
        out = semicolon == std::string_view::npos ? 1000 : quality_of(element.substr(semicolon + 1));
    });
    return out;
}

std::shared_ptr<const std::string> gzipped_if_worth_it(std::string_view content_type, std::string_view body) {
    if (body.size() < smallest_gzipped || !is_compressible(content_type)) return nullptr;
    return std::make_shared<const std::string>(gzip(body));
}

Response representation(const std::string& content_type, const std::string& tag, bool coded,
                        std::shared_ptr<const std::string> body) {
    Response out;
    out.headers.add("Content-Type", content_type);
    out.shared_body = std::move(body);
    out.headers.add("ETag", coded ? tag_of_coding(tag, "gz") : tag);
    if (coded) out.headers.add("Content-Encoding", "gzip");
    return out;
}

}  // namespace

Coding coding_for(std::optional<std::string_view> accept_encoding) {
    if (!accept_encoding) return Coding::identity;
    const auto rest = weight_in(*accept_encoding, "*");
    auto gzipped = weight_in(*accept_encoding, "gzip");
    if (!gzipped) gzipped = weight_in(*accept_encoding, "x-gzip");
    const int weight = gzipped.value_or(rest.value_or(0));
    if (weight == 0) return Coding::identity;
    const auto plain = weight_in(*accept_encoding, "identity");
    return plain && *plain > weight ? Coding::identity : Coding::gzip;
}

bool is_compressible(std::string_view content_type) {
    const auto type = parse_media_type(content_type);
    if (!type) return false;
    const std::string& name = type->name;
    return name.starts_with("text/") || name.ends_with("/json") || name.ends_with("+json") || name.ends_with("/xml") ||
           name.ends_with("+xml") || name.ends_with("/javascript");
}

std::string gzip(std::string_view bytes) {
    z_stream stream{};
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);  // in one go: it has all the room that it may need
    out.resize(stream.total_out);
    deflateEnd(&stream);
    out.shrink_to_fit();
    return out;
}

std::string gunzip(std::string_view member, std::size_t bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, gzip_window) != Z_OK) throw std::bad_alloc();
    std::string out(bytes, '\0');
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(member.data()));
    stream.avail_in = static_cast<uInt>(member.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    inflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

EncodedBody::EncodedBody(std::string content_type, std::string body)
    : content_type_(std::move(content_type)),
      tag_(entity_tag(body)),
      plain_(std::make_shared<const std::string>(std::move(body))),
      gzipped_(gzipped_if_worth_it(content_type_, *plain_)) {}

Response EncodedBody::answer(std::optional<std::string_view> accept_encoding) const {
    const bool coded = gzipped_ && coding_for(accept_encoding) == Coding::gzip;
    return representation(content_type_, tag_, coded, coded ? gzipped_ : plain_);
}

PackedBody::PackedBody(std::string content_type, std::string_view body)
    : content_type_(std::move(content_type)),
      tag_(entity_tag(body)),
      plain_bytes_(body.size()),
      gzipped_(std::make_shared<const std::string>(gzip(body))) {}

Response PackedBody::answer(std::optional<std::string_view> accept_encoding) const {
    const bool coded = coding_for(accept_encoding) == Coding::gzip;
    return representation(content_type_, tag_, coded, coded ? gzipped_ : plain());
}

std::shared_ptr<const std::string> PackedBody::plain() const {
    const std::lock_guard lock(mutex_);
    auto out = plain_.lock();
    if (!out) plain_ = out = std::make_shared<const std::string>(gunzip(*gzipped_, plain_bytes_));
    return out;
}

std::shared_ptr<const EncodedBody> LastEncoded::of(std::string body) {
    {
        const std::lock_guard lock(mutex_);
        if (last_ && last_->plain() == body) return last_;
    }
    auto made = std::make_shared<const EncodedBody>(content_type_, std::move(body));
    const std::lock_guard lock(mutex_);
    last_ = made;
    return made;
}

}  // namespace treasurer::http
