# cmake -DOUTPUT=FILE.cpp -DHEADER=INCLUDE -DFUNCTION=NAME "-DFILES=a;b" -P embed.cmake: the files' texts, in their order,
# as what treasurer::http::openapi::NAME() gives.
set(texts "")
set(count 0)
foreach(file IN LISTS FILES)
    file(READ ${file} text)
    string(APPEND texts "    R\"~~(${text})~~\",\n")
    math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"${HEADER}\"

#include <array>

namespace treasurer::http::openapi {

std::span<const std::string_view> ${FUNCTION}() {
    static constexpr std::array<std::string_view, ${count}> texts{
${texts}};
    return texts;
}

}  // namespace treasurer::http::openapi
")
