// The words around one word that belong to its sentence, as far as a page without sentences lets one say.
// Threads: const after construction; borrows the page. Cost: a few tokens to either side.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "page.hpp"

namespace parser_rules {

/// Whether the line above `token`, which begins a line, runs on into it: it ends in a word that ends no sentence, or
/// it is full and the next goes on in small letters. "Call us\nPaid in full" are two.
bool runs_on(const Page&, std::uint32_t token);

/// Whether a sentence ends between `token` and the one before it.
bool parted(const Page&, std::uint32_t token);

/// The nearest words of the sentence on either side, nearest first; numbers and marks are passed over.
class Clause {
public:
    static constexpr std::uint32_t kMostWords = 10;
    static constexpr std::uint32_t kMostTokens = 24;

    Clause(const Page&, std::uint32_t begin, std::uint32_t end);

    std::span<const std::uint32_t> before() const { return {before_.data(), n_before_}; }
    std::span<const std::uint32_t> after() const { return {after_.data(), n_after_}; }

private:
    std::array<std::uint32_t, kMostWords> before_{};
    std::array<std::uint32_t, kMostWords> after_{};
    std::uint32_t n_before_ = 0;
    std::uint32_t n_after_ = 0;
};

}  // namespace parser_rules
