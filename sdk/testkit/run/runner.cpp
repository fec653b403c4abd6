// Which checks run, how many at once, and what stops the rest.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atr/testkit.hpp>
#include <cstdlib>
#include <list>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "base/child.hpp"
#include "base/instance.hpp"
#include "base/verdict_text.hpp"
#include "run/job.hpp"
#include "run/registry.hpp"

namespace atr::testkit {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr int most_time_outs = 2;

/// A folder that goes when the run ends.
class WorkFolder {
public:
    explicit WorkFolder(const fs::path& parent) {
        std::string name = ((parent.empty() ? fs::temp_directory_path() : fs::absolute(parent)) / "atr-check-XXXXXX");
        if (!mkdtemp(name.data())) throw std::system_error(errno, std::generic_category(), name);
        path = name;
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;
    ~WorkFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path path;
};

bool is_wanted(const Check& check, const Options& options, std::string_view kind) {
    if (check.when == When::full && options.depth != Depth::full) return false;
    if (options.only.empty()) return true;
    return std::ranges::any_of(options.only, [&](const std::string& word) {
        return check.code.starts_with(word) || to_string(check.stage) == word ||
               (check.stage == Stage::kind && kind == word);
    });
}

int place_of(std::string_view stage) {
    int out = 0;
    while (out < static_cast<int>(Stage::robustness) && to_string(static_cast<Stage>(out)) != stage) ++out;
    return out;
}

/// The checks of one component (or of the file), and their results.
class Section {
public:
    Section(const Options& options, const fs::path& folder, const std::function<void(const CheckResult&)>& progress,
            std::string_view kind, Checks checks, std::size_t component)
        : options_(options), folder_(folder), progress_(progress), component_(component) {
        for (auto& check : checks)
            if (is_wanted(check, options, kind)) checks_.push_back(check);
        results_.resize(checks_.size());
        token_ = "c" + std::to_string(getpid()) + "x" + std::to_string(std::random_device{}() % 1'000'000) + "x";
    }

    std::vector<CheckResult> run() {
        run_gates();
        run_all([](const Check& c) { return !c.gate && c.when == When::always; });
        if (failed_ > 0 && stopped_.empty())
            stopped_ = "a plainer rule is broken: mend that first, this one builds on it";
        run_all([](const Check& c) { return !c.gate && c.when != When::always; });
        judge_watched();
        std::ranges::stable_sort(results_, {}, [](const CheckResult& r) { return place_of(r.stage); });
        return std::move(results_);
    }
    bool failed() const { return failed_ > 0; }

private:
    /// One after the other: without the first, the second cannot be judged.
    void run_gates() {
        for (std::size_t i = 0; i < checks_.size(); ++i) {
            if (!checks_[i].run || !checks_[i].gate) continue;
            if (failed_ > 0 && stopped_.empty())
                stopped_ = "a check before it failed, without which it cannot be judged";
            run_some({i});
        }
        if (failed_ > 0) stopped_ = "a check before it failed, without which it cannot be judged";
    }

    void run_all(bool (*chosen)(const Check&)) {
        std::vector<std::size_t> waiting;
        for (std::size_t i = 0; i < checks_.size(); ++i)
            if (checks_[i].run && chosen(checks_[i])) waiting.push_back(i);
        run_some(std::move(waiting));
    }

    void run_some(std::vector<std::size_t> waiting) {
        std::ranges::reverse(waiting);
        std::list<std::pair<std::size_t, Job>> running;
        while (!waiting.empty() || !running.empty()) {
            while (!waiting.empty() && running.size() < options_.jobs) {
                const std::size_t i = waiting.back();
                waiting.pop_back();
                if (!stopped_.empty()) {
                    not_run(i);
                    continue;
                }
                running.emplace_back(
                    std::piecewise_construct, std::forward_as_tuple(i),
                    std::forward_as_tuple(checks_[i], options_, component_,
                                          folder_ / std::to_string(component_ * 1000 + i),
                                          token_ + std::to_string(component_) + "x" + std::to_string(i)));
            }
            wait_some(running);
        }
    }

