/// SHA-256: of documents, and of what a decision was bound to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace treasurer::auth {

/// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// Whether two digests are the same, in a time that does not tell where they differ.
bool is_same_digest(std::string_view a, std::string_view b);

/// SHA-256 over bytes that come one part after the other. Threads: one at a time.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void add(std::string_view bytes);
    /// Of all that was added. Nothing may be added afterwards.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace treasurer::auth
