/// An append-only file of JSON entries that several processes share. Whoever writes holds the file's lock; whoever
/// reads takes what is whole. An entry that a dying process left torn is cut off by the next writer.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace journal_storage {

class Journal {
public:
    /// Opens or makes the file. Throws std::system_error.
    explicit Journal(const std::string& file);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// The whole entries that this object has not returned yet.
    std::vector<nlohmann::json> read_new();
    /// The next read_new() returns everything again.
    void start_over() { end_ = 0; }

    /// Holds the file's lock against every other process and object while it lives.
    class Turn {
    public:
        explicit Turn(Journal& journal);
        ~Turn();
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

    private:
        const int file_;
    };

    /// Within a turn, after read_new(): writes the entries behind what was read, and returns when they are on the disk.
    /// Throws std::system_error; nothing of them counts then.
    void append(const std::vector<nlohmann::json>& entries);

private:
    const int file_;
    std::uint64_t end_ = 0;  ///< of what was read or written
};

}  // namespace journal_storage
