/// One kind of request of a stream, and what came of its requests.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "answer_reader.hpp"
#include "latency_histogram.hpp"
#include "load_spec.hpp"

namespace treasurer::bench {

/// Threads: one.
class RequestKind {
public:
    explicit RequestKind(KindSpec spec)
        : spec_(std::move(spec)), placeholder_(spec_.request.find(kNumber)), amount_(spec_.request.find(kAmount)) {}

    double share() const { return spec_.share; }

    /// Appends the next request to `out`, and returns its number. `late`: how late it goes out.
    std::uint64_t append(std::string& out, std::chrono::nanoseconds late) {
        const auto number = spec_.first + offered_++;
        const auto begins = out.size();
        out += spec_.request;
        char digits[24];
        if (placeholder_ != std::string::npos) {
            std::snprintf(digits, sizeof digits, "%010llu", static_cast<unsigned long long>(number));
            out.replace(begins + placeholder_, kNumber.size(), digits, kNumber.size());
        }
        if (amount_ != std::string::npos) {
            const auto cents = static_cast<unsigned>(10000 + number % 90000);  // always as many digits
            std::snprintf(digits, sizeof digits, "%u.%02u", cents / 100, cents % 100);
            out.replace(begins + amount_, kAmount.size(), digits, kAmount.size());
        }
        late_.record(late);
        return number;
    }

    /// `is_apart`: it fell due in the seconds that are told apart.
    void answered(const Answer& answer, std::uint64_t number, std::chrono::nanoseconds took, bool is_apart) {
        ++answered_;
        ++by_status_[answer.status];
        const bool is_admitted = answer.status >= 200 && answer.status < 300;
        if (is_admitted) (is_apart ? apart_ : admitted_).record(took);
        if (answer.status == 503) refused_.record(took);
        const bool is_right = is_admitted ? answer.body.find(spec_.expect) != std::string_view::npos
                                          : answer.status != 503 || answer.has_retry_after;
        if (!is_right && wrong_++ == 0) first_wrong_ = std::to_string(answer.status);
        if (!spec_.answers.empty()) answers_.emplace_back(number, answer.status);
    }
    void lost(std::uint64_t number) {
        ++lost_;
        if (!spec_.answers.empty()) answers_.emplace_back(number, 0);
    }

    /// Prints what came of it, with `more` members; false: an answer was wrong.
    bool tell(const std::string& more) const {
        std::cout << R"({"stream":")" << spec_.name << R"(","offered":)" << offered_ << more << R"(,"by_status":{)";
        const char* comma = "";
        for (const auto& [status, count] : by_status_) {
            std::cout << comma << '"' << status << "\":" << count;
            comma = ",";
        }
        std::cout << R"(},"answered":)" << answered_ << R"(,"unanswered":)" << lost_ << R"(,"wrong":)" << wrong_
                  << R"(,"first_wrong":")" << first_wrong_ << '"';
        tell("admitted", admitted_);
        tell("apart", apart_);
        tell("refused", refused_);
        tell("late", late_);
        std::cout << "}" << std::endl;
        if (!spec_.answers.empty()) {
            std::ofstream file(spec_.answers);
            for (const auto& [number, status] : answers_) file << number << ' ' << status << '\n';
        }
        return wrong_ == 0;
    }

private:
    static constexpr std::string_view kNumber = "##########", kAmount = "@@@.@@";

    static void tell(const char* what, const LatencyHistogram& times) {
        std::cout << ",\"" << what << R"(":{"count":)" << times.total();
        for (const auto& [name, of] :
             {std::pair{"p50_us", 0.5}, {"p90_us", 0.9}, {"p95_us", 0.95}, {"p99_us", 0.99}, {"p999_us", 0.999}})
            std::cout << ",\"" << name << "\":" << times.quantile_us(of);
        std::cout << R"(,"max_us":)" << times.max_us() << "}";
    }

    const KindSpec spec_;
    const std::size_t placeholder_, amount_;
    std::uint64_t offered_ = 0, answered_ = 0, lost_ = 0, wrong_ = 0;
    std::string first_wrong_;
    std::map<int, std::uint64_t> by_status_;
    std::vector<std::pair<std::uint64_t, int>> answers_;
    LatencyHistogram admitted_, apart_, refused_, late_;
};

}  // namespace treasurer::bench
