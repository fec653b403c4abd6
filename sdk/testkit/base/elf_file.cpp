#include "base/elf_file.hpp"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "base/failure.hpp"

namespace atr::testkit {

namespace {

#if defined(__x86_64__)
constexpr int this_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int this_machine = EM_AARCH64;
#else
constexpr int this_machine = EM_NONE;
#endif

class Image {
public:
    explicit Image(std::string bytes) : bytes_(std::move(bytes)) {}

    template <class T>
    T at(std::uint64_t offset) const {
        T out;
        if (bytes_.size() < sizeof(T) || offset > bytes_.size() - sizeof(T))
            fail("a whole shared object", "it ends within its own tables");
        std::memcpy(&out, bytes_.data() + offset, sizeof out);
        return out;
    }
    std::string text(std::uint64_t offset) const {
        if (offset >= bytes_.size()) fail("a whole shared object", "a name beyond its end");
        return std::string(bytes_.c_str() + offset);
    }

private:
    std::string bytes_;
};

constexpr std::uintmax_t largest_file = std::uintmax_t{1} << 30;

Image read_image(const std::filesystem::path& file) {
    need_shared_object(file);
    std::ifstream in(file, std::ios::binary);
    return Image({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
}

}  // namespace

void need_shared_object(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error))
        fail("a regular file", file.string() + " is a folder, a pipe, a device, or not there");
    const auto size = std::filesystem::file_size(file, error);
    if (error || size > largest_file)
        fail("a file of at most 1 GiB", error ? error.message() : std::to_string(size) + " bytes");
    std::ifstream in(file, std::ios::binary);
    if (!in) fail("a file that can be read", file.string() + " cannot");
    char magic[SELFMAG] = {};
    if (size < sizeof(Elf64_Ehdr) || !in.read(magic, sizeof magic) || std::memcmp(magic, ELFMAG, SELFMAG) != 0)
        fail("a shared object (ELF)", std::to_string(size) + " bytes of something else");
}

std::vector<Exported> exported_symbols(const std::filesystem::path& file) {
    const Image image = read_image(file);
    const auto header = image.at<Elf64_Ehdr>(0);
    expect(header.e_ident[EI_CLASS] == ELFCLASS64 && header.e_type == ET_DYN, "a 64-bit shared object",
           "an ELF file of another class or type");
    if (this_machine != EM_NONE)
        expect(header.e_machine == this_machine, "built for this machine",
               "machine " + std::to_string(header.e_machine));
    std::vector<Exported> out;
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        const auto section = image.at<Elf64_Shdr>(header.e_shoff + i * sizeof(Elf64_Shdr));
        if (section.sh_type != SHT_DYNSYM) continue;
        const auto names = image.at<Elf64_Shdr>(header.e_shoff + section.sh_link * sizeof(Elf64_Shdr));
        for (std::uint64_t at = 0; at + sizeof(Elf64_Sym) <= section.sh_size; at += sizeof(Elf64_Sym)) {
            const auto symbol = image.at<Elf64_Sym>(section.sh_offset + at);
            const bool visible = ELF64_ST_VISIBILITY(symbol.st_other) == STV_DEFAULT ||
                                 ELF64_ST_VISIBILITY(symbol.st_other) == STV_PROTECTED;
            if (symbol.st_shndx == SHN_UNDEF || symbol.st_shndx == SHN_ABS || !visible ||
                ELF64_ST_BIND(symbol.st_info) == STB_LOCAL)
                continue;
            out.push_back({image.text(names.sh_offset + symbol.st_name), ELF64_ST_TYPE(symbol.st_info) == STT_OBJECT,
                           symbol.st_size});
        }
    }
    return out;
}

}  // namespace atr::testkit
