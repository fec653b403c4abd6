/// Books what comes in: every final receipt of a rail's statement becomes a direct transfer, once. So the opening
/// balance enters the books at the first start, and every later receipt.
#pragma once

#include <set>
#include <string>

#include "ledger/assets.hpp"
#include "ledger/transfer.hpp"
#include "ports/rail_port.hpp"
#include "records/store.hpp"

namespace treasurer::reconcile {

struct FollowerSettings {
    std::uint32_t page = 100;  ///< events asked for, and booked in one unit of work, at once
    Millis timeout{10'000};    ///< of one call of the rail
};

struct Followed {
    std::size_t booked = 0;      ///< receipts booked by this call
    std::size_t unbookable = 0;  ///< receipts of an asset, or with decimals, that the books do not count
    std::string position;        ///< kept; everything before it is booked or unbookable
};

/// The position is kept in cursors_collection under "statement|<rail>" and moves in the same unit of work as the
/// bookings it covers. It waits before a page with a receipt that is not final yet; receipts behind that are booked all
/// the same. It goes back to the beginning when an asset that was skipped is counted meanwhile.
/// Threads: any; several hosts may follow one rail at once: each receipt is booked once, whoever comes first.
/// Lifetime: what it is given outlives it and its tasks. Errors: those of rail and storage; what was booked stays.
class StatementFollower {
public:
    StatementFollower(Store& store, const ledger::Assets& assets, const Clock& clock, FollowerSettings settings = {})
        : store_(store), assets_(assets), clock_(clock), settings_(settings) {}

    /// To the end of the statement. `rail` outlives the task.
    Task<atr::Result<Followed>> follow(RailPort& rail);

private:
    struct Place {
        std::string position;
        std::set<std::string> skipped;  ///< assets of unbookable receipts
        std::uint64_t version = 0;
    };
    enum class Written { done, elsewhere };

    Task<atr::Result<Place>> read_place(std::string rail);
    Task<atr::Result<Written>> write_page(std::string rail, std::vector<ledger::Transfer> receipts, Place& place,
                                          bool moves, Followed& into);
    std::vector<ledger::Transfer> receipts_of(const std::string& rail, const atr::StatementPage& page, Place& place,
                                              Followed& into) const;

    Store& store_;
    const ledger::Assets& assets_;
    const Clock& clock_;
    const FollowerSettings settings_;
};

}  // namespace treasurer::reconcile