    void wait_some(std::list<std::pair<std::size_t, Job>>& running) {
        if (running.empty()) return;
        std::vector<pollfd> fds;
        auto first = steady_clock::time_point::max();
        for (auto& [i, job] : running) {
            fds.push_back({job.fd(), POLLIN, 0});
            first = std::min(first, job.deadline());
        }
        const auto left = std::chrono::ceil<milliseconds>(first - steady_clock::now()).count();
        poll(fds.data(), fds.size(), static_cast<int>(std::clamp<long long>(left, 0, 60'000)));
        std::size_t at = 0;
        for (auto it = running.begin(); it != running.end(); ++at) {
            auto& [i, job] = *it;
            const bool late = steady_clock::now() >= job.deadline();
            if (late) job.give_up();
            const bool open = !late && ((fds[at].revents & (POLLIN | POLLHUP)) == 0 || job.read_some());
            if (open) {
                ++it;
                continue;
            }
            ended(i, job.finish());
            it = running.erase(it);
        }
    }

    void ended(std::size_t i, JobEnd end) {
        if (end.result.verdict == Verdict::failed) {
            ++failed_;
            if (!end.broken.empty()) {
                broken_.try_emplace(end.broken, end.result);
                end.result.verdict = Verdict::not_run;
                end.result.reason = "stopped by " + end.broken;
                end.result.expected = end.result.seen = end.result.output = "";
                end.result.why = end.result.pitfall = end.result.advice = "";
            }
        }
        if (end.timed_out && ++time_outs_ == most_time_outs)
            stopped_ = std::to_string(most_time_outs) + " checks did not return already";
        results_[i] = std::move(end.result);
        if (progress_) progress_(results_[i]);
    }

    void not_run(std::size_t i) {
        results_[i] = {.code = std::string(checks_[i].code),
                       .stage = std::string(to_string(checks_[i].stage)),
                       .rule = std::string(checks_[i].rule),
                       .verdict = Verdict::not_run,
                       .reason = stopped_};
        if (progress_) progress_(results_[i]);
    }

    /// The rules that hold in every call: broken when a check said so, kept otherwise.
    void judge_watched() {
        for (std::size_t i = 0; i < checks_.size(); ++i) {
            if (checks_[i].run) continue;
            CheckResult& result = results_[i];
            result = {.code = std::string(checks_[i].code),
                      .stage = std::string(to_string(checks_[i].stage)),
                      .rule = std::string(checks_[i].rule),
                      .verdict = Verdict::passed};
            if (const auto found = broken_.find(result.code); found != broken_.end()) {
                result.verdict = Verdict::failed;
                result.expected = found->second.expected;
                result.seen = found->second.seen + " (during " + found->second.code + ")";
                explain(result, checks_[i]);
                result.output = found->second.output;
            }
            if (progress_) progress_(result);
        }
    }

    const Options& options_;
    const fs::path& folder_;
    const std::function<void(const CheckResult&)>& progress_;
    const std::size_t component_;
    std::string token_;
    Checks checks_;
    std::vector<CheckResult> results_;
    std::map<std::string, CheckResult> broken_;
    std::string stopped_;
    int failed_ = 0, time_outs_ = 0;
};

nlohmann::json facts_of(const atr_component* raw) {
    const auto text = [](atr_str from) { return std::string(atr::view(from)); };
    return {{"id", text(raw->id)},
            {"kind", text(raw->kind)},
            {"version", text(raw->version)},
            {"title", text(raw->title)},
            {"schema", text(raw->config_schema_json)}};
}

}  // namespace

std::size_t Report::count(Verdict verdict) const {
    std::size_t out = 0;
    for (const auto& component : components)
        out += static_cast<std::size_t>(std::ranges::count(component.results, verdict, &CheckResult::verdict));
    return out;
}

std::vector<ComponentFacts> describe_plugin(const fs::path& plugin, milliseconds limit) {
    Child child(
        [&](int) {
            return encode_end([&] {
                const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
                dup2(nowhere, STDOUT_FILENO);
                const atr_plugin* entry = load_entry(plugin);
                auto out = nlohmann::json::array();
                for (std::uint32_t i = 0; i < std::min(entry->n_components, 64u); ++i)
                    out.push_back(facts_of(entry->components[i]));
                return out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
            });
        },
        Child::Group::own);
    const auto until = steady_clock::now() + limit;
    for (bool open = true; open;) {
        pollfd one{child.fd(), POLLIN, 0};
        const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now()).count();
        if (left <= 0 || poll(&one, 1, static_cast<int>(left)) == 0) child.kill();
        open = child.read_some();
    }
    const ChildEnd end = child.wait();
    std::vector<ComponentFacts> out;
    try {
        if (!end.answered) return out;
        for (const auto& one : nlohmann::json::parse(decode_end(end.answer)))
            out.push_back({one["id"], one["kind"], one["version"], one["title"], one["schema"]});
    } catch (const Failure&) {
        return {};
    }
    return out;
}

Report check_plugin(const Options& given, const std::function<void(const CheckResult&)>& progress) {
    Options options = given;
    if (!nlohmann::json::parse(options.config_json, nullptr, false).is_object())
        throw std::invalid_argument("the plugin's configuration is not a JSON object");
    options.plugin = fs::absolute(options.plugin);
    for (auto& document : options.documents) document = fs::absolute(document);
    if (options.seed == 0) options.seed = std::random_device{}() | 1u;
    if (options.jobs == 0) options.jobs = std::max(2u, std::thread::hardware_concurrency());
    const WorkFolder folder(options.work_dir);
    const auto began = steady_clock::now();
    Report out{.plugin = options.plugin.string(), .seed = options.seed, .components = {}};

    for (auto& checks : {file_checks(), load_checks()}) {
        Section section(options, folder.path, progress, "", checks, 0);
        auto results = section.run();
        if (out.components.empty()) out.components.push_back({.id = "file", .kind = "", .version = "", .results = {}});
        std::ranges::move(results, std::back_inserter(out.components[0].results));
        if (section.failed()) return out;
    }
    const auto facts = describe_plugin(options.plugin, options.limit.count() > 0 ? options.limit : loading_limit);
    for (std::size_t i = 0; i < facts.size(); ++i) {
        if (!options.component.empty() && facts[i].id != options.component) continue;
        Section section(options, folder.path, progress, facts[i].kind, component_checks(facts[i].kind), i);
        out.components.push_back({facts[i].id, facts[i].kind, facts[i].version, section.run()});
    }
    if (out.components.size() < 2 && !options.component.empty())
        throw std::invalid_argument("the file has no component '" + options.component + "'");
    out.took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
    return out;
}

}  // namespace atr::testkit
