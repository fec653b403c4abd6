/// What several tests of the saga need besides its world.
#pragma once

#include "payments/lease.hpp"
#include "payments/resolver.hpp"
#include "runtime/clock.hpp"
#include "tests/support/saga_world.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace saga_test {

using namespace treasurer;

/// One person's word that the rail did not pay.
inline payments::ResolveRequest word_of(const std::string& person, const std::string& payment_id) {
    payments::ResolveRequest out;
    out.payment_id = payment_id;
    out.outcome = payments::resolution::not_paid;
    out.by = person;
    return out;
}

/// A clock that is wrong by so much.
class WrongClock final : public Clock {
public:
    WrongClock(const Clock& right, UnixMillis error) : right_(right), error_(error) {}
    UnixMillis unix_ms() const override { return right_.unix_ms() + error_; }

private:
    const Clock& right_;
    const UnixMillis error_;
};

/// Prepared, and put down provably unsent, by the first host of `world`, whose pause is over again.
inline support::SagaWorld::Begun put_down_unsent(support::SagaWorld& world, const std::string& amount) {
    const auto begun = world.commit_a(amount);
    world.pause(true);
    world.host().runner.adopt(begun.id, begun.lease);
    world.executor.run_until_idle();
    REQUIRE(world.payment(begun.id).state == PaymentState::scheduled);
    world.pause(false);
    return begun;
}

inline Task<bool> ended(Task<> task) {
    co_await task;
    co_return true;
}

inline payments::Lease lease_of(std::uint64_t token, const std::string& worker) {
    payments::Lease out;
    out.token = token;
    out.worker = worker;
    return out;
}

}  // namespace saga_test
