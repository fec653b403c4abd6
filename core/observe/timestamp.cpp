#include "observe/timestamp.hpp"

#include <chrono>

namespace treasurer::observe {
namespace {

void append_digits(std::string& out, std::int64_t number, int digits) {
    const auto begin = out.size();
    out.append(static_cast<std::size_t>(digits), '0');
    for (int i = digits; i-- > 0; number /= 10)
        out[begin + static_cast<std::size_t>(i)] = static_cast<char>('0' + number % 10);
}

}  // namespace

void append_timestamp(std::string& out, UnixMillis unix_ms) {
    using namespace std::chrono;
    const sys_time<milliseconds> time{milliseconds(unix_ms)};
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{time - day};
    append_digits(out, static_cast<int>(date.year()), 4);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    append_digits(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    append_digits(out, clock.hours().count(), 2);
    out += ':';
    append_digits(out, clock.minutes().count(), 2);
    out += ':';
    append_digits(out, clock.seconds().count(), 2);
    out += '.';
    append_digits(out, clock.subseconds().count(), 3);
    out += 'Z';
}

std::string timestamp(UnixMillis unix_ms) {
    std::string out;
    append_timestamp(out, unix_ms);
    return out;
}

}  // namespace treasurer::observe
