#include "http/headers.hpp"

#include "http/characters.hpp"

namespace treasurer::http {

void Headers::add(std::string_view name, std::string_view value) {
    if (fields_.empty()) {
        fields_.reserve(12);
        text_.reserve(512);
    }
    fields_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                       static_cast<std::uint32_t>(value.size())});
    text_.append(name).append(value);
}

void Headers::set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, [&](const Extent& field) {
        return equal_ignoring_case(std::string_view(text_).substr(field.begin, field.name_size), name);
    });
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    for (std::size_t i = 0; i < size(); ++i) {
        const auto field = (*this)[i];
        if (equal_ignoring_case(field.name, name)) return field.value;
    }
    return std::nullopt;
}

Headers::Field Headers::operator[](std::size_t index) const {
    const auto& at = fields_[index];
    const std::string_view text(text_);
    return {text.substr(at.begin, at.name_size), text.substr(at.begin + at.name_size, at.value_size)};
}

}  // namespace treasurer::http
