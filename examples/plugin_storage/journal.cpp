#include "journal.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace journal_storage {

namespace {

/// Before each entry: its length and its checksum.
struct Frame {
    std::uint32_t length, checksum;
};

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::system_error(errno, std::generic_category(), what);
}

int open_file(const std::string& file) {
    const int out = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (out < 0) throw_errno(file);
    return out;
}

std::uint32_t checksum_of(const std::uint8_t* bytes, std::size_t length) {
    std::uint32_t out = 2166136261u;  // FNV-1a
    for (std::size_t i = 0; i < length; ++i) out = (out ^ bytes[i]) * 16777619u;
    return out;
}

}  // namespace

Journal::Journal(const std::string& file) : file_(open_file(file)) {}

Journal::~Journal() {
    close(file_);
}

std::vector<nlohmann::json> Journal::read_new() {
    struct stat now {};
    if (fstat(file_, &now) != 0) throw_errno("fstat");
    std::vector<nlohmann::json> out;
    const auto size = static_cast<std::uint64_t>(now.st_size);
    if (size <= end_) return out;
    std::vector<std::uint8_t> bytes(size - end_);
    const ssize_t got = pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(end_));
    if (got < 0) throw_errno("read");
    const auto there = static_cast<std::size_t>(got);
    for (std::size_t at = 0; at + sizeof(Frame) <= there;) {
        Frame frame;
        std::memcpy(&frame, bytes.data() + at, sizeof frame);
        const std::uint8_t* body = bytes.data() + at + sizeof frame;
        if (frame.length > there - at - sizeof frame || checksum_of(body, frame.length) != frame.checksum) break;
        out.push_back(nlohmann::json::from_cbor(body, body + frame.length));
        at += sizeof frame + frame.length;
        end_ += sizeof frame + frame.length;
    }
    return out;
}

Journal::Turn::Turn(Journal& journal) : file_(journal.file_) {
    while (flock(file_, LOCK_EX) != 0)
        if (errno != EINTR) throw_errno("flock");
}

Journal::Turn::~Turn() {
    flock(file_, LOCK_UN);
}

void Journal::append(const std::vector<nlohmann::json>& entries) {
    std::vector<std::uint8_t> bytes;
    for (const auto& entry : entries) {
        const auto body = nlohmann::json::to_cbor(entry);
        const Frame frame{static_cast<std::uint32_t>(body.size()), checksum_of(body.data(), body.size())};
        const auto* head = reinterpret_cast<const std::uint8_t*>(&frame);
        bytes.insert(bytes.end(), head, head + sizeof frame);
        bytes.insert(bytes.end(), body.begin(), body.end());
    }
    if (ftruncate(file_, static_cast<off_t>(end_)) != 0) throw_errno("ftruncate");  // a torn entry of who died here
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t written =
            pwrite(file_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(end_ + done));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            const int error = errno;
            if (ftruncate(file_, static_cast<off_t>(end_)) == 0) errno = error;
            throw_errno("write");
        }
        done += static_cast<std::size_t>(written);
    }
    if (fdatasync(file_) != 0) throw_errno("fdatasync");
    end_ += bytes.size();
}

}  // namespace journal_storage
