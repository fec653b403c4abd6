#include "copy/gzip_stream.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

namespace treasurer::copy {
namespace {

constexpr unsigned buffer_bytes = 256u << 10;
constexpr std::size_t part_bytes = std::size_t{16} << 20;  ///< zlib counts what it takes at once in an int

atr::Error failed(const std::filesystem::path& file, const std::string& what) {
    return atr::rejected(ATR_E_CORRUPT, file.string() + ": " + what);
}

std::string last_error(gzFile stream) {
    int code = Z_OK;
    const char* said = gzerror(stream, &code);
    return code == Z_ERRNO ? std::strerror(errno) : said;
}

}  // namespace

struct GzipWriter::Open {
    std::filesystem::path file;
    int descriptor = -1;
    gzFile stream = nullptr;
};

void GzipWriter::Close::operator()(Open* open) const {
    if (open->stream) gzclose_w(open->stream);
    if (open->descriptor >= 0) ::close(open->descriptor);
    delete open;
}

atr::Result<GzipWriter> GzipWriter::create(const std::filesystem::path& file) {
    std::unique_ptr<Open, Close> open(new Open{.file = file});
    open->descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (open->descriptor < 0) return failed(file, std::string("cannot be made: ") + std::strerror(errno));
    const int own = ::dup(open->descriptor);  // gzclose closes its own; this one stays for fsync
    open->stream = own < 0 ? nullptr : gzdopen(own, "wb6");
    if (!open->stream) {
        if (own >= 0) ::close(own);
        return failed(file, "no memory to write it");
    }
    gzbuffer(open->stream, buffer_bytes);
    return GzipWriter(std::move(open));
}

atr::Result<> GzipWriter::line(std::string_view text) {
    for (std::string_view left = text; !left.empty();) {
        const auto part = static_cast<unsigned>(std::min(left.size(), part_bytes));
        if (gzwrite(open_->stream, left.data(), part) != static_cast<int>(part))
            return failed(open_->file, "cannot be written: " + last_error(open_->stream));
        left.remove_prefix(part);
    }
    if (gzputc(open_->stream, '\n') < 0) return failed(open_->file, "cannot be written: " + last_error(open_->stream));
    return {};
}

atr::Result<> GzipWriter::finish() {
    const int code = gzclose_w(std::exchange(open_->stream, nullptr));
    if (code != Z_OK)
        return failed(open_->file, std::string("cannot be written: ") +
                                       (code == Z_ERRNO ? std::strerror(errno) : "the stream cannot be ended"));
    if (::fsync(open_->descriptor) != 0)
        return failed(open_->file, std::string("cannot be made durable: ") + std::strerror(errno));
    return {};
}

atr::Result<> sync_folder(const std::filesystem::path& file) {
    const auto folder = std::filesystem::absolute(file).parent_path();
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int code = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) return failed(folder, std::string("cannot be made durable: ") + std::strerror(code));
    return {};
}

struct GzipReader::Open {
    std::filesystem::path file;
    gzFile stream = nullptr;
    std::uint64_t lines = 0;

    atr::Error damaged(const std::string& what) const {
        return failed(file, "is damaged at line " + std::to_string(lines) + ", near byte " +
                                std::to_string(gzoffset(stream)) + ": " + what + "; use another backup");
    }
};

void GzipReader::Close::operator()(Open* open) const {
    if (open->stream) gzclose_r(open->stream);
    delete open;
}

atr::Result<GzipReader> GzipReader::open(const std::filesystem::path& file) {
    std::unique_ptr<Open, Close> out(new Open{.file = file});
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return failed(file, std::string("cannot be read: ") + std::strerror(errno));
    out->stream = gzdopen(descriptor, "rb");
    if (!out->stream) {
        ::close(descriptor);
        return failed(file, "no memory to read it");
    }
    gzbuffer(out->stream, buffer_bytes);
    return GzipReader(std::move(out));
}

atr::Result<std::string> GzipReader::line() {
    std::string out;
    ++open_->lines;
    for (char part[64 << 10]; gzgets(open_->stream, part, sizeof part) != nullptr;) {
        out += part;
        if (out.ends_with('\n')) {
            out.pop_back();
            return out;
        }
        if (out.size() > longest_line) return open_->damaged("the line is too long");
    }
    int code = Z_OK;
    gzerror(open_->stream, &code);
    if (code != Z_OK && code != Z_BUF_ERROR) return open_->damaged(last_error(open_->stream));
    return open_->damaged("it is cut short there");
}

bool GzipReader::at_sound_end() {
    const int next = gzgetc(open_->stream);
    int code = Z_OK;
    gzerror(open_->stream, &code);
    return next < 0 && code == Z_OK && gzeof(open_->stream) == 1 && gzdirect(open_->stream) == 0;
}

std::uint64_t GzipReader::lines() const {
    return open_->lines;
}

bool GzipReader::is_gzip() const {
    std::error_code error;
    return gzdirect(open_->stream) == 0 || std::filesystem::file_size(open_->file, error) == 0;
}

const std::filesystem::path& GzipReader::file() const {
    return open_->file;
}

}  // namespace treasurer::copy
