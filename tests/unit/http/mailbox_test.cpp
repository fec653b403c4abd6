// What others write to a transport thread: all of it arrives, in order, and nothing of it is freed by that thread.
#include <catch2/catch.hpp>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "http/connection.hpp"
#include "http/mailbox.hpp"

using namespace treasurer::http;

namespace {

constexpr int kWriters = 4, kLetters = 5'000;

Letter answer_number(int number, std::shared_ptr<const std::string> body = {}) {
    Response response{.status = number, .shared_body = std::move(body)};
    return LateAnswer{{}, 0, std::move(response)};
}
int number_of(const Letter& letter) {
    return std::get<LateAnswer>(letter).response->status;
}

}  // namespace

TEST_CASE("each letter is opened once, and those of one writer in their order", "[http][mailbox]") {
    Mailbox mailbox;
    std::vector<std::thread> writers;
    for (int w = 0; w < kWriters; ++w)
        writers.emplace_back([&, w] {
            for (int i = 0; i < kLetters; ++i) mailbox.post(answer_number(w * kLetters + i));
        });
    std::vector<int> last(kWriters, -1);
    int opened = 0, out_of_order = 0;
    while (opened < kWriters * kLetters) {
        if (!mailbox.open_all([&](Letter& letter) {
                const int number = number_of(letter), writer = number / kLetters;
                out_of_order += number % kLetters != last[static_cast<std::size_t>(writer)] + 1;
                last[static_cast<std::size_t>(writer)] = number % kLetters;
                ++opened;
            }))
            std::this_thread::yield();
    }
    for (auto& writer : writers) writer.join();
    CHECK(out_of_order == 0);
    CHECK(mailbox.waiting() == 0);
    CHECK_FALSE(mailbox.open_all([](Letter&) {}));
}

TEST_CASE("what is left in a letter that was opened is freed by who writes next", "[http][mailbox]") {
    Mailbox mailbox;
    std::thread::id freed_by;
    const auto note = [&](const std::string* body) {
        freed_by = std::this_thread::get_id();
        delete body;
    };
    std::thread([&] { mailbox.post(answer_number(200, {new std::string("an answer"), note})); }).join();
    REQUIRE(mailbox.open_all([](Letter&) {}));
    CHECK(freed_by == std::thread::id());
    std::thread writer([&] { mailbox.post(DrainWish{}); });
    const auto id = writer.get_id();
    writer.join();
    CHECK(freed_by == id);
    CHECK(mailbox.waiting() == 1);
}

TEST_CASE("a mailbox that is closed drops what waits, and all that comes", "[http][mailbox]") {
    Mailbox mailbox;
    const auto body = std::make_shared<const std::string>("an answer");
    mailbox.post(answer_number(200, body));
    mailbox.close();
    CHECK(body.use_count() == 1);
    mailbox.post(answer_number(200, body));
    CHECK(body.use_count() == 1);
    CHECK(mailbox.waiting() == 0);
    CHECK_FALSE(mailbox.open_all([](Letter&) {}));
}
