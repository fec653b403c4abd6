# cmake -DOUTPUT=FILE.cpp "-DFILES=a;b" -P embed.cmake: the files' texts as treasurer::http::openapi::fragments().
set(texts "")
set(count 0)
foreach(file IN LISTS FILES)
    file(READ ${file} text)
    string(APPEND texts "    R\"~~(${text})~~\",\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"http/openapi/fragments.hpp\"

#include <array>

namespace treasurer::http::openapi {
namespace {

constexpr std::array<std::string_view, ${count}> texts{
${texts}};

}  // namespace

std::span<const std::string_view> fragments() {
    return texts;
}

}  // namespace treasurer::http::openapi
")
