/// Parameters of one statement in PostgreSQL's binary format. Nothing is quoted or escaped, so bytes stay what they
/// are, and one array carries a column of any number of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace storage_postgres {

/// One value of one real column: null, a number (also a boolean), or text (also a decimal).
using Cell = std::variant<std::monostate, std::int64_t, std::string>;

/// A column of an unnest(): NULLs and values of one type, in the order of the rows.
class ArrayColumn {
public:
    enum class Type : std::uint32_t { boolean = 16, bytes = 17, bigint = 20, text = 25, json = 114 };
    explicit ArrayColumn(Type type) : type_(type) {}

    void null();
    void integer(std::int64_t value);
    /// For text, json and bytes.
    void text(std::string_view value);
    /// A boolean column takes numbers as well.
    void cell(const Cell& cell);
    std::size_t size() const { return count_; }
    std::string binary() const;

private:
    void length(std::int32_t value);
    Type type_;
    std::uint32_t count_ = 0;
    bool has_null_ = false;
    std::string elements_;
};

class Parameters {
public:
    Parameters& integer(std::int64_t value);
    Parameters& text(std::string_view value);
    Parameters& bytes(std::string_view value) { return text(value); }
    Parameters& array(const ArrayColumn& column);
    Parameters& cell(const Cell& cell);
    Parameters& null();

    int count() const { return static_cast<int>(values_.size()); }
    /// Live as long as these parameters are unchanged.
    std::vector<const char*> values() const;
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

private:
    Parameters& add(std::optional<std::string> value);
    std::vector<std::optional<std::string>> values_;
    std::vector<int> lengths_, formats_;
};

}  // namespace storage_postgres
