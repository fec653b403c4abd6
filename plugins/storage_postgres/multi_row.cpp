#include "multi_row.hpp"

namespace storage_postgres {
namespace {

const char* type_name(ArrayColumn::Type type) {
    switch (type) {
        case ArrayColumn::Type::boolean:
            return "bool";
        case ArrayColumn::Type::bytes:
            return "bytea";
        case ArrayColumn::Type::bigint:
            return "bigint";
        case ArrayColumn::Type::text:
            return "text";
        case ArrayColumn::Type::json:
            return "json";
    }
    return "text";
}

}  // namespace

MultiRow& MultiRow::column(const std::string& name, ArrayColumn::Type type) {
    names_.push_back(name);
    types_.emplace_back(type_name(type));
    columns_.emplace_back(type);
    return *this;
}

std::string MultiRow::source() const {
    std::string arrays, names;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        arrays += (i ? ", $" : "$") + std::to_string(i + 1) + "::" + types_[i] + "[]";
        names += (i ? ", " : "") + names_[i];
    }
    return "unnest(" + arrays + ") AS u(" + names + ")";
}

Parameters MultiRow::parameters() const {
    Parameters out;
    for (const auto& column : columns_) out.array(column);
    return out;
}

Statement required(const std::string& write, const MultiRow& rows, const char* state) {
    Statement out{"WITH w AS (" + write + ") SELECT atr_require((SELECT count(*) FROM w), " + rows.next_parameter() +
                      "::bigint, '" + state + "')",
                  rows.parameters()};
    out.parameters.integer(static_cast<std::int64_t>(rows.rows()));
    return out;
}

}  // namespace storage_postgres
