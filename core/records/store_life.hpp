/// A unit that rests on what was read is done only in the life of the store in which it was read.
#pragma once

#include "records/store_records.hpp"
#include "records/unit_of_work.hpp"

namespace treasurer {

/// After a loss of commits a record can have the same version again, and a job the same lease, and say something else.
/// `seen` is read before everything else that the unit rests on; a record that is not there yet is Quarantine{}.
inline void check_life(UnitOfWork& unit, const Quarantine& seen) {
    unit.check(Quarantine::collection, Quarantine::key, seen.version == 0 ? ATR_VER_ABSENT : seen.version, "life");
}

}  // namespace treasurer
