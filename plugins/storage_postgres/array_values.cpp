#include "array_values.hpp"

#include "sql_error.hpp"

namespace storage_postgres {
namespace {

[[noreturn]] void misread() {
    throw SqlError("XX001", "the server sent an array that is none");
}

}  // namespace

std::int64_t binary_number(std::string_view bytes) {
    if (bytes.size() != 4 && bytes.size() != 8) misread();
    std::uint64_t out = 0;
    for (const char byte : bytes) out = (out << 8) | static_cast<unsigned char>(byte);
    return bytes.size() == 8 ? static_cast<std::int64_t>(out) : static_cast<std::int32_t>(out);
}

ArrayValues::ArrayValues(std::string_view binary) : rest_(binary) {
    const std::int32_t dimensions = word();
    word();  // whether a NULL is among them
    word();  // their type
    if (dimensions < 0 || dimensions > 1) misread();
    if (dimensions == 0) return;
    const std::int32_t count = word();
    word();  // the index of the first
    if (count < 0) misread();
    left_ = static_cast<std::size_t>(count);
}

std::string_view ArrayValues::text() {
    if (left_ == 0) misread();
    --left_;
    const std::int32_t length = word();
    return length < 0 ? std::string_view() : take(static_cast<std::size_t>(length));
}

std::string_view ArrayValues::take(std::size_t count) {
    if (count > rest_.size()) misread();
    const std::string_view out = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return out;
}

std::int32_t ArrayValues::word() {
    return static_cast<std::int32_t>(binary_number(take(4)));
}

}  // namespace storage_postgres
