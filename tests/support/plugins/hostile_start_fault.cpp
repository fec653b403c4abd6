#include "hostile_start.hpp"

const Fault fault = Fault::FAULT;
