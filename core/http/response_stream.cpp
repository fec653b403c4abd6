#include "http/response_stream.hpp"

#include <array>
#include <charconv>

namespace treasurer::http {

std::shared_ptr<const StreamPart> StreamPart::of(std::string_view content) {
    auto out = std::make_shared<StreamPart>();
    std::array<char, 16> size;
    const auto end = std::to_chars(size.data(), size.data() + size.size(), content.size(), 16).ptr;
    out->framed_.reserve(content.size() + size.size() + 4);
    out->framed_.append(size.data(), end).append("\r\n");
    out->begin_ = out->framed_.size();
    out->framed_.append(content).append("\r\n");
    return out;
}

}  // namespace treasurer::http
