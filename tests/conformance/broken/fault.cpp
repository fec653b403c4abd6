#include "fault.hpp"

namespace broken {

const std::string_view fault = FAULT;

}  // namespace broken
