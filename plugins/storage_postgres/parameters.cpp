#include "parameters.hpp"

namespace storage_postgres {
namespace {

template <class Unsigned>
void put(std::string& to, Unsigned value) {
    for (int shift = static_cast<int>(sizeof value) * 8 - 8; shift >= 0; shift -= 8)
        to += static_cast<char>((value >> shift) & 0xffu);
}

std::string binary_integer(std::int64_t value) {
    std::string out;
    put(out, static_cast<std::uint64_t>(value));
    return out;
}

}  // namespace

void ArrayColumn::length(std::int32_t value) {
    put(elements_, static_cast<std::uint32_t>(value));
    ++count_;
}

void ArrayColumn::null() {
    has_null_ = true;
    length(-1);
}

void ArrayColumn::integer(std::int64_t value) {
    if (type_ == Type::boolean) {
        length(1);
        elements_ += static_cast<char>(value != 0);
        return;
    }
    length(8);
    put(elements_, static_cast<std::uint64_t>(value));
}

void ArrayColumn::text(std::string_view value) {
    length(static_cast<std::int32_t>(value.size()));
    elements_ += value;
}

void ArrayColumn::cell(const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        integer(*number);
    } else if (const auto* words = std::get_if<std::string>(&cell)) {
        text(*words);
    } else {
        null();
    }
}

std::string ArrayColumn::binary() const {
    std::string out;
    out.reserve(20 + elements_.size());
    put(out, std::uint32_t{count_ == 0 ? 0u : 1u});  // dimensions
    put(out, std::uint32_t{has_null_});
    put(out, static_cast<std::uint32_t>(type_));
    if (count_ == 0) return out;
    put(out, count_);
    put(out, std::uint32_t{1});  // the first index
    out += elements_;
    return out;
}

Parameters& Parameters::add(std::optional<std::string> value) {
    lengths_.push_back(value ? static_cast<int>(value->size()) : 0);
    formats_.push_back(1);
    values_.push_back(std::move(value));
    return *this;
}

std::vector<const char*> Parameters::values() const {
    std::vector<const char*> out;
    for (const auto& value : values_) out.push_back(value ? value->data() : nullptr);
    return out;
}

Parameters& Parameters::integer(std::int64_t value) {
    return add(binary_integer(value));
}
Parameters& Parameters::text(std::string_view value) {
    return add(std::string(value));
}
Parameters& Parameters::array(const ArrayColumn& column) {
    return add(column.binary());
}
Parameters& Parameters::null() {
    return add(std::nullopt);
}
Parameters& Parameters::cell(const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) return integer(*number);
    if (const auto* words = std::get_if<std::string>(&cell)) return text(*words);
    return null();
}

}  // namespace storage_postgres
