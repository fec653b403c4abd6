/// One collection on its way from what the database has to what the schema declares. Inside the migrating transaction.
#pragma once

#include <atr/storage.hpp>

#include "catalog.hpp"

namespace storage_postgres {

class CollectionMigration {
public:
    /// `present` with id 0: there is none yet.
    CollectionMigration(Session& session, Deadline deadline, const atr::CollectionDef& wanted, Collection present)
        : session_(session), deadline_(deadline), wanted_(wanted), present_(std::move(present)) {}

    /// True: something changed. Errors: rejected. Throws SqlError.
    atr::Result<bool> run();

private:
    void execute(const std::string& sql, Parameters parameters = {});
    void create_table();
    void drop_index(const Index& index);
    void drop_unused_columns();
    std::size_t column_for(const atr::IndexColumn& wanted);
    void back_fill();
    /// Fills one page of records behind `after`; false: there was none.
    bool back_fill_page(std::string& after);
    atr::Result<> create_index(const Index& index);
    bool is_as_declared(const Index& index, const atr::IndexDef& definition) const;

    Session& session_;
    const Deadline deadline_;
    const atr::CollectionDef& wanted_;
    Collection present_;
    bool new_columns_ = false;
};

}  // namespace storage_postgres
