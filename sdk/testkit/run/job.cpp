#include "run/job.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "base/verdict_text.hpp"

namespace atr::testkit {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

constexpr std::streamoff shown_bytes = 4000;

void redirect(const fs::path& file, int to, int flags) {
    const int from = open(file.c_str(), flags | O_CLOEXEC, 0644);
    if (from < 0) return;
    dup2(from, to);
    close(from);
}

/// A process like the host's: no terminal, no core files, closed sockets that do not kill.
void settle_in(const fs::path& folder) {
    redirect("/dev/null", STDIN_FILENO, O_RDONLY);
    redirect(folder / "stdout", STDOUT_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    redirect(folder / "stderr", STDERR_FILENO, O_WRONLY | O_CREAT | O_APPEND);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGPIPE, SIG_IGN);
    if (chdir((folder / "data").c_str()) != 0) _exit(1);
}

}  // namespace

void explain(CheckResult& result, const Check& check) {
    result.why = check.why;
    result.pitfall = check.pitfall;
    result.advice = check.advice;
}

Job::Job(const Check& check, const Options& options, std::size_t component, const fs::path& folder,
         const std::string& unique)
    : check_(check), options_(options), folder_(folder), began_(steady_clock::now()) {
    fs::create_directories(folder_ / "data");
    const auto usual = Options{}.final_within;
    const auto more = std::max(usual, options.final_within) - usual;  // a check may wait for a few payments
    deadline_ =
        began_ + (options.limit.count() > 0 ? options.limit : std::chrono::milliseconds(check.limit) + 4 * more);
    child_.emplace([&](int) { return run(component, unique); }, Child::Group::own);
}

/// In the child.
std::string Job::run(std::size_t component, const std::string& unique) {
    settle_in(folder_);
    Context context(options_, component, folder_ / "data", unique, note_);
    const std::string end = encode_end([&] {
        check_.run(context);
        if (context.breach) throw *context.breach;
        return std::string();
    });
    return nlohmann::json{{"end", end}, {"output", context.output}}.dump(-1, ' ', false,
                                                                         nlohmann::json::error_handler_t::replace);
}

void Job::give_up() {
    given_up_ = true;
    child_->kill();
}

JobEnd Job::finish() {
    ChildEnd end = child_->wait();
    end.timed_out = given_up_;
    JobEnd out;
    CheckResult& result = out.result;
    result = {.code = std::string(check_.code),
              .stage = std::string(to_string(check_.stage)),
              .rule = std::string(check_.rule)};
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began_);
    const std::string step = note_.read();
    try {
        if (given_up_ || !end.answered) {
            out.timed_out = given_up_;
            throw Failure{given_up_ ? "the call returns" : "the process goes on",
                          "the check " + end.how() + (step.empty() ? "" : "; last call: " + step),
                          std::string(given_up_ ? rule_returns : rule_survives)};
        }
        const auto answer = nlohmann::json::parse(end.answer, nullptr, false);
        if (answer.is_object()) result.output = answer.value("output", std::string());
        decode_end(answer.is_object() ? answer.value("end", std::string()) : std::string());
        std::error_code ignored;
        if (const auto size = fs::file_size(folder_ / "stdout", ignored); !ignored && size > 0)
            throw Failure{"nothing on standard output", last_lines("stdout"), std::string(rule_silent)};
        result.verdict = Verdict::passed;
        result.output.clear();
    } catch (const Failure& failure) {
        result.verdict = Verdict::failed;
        result.expected = failure.expected;
        result.seen = failure.seen;
        explain(result, check_);
        out.broken = failure.code;
        result.output += last_lines("stderr");
    } catch (const Undeclared& undeclared) {
        result.verdict = Verdict::skipped;
        result.reason = undeclared.capability;
        result.output.clear();
    }
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    return out;
}

std::string Job::last_lines(const char* file) const {
    std::ifstream in(folder_ / file, std::ios::binary | std::ios::ate);
    if (!in) return {};
    const std::streamoff size = in.tellg(), from = std::max<std::streamoff>(0, size - shown_bytes);
    std::string out(static_cast<std::size_t>(size - from), '\0');
    in.seekg(from);
    in.read(out.data(), static_cast<std::streamsize>(out.size()));
    return repaired_utf8(out);
}

}  // namespace atr::testkit
