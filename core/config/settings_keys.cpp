#include "config/settings_keys.hpp"

namespace treasurer {

namespace {

constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, hour_s = 3600, day_s = 24 * hour_s,
                       year_s = 366 * day_s;

void visit(ServerSettings& server, SettingsVisitor& v) {
    v.text("server.address", server.address);
    v.integer("server.port", server.port, 0, 65'535);
    v.integer("server.threads", server.threads, 1, 64);
    v.flag("server.real_time", server.real_time);
    v.integer("server.worker_threads", server.worker_threads, 1, 64);
    v.integer("server.max_connections", server.max_connections, 1, 100'000);
    v.integer("server.max_connections_per_address", server.max_connections_per_address, 1, 100'000);
    v.milliseconds("server.header_timeout_ms", server.header_timeout, 10, hour_ms);
    v.milliseconds("server.body_timeout_ms", server.body_timeout, 10, hour_ms);
    v.milliseconds("server.idle_timeout_ms", server.idle_timeout, 10, hour_ms);
    v.milliseconds("server.wait_ms", server.wait, 0, 5 * minute_ms);
    v.milliseconds("server.idempotency_wait_ms", server.idempotency_wait, 0, 5 * minute_ms);
    v.seconds("server.idempotency_ttl_s", server.idempotency_ttl, 60, year_s);
    v.milliseconds("server.drain_ms", server.drain, 0, hour_ms);
    // A document is kept as one record, and a larger record is not taken from storage again: see RecordLimits.
    v.integer("server.max_body_bytes", server.max_body_bytes, kib, 16 * mib);
    v.integer("server.body_budget_bytes", server.body_budget_bytes, kib, 64 * gib);
    v.texts("server.cors_origins", server.cors_origins);
    v.flag("server.metrics_open", server.metrics_open);
    v.texts("server.trusted_proxies", server.trusted_proxies);
    v.choice("server.access_log", server.access_log, {"all", "failures", "none"});
    v.milliseconds("server.admission_target_ms", server.admission_target, 1, minute_ms);
    v.integer("server.admission_at_once", server.admission_at_once, 1, 100'000);
    v.milliseconds("server.busy_lag_ms", server.busy_lag, 0, 1000);
}

void visit(LogSettings& log, SettingsVisitor& v) {
    v.choice("log.level", log.level, {"trace", "debug", "info", "warn", "error"});
    v.text("log.file", log.file);
    v.integer("log.max_bytes", log.max_bytes, 64 * kib, 10 * gib);
    v.integer("log.files", log.files, 1, 1000);
}

void visit(RateLimitSettings& limit, SettingsVisitor& v) {
    constexpr std::int64_t most = 10'000'000;
    v.flag("rate_limit.enabled", limit.enabled);
    v.integer("rate_limit.per_minute", limit.per_minute, 1, most);
    v.integer("rate_limit.roles.viewer_per_minute", limit.viewer_per_minute, 1, most);
    v.integer("rate_limit.roles.submitter_per_minute", limit.submitter_per_minute, 1, most);
    v.integer("rate_limit.roles.approver_per_minute", limit.approver_per_minute, 1, most);
    v.integer("rate_limit.roles.admin_per_minute", limit.admin_per_minute, 1, most);
    v.flag("rate_limit.shared", limit.shared);
}

void visit(AuthSettings& auth, SettingsVisitor& v) {
    v.seconds("auth.token_ttl_s", auth.token_ttl, 1, 30 * day_s);
    v.text("auth.jwt_key", auth.jwt_key);
    v.integer("auth.argon2_memory_kib", auth.argon2_memory_kib, 8, std::int64_t{4} * 1024 * 1024);
    v.integer("auth.argon2_operations", auth.argon2_operations, 1, 100);
    v.integer("auth.argon2_concurrency", auth.argon2_concurrency, 1, 64);
    v.text("auth.audience", auth.audience);
    v.texts("auth.jwt_keys_old", auth.jwt_keys_old);
    v.seconds("auth.api_key_ttl_s", auth.api_key_ttl, 1, 10 * year_s);
}

void visit(TreasurySettings& treasury, SettingsVisitor& v) {
    v.text("treasury.asset", treasury.asset);
    v.text("treasury.rail", treasury.rail);
    v.decimal("treasury.burn_floor", treasury.burn_floor, 0, 1'000'000'000'000'000);
    v.integer("treasury.burn_window_days", treasury.burn_window_days, 1, 3660);
}

void visit(PolicySettings& policy, SettingsVisitor& v) {
    v.decimal("policy.auto_approval_limit", policy.auto_approval_limit, 0, 1'000'000'000'000'000);
    v.decimal("policy.critical_runway_months", policy.critical_runway_months, 0, 1200);
    v.decimal("policy.min_confidence", policy.min_confidence, 0, 1);
    v.seconds("policy.payee_cool_off_s", policy.payee_cool_off, 0, year_s);
    v.seconds("policy.approval_ttl_s", policy.approval_ttl, 60, year_s);
    v.flag("policy.approval_reserves_funds", policy.approval_reserves_funds);
    v.tiers("policy.approval_tiers", policy.approval_tiers, 8, 1'000'000'000'000'000, 16);
    v.flag("policy.paused", policy.paused);
}

void visit(PaymentSettings& payments, SettingsVisitor& v) {
    v.milliseconds("payments.lease_ms", payments.lease, 100, hour_ms);
    v.milliseconds("payments.prepare_timeout_ms", payments.prepare_timeout, 10, 10 * minute_ms);
    v.milliseconds("payments.submit_timeout_ms", payments.submit_timeout, 10, 10 * minute_ms);
    v.milliseconds("payments.lookup_timeout_ms", payments.lookup_timeout, 10, 10 * minute_ms);
    v.milliseconds("payments.execute_within_ms", payments.execute_within, 1000, 24 * hour_ms);
    v.milliseconds("payments.lookup_initial_ms", payments.lookup_initial, 1, hour_ms);
    v.milliseconds("payments.lookup_max_ms", payments.lookup_max, 1, 24 * hour_ms);
    v.milliseconds("payments.poll_ms", payments.poll, 10, hour_ms);
    v.integer("payments.max_in_flight", payments.max_in_flight, 1, 100'000);
    v.text("payments.blob_key", payments.blob_key);
    v.seconds("payments.quarantine_min_s", payments.quarantine_min, 0, year_s);
}

void visit(IntakeSettings& intake, SettingsVisitor& v) {
    v.texts("intake.order", intake.order);
    v.integer("intake.max_text_bytes", intake.max_text_bytes, kib, 100 * mib);
    v.milliseconds("intake.parse_timeout_ms", intake.parse_timeout, 10, 10 * minute_ms);
    v.integer("intake.max_in_flight", intake.max_in_flight, 1, 100'000);
}

void visit(CommitSettings& commit, SettingsVisitor& v) {
    v.integer("commit.group", commit.group, 1, 1024);
    v.integer("commit.lanes", commit.lanes, 1, 64);
    v.integer("commit.queue", commit.queue, 1, 1'000'000);
    v.milliseconds("commit.timeout_ms", commit.timeout, 10, 10 * minute_ms);
    v.milliseconds("commit.read_timeout_ms", commit.read_timeout, 10, 10 * minute_ms);
    v.milliseconds("commit.retry_for_ms", commit.retry_for, 0, 10 * minute_ms);
    v.milliseconds("commit.resolve_for_ms", commit.resolve_for, 10, 10 * minute_ms);
    v.integer("commit.retry_percent", commit.retry_percent, 0, 1000);
    v.integer("commit.retry_saved", commit.retry_saved, 0, 1'000'000);
}

void visit(ReconciliationSettings& reconciliation, SettingsVisitor& v) {
    v.milliseconds("reconciliation.interval_ms", reconciliation.interval, 100, 24 * hour_ms);
    v.seconds("reconciliation.full_every_s", reconciliation.full_every, 1, 31 * day_s);
    v.milliseconds("reconciliation.grace_ms", reconciliation.grace, 0, 24 * hour_ms);
}

void visit(RetentionSettings& retention, SettingsVisitor& v) {
    v.seconds("retention.keys_s", retention.keys, day_s, year_s);
    v.seconds("retention.changes_s", retention.changes, 60, year_s);
    v.milliseconds("retention.sweep_ms", retention.sweep, 100, 24 * hour_ms);
}

}  // namespace

void visit_settings(Settings& settings, SettingsVisitor& visitor) {
    visit(settings.server, visitor);
    visit(settings.log, visitor);
    visit(settings.rate_limit, visitor);
    visit(settings.auth, visitor);
    visit(settings.treasury, visitor);
    visit(settings.policy, visitor);
    visit(settings.payments, visitor);
    visit(settings.intake, visitor);
    visit(settings.commit, visitor);
    visit(settings.reconciliation, visitor);
    visit(settings.retention, visitor);
    visitor.text("testing.fault_point", settings.testing.fault_point);
    visitor.text("plugins.dir", settings.plugins.dir);
}

}  // namespace treasurer
