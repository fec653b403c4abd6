/// Header fields of one message, in the order they came; names are compared without case.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace treasurer::http {

/// All text lives in one block, so a message costs two allocations however many fields it has.
/// Views are valid until the next change of the object, or its end.
class Headers {
public:
    struct Field {
        std::string_view name;
        std::string_view value;
    };

    /// Appends a field; equal names are kept side by side.
    void add(std::string_view name, std::string_view value);
    /// Replaces every field of that name by one.
    void set(std::string_view name, std::string_view value);
    void remove(std::string_view name);

    /// The first field of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name).has_value(); }

    std::size_t size() const { return fields_.size(); }
    bool empty() const { return fields_.empty(); }
    Field operator[](std::size_t index) const;

private:
    struct Extent {
        std::uint32_t begin;
        std::uint32_t name_size;
        std::uint32_t value_size;
    };
    std::string text_;
    std::vector<Extent> fields_;
};

}  // namespace treasurer::http
