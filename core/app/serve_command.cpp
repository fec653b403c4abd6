// treasurer serve: runs the host until it is told to stop.
#include "app/allocator.hpp"
#include "app/command_line.hpp"
#include "app/descriptor_limit.hpp"
#include "app/web_host.hpp"
#include "http/acceptor.hpp"
#include "http/real_time_turn.hpp"
#include "observe/log_writer.hpp"
#include "runtime/block_on.hpp"

#include <csignal>
#include <filesystem>
#include <iostream>
#include <memory>

#include <pthread.h>

namespace treasurer::app {
namespace {

/// SIGTERM, SIGINT and SIGHUP are taken by sigwait alone; blocked before the first thread is made, so that all inherit
/// it.
sigset_t block_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return set;
}

atr::Result<std::unique_ptr<observe::Log>> open_log(const Settings& settings, const Clock& clock) {
    observe::LogWriterSettings out;
    out.threshold = observe::level_from(settings.log.level).value_or(observe::Level::info);
    out.file = settings.log.file;
    out.to_stderr = settings.log.file.empty();
    out.max_file_bytes = static_cast<std::size_t>(settings.log.max_bytes);
    out.files = static_cast<std::size_t>(settings.log.files);
    return observe::open_log(out, clock);
}

void tell_whether_real_time(observe::Log& log) {
    const std::string refusal = http::real_time_refusal();
    if (refusal.empty())
        log.info("transport threads run before others while they need little (server.real_time)");
    else
        log.info("transport threads run beside others, though server.real_time is set", {{"cause", refusal}});
}

constexpr const char* admin_password = "TREASURER_ADMIN_PASSWORD";

/// The first start makes the user admin; a password made up here is shown once and kept nowhere. An empty variable is
/// none, as a compose file leaves it that passes on what was not set.
atr::Result<> ensure_admin(CoreServices& core) {
    std::optional<std::string> chosen = process_environment()(admin_password);
    if (chosen && chosen->empty()) chosen.reset();
    const auto made = block_on(core.executor, core.users->ensure_admin(chosen));
    if (!made && chosen && made.error().code == ATR_E_BAD_INPUT)
        return atr::rejected(ATR_E_CONFIG, std::string(admin_password) + ": " + made.error().message);
    if (!made) return made.error();
    if (made->generated_password)
        std::cout << "first start: user 'admin' made with password " << *made->generated_password
                  << " (shown this once; change it with: treasurer user passwd admin)" << std::endl;
    return {};
}

int fail(const atr::Error& error) {
    print_error(error.message);
    return usage;
}

int serve(const SettingsOptions& options, bool new_blob_key) {
    limit_arenas();
    const sigset_t signals = block_signals();
    const auto settings = options.load();
    if (!settings) return usage;
    // A port that cannot be had is told before anything is made, above all a password that nobody will read.
    if (const auto had = http::listen_on(settings->server.address, static_cast<std::uint16_t>(settings->server.port));
        !had)
        return fail(had.error());
    std::error_code error;
    make_data_folder(settings->data_dir, error);
    if (error) {
        print_error("the data folder " + settings->data_dir + " cannot be made: " + error.message() +
                    "; choose another with --data");
        return usage;
    }
    SystemClock clock;
    SystemRandom random;
    auto log = open_log(*settings, clock);
    if (!log) return fail(log.error());
    provide_descriptors(settings->server, **log);
    if (settings->server.real_time) tell_whether_real_time(**log);
    auto core = CoreServices::open({*settings, clock, random, **log, process_environment()}, {});
    if (!core) return fail(core.error());
    if (const auto prepared = (*core)->prepare(); !prepared) return fail(prepared.error());
    if (const auto admin = ensure_admin(**core); !admin) return fail(admin.error());
    if (const auto started = (*core)->start_serving(new_blob_key); !started) return fail(started.error());

    WebHost web(**core, **log);
    if (const auto listening = web.start(); !listening) return fail(listening.error());
    std::cout << "ready http://" << web.authority() << std::endl;
    (*log)->info("ready", {{"listening", web.authority()}, {"version", TREASURER_VERSION}});
    give_back_free_memory();  // what reading the settings and making the API's document took

    for (;;) {
        int signal = 0;
        sigwait(&signals, &signal);
        if (signal != SIGHUP) break;
        (*log)->info("SIGHUP: log level read again; other settings need a restart");
        if (const auto again = options.load())
            (*log)->set_threshold(observe::level_from(again->log.level).value_or(observe::Level::info));
    }
    (*log)->info("stopping");
    const bool drained = web.stop(settings->server.drain);
    (*core)->close(Millis{5000});
    (*log)->info("stopped", {{"drained", drained}});
    (*log)->flush();
    return done;
}

}  // namespace

void add_serve(CLI::App& program, int& exit_code) {
    auto options = std::make_shared<SettingsOptions>();
    auto new_blob_key = std::make_shared<bool>(false);
    auto* command = program.add_subcommand(
        "serve", "run the host; prints one line 'ready http://ADDRESS:PORT' when it serves; SIGTERM drains and stops");
    options->add_to(*command);
    command->add_flag("--new-blob-key", *new_blob_key,
                      "the key that sealed prepared payments is lost: use this host's; payments under way wait for a "
                      "person");
    command->callback([options, new_blob_key, &exit_code] { exit_code = serve(*options, *new_blob_key); });
}

}  // namespace treasurer::app
