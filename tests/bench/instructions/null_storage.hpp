/// A storage that calls every batch committed and keeps nothing: what the table by itself costs.
#pragma once

#include <atr/storage.hpp>

namespace bench {

class NullStorage final : public atr::Storage {
public:
    atr::Result<> migrate(const atr::Call&, const atr::Schema&) override { return {}; }
    atr::Result<std::vector<atr::Record>> get(const atr::Call&, const std::vector<atr::Key>&, std::uint32_t,
                                              std::uint64_t) override {
        return std::vector<atr::Record>{};
    }
    atr::Result<> commit(const atr::Call&, std::span<const atr::Batch> batches, std::span<atr::Commit> out) override {
        for (std::size_t i = 0; i < batches.size(); ++i) {
            out[i].outcome = atr::Outcome::ok;
            out[i].commit_seq = ++seq_;
            out[i].versions.assign(batches[i].ops.size(), 1);
        }
        return {};
    }
    atr::Result<atr::Page> query(const atr::Call&, const atr::Query&) override { return atr::Page{}; }
    atr::Result<std::vector<atr::Job>> lease(const atr::Call&, const std::string&, const std::string&, std::uint32_t,
                                             std::int64_t) override {
        return std::vector<atr::Job>{};
    }
    atr::Result<std::uint32_t> extend_leases(const atr::Call&, const std::string&, std::int64_t) override { return 0u; }
    atr::Result<atr::Changes> changes(const atr::Call&, std::uint64_t, std::uint32_t) override {
        return atr::Changes{};
    }
    atr::Result<> blob_put(const atr::Call&, const std::string&, std::string_view) override { return {}; }
    atr::Result<atr::Blob> blob_get(const atr::Call&, const std::string&, std::uint64_t, std::uint64_t) override {
        return atr::Blob{};
    }
    atr::Result<std::uint32_t> purge(const atr::Call&, const std::string&, std::int64_t, std::uint32_t) override {
        return 0u;
    }

private:
    std::uint64_t seq_ = 0;
};

}  // namespace bench
