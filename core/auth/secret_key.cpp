#include "auth/secret_key.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "auth/sodium_ready.hpp"

namespace treasurer::auth {
namespace {

/// An open descriptor, closed at the end of its scope.
struct File {
    explicit File(int descriptor) : fd(descriptor) {}
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    ~File() {
        if (fd >= 0) ::close(fd);
    }
    int fd;
};

atr::Error broken(const std::filesystem::path& file, const std::string& what) {
    return atr::rejected(ATR_E_CONFIG, "key file " + file.string() + ": " + what);
}
atr::Error broken_by_errno(const std::filesystem::path& file, const char* step) {
    return broken(file, std::string(step) + ": " + std::strerror(errno));
}

/// nullopt: there is no such file.
std::optional<atr::Result<SecretKey>> read_key(const std::filesystem::path& path) {
    const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (file.fd < 0 && errno == ENOENT) return std::nullopt;
    if (file.fd < 0) return broken_by_errno(path, "cannot be read");
    struct stat status {};
    if (::fstat(file.fd, &status) != 0) return broken_by_errno(path, "cannot be examined");
    if (!S_ISREG(status.st_mode)) return broken(path, "is not a regular file");
    if ((status.st_mode & 077) != 0) return broken(path, "is open to group or others; chmod 600 it");
    if (status.st_size != SecretKey::size) return broken(path, "does not hold 32 bytes; restore it from a backup");
    SecretKey::Bytes bytes;
    if (::read(file.fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        return broken_by_errno(path, "cannot be read");
    SecretKey key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

std::string random_suffix() {
    std::array<unsigned char, 8> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    std::array<char, 17> hex;
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    return {hex.data(), 16};
}

atr::Result<> write_new_key(const std::filesystem::path& temporary) {
    const File file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.fd < 0) return broken_by_errno(temporary, "cannot be made");
    SecretKey::Bytes bytes;
    randombytes_buf(bytes.data(), bytes.size());
    const bool written = ::write(file.fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    sodium_memzero(bytes.data(), bytes.size());
    if (!written || ::fsync(file.fd) != 0) return broken_by_errno(temporary, "cannot be written");
    return {};
}

void sync_folder_of(const std::filesystem::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    const File file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (file.fd >= 0) ::fsync(file.fd);
}

}  // namespace

SecretKey::~SecretKey() {
    sodium_memzero(bytes_.data(), bytes_.size());
}

bool operator==(const SecretKey& a, const SecretKey& b) {
    return sodium_memcmp(a.bytes_.data(), b.bytes_.data(), SecretKey::size) == 0;
}

atr::Result<SecretKey> key_from_secret(std::string_view secret, std::string_view purpose) {
    if (secret.size() < SecretKey::size)
        return atr::rejected(ATR_E_CONFIG, "the secret for " + std::string(purpose) + " needs at least 32 bytes");
    sodium_ready();
    crypto_generichash_state state;
    SecretKey::Bytes bytes;
    const std::string context = "treasurer." + std::string(purpose) + '\0';
    crypto_generichash_init(&state, nullptr, 0, bytes.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(context.data()), context.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
    crypto_generichash_final(&state, bytes.data(), bytes.size());
    SecretKey key(bytes);
    sodium_memzero(bytes.data(), bytes.size());
    return key;
}

std::string key_id(const SecretKey& key) {
    static constexpr std::string_view context = "treasurer.key_id";
    std::array<unsigned char, crypto_generichash_BYTES> digest;
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<const unsigned char*>(context.data()),
                       context.size(), key.bytes().data(), key.bytes().size());
    constexpr std::size_t shown = 8;
    std::array<char, 2 * shown + 1> hex;
    sodium_bin2hex(hex.data(), hex.size(), digest.data(), shown);
    return {hex.data(), 2 * shown};
}

atr::Result<SecretKey> key_from_file(const std::filesystem::path& file) {
    sodium_ready();
    if (auto found = read_key(file)) return std::move(*found);
    const auto temporary = std::filesystem::path(file.string() + "." + random_suffix());
    if (const auto made = write_new_key(temporary); !made) {
        ::unlink(temporary.c_str());
        return made.error();
    }
    const bool linked = ::link(temporary.c_str(), file.c_str()) == 0;
    const int why = errno;
    ::unlink(temporary.c_str());
    errno = why;
    if (!linked && errno != EEXIST) return broken_by_errno(file, "cannot be made");
    sync_folder_of(file);
    if (auto found = read_key(file)) return std::move(*found);
    return broken(file, "vanished while it was being made");
}

}  // namespace treasurer::auth
