/// The elements of one array that the server sent in its binary format, in their order.
#pragma once

#include <cstdint>
#include <string_view>

namespace storage_postgres {

/// A number of the width in which the server sent it. Errors: SqlError: it has no such width.
std::int64_t binary_number(std::string_view bytes);

class ArrayValues {
public:
    /// `binary` outlives this. Errors: SqlError: it is not an array of one dimension, or of none.
    explicit ArrayValues(std::string_view binary);

    /// How many are left.
    std::size_t left() const { return left_; }
    /// The next one as the server sent it, NULL as nothing. Errors: SqlError: there is none.
    std::string_view text();
    std::int64_t number() { return binary_number(text()); }

private:
    std::string_view take(std::size_t count);
    std::int32_t word();

    std::string_view rest_;
    std::size_t left_ = 0;
};

}  // namespace storage_postgres
