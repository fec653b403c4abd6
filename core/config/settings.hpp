/// Everything an operator may set, as plain typed values. Members' initialisers are the defaults; bounds and the words
/// for each stand in settings_keys.cpp; config/embedded.yaml shows them all. Nothing here knows YAML.
#pragma once

#include <atr/decimal.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "plugin/plugin_settings.hpp"

namespace treasurer {

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::int64_t port = 8080;         ///< 0: any free one
    std::int64_t threads = 2;         ///< transport threads
    std::int64_t worker_threads = 2;  ///< threads of the core's own work; plugins have their own
    std::int64_t max_connections = 4096;
    std::int64_t max_connections_per_address = 256;
    bool real_time = true;  ///< transport threads run before others, where the system allows it
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds wait{10'000};  ///< how long an answer waits for a payment without `Prefer: wait`
    std::chrono::milliseconds idempotency_wait{
        10'000};  ///< how long a repeat under an Idempotency-Key waits for the first
    std::chrono::seconds idempotency_ttl{30 * 86'400};  ///< after which a key may be used anew
    std::chrono::milliseconds drain{10'000};            ///< how long a stopping host waits for what is under way
    std::int64_t max_body_bytes = 10 << 20;
    std::int64_t body_budget_bytes = 64 << 20;      ///< all bodies in flight together
    std::vector<std::string> cors_origins = {};     ///< of the pages that may read answers from elsewhere; exact
    bool metrics_open = true;                       ///< without signing in
    std::vector<std::string> trusted_proxies = {};  ///< addresses and networks that say whom they speak for
    std::string access_log = "all";                 ///< which requests are logged: all, failures (400 and more) or none
    std::chrono::milliseconds admission_target{250};  ///< how long a request may have to wait for its turn
    std::int64_t admission_at_once = 128;             ///< requests worked on at once, of those that are quick
    std::chrono::milliseconds busy_lag{500};          ///< see cache::CacheSettings
    bool operator==(const ServerSettings&) const = default;
};

struct LogSettings {
    std::string level = "info";
    std::string file = {};  ///< empty: standard error
    std::int64_t max_bytes = 10 << 20;
    std::int64_t files = 5;
    bool operator==(const LogSettings&) const = default;
};

struct RateLimitSettings {
    bool enabled = true;
    std::int64_t per_minute = 100;  ///< per address, of who is not signed in
    /// Of one user, by the role of the largest limit.
    std::int64_t viewer_per_minute = 300, submitter_per_minute = 600, approver_per_minute = 300, admin_per_minute = 600;
    bool shared = true;  ///< hosts of one cache count together
    bool operator==(const RateLimitSettings&) const = default;
};

struct AuthSettings {
    std::chrono::seconds token_ttl{3600};
    std::string jwt_key = {};  ///< a secret:// reference; empty: made at the first start and kept in the data folder
    std::int64_t argon2_memory_kib = 19'456;
    std::int64_t argon2_operations = 2;
    std::int64_t argon2_concurrency = 2;            ///< password hashes computed at once
    std::string audience = "treasurer";             ///< whom tokens are for: other installations' are refused
    std::vector<std::string> jwt_keys_old = {};     ///< secret:// references to keys whose tokens are still taken
    std::chrono::seconds api_key_ttl{90 * 86'400};  ///< of an API key, at most
    bool operator==(const AuthSettings&) const = default;
};

struct TreasurySettings {
    std::string asset = "MNEE";
    std::string rail = {};  ///< instance to pay from; empty: the first that carries the asset
    atr::Decimal burn_floor{0};
    std::int64_t burn_window_days = 90;
    bool operator==(const TreasurySettings&) const = default;
};

/// Above an amount, so many persons must approve.
struct TierSettings {
    atr::Decimal above;
    std::int64_t approvals = 2;
    bool operator==(const TierSettings&) const = default;
};

/// Seeds the stored policy at the first start; afterwards storage holds the truth.
struct PolicySettings {
    atr::Decimal auto_approval_limit{500};
    atr::Decimal critical_runway_months{3};
    atr::Decimal min_confidence = *atr::Decimal::parse("0.7");
    std::chrono::seconds payee_cool_off{86'400};
    std::chrono::seconds approval_ttl{604'800};
    bool approval_reserves_funds = false;           ///< an invoice's amount is held while it waits for approval
    std::vector<TierSettings> approval_tiers = {};  ///< rising in both members
    bool paused = false;
    bool operator==(const PolicySettings&) const = default;
};

struct PaymentSettings {
    std::chrono::milliseconds lease{5'000};
    std::chrono::milliseconds prepare_timeout{5'000};
    std::chrono::milliseconds submit_timeout{10'000};
    std::chrono::milliseconds lookup_timeout{5'000};
    std::chrono::milliseconds execute_within{900'000};  ///< from prepare on; of rails that enforce execute_not_after
    std::chrono::milliseconds lookup_initial{200};      ///< first wait before an unknown payment is looked up again
    std::chrono::milliseconds lookup_max{30'000};       ///< the wait doubles up to this
    std::chrono::milliseconds poll{500};                ///< how often jobs of dead hosts are looked for
    std::int64_t max_in_flight = 256;
    /// A secret:// reference; empty: made at the first start and kept in the data folder.
    std::string blob_key = {};
    std::chrono::seconds quarantine_min{600};  ///< a copied store sends nothing for at least so long
    bool operator==(const PaymentSettings&) const = default;
};

struct IntakeSettings {
    std::vector<std::string> order = {};  ///< parser instances, tried in turn; empty: all, by name
    std::int64_t max_text_bytes = 102'400;
    std::chrono::milliseconds parse_timeout{5'000};
    std::int64_t max_in_flight = 256;
    bool operator==(const IntakeSettings&) const = default;
};

/// How the core uses its storage; what the storage plugin itself takes stands in its own config.
struct CommitSettings {
    std::int64_t group = 64;    ///< batches that share one durable flush, at most
    std::int64_t lanes = 1;     ///< groups under way at once
    std::int64_t queue = 4096;  ///< batches that may wait
    std::chrono::milliseconds timeout{10'000};
    std::chrono::milliseconds read_timeout{5'000};
    std::chrono::milliseconds retry_for{2'000};     ///< of what storage proves not to have applied
    std::chrono::milliseconds resolve_for{20'000};  ///< of an outcome that is not known
    std::int64_t retry_percent = 20;                ///< retries that a hundred commits earn, all together
    std::int64_t retry_saved = 100;                 ///< retries saved up at most
    bool operator==(const CommitSettings&) const = default;
};

/// The books are compared with the rails again and again.
struct ReconciliationSettings {
    std::chrono::milliseconds interval{15'000};  ///< between two comparisons of what is new
    std::chrono::seconds full_every{3'600};      ///< between two of everything
    std::chrono::milliseconds grace{60'000};     ///< what is so young may yet appear on the other side
    bool operator==(const ReconciliationSettings&) const = default;
};

/// What only served the last days is forgotten again and again. Records are not.
struct RetentionSettings {
    std::chrono::seconds keys{7 * 86'400};    ///< of units of work: until then a repeat is recognised
    std::chrono::seconds changes{86'400};     ///< the change feed
    std::chrono::milliseconds sweep{60'000};  ///< between two rounds
    bool operator==(const RetentionSettings&) const = default;
};

struct TestingSettings {
    std::string fault_point = {};  ///< NAME or NAME:N, only in tests: the process ends when the point is reached
    bool operator==(const TestingSettings&) const = default;
};

struct Settings {
    std::string data_dir = {};  ///< --data; not a key of the file
    ServerSettings server;
    LogSettings log;
    RateLimitSettings rate_limit;
    AuthSettings auth;
    TreasurySettings treasury;
    PolicySettings policy;
    PaymentSettings payments;
    IntakeSettings intake;
    CommitSettings commit;
    ReconciliationSettings reconciliation;
    RetentionSettings retention;
    TestingSettings testing;
    PluginSettings plugins;
};

}  // namespace treasurer
