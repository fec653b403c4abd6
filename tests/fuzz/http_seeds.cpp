/// Writes the exchanges of tests/support/http_exchanges.hpp as inputs of http_reader: http_seeds FOLDER
#include <fstream>

#include "tests/support/http_exchanges.hpp"

int main(int, char** argv) {
    int number = 0;
    for (const auto& exchange : treasurer::test::http_exchanges())
        std::ofstream(std::string(argv[1]) + "/exchange_" + std::to_string(number++)) << 'p' << exchange.bytes;
    return number > 0 ? 0 : 1;
}
