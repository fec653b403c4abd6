#include "bank.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>

namespace plugin {

namespace {

[[noreturn]] void throw_errno(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
}

Fact read_fact(std::string_view line) {
    const auto json = nlohmann::json::parse(line);
    const auto amount = atr::Decimal::parse(json.at("amount").get<std::string>());
    if (!amount) throw std::runtime_error("the amount of a line of the book is no decimal");
    return {.order = {json.at("id"), *amount, json.at("creditor")},
            .refused = json.at("refused"),
            .at_unix_ms = json.at("at")};
}

std::string line_of(const Fact& fact) {
    return nlohmann::json{{"id", fact.order.payment_id},
                          {"amount", fact.order.amount.to_string()},
                          {"creditor", fact.order.creditor},
                          {"refused", fact.refused},
                          {"at", fact.at_unix_ms}}
               .dump() +
           "\n";
}

}  // namespace

Book::Book(const std::string& path) : file_(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {
    if (file_ < 0) throw_errno("open");
    try {
        while (flock(file_, LOCK_EX) != 0)
            if (errno != EINTR) throw_errno("flock");
        read();
    } catch (...) {
        close(file_);
        throw;
    }
}

Book::~Book() {
    close(file_);  // gives the lock back
}

void Book::read() {
    std::string text;
    std::array<char, 1 << 16> part;
    for (;;) {
        const ssize_t got = ::read(file_, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw_errno("read");
        if (got == 0) break;
        text.append(part.data(), static_cast<std::size_t>(got));
    }
    const std::size_t whole = text.rfind('\n') + 1;  // npos + 1 is 0
    if (whole < text.size() && ftruncate(file_, static_cast<off_t>(whole)) != 0) throw_errno("ftruncate");
    for (std::size_t begin = 0; begin < whole;) {
        const std::size_t end = text.find('\n', begin);
        facts_.push_back(read_fact(std::string_view(text).substr(begin, end - begin)));
        begin = end + 1;
    }
}

const Fact* Book::find(std::string_view payment_id) const {
    const auto found = std::find_if(facts_.begin(), facts_.end(),
                                    [&](const Fact& fact) { return fact.order.payment_id == payment_id; });
    return found == facts_.end() ? nullptr : &*found;
}

std::vector<const Fact*> Book::paid() const {
    std::vector<const Fact*> out;
    for (const auto& fact : facts_)
        if (fact.refused == 0) out.push_back(&fact);
    return out;
}

void Book::add(const Fact& fact) {
    const std::string line = line_of(fact);
    for (std::size_t done = 0; done < line.size();) {
        const ssize_t written = write(file_, line.data() + done, line.size() - done);
        if (written < 0 && errno != EINTR) throw_errno("write");
        if (written > 0) done += static_cast<std::size_t>(written);
    }
    if (fdatasync(file_) != 0) throw_errno("fdatasync");
    facts_.push_back(fact);
}

}  // namespace plugin
