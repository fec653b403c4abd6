/// Lines in a gzip file, written and read one after the other, in little memory.
/// Threads: one at a time. Errors: rejected, naming the file.
#pragma once

#include <atr/result.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace treasurer::copy {

class GzipWriter {
public:
    /// Makes or empties the file, readable by its owner alone.
    static atr::Result<GzipWriter> create(const std::filesystem::path& file);
    atr::Result<> line(std::string_view text);
    /// Everything is on the disk when this returns ok.
    atr::Result<> finish();

private:
    struct Open;
    struct Close {
        void operator()(Open* open) const;
    };
    explicit GzipWriter(std::unique_ptr<Open, Close> open) : open_(std::move(open)) {}
    std::unique_ptr<Open, Close> open_;
};

/// The name of `file` is on the disk when this returns ok.
atr::Result<> sync_folder(const std::filesystem::path& file);

class GzipReader {
public:
    static constexpr std::size_t longest_line = std::size_t{160} << 20;

    static atr::Result<GzipReader> open(const std::filesystem::path& file);
    /// Without its line end. Errors: also the end of the file, a cut or damaged file, a line that is too long.
    atr::Result<std::string> line();
    /// The lines that were read, the one that could not be included.
    std::uint64_t lines() const;
    /// False: the file does not begin as a gzip stream does. An empty file does.
    bool is_gzip() const;
    /// True when nothing but the end of the gzip stream, sound, is left.
    bool at_sound_end();
    const std::filesystem::path& file() const;

private:
    struct Open;
    struct Close {
        void operator()(Open* open) const;
    };
    explicit GzipReader(std::unique_ptr<Open, Close> open) : open_(std::move(open)) {}
    std::unique_ptr<Open, Close> open_;
};

}  // namespace treasurer::copy
