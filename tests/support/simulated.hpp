/// What the tests take from the simulation.
#pragma once

#include "simulation/line_parser.hpp"
#include "simulation/memory_storage.hpp"
#include "simulation/plain_sealer.hpp"
#include "simulation/seeded_random.hpp"

namespace support {

using treasurer::simulation::LineParser;
using treasurer::simulation::MemoryStorage;
using treasurer::simulation::PlainSealer;
using treasurer::simulation::SeededRandom;

}  // namespace support
