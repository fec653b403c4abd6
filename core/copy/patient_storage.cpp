#include "copy/patient_storage.hpp"

namespace treasurer::copy {
namespace {

constexpr Millis each_call{60'000};
constexpr Millis between{500};
constexpr int most_repeats = 120;

CallOptions options() {
    CallOptions out;
    out.timeout = each_call;
    return out;
}

}  // namespace

template <class T, class Call>
Task<atr::Result<T>> PatientStorage::repeat(Call call) {
    for (int repeats = 0;; ++repeats) {
        Task<atr::Result<T>> calling = call();
        atr::Result<T> answer = co_await calling;
        const bool may_pass = answer.outcome() == atr::Outcome::retry || answer.outcome() == atr::Outcome::unknown;
        if (answer || !may_pass || repeats == most_repeats) co_return answer;
        co_await delay(executor_, between);
    }
}

Task<atr::Result<atr::OpenSnapshot>> PatientStorage::open_snapshot() {
    auto call = [this] { return storage_.open_snapshot(options()); };
    Task<atr::Result<atr::OpenSnapshot>> repeating = repeat<atr::OpenSnapshot>(call);
    co_return co_await repeating;
}

Task<atr::Result<std::vector<atr::Record>>> PatientStorage::read_snapshot(std::uint64_t snapshot,
                                                                          std::string collection, std::string after_key,
                                                                          std::uint32_t limit) {
    auto call = [&] { return storage_.read_snapshot(snapshot, collection, after_key, limit, options()); };
    Task<atr::Result<std::vector<atr::Record>>> repeating = repeat<std::vector<atr::Record>>(call);
    co_return co_await repeating;
}

Task<> PatientStorage::close_snapshot(std::uint64_t snapshot) {
    Task<atr::Result<>> closing = storage_.close_snapshot(snapshot, options());
    static_cast<void>(co_await closing);  // one that stays open is closed by the storage itself
}

Task<atr::Result<std::vector<atr::Record>>> PatientStorage::get(StoragePort& storage, std::vector<atr::Key> keys) {
    auto call = [&] { return storage.get(keys, options()); };
    Task<atr::Result<std::vector<atr::Record>>> repeating = repeat<std::vector<atr::Record>>(call);
    co_return co_await repeating;
}

Task<atr::Result<>> PatientStorage::import_records(atr::Import import) {
    auto call = [&] { return storage_.import_records(import, options()); };
    Task<atr::Result<>> repeating = repeat<atr::Unit>(call);
    co_return co_await repeating;
}

}  // namespace treasurer::copy
